"""How well a prompt goes with words that it has: the same whatever the database."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2


def score(wanted: Sequence[Sequence[str]], prompt: Sequence[str]) -> float:
    """More for words that come early and stand there whole, and for a prompt that says little else."""
    if not wanted or not prompt:
        return 0.0
    said = f" {' '.join(prompt)} "
    places = [_place(phrase, said, len(prompt)) for phrase in wanted]
    early = sum((1.0 if whole else 0.4) / (1 + log2(1 + place) / 4) for place, whole in places)
    return early / len(wanted) + min(len(wanted) / len(prompt), 1.0) / 2


def _place(phrase: Sequence[str], said: str, end: int) -> tuple[int, bool]:
    """Where it stands first in words with a space around each, and whether its last word is whole there."""
    if not phrase:
        return end, False
    if (at := said.find(f" {' '.join(phrase)} ")) >= 0:
        return said.count(" ", 0, at), True
    at = said.find(f" {phrase[-1]}")
    return (end if at < 0 else said.count(" ", 0, at)), False
