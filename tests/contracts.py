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

from jsonschema import Draft202012Validator, ValidationError, validators

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
        forms = _Forms(spec.doc)
        spec.errors, spec.unknown = _Remembering(spec.errors, forms), _Remembering(spec.unknown, forms)
        kind = validators.extend(Draft202012Validator, {"$ref": _Parts(forms)})
        spec.validator = lambda schema: kind(schema, registry=spec.registry)
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

    def __init__(self, check: Callable[..., Iterator[Any]], forms: _Forms) -> None:
        self._check = check
        self._forms = forms
        self._found: dict[str, list[Any]] = {}

    def __call__(self, schema: Any, document: Any, where: str = "$") -> Iterator[Any]:
        if where != "$":  # a part of what is being checked
            return self._check(schema, document, where)
        form = json.dumps([schema, self._forms.of(document)], sort_keys=True)
        if form not in self._found:
            if len(self._found) >= FORMS:
                self._found.clear()
            self._found[form] = list(self._check(schema, document))
        return iter(copy.deepcopy(self._found[form]))


class _Parts:
    """The keyword `$ref` of a description's schemas, remembering likewise: a new card is made of rows and buttons that
    were looked at before, and each of them is held against a score of alternatives, many times over."""

    def __init__(self, forms: _Forms) -> None:
        self._forms = forms
        self._found: dict[tuple[str, str], list[ValidationError]] = {}

    def __call__(self, validator: Any, ref: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if not isinstance(instance, (dict, list)):
            yield from validator._validate_reference(ref=ref, instance=instance)
            return
        key = ref.removeprefix("urn:spec"), json.dumps(self._forms.of(instance), sort_keys=True)
        if key not in self._found:
            if len(self._found) >= PARTS:
                self._found.clear()
            self._found[key] = list(validator._validate_reference(ref=ref, instance=instance))
        for each in self._found[key]:  # whoever gets one writes into it where it was found
            yield ValidationError.create_from(each)


class _Forms:
    """What a description's schemas can tell of a document."""

    def __init__(self, description: Any) -> None:
        # Between two of these lengths, the schemas make no difference.
        self._bounds = sorted(set(_bounds(description)))

    def of(self, document: Any, name: str = "") -> Any:
        """A document that is the same for all between which the schemas make no difference."""
        if isinstance(document, dict):
            return {key: self.of(value, key) for key, value in document.items()}
        if isinstance(document, list):
            return [self.of(each, name) for each in document]
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
FORMS, PARTS = 4_000, 40_000
"""How many findings are remembered, of documents and of their parts."""
