"""The plot of days."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from limner.media.plot import MOST, SIZE, Bar, bars, scale


@given(most=st.integers(0, 10**12))
def test_the_scale_holds_every_bar_with_a_few_round_ticks(most: int) -> None:
    told = scale(most)

    assert told.top >= most
    assert told.ticks[0] == 0
    assert told.ticks[-1] == told.top > 0
    assert 2 <= len(told.ticks) <= 5
    assert str(told.ticks[1]).rstrip("0") in {"1", "2", "5"}
    assert most == 0 or told.top - told.ticks[1] < most


@given(values=st.lists(st.integers(0, 10**10), min_size=1, max_size=MOST))
@settings(max_examples=10, deadline=None)
async def test_any_days_are_a_picture(values: list[int]) -> None:
    ticks = scale(max(values))
    days = [Bar(label=str(number), value=value, said=f"${value}") for number, value in enumerate(values)]

    with Image.open(io.BytesIO(await bars("You", days, ticks, [str(each) for each in ticks.ticks]))) as made:
        assert made.size == SIZE
        assert made.format == "PNG"


async def test_a_bar_stands_where_something_was_spent() -> None:
    ticks = scale(100)
    days = [Bar(label="1", value=100, said="$1"), Bar(label="2", value=0, said="$0")]

    with Image.open(io.BytesIO(await bars("You", days, ticks, [str(each) for each in ticks.ticks]))) as made:
        colours = [made.getpixel((x, 300)) for x in (300, 700)]
    assert colours[0] == (0x6E, 0xA8, 0xFE)
    assert colours[1] != colours[0]


async def test_a_plot_has_bars() -> None:
    with pytest.raises(ValueError, match="1 to 31 bars"):
        await bars("You", [], scale(1), ["0", "1"])
