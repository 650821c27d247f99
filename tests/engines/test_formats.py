"""Every kind of file that a model makes: asked for as the API wants it, and told by its bytes when it arrives."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from limner.engines.openai_images import OpenAIImages, parameters
from limner.errors import FormatNotServed
from limner.rules.prices import cost
from tests.engines.conftest import CATALOGUE, kept, painting, unseen
from tests.fakes.openai import FakeOpenAI


async def test_a_gif_comes_with_its_frames_and_is_not_streamed(
    openai: FakeOpenAI, engine: OpenAIImages, folder: Path
) -> None:
    openai.granted = {"gif"}
    asked = painting(format="gif", width=320, height=240, frames=4, frame_ms=120)
    painted = await engine.paint(asked, folder, unseen)

    (said,) = (each.parsed for each in openai.requests)
    assert (said["frame_count"], said["frame_duration_ms"]) == (4, 120)
    assert "stream" not in said
    (picture,) = painted.pictures
    assert (picture.media_type, picture.width, picture.height) == ("image/gif", 320, 240)
    assert picture.path.suffix == ".gif"
    with Image.open(picture.path) as image:
        assert image.n_frames == 4  # type: ignore[attr-defined]
        assert image.info["duration"] == 120


async def test_a_drawing_comes_whole_with_what_its_author_cost(
    openai: FakeOpenAI, engine: OpenAIImages, folder: Path
) -> None:
    openai.granted = {"svg"}
    painted = await engine.paint(painting(format="svg"), folder, unseen)

    (picture,) = painted.pictures
    assert (picture.media_type, picture.width, picture.height) == ("image/svg+xml", 1024, 1024)
    assert picture.path.read_bytes().endswith(b"</svg>")
    (author,) = painted.others
    assert painted.usage is not None
    model = CATALOGUE.get(author.model)
    assert model is not None
    assert cost(painting().model, painted.usage) + cost(model, author.usage) == openai.billed


@pytest.mark.parametrize("format", ["gif", "svg"])
async def test_an_account_that_may_not_have_it_is_told_so_and_charged_nothing(
    openai: FakeOpenAI, engine: OpenAIImages, folder: Path, format: str
) -> None:
    with pytest.raises(FormatNotServed, match=f"have {format.upper()} files yet"):
        await engine.paint(painting(format=format, width=768, height=864), folder, unseen)

    assert openai.billed == 0
    assert FormatNotServed.charged is False
    assert kept(folder) == set()


@pytest.mark.parametrize(("format", "media_type"), [("jpeg", "image/jpeg"), ("webp", "image/webp")])
async def test_the_others_are_streamed(
    openai: FakeOpenAI, engine: OpenAIImages, folder: Path, format: str, media_type: str
) -> None:
    painted = await engine.paint(painting(format=format), folder, unseen)

    assert openai.requests[-1].parsed["stream"] is True
    assert painted.pictures[0].media_type == media_type


async def test_what_comes_in_another_format_than_asked_is_what_it_is(
    openai: FakeOpenAI, engine: OpenAIImages, folder: Path
) -> None:
    openai.granted = {"svg"}
    openai.faults = ["other_format"]
    painted = await engine.paint(painting(format="svg"), folder, unseen)

    assert painted.pictures[0].media_type == "image/png"
    assert painted.pictures[0].path.suffix == ".png"


def test_an_account_that_has_to_name_the_author_does() -> None:
    assert "svg" not in parameters(painting(format="svg"))
    model = CATALOGUE.get("gpt-image-2.6-flare")
    assert model is not None
    named = painting(format="svg")
    told = parameters(type(named)(**{**vars(named), "model": model.evolve(svg_author="gpt-5.6-terra")}))
    assert told["svg"] == {"model": "gpt-5.6-terra"}
