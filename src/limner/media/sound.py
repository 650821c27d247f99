"""Speech from outside: hostile bytes, told by content, decoded as a stream, encoded again as what an ear takes."""

from __future__ import annotations

import hashlib
import wave
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import SpooledTemporaryFile

from limner.errors import NotSound, SilentSound
from limner.media.containers import DEMUXERS, MEDIA_TYPES, sniff
from limner.media.decoding import damages, frames, opened
from limner.media.offloop import SOUND, off_loop
from limner.media.speech import RATE, framed, gain, gathered, mixed, raised, trimmed

__all__ = ["OGG", "RATE", "WAV_LIMIT", "WAV_OR_MP3", "Sound", "listenable", "sniff"]

WAV_LIMIT = 3_000_000
"""Bytes of WAV, a minute's, above which it becomes MP3. That is a twelfth of the size and takes five times as long to
make: a short note is heard sooner as WAV, and long ones would fill memory and the line."""

_PIECE = 2 * RATE
"""Bytes that are written at a time: a second's."""

_SHORTEST = 0.1
"""Seconds below which nothing was said."""

WAV_OR_MP3 = ("wav", "mp3")
OGG = ("ogg",)
"""What an ear takes: the format of short notes, and that of long ones."""


@dataclass(frozen=True, kw_only=True)
class Sound:
    """Speech, decoded and encoded again as what an ear takes."""

    path: Path
    format: str
    """`wav`, `mp3` or `ogg` (Opus)."""
    seconds: float
    """Without the silence that was left out."""
    origin: str
    """The media type of the note as it came, by its bytes."""
    origin_hash: str
    """SHA-256 of the note as it came, in hex."""


async def listenable(
    path: Path, folder: Path, *, name: str, max_seconds: int, takes: tuple[str, ...] = WAV_OR_MP3
) -> Sound:
    """The note's speech as a new file in `folder`: mono, 24 kHz, at an even level, without the silence around
    it. Of the formats in `takes` it has the smallest that is worth its making.

    Decoded and encoded piece by piece, so memory does not grow with length; one at a time, off the event loop.

    Raises:
        NotSound: Not one of the known formats by its bytes, without an audio stream, or damaged beyond hearing.
        SoundTooLong: More than `max_seconds` came out of the decoder, whatever the header says; stopped there.
        SilentSound: Nothing in it is louder than −50 dB of full scale.
    """
    return await off_loop(SOUND, _listenable, path, folder, name, max_seconds, takes)


def _listenable(path: Path, folder: Path, name: str, max_seconds: int, takes: tuple[str, ...]) -> Sound:
    with path.open("rb") as note:
        kind = sniff(note.read(4096))
        note.seek(0)
        origin_hash = hashlib.file_digest(note, "sha256").hexdigest()
    if kind is None:
        raise NotSound(name=name)
    levels: list[int] = []
    # How loud a note is, is known at its end: until then what becomes WAV is in memory, and longer ones in a file.
    with SpooledTemporaryFile(max_size=WAV_LIMIT, mode="w+b", dir=str(folder)) as samples:
        with closing(_said(path, kind, name, max_seconds, levels)) as pieces:
            for piece in gathered(pieces):
                samples.write(piece)
        size = samples.tell()
        if size < _SHORTEST * RATE * 2:
            raise SilentSound(name=name)
        format = takes[-1] if size > WAV_LIMIT else takes[0]
        made = folder / f"{origin_hash[:16]}.{format}"
        samples.seek(0)
        _WRITERS[format](made, raised(iter(lambda: samples.read(_PIECE), b""), gain(levels)))
    return Sound(path=made, format=format, seconds=size / 2 / RATE, origin=MEDIA_TYPES[kind], origin_hash=origin_hash)


def _said(path: Path, kind: str, name: str, max_seconds: int, levels: list[int]) -> Generator[bytes, None, None]:
    """What is said in a recording, in pieces. Whatever is wrong with it comes out here, and nothing else does."""
    heard = 0

    def counted(mixed: Iterable[bytes]) -> Iterator[bytes]:
        nonlocal heard
        for piece in mixed:
            heard += len(piece)
            yield piece

    try:
        with opened(path, DEMUXERS[kind]) as container:
            yield from trimmed(counted(mixed(frames(container, name, max_seconds))), levels)
    except damages() as error:
        raise NotSound(name=name) from error
    if heard < _SHORTEST * RATE * 2:
        raise NotSound(name=name)


def _write_wav(made: Path, pieces: Iterator[bytes]) -> None:
    with wave.open(str(made), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        for piece in pieces:
            out.writeframesraw(piece)


def _encode(made: Path, pieces: Iterator[bytes], *, format: str, codec: str, bit_rate: int, **options: str) -> None:
    import av
    from av.audio import AudioStream

    with av.open(f"file:{made}", "w", format=format) as out:
        stream = out.add_stream(codec, rate=RATE, layout="mono", bit_rate=bit_rate, options=options)
        assert isinstance(stream, AudioStream)
        stream.codec_context.format = {"mp3": "s16p", "ogg": "s16"}[format]
        for piece in pieces:
            out.mux(stream.encode(framed(piece)))
        out.mux(stream.encode(None))


# Bit rates at which speech stays clear, and the quickest that each encoder knows: of speech it costs nothing one hears.
_WRITERS: dict[str, Callable[[Path, Iterator[bytes]], None]] = {
    "wav": _write_wav,
    "mp3": partial(_encode, format="mp3", codec="libmp3lame", bit_rate=32_000, compression_level="9"),
    "ogg": partial(_encode, format="ogg", codec="libopus", bit_rate=24_000, compression_level="0"),
}
