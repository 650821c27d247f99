"""How loud a recording is from beginning to end, for whoever draws it."""

from __future__ import annotations

from array import array
from base64 import b64encode
from itertools import pairwise
from pathlib import Path

from limner.media.containers import DEMUXERS
from limner.media.decoding import frames, opened
from limner.media.offloop import SOUND, off_loop
from limner.media.speech import RATE, gathered, mixed

POINTS = 256
"""What Discord draws at most, one for a tenth of a second or more (developer documentation, "Voice Messages")."""
_BLOCK = RATE // 10
_LOOKED_AT = 13
"""Of so many samples one is looked at."""
_FULL = 32_768


async def waveform(path: Path, kind: str, *, max_seconds: int) -> str:
    """In base64 a value from 0 to 255 for each tenth of a second, or fewer of a long one, `POINTS` at most; at least
    one."""
    return b64encode(await off_loop(SOUND, _waveform, path, kind, max_seconds)).decode()


def _waveform(path: Path, kind: str, max_seconds: int) -> bytes:
    peaks = list[int]()
    with opened(path, DEMUXERS[kind]) as container:
        for second in gathered(mixed(frames(container, path.name, max_seconds))):
            samples = array("h", second)
            for start in range(0, len(samples), _BLOCK):
                some = samples[start : start + _BLOCK : _LOOKED_AT]
                peaks.append(max(max(some), -min(some)))
    return drawn(peaks)


def drawn(peaks: list[int]) -> bytes:
    """The loudest of each tenth of a second (0 to 32,768), as at most `POINTS` values."""
    count = min(len(peaks), POINTS)
    bounds = [round(place * len(peaks) / count) for place in range(count + 1)] if count else []
    return bytes(min(255, max(peaks[start:end]) * 256 // _FULL) for start, end in pairwise(bounds)) or b"\0"
