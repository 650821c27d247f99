"""The catalogue that is built in, and the host's own file over it."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest

from limner.config import load
from limner.errors import ConfigError
from limner.models import Model, Purpose
from limner.models.catalogue import Catalogue
from limner.opening import open_limner

BUILT_IN = Catalogue.load()


@pytest.fixture
def override(tmp_path: Path) -> Path:
    return tmp_path / "models.toml"


def loaded(override: Path, text: str) -> Catalogue:
    override.write_text(text, encoding="utf-8")
    return Catalogue.load(override)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("gpt-image-1", "gpt-image-1"),
        ("GPT Image 1", "gpt-image-1"),
        ("gpt image 1", "gpt-image-1"),
        ("  GPT-Image-1.5 ", "gpt-image-1.5"),
        ("GPT Image 2.6 Sunburst", "gpt-image-2.6-sunburst"),
        ("GPT-4o Audio", "gpt-4o-audio"),
        ("gpt_image_2", "gpt-image-2"),
    ],
)
def test_a_model_is_found_as_people_say_it(said: str, name: str) -> None:
    found = BUILT_IN.get(said)
    assert found is not None
    assert found.name == name


def test_an_unknown_name_finds_nothing() -> None:
    assert BUILT_IN.get("midjourney") is None
    assert BUILT_IN.get("") is None


def test_no_two_models_go_by_one_name() -> None:
    for model in BUILT_IN:
        assert BUILT_IN.get(model.name) is model
        assert BUILT_IN.get(model.title) is model


@pytest.mark.parametrize("model", [each for each in BUILT_IN if each.ends], ids=lambda each: each.name)
def test_what_ends_is_followed_by_something_of_the_same_purpose_that_lives_longer(model: Model) -> None:
    following = BUILT_IN.get(model.successor or "")

    assert following is not None
    assert following.purpose is model.purpose
    assert following.ends is None or (model.ends is not None and following.ends > model.ends)


@pytest.mark.parametrize("model", BUILT_IN.of(Purpose.PAINT), ids=lambda each: each.name)
def test_every_quality_and_size_of_a_table_is_one_that_the_model_has(model: Model) -> None:
    assert set(model.tokens) <= set(model.qualities)
    assert set(model.token_base) <= set(model.qualities)
    assert all(set(table) <= set(model.sizes) for table in model.tokens.values())


def test_the_days_on_which_models_end() -> None:
    ends = {model.name: model.ends for model in BUILT_IN if model.ends}

    assert ends["gpt-image-1"] == date(2026, 10, 23)
    assert ends["gpt-image-1.5"] == ends["gpt-image-1-mini"] == ends["chatgpt-image-latest"] == date(2026, 12, 1)
    assert ends["gpt-4o-audio"] == date(2026, 5, 7)
    assert ends["gpt-audio"] == date(2027, 1, 20)


def test_a_file_changes_one_value_and_leaves_the_rest(override: Path) -> None:
    before = BUILT_IN.get("gpt-image-2")
    changed = loaded(override, '["gpt-image-2"]\nprice.image_out = 25\nends = 2027-05-01\n').get("gpt-image-2")

    assert before is not None
    assert changed is not None
    assert changed.price == before.price.model_copy(update={"image_out": 25})
    assert changed.ends == date(2027, 5, 1)
    assert changed.token_base == before.token_base


def test_a_list_is_replaced_and_not_joined(override: Path) -> None:
    changed = loaded(override, '["gpt-image-2"]\nqualities = ["high"]\n').get("gpt-image-2")

    assert changed is not None
    assert changed.qualities == ("high",)


def test_a_file_adds_a_model_of_its_own(override: Path) -> None:
    catalogue = loaded(
        override,
        '[mine]\npurpose = "paint"\nprice = { text_in = 0, image_in = 0, image_out = 1 }\nsuccessor = "gpt-image-2"\n',
    )
    mine = catalogue.get("mine")

    assert mine is not None
    assert (mine.title, mine.price.image_out) == ("mine", 1)
    assert [each.name for each in catalogue][-1] == "mine"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[mine]\npurpose = "paint"\n', "“mine” has no price"),
        (
            '[mine]\npurpose = "paint"\nprice = { image_out = 1 }\n',
            "“mine”: price.text_in and price.image_in are missing",
        ),
        ('[mine]\npurpose = "paint"\nedit = false\nprice = { image_out = 1 }\n', "“mine”: price.text_in is missing"),
        ('[ear]\npurpose = "hear"\nprice = { audio_in = 1, text_in = 1 }\n', "“ear”: price.text_out is missing"),
        ('["gpt-image-2"]\nsuccessor = "gpt-image-9"\n', "“gpt-image-2” names an unknown successor, “gpt-image-9”"),
        ('["gpt-image-2"]\nqualty = ["high"]\n', "“gpt-image-2”, qualty"),
        ('["gpt-image-2"]\nprice.image_out = "dear"\n', "“gpt-image-2”, price.image_out"),
        ("[mine]\nprice = { image_out = 1 }\n", "“mine”, purpose"),
        ('["gpt-image-2"]\nname = "other"\n', "“gpt-image-2”"),
        ('mine = "gpt-image-2"\n', "“mine”"),
        ('sketch = "gpt-image-2"\n', "“sketch”"),
        ("[mine\n", "not valid TOML"),
    ],
)
def test_a_file_that_is_not_right_is_told_by_model_and_key(override: Path, text: str, why: str) -> None:
    with pytest.raises(ConfigError) as raised:
        loaded(override, text)

    assert why in raised.value.sentence
    assert "models.toml" in raised.value.sentence


def test_a_file_that_is_not_there_is_told(override: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        Catalogue.load(override)


def test_a_file_that_is_no_text_is_told(override: Path) -> None:
    override.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not valid TOML"):
        Catalogue.load(override)


def test_what_is_cached_costs_the_whole_where_a_file_tells_no_price_of_it(override: Path) -> None:
    mine = loaded(override, '[mine]\npurpose = "paint"\nprice = { text_in = 3, image_in = 4, image_out = 5 }\n').get(
        "mine"
    )

    assert mine is not None
    assert (mine.price.text_cached, mine.price.image_cached) == (3, 4)


async def test_missing_prices_end_the_start_before_anything_is_opened(tmp_path: Path, override: Path) -> None:
    await asyncio.to_thread(override.write_text, '[mine]\npurpose = "paint"\nprice = { image_out = 1 }\n')
    with pytest.raises(ConfigError, match=r"price\.text_in"):
        async with open_limner(load(image={"catalogue": override}, data={"directory": tmp_path / "data"})):
            raise AssertionError("it opened")
    assert [each.name for each in await asyncio.to_thread(lambda: list(tmp_path.iterdir()))] == ["models.toml"]
