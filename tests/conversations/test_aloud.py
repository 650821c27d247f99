"""A picture's description is read aloud to whoever asks for that; the text stands whatever becomes of the sound."""

from __future__ import annotations

import re

from tests.conversations.reading import id_of
from tests.fakes.openai import FakeOpenAI
from tests.stages import Seen, Stage


def spoken(openai: FakeOpenAI) -> list[dict[str, object]]:
    """What was asked to be read aloud."""
    return [each.parsed for each in openai.requests if each.parsed.get("modalities") == ["text", "audio"]]


async def described(stage: Stage, name: str) -> Seen:
    return await stage.settled(await stage.command("describe", picture=name, aloud=True))


async def test_a_description_is_read_aloud_and_paid_for_once(stage: Stage, openai: FakeOpenAI) -> None:
    painted = await stage.settled(await stage.command("imagine", prompt="a red fox in snow", quality="draft"))
    name = id_of(painted)
    seen = await described(stage, name)

    assert "Four prompts for" in seen.text
    assert re.search(r"read aloud in \d+ s for \$0\.\d+", seen.text)
    assert any(each.startswith(b"OggS") for each in seen.pictures)
    (asked,) = spoken(openai)
    assert asked["audio"] == {"voice": "alloy", "format": "wav"}
    assert asked["messages"][1]["content"] in seen.text.replace("\\", "")  # type: ignore[index]
    rows = stage._house.rows("SELECT purpose, outcome, cost FROM attempts")  # type: ignore[attr-defined]
    assert [each.outcome for each in rows if each.purpose == "speak"] == ["paid"]
    assert sum(each.cost for each in rows) == openai.billed


async def test_where_it_cannot_be_read_the_text_stands(stage: Stage, openai: FakeOpenAI) -> None:
    painted = await stage.settled(await stage.command("imagine", prompt="a red fox in snow", quality="draft"))
    openai.faults += ["no_usage", "server_error"]  # of the look, which is well without, and of the reading
    seen = await described(stage, id_of(painted))

    assert "Four prompts for" in seen.text
    assert "It could not be read aloud: OpenAI had a fault of its own" in seen.text
    assert not any(each.startswith(b"OggS") for each in seen.pictures)
    assert seen.buttons
