"""A picture's description is read aloud to whoever asks for that; the text stands whatever becomes of the sound."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from limner.media.sound import sniff
from tests.conversations.reading import id_of, sounds
from tests.conversations.test_countdown import moment
from tests.fakes.openai import FakeOpenAI
from tests.stages import Seen, Stage


def spoken(openai: FakeOpenAI) -> list[str]:
    """What was asked to be read aloud."""
    asked = [each.parsed for each in openai.requests if each.parsed.get("modalities") == ["text", "audio"]]
    assert all(each["audio"] == {"voice": "alloy", "format": "wav"} for each in asked)
    return [each["messages"][1]["content"] for each in asked]


def rows(stage: Stage, query: str) -> Any:
    return stage._house.rows(query)  # type: ignore[attr-defined]


def outcomes(stage: Stage) -> list[str]:
    return [each.outcome for each in rows(stage, "SELECT purpose, outcome FROM attempts") if each.purpose == "speak"]


async def painted(stage: Stage) -> Seen:
    return await stage.settled(await stage.command("imagine", prompt="a red fox in snow", quality="draft"))


async def test_a_description_is_read_aloud_and_paid_for_once(stage: Stage, openai: FakeOpenAI) -> None:
    name = id_of(await painted(stage))
    seen = await stage.settled(await stage.command("describe", picture=name, aloud=True))

    assert "Four prompts for" in seen.text
    assert re.search(r"read aloud in \d+ s for \$0\.\d+", seen.text)
    (sound,) = await sounds(stage, seen)
    assert sniff(sound) == ("ogg" if stage.platform == "discord" else "mp3")
    (asked,) = spoken(openai)
    assert asked in seen.text.replace("\\", "")
    assert outcomes(stage) == ["paid"]
    assert sum(each.cost for each in rows(stage, "SELECT cost FROM attempts")) == openai.billed

    again = await stage.settled(await stage.press(seen, "Read aloud ~$0."))
    assert re.search(r"read aloud in \d+ s for \$0\.\d+", again.text)
    assert len(await sounds(stage, again)) >= 1
    assert spoken(openai) == [asked] * 2
    assert sum(each.cost for each in rows(stage, "SELECT cost FROM attempts")) == openai.billed


async def test_details_have_what_is_to_be_seen_read_aloud_and_it_goes_with_its_picture(
    stage: Stage, openai: FakeOpenAI
) -> None:
    await stage.command("voice-set", member="admin", keep=30)
    picture = await painted(stage)
    details = await stage.settled(await stage.press(picture, "Details"))
    seen = await stage.settled(await stage.press(details, "Read aloud ~$0."))

    assert f"What is to be seen in {id_of(picture)}" in seen.text
    assert re.search(r"looked at for \$0\.\d+ · read aloud in \d+ s for \$0\.\d+", seen.text)
    (words,) = spoken(openai)
    assert words in seen.text.replace("\\", "")
    assert len(await sounds(stage, seen)) >= 1
    assert sum(each.cost for each in rows(stage, "SELECT cost FROM attempts")) == openai.billed

    (kept,) = rows(stage, "SELECT about, until FROM spoken")
    assert kept.about == id_of(picture)
    assert timedelta(days=29) < moment(kept.until) - datetime.now(UTC).replace(tzinfo=None) <= timedelta(days=30)
    await stage.press(picture, "Delete")
    assert rows(stage, "SELECT * FROM spoken") == []
    assert rows(stage, "SELECT * FROM uses WHERE owner LIKE 'spoken:%'") == []


async def test_where_it_cannot_be_read_the_text_stands(stage: Stage, openai: FakeOpenAI) -> None:
    name = id_of(await painted(stage))
    openai.faults += ["no_usage", "server_error"]  # of the look, which is well without, and of the reading
    seen = await stage.settled(await stage.command("describe", picture=name, aloud=True))

    assert "Four prompts for" in seen.text
    assert "It could not be read aloud: OpenAI had a fault of its own" in seen.text
    assert await stage.sounds(seen) == ()
    assert seen.buttons
