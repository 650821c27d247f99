"""Bad input gets a sentence, and costs nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import RawTestServer

from limner.domain.place import Attachment
from tests.conversations.hostile import LOGIN, bomb, cut, plain
from tests.conversations.reading import paintings
from tests.conversations.test_hostile_words import inert
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.jobs.channel import Channel, ask
from tests.media.recordings import SPEECH, frames, hours_of_silence, record, tone, video_alone
from tests.stages import Seen, Stage
from tests.stages.discord import DiscordStage
from tests.stages.slack import SlackStage

HEARING = "/v1/chat/completions"


def heard(openai: FakeOpenAI) -> int:
    return sum(each.path == HEARING for each in openai.requests)


def private(seen: Seen, stage: Stage) -> bool:
    return seen.private_to == "ada" or stage.platform == "web"  # there is one person on the page


async def test_damaged_and_dangerous_pictures_are_each_refused_by_name(stage: Stage, openai: FakeOpenAI) -> None:
    refused = {
        "bomb.png": (bomb(), "is 30000×30000 pixels, more than I open safely"),
        "half.png": (cut("PNG"), "is damaged"),
        "half.jpg": (cut("JPEG"), "is damaged"),
        "login.png": (LOGIN, "is not a picture" if stage.platform != "slack" else "could not fetch"),
    }
    for name, (data, sentence) in refused.items():
        seen = await stage.settled(await stage.command("imagine", prompt="like this", files=((name, data),)))
        assert f"“{name}”" in seen.text.replace("\\", "")
        assert sentence in seen.text
        assert private(seen, stage)
    assert paintings(openai) == 0
    assert openai.billed == 0


@pytest.mark.parametrize("stage", ["slack", "web"], indirect=True)
async def test_a_prompt_that_is_too_long_says_by_how_much(stage: Stage, openai: FakeOpenAI) -> None:
    seen = await stage.command("imagine", prompt="x" * 32_001)

    assert "32,001 characters, and 32,000 is the most" in seen.text
    assert private(seen, stage)
    assert paintings(openai) == 0


async def test_what_is_typed_is_read_or_named(stage: Stage, openai: FakeOpenAI) -> None:
    sentences = {"a fox": "There is no style “a fox” here", "@everyone": "There is no style"}
    for style, sentence in sentences.items():
        seen = await stage.command("imagine", prompt="a fox", style=style)
        assert sentence in seen.text
        assert private(seen, stage)
    assert paintings(openai) == 0


@pytest.mark.parametrize("stage", ["slack", "web"], indirect=True)
async def test_an_unknown_flag_names_the_nearest_and_paints_nothing(stage: Stage, openai: FakeOpenAI) -> None:
    seen = await stage.command("imagine", prompt="a red fox --wyde")

    assert "I do not know “--wyde”" in seen.text
    assert "--wide" in seen.text
    assert private(seen, stage)
    assert paintings(openai) == 0


async def test_sounds_that_cannot_be_heard_get_a_sentence_and_reach_no_model(
    stage: Stage, openai: FakeOpenAI, tmp_path: Path
) -> None:
    silence = record(tmp_path / "silence", frames(tone(2, level=0.0)), "ogg").read_bytes()
    whole = SPEECH.read_bytes()
    wave = record(tmp_path / "wave", frames(tone(2)), "wav").read_bytes()
    asked: list[str] = []

    async def serve(request: web.BaseRequest) -> web.Response:
        asked.append(request.path)
        return web.Response(body=whole)

    foreign = RawTestServer(serve)
    await foreign.start_server()
    address = str(foreign.make_url("/secret.ogg")).encode()
    unheard = {
        "cut in its first page": (whole[:50], "no sound I can hear"),
        "pages of nothing": (whole[:27] + bytes(5_000), "no sound I can hear"),
        "a header that lies of hours": (wave[:40] + b"\xff\xff\xff\x7f" + wave[44:52], "no sound I can hear"),
        "another's head": (b"OggS" + wave, "no sound I can hear"),
        "text": (b"a red fox in snow, please\n" * 50, "no sound I can hear"),
        "a playlist to elsewhere": (b"#EXTM3U\n#EXTINF:5,\n" + address + b"\n", "no sound I can hear"),
        "a description of a stream": (b"v=0\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n", "no sound I can hear"),
        "silence": (silence, "only silence"),
        # ten of them, and how little memory they take, are in tests/media
        "an hour": (hours_of_silence(tmp_path / "long", 1).read_bytes(), "longer than the 300 seconds"),
        "video": (video_alone(tmp_path / "video").read_bytes(), "no sound I can hear"),
        "playlist": (b"#EXTM3U\n#EXTINF:5,\nfile:///etc/passwd\n", "no sound I can hear"),
        "script": (b"ffconcat version 1.0\nfile /etc/passwd\n", "no sound I can hear"),
        "login": (LOGIN, "no sound I can hear" if stage.platform != "slack" else "could not fetch"),
        "nothing": (b"", "no sound I can hear"),
    }
    assert len(unheard["an hour"][0]) < 400_000
    for what, (data, sentence) in unheard.items():
        if stage.platform == "web" and not data:
            continue  # the page asks for a note itself
        seen = await stage.settled(await stage.voice(data))
        assert sentence in seen.text, what
        assert seen.pictures == ()
    assert heard(openai) == 0
    assert openai.billed == 0
    assert asked == []
    await foreign.close()

    # A wrong name is nobody's fault, and neither is a recording of which the end is missing.
    for data in (record(tmp_path / "mp3", frames(tone(2)), "mp3").read_bytes(), whole[: len(whole) * 2 // 3]):
        openai.hears.append(("imagine", {"heard": "@everyone <!channel> a fox", "language": "en", "prompt": "a fox"}))
        seen = await stage.settled(await stage.voice(data))
        assert seen.buttons[0].startswith("Generate")
        inert(seen, stage)

    painted = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    assert len(painted.pictures) == 1


@pytest.mark.parametrize("stage", ["discord", "slack"], indirect=True)
async def test_attachments_kept_elsewhere_are_not_fetched_and_no_token_goes_there(
    stage: Stage, openai: FakeOpenAI
) -> None:
    asked: list[str] = []

    async def serve(request: web.BaseRequest) -> web.Response:
        asked.append(str(request.headers))
        return web.Response(body=plain(), content_type="image/png")

    async with RawTestServer(serve) as foreign:
        for number, url in enumerate((str(foreign.make_url("/fox.png")), "http://169.254.169.254/x", "file:///etc/x")):
            seen = await stage.settled(await from_elsewhere(stage, f"fox{number}.png", url))
            assert "is kept somewhere I do not fetch from" in seen.text
    assert asked == []
    assert paintings(openai) == 0


async def from_elsewhere(stage: Stage, name: str, url: str) -> Seen:
    """Ada imagines from a message whose picture is said to be at this address."""
    if isinstance(stage, DiscordStage):
        said = await stage.act("bob").say("like this", files=((name, plain()),))
        said.files[0].url = url
        sent = await stage.act("ada").menu("Imagine from this", said)
        return stage.seen(await stage.fake.until(lambda: sent.shown))
    assert isinstance(stage, SlackStage)
    file = stage.fake.workspace.new_file(name, plain(), shape={"url_private": url, "url_private_download": url})
    before = stage._now("ada")
    await stage.fake.say("@Limner like this", user="ada", channel="general", files=(file,))
    return await stage._answered("ada", before)


# ── where the platform does not matter ──────────────────────────────────────────────────────────────────────


async def test_seventeen_pictures_are_too_many_and_none_is_fetched(keyed_house: House, openai: FakeOpenAI) -> None:
    channel = Channel()
    nowhere = tuple(Attachment(platform="channel", name=f"{n}.png", url="file:///nowhere") for n in range(17))
    async with keyed_house.open(platforms=(channel,)) as limner:
        by_option = await limner.take(ask(prompt="all of them", references=nowhere))
        beside = await limner.take(ask(prompt="all of them").evolve(pictures=nowhere))
        together = await limner.take(ask(prompt="all", references=nowhere[:9]).evolve(pictures=nowhere[9:]))

    for card in (by_option, beside, together):
        assert card is not None
        assert "That is 17 pictures, and 16 is the most" in card.lines[0].text
        assert card.private
    assert paintings(openai) == 0


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"prompt": "\u200b\u200d\ufeff\u2060"}, "the prompt was empty"),
        ({"prompt": "\u202e\x00\x07"}, "the prompt was empty"),
        ({"prompt": "x" * 32_001}, "32,001 characters"),
        ({"prompt": "a fox", "count": "11"}, "from 1 to 10"),
        ({"prompt": "a fox", "count": "many"}, "from 1 to 10"),
        ({"prompt": "a fox", "quality": "ultra"}, "draft, standard"),
        ({"prompt": "a fox", "shape": "0x0"}, "is no shape I can paint"),
        ({"prompt": "a fox", "model": "gpt-audio-1.5"}, "no model that paints has this name"),
        ({"prompt": "a fox", "colour": "red"}, "there is no such option"),
    ],
    ids=["zero width", "controls", "long", "eleven", "many", "ultra", "no size", "no model", "no option"],
)
async def test_impossible_options_get_a_sentence(
    keyed_house: House, openai: FakeOpenAI, values: dict[str, str], sentence: str
) -> None:
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        card = await limner.take(ask(**values))

    assert card is not None
    assert sentence in " ".join(line.text for line in card.lines)
    assert card.private
    assert paintings(openai) == 0
    assert openai.billed == 0


async def test_the_longest_prompt_is_painted_and_goes_whole(keyed_house: House, openai: FakeOpenAI) -> None:
    prompt = ("a red fox " * 3200).strip().ljust(32_000, "!")
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        await limner.take(ask(prompt=prompt, quality="draft"))
        card = await channel.settled()

    assert len(card.pictures) == 1
    assert openai.requests[-1].parsed["prompt"] == prompt
    assert len(card.pictures[0].alt) <= 1000


async def test_a_styled_prompt_never_grows_past_what_the_model_takes(keyed_house: House, openai: FakeOpenAI) -> None:
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        card = await limner.take(ask(prompt="x" * 32_000, style="storybook", quality="draft"))
        assert card is not None
        most = int(re.findall(r"and ([\d,]+) is the most", card.lines[0].text)[0].replace(",", ""))
        assert paintings(openai) == 0
        channel.shown.clear()
        await limner.take(ask(prompt="x" * most, style="storybook", quality="draft"))
        await channel.settled()

    assert len(openai.requests[-1].parsed["prompt"]) == 32_000


async def test_a_model_that_nobody_serves_is_a_sentence_and_free(keyed_house: House, openai: FakeOpenAI) -> None:
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        await limner.take(ask(prompt="a fox", model="gpt-paint-9000", quality="draft"))
        card = await channel.settled()

    assert "gpt-paint-9000 is no longer served" in " ".join(line.text for line in card.lines)
    assert paintings(openai) == 1
    assert openai.billed == 0
