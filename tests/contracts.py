"""The official descriptions of the platforms' APIs, where a checkout has them beside it.

`API_DESCRIPTIONS` names their folder; by default it is `../shared/contracts`. Without them the fakes check by their
own rules alone, and `PRESENT` is False.
"""

from __future__ import annotations

import copy
import importlib
import json
import os
import sys
from bisect import bisect
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("API_DESCRIPTIONS") or Path(__file__).resolve().parents[2] / "shared" / "contracts")
REMEMBERED = 200_000
"""Bytes of the longest request whose findings are remembered."""
PRESENT = (FOLDER / "validators_common.py").exists()


def validator(platform: str) -> Any:
    """The checker of `openai`, `discord` or `slack`: a module with `check(method, path, headers, body, query)`."""
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    module = importlib.import_module(f"validate_{platform}")
    if platform == "discord" and not isinstance((spec := module.spec()).errors, _Remembering):
        bounds = sorted(set(_bounds(spec.doc)))
        spec.errors, spec.unknown = _Remembering(spec.errors, bounds), _Remembering(spec.unknown, bounds)
    return module


def breaches(
    platform: str,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    query: str = "",
    *,
    accept: tuple[str, ...] = (),
) -> list[str]:
    """What in this request breaks the description; nothing where there is none. `accept` names what is known to lag:
    findings whose text contains one of these are left out."""
    if not PRESENT:
        return []
    kept = tuple((name, value) for name, value in headers.items() if name.lower() != "host")
    found = (_check if len(body) <= REMEMBERED else _check.__wrapped__)(platform, method, path, kept, body, query)
    return [each for each in found if not any(known in each for known in accept)]


@lru_cache(maxsize=256)
def _check(
    platform: str, method: str, path: str, headers: tuple[tuple[str, str], ...], body: bytes, query: str
) -> tuple[str, ...]:
    """What the checker finds. Each Limner that starts declares the same commands, and to check them takes long."""
    found = validator(platform).check(method, path, dict(headers), body, query)
    return tuple(f"{each.level} {each.where}: {each.message}" for each in found if each.level != "warn")


class _Remembering:
    """A check of a document against a schema, which remembers what it found in one of the same form: a schema of cards
    knows their texts by their length alone, and to try all its alternatives on each of them takes as long as everything
    else in a conversation. What the descriptions say beside the schemas is checked each time."""

    def __init__(self, check: Callable[..., Iterator[Any]], bounds: list[int]) -> None:
        """`bounds`: between two of these lengths, the schemas make no difference."""
        self._check = check
        self._bounds = bounds
        self._found: dict[str, list[Any]] = {}

    def __call__(self, schema: Any, document: Any, where: str = "$") -> Iterator[Any]:
        if where != "$":  # a part of what is being checked
            return self._check(schema, document, where)
        form = json.dumps([schema, self._form(document)], sort_keys=True)
        if form not in self._found:
            if len(self._found) >= FORMS:
                self._found.clear()
            self._found[form] = list(self._check(schema, document))
        return iter(copy.deepcopy(self._found[form]))

    def _form(self, document: Any, name: str = "") -> Any:
        if isinstance(document, dict):
            return {key: self._form(value, key) for key, value in document.items()}
        if isinstance(document, list):
            return [self._form(each, name) for each in document]
        if not isinstance(document, str):
            return document
        if document.isdecimal():  # an id
            return "1".ljust(len(document), "0") if document[0] != "0" else document
        return bisect(self._bounds, len(document)) if name in TEXTS else document


def _bounds(schema: Any) -> Iterator[int]:
    if isinstance(schema, dict):
        if isinstance(most := schema.get("maxLength"), int):
            yield most + 1
        if isinstance(least := schema.get("minLength"), int):
            yield least
    if isinstance(schema, (dict, list)):
        for each in schema.values() if isinstance(schema, dict) else schema:
            yield from _bounds(each)


TEXTS = {"content", "label", "custom_id", "placeholder", "description", "title", "value", "url", "filename"}
"""Fields whose words no schema knows."""
FORMS = 4_000
