"""Ranking: where a word stands, and whether it stands there whole, whatever the words are."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

from hypothesis import given
from hypothesis import strategies as st

from limner.store import search
from limner.store.ranking import score

words = st.lists(st.text("abc狐", min_size=1, max_size=3), max_size=8)


def plainly(phrase: Sequence[str], prompt: Sequence[str]) -> tuple[int, bool]:
    """Where a phrase stands, looked for word by word."""
    for place in range(len(prompt)):
        if list(prompt[place : place + len(phrase)]) == list(phrase):
            return place, True
    begun = [place for place, word in enumerate(prompt) if word.startswith(phrase[-1])]
    return (begun[0] if begun else len(prompt)), False


@given(st.lists(st.lists(st.text("abc狐", min_size=1, max_size=3), min_size=1, max_size=3), max_size=4), words)
def test_the_score_is_that_of_looking_word_by_word(wanted: list[list[str]], prompt: list[str]) -> None:
    if not wanted or not prompt:
        assert score(wanted, prompt) == 0.0
        return
    places = [plainly(phrase, prompt) for phrase in wanted]
    early = sum((1.0 if whole else 0.4) / (1 + log2(1 + place) / 4) for place, whole in places)
    assert score(wanted, prompt) == early / len(wanted) + min(len(wanted) / len(prompt), 1.0) / 2


@given(st.text("aAbB -_.é狐", max_size=30), st.text("aAbB -é狐", max_size=6))
def test_what_one_looks_at_is_found_as_word_by_word(prompt: str, typed: str) -> None:
    phrases, begun, signs = search.read(typed)
    sought = search.Sought(phrases, begun, signs)
    said = search.tokens(prompt)

    def stands(at: int, phrase: tuple[str, ...]) -> bool:
        for place in range(len(said) - len(phrase) + 1):
            there = said[place : place + len(phrase)]
            ends = there[-1].startswith(phrase[-1]) if at in begun else there[-1] == phrase[-1]
            if there[:-1] == list(phrase[:-1]) and ends:
                return True
        return False

    expected = set(signs) <= set(search.signs_of(prompt)) and all(map(stands, range(len(phrases)), phrases))
    assert search.has(search.Learned(1, prompt, ()), sought) is expected
