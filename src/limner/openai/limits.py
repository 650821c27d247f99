"""What OpenAI tells of its limits with every answer: the headers `x-ratelimit-…`.

Source: OpenAI's guide to rate limits, "Rate limits in headers". Pictures have a limit of their own (`images`); where
only that of requests is told, it stands in, for a request makes at least one picture.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

KINDS = ("images", "requests")
MOST = 1_000_000
"""No account paints more a minute: what says so is no number of ours."""

_UNITS = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|[dhms]))+")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[dhms])")


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """How much may be asked for."""

    per_minute: int | None
    """Pictures."""
    left: int | None
    """How many of them may be asked for now."""
    reset: float | None
    """Seconds until all of them may."""


def allowance(headers: Mapping[str, str], kinds: tuple[str, ...] = KINDS) -> Allowance | None:
    """What an answer's headers tell, by the first of these kinds that they tell of; None when they tell nothing. Names
    are as HTTP has them, in any case where the mapping does not care."""
    for kind in kinds:
        limit = _count(headers.get(f"x-ratelimit-limit-{kind}"))
        left = _count(headers.get(f"x-ratelimit-remaining-{kind}"))
        if limit or left is not None:
            reset = seconds(headers.get(f"x-ratelimit-reset-{kind}"))
            return Allowance(per_minute=limit or None, left=left, reset=reset)
    return None


def seconds(said: str | None) -> float | None:
    """A duration such as `1s`, `6m0s`, `120ms` or `1.5`; None for anything else."""
    words = (said or "").strip().lower()
    if _DURATION.fullmatch(words):
        return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(words))
    return float(words) if re.fullmatch(r"\d+(?:\.\d+)?", words) else None


def _count(said: str | None) -> int | None:
    words = (said or "").strip()
    return int(words) if words.isascii() and words.isdecimal() and len(words) < 10 and int(words) <= MOST else None
