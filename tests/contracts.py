"""The official descriptions of the platforms' APIs, where a checkout has them beside it.

`API_DESCRIPTIONS` names their folder; by default it is `../shared/contracts`. Without them the fakes check by their
own rules alone, and `PRESENT` is False.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping
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
    return importlib.import_module(f"validate_{platform}")


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
