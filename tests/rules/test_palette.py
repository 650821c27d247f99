"""Palettes: colours as people write them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageColor

from limner.domain.colour import distance
from limner.domain.style import COLOURS_LIMIT
from limner.errors import BadOption
from limner.rules.palette import read, spelled, spoken

HEX = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


@pytest.mark.parametrize(
    ("written", "colours"),
    [
        ("#2b6cb0, navy", ("#2b6cb0", "#000080")),
        ("#ABC #def", ("#aabbcc", "#ddeeff")),
        ("2b6cb0", ("#2b6cb0",)),
        ("light sea green; RED,", ("#20b2aa", "#ff0000")),
        ("Sky-Blue", ("#87ceeb",)),
        ("navy coral", ("#000080", "#ff7f50")),
        ("grey, gray", ("#808080",)),
        ("none", ()),
    ],
)
def test_colours_are_read_as_they_are_written(written: str, colours: tuple[str, ...]) -> None:
    assert read(written) == colours


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("bleu", "“bleu”: that is not a colour I know; did you mean blue?"),
        ("red, #12345", "“#12345”: that is not a colour I know"),
        ("navy and red", "“navy and red”: that is not a colour I know"),
        ("", "write colours"),
        (" , ;", "write colours"),
        (", ".join(f"#00000{number}" for number in range(9)), "8 colours at most"),
        ("a" * 300, "at most 200 characters"),
    ],
)
def test_what_is_no_palette_gets_a_sentence(written: str, why: str) -> None:
    with pytest.raises(BadOption, match=re.escape(why)):
        read(written)


@given(st.lists(HEX, min_size=1, max_size=COLOURS_LIMIT, unique=True), st.sampled_from([", ", ",", " ", "; ", "\n"]))
def test_a_palette_that_was_read_is_read_again_as_it_is(colours: list[str], between: str) -> None:
    assert read(between.join(colours)) == tuple(colours)


@given(st.text(max_size=250))
def test_any_words_are_a_palette_or_get_one_sentence(written: str) -> None:
    try:
        colours = read(written)
    except BadOption as trouble:
        sentence = trouble.sentence
    else:
        sentence = ""
        assert len(colours) <= COLOURS_LIMIT
        assert all(re.fullmatch("#[0-9a-f]{6}", each) for each in colours)
    assert "\n" not in sentence


@given(HEX, HEX)
def test_colours_are_as_far_apart_either_way_and_no_further_than_black_from_white(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one)
    assert distance(one, one) == 0
    assert distance(one, other) < 1.1


@given(HEX)
def test_every_colour_has_a_name_that_is_a_colour(colour: str) -> None:
    assert spoken(colour).replace(" ", "") in ImageColor.colormap


def test_a_palette_is_said_in_words() -> None:
    assert spelled(("#000080",)) == "navy (#000080)"
    assert spelled(("#000080", "#fe0000", "#20b2aa")) == ("navy (#000080), red (#fe0000) and light sea green (#20b2aa)")
