"""How well a prompt goes with words that it has: the same whatever the database."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2


def score(wanted: Sequence[Sequence[str]], prompt: Sequence[str]) -> float:
    """More for words that come early and stand there whole, and for a prompt that says little else."""
    if not wanted or not prompt:
        return 0.0
    places = [_place(phrase, prompt) for phrase in wanted]
    early = sum((1.0 if whole else 0.4) / (1 + log2(1 + place) / 4) for place, whole in places)
    return early / len(wanted) + min(len(wanted) / len(prompt), 1.0) / 2


def _place(phrase: Sequence[str], prompt: Sequence[str]) -> tuple[int, bool]:
    """Where it stands first, and whether its last word is whole there."""
    if not phrase:
        return len(prompt), False
    begun: int | None = None
    for place, word in enumerate(prompt):
        if word == phrase[0] and list(prompt[place : place + len(phrase)]) == list(phrase):
            return place, True
        if begun is None and word.startswith(phrase[-1]):
            begun = place
    return (len(prompt) if begun is None else begun), False
