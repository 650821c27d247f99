"""An engine before OpenAI's fake, and what it paints."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import openai as sdk
import pytest
from PIL import Image

from limner.engines import Painting, PictureFile
from limner.engines.openai_images import OpenAIImages
from limner.models.catalogue import Catalogue
from limner.openai import connect
from tests.fakes.openai import KEY, FakeOpenAI

CATALOGUE = Catalogue.load()


@pytest.fixture
async def client(openai: FakeOpenAI) -> AsyncIterator[sdk.AsyncOpenAI]:
    client = connect(api_key=KEY, base_url=openai.base_url)
    yield client
    await client.close()


@pytest.fixture
def engine(client: sdk.AsyncOpenAI) -> OpenAIImages:
    return OpenAIImages(client)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the engine works; nothing else is in it."""
    folder = tmp_path / "painting"
    folder.mkdir()
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., PictureFile]:
    """Makes a picture to start from."""

    def make(name: str = "fox.png", *, size: tuple[int, int] = (64, 48), mode: str = "RGB") -> PictureFile:
        path = tmp_path / name.replace("/", "-")
        kind = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}[name.rpartition(".")[2]]
        Image.new(mode, size).save(path, kind)
        return PictureFile(
            path=path, media_type=f"image/{kind.lower()}", width=size[0], height=size[1], name=f"../{name}\r\n"
        )

    return make


def painting(model: str = "gpt-image-2.6-flare", **values: object) -> Painting:
    """A fox, unless it is said otherwise."""
    found = CATALOGUE.get(model)
    assert found is not None
    given = {"prompt": "a red fox", "width": 1024, "height": 1024, "quality": "low", **values}
    return Painting(model=found, **given)  # type: ignore[arg-type]


async def unseen(_: PictureFile) -> None:
    """Told of partial pictures, and does nothing with them."""


def kept(folder: Path) -> set[Path]:
    """What is in the folder."""
    return set(folder.iterdir())
