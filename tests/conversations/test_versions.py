"""Versions: what words that answer a picture make of it."""

from __future__ import annotations

from tests.conversations.reading import id_of, paintings
from tests.fakes.openai import FakeOpenAI
from tests.stages import Seen, Stage


async def painted(stage: Stage, **values: object) -> Seen:
    return await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft", **values))


async def test_words_that_answer_a_picture_make_its_next_version(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage)
    second = await stage.settled(await stage.reply(first, "make the sky orange"))

    assert "make the sky orange" in second.text
    assert f"v2 of {id_of(first)}" in second.text
    assert id_of(second) != id_of(first)
    assert openai.requests[-1].path == "/v1/images/edits"
    assert any("v1 and v2" in alt for alt in second.alts)
    assert len(second.pictures) == 2
    assert paintings(openai) == 2
