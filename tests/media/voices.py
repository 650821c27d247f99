"""Real spoken files: made by espeak-ng in several voices and languages, recorded as each platform does."""

from __future__ import annotations

import shutil
import subprocess
from array import array
from collections.abc import Iterable
from pathlib import Path

import av
import pytest

from tests.backends import required
from tests.media.recordings import frames, record

RATE = 22_050
"""Samples a second of what espeak-ng says."""

SPEAKER = shutil.which("espeak-ng")
speaking = pytest.mark.skipif(SPEAKER is None and not required("speech"), reason="espeak-ng is not installed here")
"""For tests that need somebody to speak."""

VOICES = {
    "en-us+f3": "a red fox in snow, wide, three versions, fine quality",
    "en-gb+m3": "three paper boats at sunset",
    "de+f2": "ein blauer Vogel auf einem Ast",
    "fr-fr+m2": "un phare dans la nuit, sous la pluie",
    "es+f4": "un gato dormido sobre un piano",
    "cmn+f1": "一只红狐狸在雪地里",
    "ar+m1": "ثعلب أحمر في الثلج",
}

RECORDERS: dict[str, tuple[str, dict[str, str]]] = {
    "a Discord voice message": ("ogg", {}),
    "a Slack clip": ("mp4", {"movflags": "frag_keyframe+empty_moov+default_base_moof"}),
    "a Slack clip in WebM": ("webm", {}),
    "the page in Chromium": ("webm", {"live": "1"}),
    "the page in Safari": ("mp4", {}),
    "a telephone's recorder": ("aac", {}),
    "a file": ("mp3", {}),
}
"""What records: the container's kind (see `tests.media.recordings.KINDS`), and its options."""


def speak(words: str, voice: str = "en-us", folder: Path | None = None) -> array[int]:
    """What this voice says, as samples of 16 bits at `RATE`."""
    said = subprocess.run(
        ["espeak-ng", "-v", voice, "-s", "150", "--stdout", words], check=True, capture_output=True
    ).stdout
    # A pipe cannot be gone back in: espeak-ng leaves the length open, and what follows the header is sound.
    return array("h", said[44 : 44 + (len(said) - 44) // 2 * 2])


def silence(seconds: float) -> array[int]:
    """Nothing."""
    return array("h", bytes(2 * int(seconds * RATE)))


def recorded(
    path: Path, parts: Iterable[array[int]], recorder: str = "a Discord voice message", **more: object
) -> Path:
    """The parts one after the other, as this recorder writes them."""
    kind, options = RECORDERS[recorder]
    whole = array("h")
    for part in parts:
        whole.extend(part)
    blocks = (whole[start : start + RATE // 10] for start in range(0, len(whole), RATE // 10))
    return record(path, frames(blocks, RATE), kind, options=options)


def samples(path: Path) -> array[int]:
    """What a WAV, an MP3 or an OGG has to say, as samples of 16 bits."""
    heard = array("h")
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=24_000)
        for frame in (*container.decode(audio=0), None):
            for made in resampler.resample(frame):
                heard.frombytes(bytes(memoryview(made.planes[0])[: made.samples * 2]))
    return heard
