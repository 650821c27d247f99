"""Estimates never fall short of what the tables give, and costs are exact."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.models import Model, Purpose, Usage
from limner.models.catalogue import Catalogue
from limner.rules.prices import PARTIAL_TOKENS, REFERENCE_TOKENS, cost, estimate, hearing_estimate, output_tokens

CATALOGUE = Catalogue.load()
PAINTERS = CATALOGUE.of(Purpose.PAINT)
SIDES = ((1024, 1024), (1024, 1536), (1536, 1024))

# OpenAI's guide to image generation, "Cost and latency": output tokens for each quality at the three sizes.
OLDER = {"low": (272, 408, 400), "medium": (1056, 1584, 1568), "high": (4160, 6240, 6208)}
TWO = {"low": (196, 158, 158), "medium": (1756, 1372, 1372), "high": (7024, 5488, 5488)}
TWO_AND_A_HALF = {
    "low": (196, 158, 158),
    "medium": (439, 343, 343),
    "high": (1756, 1372, 1372),
    "xhigh": (3122, 2459, 2459),
    "max": (7024, 5488, 5488),
}
TABLES = {
    "gpt-image-1": OLDER,
    "gpt-image-1-mini": OLDER,
    "gpt-image-1.5": OLDER,
    "gpt-image-2": TWO,
    "gpt-image-2.5-flare": TWO_AND_A_HALF,
    "gpt-image-2.5-sunburst": TWO_AND_A_HALF,
}


def model(name: str) -> Model:
    found = CATALOGUE.get(name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", TABLES)
def test_tokens_are_those_of_the_published_table(name: str) -> None:
    assert {
        quality: tuple(output_tokens(model(name), *sides, quality) for sides in SIDES)
        for quality in model(name).qualities
    } == TABLES[name]


@given(
    st.sampled_from(PAINTERS),
    st.data(),
    st.integers(1, 10),
    st.text(max_size=400),
    st.integers(0, 16),
    st.integers(0, 3),
)
def test_an_estimate_is_never_below_what_the_tables_can_cost(
    painter: Model, data: st.DataObject, count: int, prompt: str, references: int, partials: int
) -> None:
    quality = data.draw(st.sampled_from(painter.qualities))
    width, height = data.draw(st.sampled_from(SIDES))
    # At most one token for two letters of English, and for each byte of anything else.
    words = len(prompt) // 2 if prompt.isascii() else len(prompt.encode())
    text = data.draw(st.integers(0, words + 50))
    cached = data.draw(st.integers(0, text))
    picture = output_tokens(painter, width, height, quality) + data.draw(st.integers(0, partials)) * PARTIAL_TOKENS
    usage = Usage(
        text_in=text - cached,
        text_cached=cached,
        image_in=data.draw(st.integers(0, references * REFERENCE_TOKENS)),
        image_out=data.draw(st.integers(1, count)) * picture,
    )

    estimated = estimate(
        painter,
        width=width,
        height=height,
        quality=quality,
        count=count,
        prompt=prompt,
        references=references,
        partials=partials,
    )
    assert estimated >= cost(painter, usage)


@given(st.sampled_from(PAINTERS), st.data())
def test_a_finer_quality_never_costs_less(painter: Model, data: st.DataObject) -> None:
    width, height = data.draw(st.sampled_from(SIDES))
    tokens = [output_tokens(painter, width, height, quality) for quality in painter.qualities]

    assert tokens == sorted(tokens)


def test_a_cost_is_exact_and_rounded_up_to_a_micro_dollar() -> None:
    assert cost(model("gpt-image-2"), Usage(image_out=7024)) == 210_720
    assert cost(model("gpt-image-1"), Usage(image_out=4160)) == 166_400
    assert cost(model("gpt-image-1-mini"), Usage(text_cached=1)) == 1
    assert cost(model("sketch"), Usage(image_out=7024, text_in=9)) == 0


TOKENS = [name for name in Usage.__dataclass_fields__ if name != "audio_seconds"]


@given(st.builds(Usage, **{name: st.integers(0, 10**9) for name in TOKENS}))
def test_every_kind_of_token_has_its_price(usage: Usage) -> None:
    priced = Model.model_validate(
        {
            "name": "x",
            "title": "x",
            "purpose": "paint",
            "price": {name: 2**place for place, name in enumerate(TOKENS)},
        }
    )
    expected = sum(Decimal(getattr(usage, name)) * 2**place for place, name in enumerate(TOKENS))

    assert cost(priced, usage) == expected


def test_sound_that_is_billed_by_its_length_costs_by_the_minute() -> None:
    assert cost(model("gpt-transcribe"), Usage(audio_seconds=60)) == 4_500
    assert cost(model("gpt-transcribe"), Usage(audio_seconds=2.6, text_out=9)) == 195


def test_a_model_without_tables_is_estimated_as_the_dearest() -> None:
    unknown = Model.model_validate(
        {"name": "x", "title": "x", "purpose": "paint", "price": {"image_out": 30}, "qualities": ["low"]}
    )

    assert output_tokens(unknown, 1024, 1024, "low") == 7024


def test_a_minute_of_speech_costs_about_three_cents_to_hear() -> None:
    assert 19_000 <= hearing_estimate(model("gpt-audio-1.5"), 60) <= 40_000
