"""Every request is fitted to its model, and what changed is said, and nothing else is."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.domain.options import Background, Format, Quality, Towards
from limner.domain.request import Reference, Request
from limner.domain.shape import NAMED, pixels, ratio, read_shape
from limner.errors import BadOption, TooManyPictures
from limner.models import Model, Purpose
from limner.models.catalogue import Catalogue
from limner.rules.abilities import API_QUALITY, Fit, fit

CATALOGUE = Catalogue.load()
PAINTERS = CATALOGUE.of(Purpose.PAINT)
ODD = Model.model_validate(
    {
        "name": "odd",
        "title": "Odd",
        "purpose": "paint",
        "edit": True,
        "mask": False,
        "references": 2,
        "count": 1,
        "qualities": ["high"],
        "sizes": ["512x512", "2048x512"],
        "backgrounds": ["auto"],
        "formats": ["jpeg"],
    }
)
MODELS = st.sampled_from([*PAINTERS, ODD])
FLEXIBLE = st.sampled_from([model for model in PAINTERS if model.flexible])

SIZES = st.tuples(st.integers(1, 99_999), st.integers(1, 99_999)) | st.tuples(
    st.integers(600, 4200), st.integers(600, 4200)
)
RATIOS = st.tuples(st.integers(1, 9999), st.integers(1, 9999)) | st.tuples(st.integers(1, 24), st.integers(1, 24))
SHAPES = st.one_of(
    st.sampled_from(list(NAMED)),
    SIZES.map(lambda sides: f"{sides[0]:02}x{sides[1]:02}").map(read_shape),
    RATIOS.map(lambda sides: f"{sides[0]}:{sides[1]}").map(read_shape),
)
REQUESTS = st.builds(
    Request,
    prompt=st.just("a red fox"),
    shape=SHAPES,
    quality=st.sampled_from(Quality),
    count=st.integers(1, 10),
    background=st.sampled_from(Background),
    format=st.sampled_from(Format),
    frames=st.none() | st.integers(2, 16),
)


def allowed(width: int, height: int) -> bool:
    """The rule for flexible models, as OpenAI gives it."""
    return (
        width % 16 == height % 16 == 0
        and 655_360 <= width * height <= 8_294_400
        and max(width, height) <= 3840
        and Fraction(1, 3) <= Fraction(width, height) <= 3
    )


@given(REQUESTS, MODELS)
def test_whatever_is_asked_the_model_takes_what_comes_of_it(request: Request, model: Model) -> None:
    fitted = fit(request, model)

    size = f"{fitted.width}x{fitted.height}"
    assert allowed(*fitted.painted) if model.flexible else size in model.sizes
    assert fitted.quality in model.qualities
    assert 1 <= fitted.count <= model.count
    assert fitted.background in model.backgrounds
    assert fitted.format in model.formats
    assert not (fitted.background == "transparent" and fitted.format in {"jpeg", "gif", "svg"})
    assert fitted.count == 1 or fitted.format not in {"gif", "svg"}
    assert (fitted.format == "gif") == (fitted.frames is not None)


@given(REQUESTS, MODELS)
def test_a_note_stands_for_each_change_and_for_nothing_else(request: Request, model: Model) -> None:
    fitted = fit(request, model)

    changes = [
        _other_size(request.shape, fitted),
        fitted.quality != API_QUALITY[request.quality],
        fitted.count != request.count,
        fitted.format != request.format,
        fitted.background != request.background,
    ]
    assert len(fitted.notes) == sum(changes)
    assert all(note.endswith(".") for note in fitted.notes)


def _other_size(shape: str, fitted: Fit) -> bool:
    if exact := pixels(shape):
        return exact != (fitted.width, fitted.height)
    return shape not in NAMED and abs(Fraction(fitted.width, fitted.height) / ratio(shape) - 1) > Fraction(2, 100)


@given(
    st.tuples(st.integers(16, 240), st.integers(16, 240)).map(lambda steps: (steps[0] * 16, steps[1] * 16)), FLEXIBLE
)
def test_a_size_that_the_model_takes_is_left_alone(size: tuple[int, int], model: Model) -> None:
    fitted = fit(Request(prompt="fox", shape=f"{size[0]}x{size[1]}"), model)

    assert ((fitted.width, fitted.height) == size) == allowed(*size)


@given(st.tuples(st.integers(850, 2400), st.integers(850, 2400)), FLEXIBLE)
def test_a_size_between_the_steps_moves_by_less_than_one(size: tuple[int, int], model: Model) -> None:
    fitted = fit(Request(prompt="fox", shape=f"{size[0]}x{size[1]}"), model)

    assert abs(fitted.width - size[0]) < 16
    assert abs(fitted.height - size[1]) < 16


@given(RATIOS, FLEXIBLE)
def test_a_ratio_that_the_model_takes_is_met_within_two_percent(sides: tuple[int, int], model: Model) -> None:
    asked = min(max(Fraction(*sides), Fraction(1, 3)), Fraction(3))
    fitted = fit(Request(prompt="fox", shape=f"{sides[0]}:{sides[1]}"), model)

    assert abs(Fraction(fitted.width, fitted.height) / asked - 1) < Fraction(2, 100)
    assert 0.8 < fitted.width * fitted.height / (1024 * 1024 if asked == 1 else 1536 * 1024) < 1.25


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ("square", (1024, 1024)),
        ("wide", (1536, 1024)),
        ("tall", (1024, 1536)),
        ("1:1", (1024, 1024)),
        ("2:1", (1760, 880)),
        ("3:1", (2160, 720)),
        ("1536x864", (1536, 864)),
        ("1000x1000", (1008, 1008)),
        ("100x100", (816, 816)),
        ("8000x8000", (2880, 2880)),
        ("3840x2160", (3840, 2160)),
        ("99999x10", (1728, 576)),
    ],
)
def test_flexible_sizes(shape: str, size: tuple[int, int]) -> None:
    model = CATALOGUE.get("gpt-image-2")
    assert model is not None
    fitted = fit(Request(prompt="fox", shape=shape), model)

    assert (fitted.width, fitted.height) == size


@given(SHAPES)
def test_a_model_of_few_sizes_paints_the_one_of_the_nearest_ratio(shape: str) -> None:
    model = CATALOGUE.get("gpt-image-1.5")
    assert model is not None
    fitted = fit(Request(prompt="fox", shape=shape), model)

    def apart(width: int, height: int) -> Fraction:
        quotient = Fraction(width, height) / ratio(shape)
        return max(quotient, 1 / quotient)

    nearest = min(apart(*(pixels(size) or (1, 1))) for size in model.sizes)
    assert float(apart(fitted.width, fitted.height)) == pytest.approx(float(nearest))


@pytest.mark.parametrize(
    ("asked", "model", "used"),
    [("finest", "gpt-image-2.5-flare", "max"), ("finest", "gpt-image-2", "high"), ("draft", "odd", "high")],
)
def test_a_quality_that_is_not_there_becomes_the_next_lower_one(asked: str, model: str, used: str) -> None:
    fitted = fit(Request(prompt="fox", quality=Quality(asked), format=Format.JPEG), CATALOGUE.get(model) or ODD)

    assert fitted.quality == used


def test_jpeg_gives_way_to_transparency() -> None:
    fitted = fit(Request(prompt="fox", background=Background.TRANSPARENT, format=Format.JPEG), PAINTERS[0])

    assert (fitted.background, fitted.format) == ("transparent", "png")
    assert fitted.notes == ("JPEG cannot be transparent: png used.",)


REFERENCE = Reference(blob="b", media_type="image/png", width=64, height=64)


def test_too_many_references_are_counted() -> None:
    with pytest.raises(TooManyPictures, match="17 pictures, and 16"):
        fit(Request(prompt="fox", references=(REFERENCE,) * 17), PAINTERS[0])


def test_a_model_of_words_alone_refuses_pictures() -> None:
    model = CATALOGUE.get("dall-e-3")
    assert model is not None
    with pytest.raises(BadOption, match="words alone"):
        fit(Request(prompt="fox", references=(REFERENCE,)), model)


def test_a_model_without_masks_refuses_one() -> None:
    with pytest.raises(BadOption, match="no mask"):
        fit(Request(prompt="fox", references=(REFERENCE,), mask=REFERENCE), ODD)


def test_a_picture_that_grows_keeps_to_what_the_model_takes_and_what_became_of_it_is_said() -> None:
    flexible, three = (
        next(each for each in PAINTERS if each.name == name) for name in ("gpt-image-2", "gpt-image-1.5")
    )
    asked = Request(
        prompt="a red fox",
        extend=Towards.WIDER,
        references=(Reference(blob="b", media_type="image/png", width=1536, height=1024),),
    )
    assert fit(asked, flexible).notes == ()
    assert (fit(asked, flexible).width, fit(asked, flexible).height) == (2304, 1024)
    assert fit(asked, three).notes == ("Scaled down to 67 %, so that it fits into the model's 1536×1024.",)
    with pytest.raises(BadOption, match="takes no mask"):
        fit(asked, ODD)
