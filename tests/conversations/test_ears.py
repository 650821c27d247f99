"""A team chooses its ear while Limner runs; a server of one's own can be the ear."""

from __future__ import annotations

import pytest

from limner.ears.samples import samples
from tests.conversations.reading import paintings
from tests.conversations.test_listening import FOX, NOTE, hearings
from tests.fakes.openai import KEY, FakeOpenAI
from tests.house import House
from tests.stages import Stage
from tests.stages.discord import DiscordStage
from tests.stages.web import WebStage


def written_down(openai: FakeOpenAI) -> int:
    """How many notes were transcribed."""
    return sum(1 for each in openai.requests if each.path == "/v1/audio/transcriptions")


async def test_the_ear_is_changed_at_run_time(stage: Stage, openai: FakeOpenAI) -> None:
    openai.hears.append(("imagine", FOX))
    await stage.settled(await stage.voice(NOTE))
    assert (hearings(openai), written_down(openai)) == (1, 0)

    told = await stage.command("voice-set", member="admin", ear="transcribe")
    assert "Notes are written down" in told.text
    openai.says.append("A blue fox in snow, two versions, in draft quality.")
    heard = await stage.settled(await stage.voice(NOTE))
    assert (hearings(openai), written_down(openai)) == (1, 1)
    assert "A blue fox in snow, two versions, in draft quality." in heard.text
    assert "read by simple rules" in heard.text
    assert "heard for $0.0002" in heard.text
    painted = await stage.settled(await stage.press(heard, "Generate"))
    assert paintings(openai) == 1
    assert "+ $0.0002 heard" in painted.text
    assert openai.requests[-1].parsed["n"] == 2

    await stage.command("voice-set", member="admin", ear="gpt-audio")
    openai.hears.append(("imagine", FOX))
    await stage.settled(await stage.voice(NOTE))
    assert (hearings(openai), written_down(openai)) == (2, 1)


async def test_a_transcription_that_fails_can_be_tried_again_too(stage: Stage, openai: FakeOpenAI) -> None:
    await stage.command("voice-set", member="admin", ear="transcribe")
    openai.faults.append("server_error")
    failed = await stage.settled(await stage.voice(NOTE))
    assert failed.buttons[0].startswith("Try again")

    openai.says.append("a red fox")
    assert "a red fox" in (await stage.settled(await stage.press(failed, "Try again"))).text
    assert written_down(openai) == 2


@pytest.mark.parametrize("ear", ["gpt-audio", "transcribe"])
async def test_a_server_of_ones_own_listens_and_never_gets_the_providers_key(
    house: House, openai: FakeOpenAI, ear: str
) -> None:
    async with FakeOpenAI() as painter:
        key, own = house.folder / "openai-key", house.folder / "hearing-key"
        house.folder.mkdir(parents=True, exist_ok=True)
        key.write_text(KEY)
        own.write_text(KEY)
        house.sections["openai"] = {"base_url": painter.base_url, "api_key_file": key}
        house.sections["voice"] = {"ear": ear, "base_url": openai.base_url, "api_key_file": own}
        async with DiscordStage(house) as stage:
            openai.hears.append(("imagine", FOX))
            openai.says.append("a red fox in snow, in draft quality")
            heard = await stage.settled(await stage.voice(NOTE))
            painted = await stage.settled(await stage.press(heard, "Generate"))
        assert len(painted.pictures) == 1
        assert paintings(painter) == 1
        assert paintings(openai) == 0
        assert hearings(painter) == written_down(painter) == 0
        assert hearings(openai) + written_down(openai) == 1
        assert painter.breaches == []


async def test_an_ear_without_a_key_of_its_own_is_sent_none(house: House, openai: FakeOpenAI) -> None:
    house.folder.mkdir(parents=True, exist_ok=True)
    key = house.folder / "openai-key"
    key.write_text("sk-the-providers-own")
    house.sections["openai"] = {"api_key_file": key, "base_url": "http://127.0.0.1:9/v1"}
    house.sections["voice"] = {"base_url": openai.base_url}
    async with WebStage(house) as stage:
        failed = await stage.settled(await stage.voice(NOTE))
        assert "did not accept this Limner's key" in failed.text
    assert openai.requests
    assert all("sk-the-providers-own" not in str(each.headers) for each in openai.requests)


async def test_where_pictures_are_sketched_a_server_of_ones_own_can_listen(house: House, openai: FakeOpenAI) -> None:
    house.folder.mkdir(parents=True, exist_ok=True)
    own = house.folder / "hearing-key"
    own.write_text(KEY)
    house.sections["voice"] = {"base_url": openai.base_url, "api_key_file": own, "ear": "transcribe"}
    openai.says.append("a red fox in snow")
    async with WebStage(house) as stage:
        heard = await stage.settled(await stage.voice(samples()[1].path.read_bytes()))
        assert "a red fox in snow" in heard.text
        painted = await stage.settled(await stage.press(heard, "Generate"))
        assert len(painted.pictures) == 1
