"""Speech from outside: hostile bytes, told by content, decoded as a stream, encoded again as what an ear takes."""

from __future__ import annotations

import hashlib
import wave
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from limner.errors import NotSound, SilentSound
from limner.media.containers import DEMUXERS, MEDIA_TYPES, sniff
from limner.media.decoding import damages, frames, opened
from limner.media.offloop import SOUND, off_loop
from limner.media.speech import RATE, framed, spoken

if TYPE_CHECKING:
    from av import AudioFrame

__all__ = ["OGG", "RATE", "WAV_LIMIT", "WAV_OR_MP3", "Sound", "listenable", "sniff"]

WAV_LIMIT = 3_000_000
"""Bytes of WAV, a minute's, above which it becomes MP3. That is a twelfth of the size and takes five times as long to
make: a short note is heard sooner as WAV, and long ones would fill memory and the line."""

_BIT_RATES = {"mp3": 32_000, "ogg": 24_000}
"""Bits a second at which speech stays clear."""

_SHORTEST = 0.1
"""Seconds below which nothing was said."""

WAV_OR_MP3 = ("wav", "mp3")
OGG = ("ogg",)
"""What an ear takes: formats, of which the one that suits a note's length is made."""


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
    format = takes[0]
    made = folder / f"{origin_hash[:16]}.{format}"
    write = _write_wav if format == "wav" else _encode
    try:
        with closing(_said(path, kind, name, max_seconds)) as pieces:
            samples = write(made, pieces)
        if samples < _SHORTEST * RATE:
            raise SilentSound(name=name)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    sound = Sound(path=made, format=format, seconds=samples / RATE, origin=MEDIA_TYPES[kind], origin_hash=origin_hash)
    return _as_mp3(sound) if format == "wav" and "mp3" in takes and samples * 2 > WAV_LIMIT else sound


def _said(path: Path, kind: str, name: str, max_seconds: int) -> Generator[bytes, None, None]:
    """What is said in a recording, in pieces. Whatever is wrong with it comes out here, and nothing else does."""
    seconds = 0.0

    def counted(decoded: Iterable[AudioFrame]) -> Iterator[AudioFrame]:
        nonlocal seconds
        for frame in decoded:
            seconds += frame.samples / frame.sample_rate
            yield frame

    try:
        with opened(path, DEMUXERS[kind]) as container:
            yield from spoken(counted(frames(container, name, max_seconds)))
    except damages() as error:
        raise NotSound(name=name) from error
    if seconds < _SHORTEST:
        raise NotSound(name=name)


def _write_wav(made: Path, pieces: Iterator[bytes]) -> int:
    """Writes the pieces as WAV; the number of samples."""
    samples = 0
    with wave.open(str(made), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        for piece in pieces:
            samples += len(piece) // 2
            out.writeframesraw(piece)
    return samples


def _encode(made: Path, pieces: Iterator[bytes]) -> int:
    """Encodes the pieces by the file's suffix; the number of samples."""
    import av
    from av.audio import AudioStream

    format = made.suffix[1:]
    codec = {"mp3": "libmp3lame", "ogg": "libopus"}[format]
    samples = 0
    with av.open(f"file:{made}", "w", format=format) as out:
        # the quickest that the encoder knows: of speech it costs nothing that one hears
        options = {"compression_level": {"mp3": "9", "ogg": "0"}[format]}
        stream = out.add_stream(codec, rate=RATE, layout="mono", bit_rate=_BIT_RATES[format], options=options)
        assert isinstance(stream, AudioStream)
        stream.codec_context.format = {"mp3": "s16p", "ogg": "s16"}[format]
        for piece in pieces:
            frame = framed(piece)
            samples += frame.samples
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return samples


def _as_mp3(sound: Sound) -> Sound:
    made = sound.path.with_suffix(".mp3")
    with wave.open(str(sound.path)) as source:
        _encode(made, iter(lambda: source.readframes(RATE), b""))
    sound.path.unlink()
    return Sound(path=made, format="mp3", seconds=sound.seconds, origin=sound.origin, origin_hash=sound.origin_hash)
