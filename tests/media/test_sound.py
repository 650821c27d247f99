"""Voice notes are told by their bytes, decoded whatever their container, and bounded by what comes out."""

from __future__ import annotations

import asyncio
import hashlib
import struct
import subprocess
import sys
import textwrap
import wave
from array import array
from pathlib import Path

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limner.errors import BadFile, NotSound, SilentSound, SoundTooLong
from limner.media import sound
from limner.media.sound import listenable, sniff
from tests.media.recordings import KINDS, SPEECH, frames, hiss, hours_of_silence, record, speech, tone, video_alone


def inside(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "made"
    made.mkdir()
    return made


@pytest.mark.parametrize("kind", KINDS)
async def test_speech_is_heard_from_every_container_whatever_the_file_is_called(
    tmp_path: Path, folder: Path, kind: str
) -> None:
    note = speech(kind, tmp_path / "holiday.png")

    made = await listenable(note, folder, name="holiday.png", max_seconds=10)

    assert sniff(note.read_bytes()[:4096]) == kind
    assert made.format == "wav"
    assert made.origin_hash == hashlib.sha256(note.read_bytes()).hexdigest()
    assert made.seconds == pytest.approx(2.6, abs=0.15)
    with wave.open(str(made.path)) as written:
        assert (written.getnchannels(), written.getsampwidth(), written.getframerate()) == (1, 2, 24_000)
        assert written.getnframes() / 24_000 == made.seconds
        loudest = max(array("h", written.readframes(written.getnframes())))
    assert loudest > 3_000


@pytest.mark.parametrize(
    ("rate", "layout", "channels"),
    [(8_000, "mono", 1), (11_025, "stereo", 2), (96_000, "5.1", 6), (192_000, "mono", 1)],
)
async def test_odd_rates_and_channels_become_mono_of_24_kilohertz(
    tmp_path: Path, folder: Path, rate: int, layout: str, channels: int
) -> None:
    note = tmp_path / "note"
    record(note, frames(tone(1.5, rate, channels=channels), rate, layout), "flac", rate=rate, layout=layout)

    made = await listenable(note, folder, name="note", max_seconds=10)

    assert made.seconds == pytest.approx(1.5, abs=0.02)


@pytest.mark.parametrize(
    ("kind", "options"),
    [("mp4", {"movflags": "frag_keyframe+empty_moov+default_base_moof"}), ("webm", {"live": "1"})],
)
async def test_what_browsers_record_in_pieces_is_heard(
    tmp_path: Path, folder: Path, kind: str, options: dict[str, str]
) -> None:
    note = record(tmp_path / "note", frames(tone(2)), kind, options=options)

    made = await listenable(note, folder, name="note", max_seconds=10)

    assert made.seconds == pytest.approx(2, abs=0.1)


async def test_recordings_one_after_the_other_in_a_file_are_both_heard(tmp_path: Path, folder: Path) -> None:
    first = record(tmp_path / "first", frames(tone(1)), "mp3")
    other = frames(tone(1, channels=2), layout="stereo")
    second = record(tmp_path / "second", other, "mp3", layout="stereo", rate=24_000)
    note = tmp_path / "note"
    note.write_bytes(first.read_bytes() + second.read_bytes())

    made = await listenable(note, folder, name="note", max_seconds=10)

    assert made.seconds == pytest.approx(2, abs=0.1)


async def test_many_notes_at_once_are_each_heard(tmp_path: Path, folder: Path) -> None:
    notes = [speech(kind, tmp_path / kind) for kind in ("ogg", "mp4", "webm")]

    made = await asyncio.gather(*(listenable(each, folder, name="note", max_seconds=10) for each in notes))

    assert len({each.path for each in made}) == 3


async def test_the_sound_of_a_video_is_heard(tmp_path: Path, folder: Path) -> None:
    note = tmp_path / "clip.mp4"
    with av.open(str(note), "w", format="mp4") as out:
        video = out.add_stream("mpeg4", rate=10)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        audio = out.add_stream("aac", rate=24_000, layout="mono")
        out.mux(video.encode(av.VideoFrame(64, 64, "yuv420p")))
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=24_000, frame_size=1024)
        for frame in (*frames(tone(1)), None):
            for resampled in resampler.resample(frame):
                out.mux(audio.encode(resampled))
        out.mux([*audio.encode(None), *video.encode(None)])

    assert (await listenable(note, folder, name="clip", max_seconds=10)).seconds == pytest.approx(1, abs=0.1)


async def test_a_video_without_sound_has_none(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(NotSound, match="clip"):
        await listenable(video_alone(tmp_path / "clip"), folder, name="clip", max_seconds=10)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"O",
        b"OggS",
        b"<!DOCTYPE html><title>Sign in to your workspace</title>",
        b"#EXTM3U\n#EXTINF:10,\nnote.ogg\n",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/secret.ts\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile note.ogg\n",
        b"[playlist]\nFile1=note.ogg\n",
        b"RIFF\x24\0\0\0AVI LIST",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
        b"a red fox in snow, wide",
        b"\xff\xfe<\0h\0t\0m\0l\0>\0",
    ],
)
async def test_what_is_no_recording_by_its_bytes_is_not_opened(tmp_path: Path, folder: Path, content: bytes) -> None:
    (tmp_path / "note.ogg").write_bytes(SPEECH.read_bytes())
    note = tmp_path / "voice-message.ogg"
    note.write_bytes(content)

    with pytest.raises(NotSound, match=r"voice-message\.ogg"):
        await listenable(note, folder, name="voice-message.ogg", max_seconds=10)

    assert inside(folder) == []


@pytest.mark.parametrize("kind", KINDS)
async def test_a_note_cut_at_its_head_is_damaged(tmp_path: Path, folder: Path, kind: str) -> None:
    note = speech(kind, tmp_path / "note")
    note.write_bytes(note.read_bytes()[:40])

    with pytest.raises(NotSound):
        await listenable(note, folder, name="note", max_seconds=10)


@pytest.mark.parametrize("kind", ["ogg", "webm", "mp3", "wav", "flac", "aac"])
async def test_of_a_note_cut_in_the_middle_what_is_there_is_heard(tmp_path: Path, folder: Path, kind: str) -> None:
    note = speech(kind, tmp_path / "note")
    whole = note.read_bytes()
    note.write_bytes(whole[: len(whole) * 2 // 3])

    made = await listenable(note, folder, name="note", max_seconds=10)

    assert 0.8 < made.seconds < 2.6


async def test_a_page_missing_in_the_middle_costs_that_page(tmp_path: Path, folder: Path) -> None:
    note = record(tmp_path / "note", frames(tone(5)), "ogg")
    pages = note.read_bytes().split(b"OggS")
    del pages[4]
    note.write_bytes(b"OggS".join(pages))

    made = await listenable(note, folder, name="note", max_seconds=10)

    assert 2.5 < made.seconds < 5


async def test_a_note_without_any_sample_is_no_sound(tmp_path: Path, folder: Path) -> None:
    note = tmp_path / "note.wav"
    with wave.open(str(note), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(24_000)

    with pytest.raises(NotSound):
        await listenable(note, folder, name="note", max_seconds=10)


@pytest.mark.parametrize("kind", ["ogg", "mp4", "wav"])
@pytest.mark.parametrize("level", [0, 3, 20])
async def test_silence_is_told_by_its_level(tmp_path: Path, folder: Path, kind: str, level: int) -> None:
    note = record(tmp_path / "note", frames(hiss(3, level=level), 8_000), kind)

    with pytest.raises(SilentSound, match="only silence"):
        await listenable(note, folder, name="note", max_seconds=10)

    assert inside(folder) == []


async def test_the_click_of_the_button_is_silence_too(tmp_path: Path, folder: Path) -> None:
    click = array("h", [0] * 24_000)
    click[12_010:12_030] = array("h", [20_000] * 20)
    note = record(tmp_path / "note", frames([click]), "wav", rate=24_000)

    with pytest.raises(SilentSound):
        await listenable(note, folder, name="note", max_seconds=10)


@pytest.mark.parametrize("seconds", [0.4, 3])
async def test_quiet_and_short_speech_is_no_silence(tmp_path: Path, folder: Path, seconds: float) -> None:
    note = record(tmp_path / "note", frames(tone(seconds, level=0.01)), "ogg")

    assert (await listenable(note, folder, name="note", max_seconds=10)).seconds == pytest.approx(seconds, abs=0.05)


async def test_a_note_is_stopped_at_the_limit_by_what_was_decoded(tmp_path: Path, folder: Path) -> None:
    note = record(tmp_path / "note", frames(tone(6)), "ogg")

    with pytest.raises(SoundTooLong, match="5 seconds"):
        await listenable(note, folder, name="note", max_seconds=5)

    assert inside(folder) == []
    assert (await listenable(note, folder, name="note", max_seconds=7)).seconds == pytest.approx(6, abs=0.05)


def test_ten_hours_and_a_huge_video_are_refused_in_little_memory(tmp_path: Path) -> None:
    long = hours_of_silence(tmp_path / "long", 10)
    assert long.stat().st_size < 4_000_000
    huge = tmp_path / "huge"
    with av.open(str(huge), "w", format="mp4") as out:
        stream = out.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 8176, 8176, "yuv420p"
        out.mux([*stream.encode(av.VideoFrame(8176, 8176, "yuv420p")), *stream.encode(None)])

    script = """
        import asyncio, resource, sys
        from pathlib import Path
        from limner.errors import NotSound, SoundTooLong
        from limner.media.sound import listenable
        speech, long, huge, folder = map(Path, sys.argv[1:])
        hear = lambda note: asyncio.run(listenable(note, folder, name="note", max_seconds=60))
        hear(speech)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for note, trouble in ((long, SoundTooLong), (huge, NotSound)):
            try:
                hear(note)
            except trouble:
                continue
            sys.exit("it was heard")
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(script), SPEECH, long, huge, tmp_path],
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert int(done.stdout) < 20_000  # KiB; the picture alone has 100 MB


def wav(rate: int, channels: int, data: bytes, said: int) -> bytes:
    head = struct.pack(
        "<4sI4s4sIHHIIHH",
        b"RIFF",
        36 + said & 0xFFFFFFFF,
        b"WAVE",
        b"fmt ",
        16,
        1,
        channels,
        rate,
        rate * channels * 2 & 0xFFFFFFFF,
        channels * 2 & 0xFFFF,
        16,
    )
    return head + struct.pack("<4sI", b"data", said) + data


@pytest.mark.parametrize("said", [0xFFFFFFFF, 0x7FFFFFFF, 48_000, 96_000])
async def test_a_header_that_lies_about_the_length_is_not_believed(tmp_path: Path, folder: Path, said: int) -> None:
    pcm = b"".join(block.tobytes() for block in tone(2))
    note = tmp_path / "note"
    note.write_bytes(wav(24_000, 1, pcm, said))

    made = await listenable(note, folder, name="note", max_seconds=10)

    assert made.seconds == pytest.approx(min(2, said / 48_000), abs=0.01)


@pytest.mark.parametrize(
    ("rate", "channels"), [(0, 1), (1, 1), (100, 2), (0xFFFFFFFF, 1), (24_000, 0), (24_000, 65_535)]
)
async def test_a_header_with_impossible_numbers_is_damage(
    tmp_path: Path, folder: Path, rate: int, channels: int
) -> None:
    note = tmp_path / "note"
    note.write_bytes(wav(rate, channels, b"".join(block.tobytes() for block in tone(2)), 96_000))

    with pytest.raises(BadFile):
        await listenable(note, folder, name="note", max_seconds=100_000)


async def test_a_long_note_becomes_mp3(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "WAV_LIMIT", 100_000)
    note = record(tmp_path / "note", frames(tone(4)), "ogg")

    made = await listenable(note, folder, name="note", max_seconds=10)

    assert made.format == "mp3"
    assert sniff(made.path.read_bytes()[:4096]) == "mp3"
    assert made.path.stat().st_size < 50_000
    assert inside(folder) == [made.path.name]
    again = await listenable(made.path, tmp_path, name="again", max_seconds=10)
    assert again.seconds == pytest.approx(4, abs=0.1)


@pytest.mark.parametrize("tag", [b"ID3\x04\0\0\0\0\0\x0a" + b"\0" * 10, b"ID3\x04\0\0\0\0\x7f\x7f"])
def test_an_mp3_with_a_tag_is_told(tag: bytes) -> None:
    assert sniff(tag + b"\xff\xfb\x90\x64") == "mp3"


@given(st.binary(max_size=64))
def test_sniffing_takes_any_bytes(head: bytes) -> None:
    assert sniff(head) in {None, *KINDS}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_broken_the_answer_is_sound_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, capfd: pytest.CaptureFixture[str], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    note = speech(data.draw(st.sampled_from(sorted(KINDS))), folder / "note")
    content = bytearray(note.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        # mostly in the head, where the structure is
        place = data.draw(st.integers(0, 400) | st.integers(0, len(content) - 1)) % len(content)
        content[place] = data.draw(st.integers(0, 255))
    note.write_bytes(content[: data.draw(st.integers(0, len(content)))])

    try:
        heard = asyncio.run(listenable(note, folder, name="fuzzed", max_seconds=20))
    except BadFile as trouble:
        sentence = trouble.sentence
    else:
        sentence = "fuzzed" if 0 < heard.seconds <= 20 else "out of bounds"
    assert "fuzzed" in sentence
    assert capfd.readouterr() == ("", "")
