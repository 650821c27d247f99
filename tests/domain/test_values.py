"""Money, text and shapes."""

from __future__ import annotations

import unicodedata
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.domain.card import Card, Controls, Line, Link
from limner.domain.money import dollars, spell
from limner.domain.shape import pixels, ratio, read_shape
from limner.domain.text import alt_text, clean, one_line, shorten
from limner.errors import ImpossibleShape


@pytest.mark.parametrize(
    ("amount", "spelt"),
    [(0, "$0.00"), (1_200_000, "$1.20"), (40_000, "$0.04"), (43_000, "$0.043"), (5_880, "$0.0059"), (6_000, "$0.006"),
     (12_345_678, "$12.35"), (100_000, "$0.10")],
)  # fmt: skip
def test_money_is_spelt_with_the_digits_that_matter(amount: int, spelt: str) -> None:
    assert spell(amount) == spelt


@given(st.integers(1, 10**12))
def test_no_cost_is_spelt_as_nothing(amount: int) -> None:
    assert float(spell(amount).removeprefix("$")) > 0


@given(st.decimals(0, 10**6, places=9))
def test_dollars_never_round_down(amount: object) -> None:
    assert dollars(amount) >= amount * 1_000_000  # type: ignore[operator, arg-type]


@given(st.text())
def test_cleaned_words_hold_nothing_that_acts(words: str) -> None:
    kept = clean(words)

    assert not [c for c in kept if unicodedata.category(c) == "Cc" and c not in "\n\t"]
    assert not set(kept) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
    assert clean(kept) == kept
    kept.encode()


@given(st.text(), st.integers(1, 60))
def test_shortened_words_keep_to_their_limit(words: str, limit: int) -> None:
    assert len(shorten(words, limit)) <= limit
    assert len(alt_text(words, 80)) <= 80
    assert "\n" not in one_line(words)


@pytest.mark.parametrize(
    ("said", "shape"),
    [("wide", "wide"), (" Portrait ", "tall"), ("16:9", "16:9"), ("1536x864", "1536x864"), ("1536 × 864", "1536x864"),
     ("21/9", "21:9")],
)  # fmt: skip
def test_shapes_are_read_as_people_say_them(said: str, shape: str) -> None:
    assert read_shape(said) == shape


@pytest.mark.parametrize("said", ["", "banana", "0:3", "0x100", "16:", "-1:2", "9" * 30 + ":1", "1x1"])
def test_what_is_no_shape_is_refused_by_name(said: str) -> None:
    with pytest.raises(ImpossibleShape, match="is no shape I can paint"):
        read_shape(said)


def test_a_shape_has_a_ratio_and_perhaps_a_size() -> None:
    assert ratio("16:9") == Fraction(16, 9)
    assert ratio("wide") == Fraction(3, 2)
    assert pixels("1536x864") == (1536, 864)
    assert pixels("wide") is None


def test_what_opens_something_is_shown_and_not_kept() -> None:
    plain = Card(lines=(Line(text="a red fox"),), controls=(Controls(buttons=(Link(label="Docs", url="/docs"),)),))
    secret = Controls(buttons=(Link(label="Enter", url="/enter/word", secret=True),))
    card = plain.evolve(
        lines=(*plain.lines, Line(text="/link me code", secret=True)), controls=(*plain.controls, secret)
    )

    assert card.kept == plain
    assert plain.kept is plain
