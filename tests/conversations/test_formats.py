"""Notes in every format that platforms produce, and everything that may come with one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conversations.hostile import plain
from tests.conversations.reading import id_of, paintings
from tests.fakes.openai import FakeOpenAI
from tests.media.recordings import KINDS, speech
from tests.stages import Seen, Stage
from tests.stages.discord import DiscordStage
from tests.stages.slack import SlackStage
from tests.stages.web import WebStage

HEARING = "/v1/chat/completions"
WRONG = {"mp4": "note.ogg", "webm": "note.mp3", "mp3": "note.wav", "wav": "note.m4a", "flac": "note.aac"}
"""Names that lie; every other note is called an Ogg file."""


def says(openai: FakeOpenAI, words: str, action: str = "imagine", **values: object) -> None:
    openai.hears.append((action, {"heard": words, "language": "en", **values}))


def told(openai: FakeOpenAI) -> str:
    """What the ear was told in words beside the last note."""
    asked = [each.parsed for each in openai.requests if each.path == HEARING][-1]
    return "\n".join(part["text"] for part in asked["messages"][-1]["content"] if part["type"] == "text")


async def beside(stage: Stage, note: bytes, words: str, pictures: tuple[tuple[str, bytes], ...]) -> Seen:
    """A note with words and pictures in the same message."""
    if isinstance(stage, DiscordStage):
        said = await stage.act("ada").say(words, files=(("note.mp3", note), *pictures))
        return stage.seen(await stage.fake.until(lambda: stage._reply(said, "ada")))
    if isinstance(stage, SlackStage):
        before = stage._now("ada")
        held = tuple(stage.fake.workspace.new_file(name, data) for name, data in pictures)
        await stage.fake.voice(note, words=words, pictures=held, user="ada", channel="general")
        return await stage._answered("ada", before)
    assert isinstance(stage, WebStage)
    form = stage._form()
    form.add_field("words", words)
    form.add_field("note", note, filename="note", content_type="audio/ogg")
    for name, data in pictures:
        form.add_field("pictures", data, filename=name, content_type="image/png")
    return await stage._posted("/voice", form)


async def test_every_format_is_heard_whatever_it_is_called(stage: Stage, openai: FakeOpenAI, tmp_path: Path) -> None:
    for kind in KINDS:
        says(openai, f"a red fox, said in {kind}", prompt=f"a red fox in {kind}", quality="draft")
        note = speech(kind, tmp_path / kind).read_bytes()
        seen = await stage.settled(await stage.voice(note, name=WRONG.get(kind, "note.ogg")))
        assert f"said in {kind}" in seen.text
        assert seen.buttons[0].startswith("Generate")
    assert sum(each.path == HEARING for each in openai.requests) == len(KINDS)


async def test_words_and_pictures_beside_a_note_count_and_it_becomes_an_edit(
    stage: Stage, openai: FakeOpenAI, tmp_path: Path
) -> None:
    says(openai, "make it winter", "edit", prompt="make it winter, in ink", quality="draft")
    note = speech("mp3", tmp_path / "note").read_bytes()
    heard = await stage.settled(await beside(stage, note, "in ink, please", (("fox.png", plain()),)))

    assert "in ink, please" in told(openai)
    assert "Pictures attached to the note: 1" in told(openai)
    assert "make it winter" in heard.text
    assert "an edit" in heard.text
    painted = await stage.settled(await stage.press(heard, "Generate"))
    assert len(painted.pictures) == 1
    (edit,) = [each for each in openai.requests if each.path == "/v1/images/edits"]
    assert edit.parsed["prompt"] == "make it winter, in ink"
    assert [file.data for file in edit.files] == [plain()]


async def test_a_german_note_with_options_of_its_own_is_painted_as_it_was_said(
    stage: Stage, openai: FakeOpenAI, tmp_path: Path
) -> None:
    spoken = "Äh, ein roter Fuchs im Schnee, drei Stück, richtig fein, wie im Bilderbuch, breit"
    openai.hears.append(
        (
            "imagine",
            {
                "heard": spoken,
                "language": "de",
                "prompt": "ein roter Fuchs im Schnee",
                "shape": "wide",
                "count": 3,
                "quality": "fine",
                "style": "storybook",
            },
        )
    )
    heard = await stage.settled(await stage.voice(speech("ogg", tmp_path / "note").read_bytes()))
    for said in (spoken, "ein roter Fuchs im Schnee", "1536×1024", "fine", "3 pictures", "style storybook"):
        assert said in heard.text
    assert paintings(openai) == 0

    painted = await stage.settled(await stage.press(heard, "Generate"))
    asked: dict[str, Any] = openai.requests[-1].parsed
    assert (asked["n"], asked["size"], asked["quality"]) == (3, "1536x1024", "high")
    assert "ein roter Fuchs im Schnee" in asked["prompt"]
    assert id_of(painted)


async def test_options_that_the_ear_made_up_are_mended_or_told_and_nothing_is_painted(
    stage: Stage, openai: FakeOpenAI, tmp_path: Path
) -> None:
    note = speech("ogg", tmp_path / "note").read_bytes()
    for made_up in ({"style": "baroque"}, {"count": 99}, {"quality": "ultra"}, {"shape": "banana"}, {"prompt": ""}):
        says(openai, "a fox in some odd way", **{"prompt": "a fox", **made_up})
        seen = await stage.settled(await stage.voice(note))
        assert "a fox in some odd way" in seen.text
        assert seen.buttons == ("Fix text", "Cancel")
        if stage.platform != "web":
            assert "Mend the words" in (await stage.press(seen, "Fix text")).text
    assert paintings(openai) == 0


@pytest.mark.parametrize("stage", ["discord"], indirect=True)
async def test_a_recording_that_calls_itself_a_video_is_heard_when_it_is_sent_to_us(
    stage: Stage, openai: FakeOpenAI, tmp_path: Path
) -> None:
    assert isinstance(stage, DiscordStage)
    says(openai, "a red fox", prompt="a red fox", quality="draft")
    note = ("recording.webm", speech("webm", tmp_path / "note").read_bytes())
    told = await stage.act("ada").say(files=(note,), mention=True)
    heard = await stage.settled(stage.seen(await stage.fake.until(lambda: stage._reply(told, "ada"))))
    assert heard.buttons[0].startswith("Generate")

    says(openai, "a blue fox", prompt="a blue fox", quality="draft")
    other = await stage.act("bob").say(files=(note,))
    meant = await stage.act("ada").menu("Imagine from this", other)
    heard = await stage.settled(stage.seen(await stage.fake.until(lambda: meant.shown)))
    assert "a blue fox" in heard.text
