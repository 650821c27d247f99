"""Growing a picture: the canvas is one that the model takes, and what is new is where it was asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.domain.options import Towards
from limner.rules.extent import extent
from tests.rules.test_abilities import allowed

THREE = ("1024x1024", "1536x1024", "1024x1536")
SIZES = st.tuples(st.integers(1, 8000), st.integers(1, 8000)) | st.tuples(
    st.integers(40, 240).map(lambda step: 16 * step), st.integers(40, 135).map(lambda step: 16 * step)
)
MODELS = st.none() | st.just(THREE)
NEW = {
    Towards.WIDER: {"left", "right"},
    Towards.TALLER: {"top", "bottom"},
    Towards.OUT: {"left", "right", "top", "bottom"},
    Towards.LEFT: {"left"},
    Towards.RIGHT: {"right"},
    Towards.UP: {"top"},
    Towards.DOWN: {"bottom"},
}


@given(SIZES, st.sampled_from(Towards), MODELS)
def test_the_model_takes_the_canvas_and_the_picture_is_on_it(
    size: tuple[int, int], towards: Towards, sizes: tuple[str, ...] | None
) -> None:
    canvas = extent(size, towards, sizes)

    assert allowed(*canvas.size) if sizes is None else f"{canvas.width}x{canvas.height}" in sizes
    assert 0 <= canvas.left <= canvas.right <= canvas.width
    assert 0 <= canvas.top <= canvas.bottom <= canvas.height
    assert canvas.across > 0
    assert canvas.down > 0


@given(SIZES, st.sampled_from(Towards), MODELS)
def test_there_is_something_new_wherever_it_was_asked_for(
    size: tuple[int, int], towards: Towards, sizes: tuple[str, ...] | None
) -> None:
    canvas = extent(size, towards, sizes)
    new = {
        "left": canvas.left,
        "right": canvas.width - canvas.right,
        "top": canvas.top,
        "bottom": canvas.height - canvas.bottom,
    }

    for side in NEW[towards]:
        along = canvas.width if side in {"left", "right"} else canvas.height
        assert new[side] >= along / 7
    if towards in {Towards.LEFT, Towards.RIGHT, Towards.UP, Towards.DOWN}:
        (grown,) = NEW[towards]
        assert new[{"left": "right", "right": "left", "top": "bottom", "bottom": "top"}[grown]] == 0


@given(
    st.integers(640, 2560).filter(lambda side: side % 16 == 0),
    st.integers(640, 1440).filter(lambda side: side % 16 == 0),
)
def test_a_picture_keeps_its_own_pixels_where_the_model_paints_so_large(width: int, height: int) -> None:
    for towards in Towards:
        canvas = extent((width, height), towards, None)
        across = width * (3 if NEW[towards] & {"left", "right"} else 2) // 2
        down = height * (3 if NEW[towards] & {"top", "bottom"} else 2) // 2
        if allowed(-(-across // 16) * 16, -(-down // 16) * 16):
            assert (canvas.across, canvas.down) == (width, height)


@given(SIZES, st.sampled_from(Towards), MODELS)
def test_its_proportions_stay(size: tuple[int, int], towards: Towards, sizes: tuple[str, ...] | None) -> None:
    canvas = extent(size, towards, sizes)

    wide, tall = canvas.across / size[0], canvas.down / size[1]
    assert abs(wide * size[0] - tall * size[0]) <= 1 + size[0] / size[1] or min(canvas.across, canvas.down) < 16


@pytest.mark.parametrize(
    ("size", "towards", "sizes", "canvas", "own"),
    [
        ((1024, 1024), Towards.WIDER, None, (1536, 1024), (1024, 1024)),
        ((1024, 1024), Towards.WIDER, THREE, (1536, 1024), (1024, 1024)),
        ((1024, 1024), Towards.OUT, None, (1536, 1536), (1024, 1024)),
        ((1024, 1024), Towards.OUT, THREE, (1024, 1024), (682, 682)),
        ((1536, 1024), Towards.WIDER, THREE, (1536, 1024), (1024, 682)),
        ((3840, 2160), Towards.WIDER, None, (3840, 1440), (2560, 1440)),
        ((512, 512), Towards.WIDER, None, (992, 672), (661, 661)),
        ((3072, 1024), Towards.WIDER, None, (3840, 1280), (2560, 853)),
    ],
)
def test_these_come_out_as_one_would_expect(
    size: tuple[int, int],
    towards: Towards,
    sizes: tuple[str, ...] | None,
    canvas: tuple[int, int],
    own: tuple[int, int],
) -> None:
    found = extent(size, towards, sizes)

    assert (found.size, (found.across, found.down)) == (canvas, own)
