"""Speech in many voices is made ready for an ear: without the silence around it, at an even level, small."""

from __future__ import annotations

import socket
import threading
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limner.errors import BadFile, NotSound
from limner.media import speech
from limner.media.sound import OGG, WAV_LIMIT, listenable
from tests.media.recordings import frames, record, tone
from tests.media.recordings import speech as bundled
from tests.media.voices import RATE, RECORDERS, VOICES, recorded, samples, silence, speak, speaking

LOUD = 9_000


def level(heard: array[int]) -> int:
    """How loud speech is: the peak that a twentieth of all blocks of 50 ms reach."""
    peaks = sorted(max(map(abs, heard[start : start + 1_200])) for start in range(0, len(heard), 1_200))
    return peaks[len(peaks) * 19 // 20]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "made"
    made.mkdir()
    return made


@speaking
@pytest.mark.parametrize(("voice", "recorder"), list(zip(VOICES, RECORDERS, strict=True)))
async def test_every_voice_is_ready_whatever_recorded_it(
    tmp_path: Path, folder: Path, voice: str, recorder: str
) -> None:
    said = speak(VOICES[voice], voice)
    note = recorded(tmp_path / "note.txt", [said], recorder)

    made = await listenable(note, folder, name="note.txt", max_seconds=20)

    assert made.format == "wav"
    assert len(said) / RATE - 0.9 < made.seconds <= len(said) / RATE + 0.2
    assert level(samples(made.path)) > LOUD


@speaking
async def test_silence_around_speech_and_long_pauses_in_it_are_left_out(tmp_path: Path, folder: Path) -> None:
    said = speak("a red fox")
    note = recorded(tmp_path / "note", [silence(6), said, silence(7), said, silence(5)])

    made = await listenable(note, folder, name="note", max_seconds=30)

    alone = 2 * len(said) / RATE
    assert alone - 0.6 < made.seconds < alone + 2


@speaking
@pytest.mark.parametrize("quieter", [1, 4, 16])
async def test_quiet_speech_becomes_as_loud_as_any(tmp_path: Path, folder: Path, quieter: int) -> None:
    said = array("h", (each // quieter for each in speak("three paper boats at sunset")))

    made = await listenable(recorded(tmp_path / "note", [said]), folder, name="note", max_seconds=20)

    heard = samples(made.path)
    assert level(heard) > LOUD
    assert max(map(abs, heard)) < 32_767


async def test_a_voice_on_one_of_two_channels_is_mixed_down(tmp_path: Path, folder: Path) -> None:
    one_sided = (array("h", (each for value in block for each in (value, 0))) for block in tone(1, 24_000, level=0.3))
    note = record(tmp_path / "note", frames(one_sided, layout="stereo"), "wav", layout="stereo", rate=24_000)

    made = await listenable(note, folder, name="note", max_seconds=10)

    assert level(samples(made.path)) > LOUD


@pytest.mark.parametrize("seconds", [59, 64])
async def test_the_smallest_format_that_is_worth_its_making_is_chosen(
    tmp_path: Path, folder: Path, seconds: int
) -> None:
    note = record(tmp_path / "note", frames(tone(seconds)), "ogg")

    made = await listenable(note, folder, name="note", max_seconds=100)

    assert made.format == ("wav" if seconds < 60 else "mp3")
    assert made.path.stat().st_size <= WAV_LIMIT
    assert len(samples(made.path)) / 24_000 == pytest.approx(seconds, abs=0.3)


async def test_an_ear_that_takes_ogg_gets_the_smallest_of_all(tmp_path: Path, folder: Path) -> None:
    note = bundled("wav", tmp_path / "note")

    made = await listenable(note, folder, name="note", max_seconds=10, takes=OGG)

    assert (made.format, made.origin) == ("ogg", "audio/wav")
    assert made.path.stat().st_size < 12_000
    assert made.path.read_bytes().startswith(b"OggS")
    assert len(samples(made.path)) / 24_000 == pytest.approx(made.seconds, abs=0.1)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(["said", "quiet"]), st.integers(1, 40)), max_size=8), st.integers(500, 9_999))
def test_of_what_is_said_nothing_is_left_out(parts: list[tuple[str, int]], size: int) -> None:
    loud, quiet = array("h", [9_000, -9_000] * 1_200).tobytes(), bytes(4_800)
    whole = b"".join((loud if kind == "said" else quiet) * count for kind, count in parts)

    made = b"".join(speech.trimmed((whole[start : start + 2 * size] for start in range(0, len(whole), 2 * size)), []))

    said = whole.count(loud)
    assert made.count(loud) == (said if said > 1 else 0)
    assert len(made) <= len(whole)
    assert not said or made.count(quiet) <= 10 * (len(parts) + 1)


# ── what points elsewhere ──


class Elsewhere:
    """A server on the loopback that nobody shall ask anything."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.asked = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                self._listening.accept()[0].close()
            except OSError:
                return
            self.asked += 1

    def close(self) -> None:
        self._listening.close()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    server = Elsewhere()
    yield server
    server.close()


POINTERS = {
    "m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{url}\n#EXTINF:9,\nsecret.ogg\n#EXT-X-ENDLIST\n",
    "ffconcat": "ffconcat version 1.0\nfile {file}\nfile {url}\n",
    "pls": "[playlist]\nFile1={url}\nNumberOfEntries=1\n",
    "asx": '<asx version="3.0"><entry><ref href="{url}"/></entry></asx>',
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 0\n",
    "dash": '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{url}</BaseURL></MPD>',
    "smil": '<smil><body><audio src="{url}"/></body></smil>',
    "rtsp": "rtsptext\n{url}\n",
}


@pytest.mark.parametrize(
    "disguise", [b"", b"ID3\x04\0\0\0\0\0\x0a" + b"\0" * 10, b"OggS", b"\0\0\0\x18ftypM4A \0\0\0\0"]
)
@pytest.mark.parametrize("pointer", POINTERS)
async def test_a_note_that_points_elsewhere_is_not_followed(
    tmp_path: Path, folder: Path, elsewhere: Elsewhere, pointer: str, disguise: bytes
) -> None:
    secret = bundled("ogg", tmp_path / "secret.ogg")
    url = f"http://127.0.0.1:{elsewhere.port}/secret.ogg"
    note = tmp_path / "voice-message.ogg"
    note.write_bytes(disguise + POINTERS[pointer].format(url=url, file=secret, port=elsewhere.port).encode())

    with pytest.raises(NotSound):
        await listenable(note, folder, name="voice-message.ogg", max_seconds=10)

    assert elsewhere.asked == 0


@pytest.mark.parametrize("where", ["http://127.0.0.1:{port}/secret.m4a", "file://{secret}", "{secret}", "secret.m4a"])
async def test_a_track_that_is_kept_elsewhere_is_not_fetched(
    tmp_path: Path, folder: Path, elsewhere: Elsewhere, where: str
) -> None:
    secret = record(tmp_path / "secret.m4a", frames(tone(9)), "mp4")
    whole = bundled("mp4", tmp_path / "note").read_bytes()
    own = b"\0\0\0\x0curl \0\0\0\x01"  # a reference to the file itself
    assert whole.count(own) == 1
    address = where.format(port=elsewhere.port, secret=secret).encode() + b"\0"
    other = (12 + len(address)).to_bytes(4, "big") + b"url \0\0\0\0" + address
    grown = len(other) - len(own)
    note = tmp_path / "note.m4a"
    note.write_bytes(_grown(whole.replace(own, other), grown))

    try:
        made = await listenable(note, folder, name="note.m4a", max_seconds=20)
    except BadFile:
        pass
    else:
        assert made.seconds < 4  # the other one has nine
    assert elsewhere.asked == 0


def _grown(data: bytes, by: int) -> bytes:
    """MP4 with the boxes around the data reference made so much larger."""
    for box in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
        at = data.index(box) - 4
        size = int.from_bytes(data[at : at + 4], "big") + by
        data = data[:at] + size.to_bytes(4, "big") + data[at + 4 :]
    return data
