"""Typed words become options, flags in any order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.actions import table
from limner.actions.imagine import Imagine, imagine
from limner.actions.voice_set import voice_set
from limner.domain.words import read_words
from limner.errors import BadOption, Trouble, UnknownFlag


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("a red fox", {"prompt": "a red fox"}),
        (
            "a red fox --wide --fine -n 3 --style spring",
            {"prompt": "a red fox", "shape": "wide", "quality": "fine", "count": "3", "style": "spring"},
        ),
        ("--tall a red fox --private", {"prompt": "a red fox", "shape": "tall", "private": True}),
        ("a red fox —wide", {"prompt": "a red fox", "shape": "wide"}),
        ("a red fox --style “late summer”", {"prompt": "a red fox", "style": "late summer"}),
        ("a red fox --shape=16:9", {"prompt": "a red fox", "shape": "16:9"}),
        ("a red fox --no-private", {"prompt": "a red fox", "private": False}),
        ("a well-lit, half-open door", {"prompt": "a well-lit, half-open door"}),
        ("a fox — running — at dusk", {"prompt": "a fox — running — at dusk"}),
        ("temperature -n", None),
        ('a sign that says "open 9-5"', {"prompt": 'a sign that says "open 9-5"'}),
        ("two\nlines --wide", {"prompt": "two\nlines", "shape": "wide"}),
    ],
)
def test_flags_in_any_order_are_read(typed: str, values: dict[str, Any] | None) -> None:
    if values is None:
        with pytest.raises(BadOption, match="write a value after -n"):
            read_words(imagine, typed)
    else:
        assert read_words(imagine, typed) == values


def test_an_unknown_flag_names_the_nearest() -> None:
    with pytest.raises(UnknownFlag, match="Did you mean --style"):
        read_words(imagine, "a fox --stile spring")


@pytest.mark.parametrize(
    ("action", "typed", "values"),
    [
        ("share", "a41f #marketing", {"picture": "a41f", "place": "#marketing"}),
        ("share", "a41f  #marketing look at this", {"picture": "a41f", "place": "#marketing", "note": "look at this"}),
        ("share", "#marketing --picture a41f", {"picture": "a41f", "place": "#marketing"}),
        ("share", "“a41f” '#marketing' see", {"picture": "a41f", "place": "'#marketing'", "note": "see"}),
        ("share", 'a41f "late news" look', {"picture": "a41f", "place": "late news", "note": "look"}),
        ("share", 'a41f "late news', {"picture": "a41f", "place": '"late', "note": "news"}),
        ("show", "a41f", {"picture": "a41f"}),
        ("show", '"a41f"', {"picture": "a41f"}),
        ("show", "a41f and more", {"picture": "a41f and more"}),
        ("gallery", "red fox", {"words": "red fox"}),
        ("gallery", "", {}),
        ("help", "me", {}),
    ],
)
def test_words_without_a_flag_go_to_the_options_in_order(action: str, typed: str, values: dict[str, str]) -> None:
    assert read_words(table()[action], typed) == values


@given(st.text(max_size=200))
def test_any_words_give_options_or_one_sentence(words: str) -> None:
    sentence = None
    try:
        said = Imagine.read(read_words(imagine, words))
        assert said.prompt == said.prompt.strip()
    except Trouble as trouble:
        sentence = trouble.sentence
    assert sentence is None or ("\n" not in sentence and sentence)


@given(
    st.permutations(["--wide", "--fine", "-n 3", "--style spring", "--private"]),
    st.from_regex(r"[a-z]{1,8}( [a-z]{1,8}){0,5}", fullmatch=True),
    st.integers(0, 5),
)
def test_the_order_of_flags_does_not_matter(flags: list[str], prompt: str, before: int) -> None:
    typed = " ".join([*flags[:before], prompt, *flags[before:]])

    said = Imagine.read(read_words(imagine, typed))

    assert (said.prompt, said.shape, said.quality, said.count, said.style, said.private) == (
        prompt, "wide", "fine", 3, "spring", True,
    )  # fmt: skip


@pytest.mark.parametrize("flag", ["--confirm-above", "--confirm_above"])
def test_a_flag_of_two_words_takes_either_dash(flag: str) -> None:
    assert read_words(voice_set, f"{flag} 0.5") == {"confirm_above": "0.5"}
