"""Speech from outside: hostile bytes, told by content, decoded as a stream, bounded by what was decoded."""

from __future__ import annotations

import hashlib
import wave
from array import array
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from limner.errors import NotSound, SilentSound, SoundTooLong
from limner.media.offloop import SOUND, off_loop

if TYPE_CHECKING:
    from av import AudioFrame
    from av.container import InputContainer

RATE = 24_000
"""Samples a second of what the ear's model gets: mono, 16 bits."""

WAV_LIMIT = 15_000_000
"""Bytes of WAV (20 MB in base64, 312 seconds) above which it becomes MP3, which takes six times as long to make."""

_MP3_RATE = 48_000
"""Bits a second: speech stays clear."""

_CHUNK = RATE // 4 // 10
"""Samples that are looked at together: a tenth of a second, as every fourth is looked at."""

_AUDIBLE = 200
"""The least difference between highest and lowest sample of an audible chunk: −50 dB of full scale."""

_AUDIBLE_CHUNKS = 2
"""A single audible chunk is the click of the button."""

_SHORTEST = 0.1
"""Seconds below which nothing was said."""

_RATES = range(2_000, 768_001)
"""Samples a second that a recording can have. A lower one, a lie, would make hours of every second's bytes."""

# Demuxers by what the first bytes tell. Only these are ever opened: none of them reads another file or address, as
# those for playlists and scripts do.
_DEMUXERS = {
    "ogg": "ogg",
    "mp4": "mov",
    "webm": "matroska",
    "mp3": "mp3",
    "wav": "wav",
    "flac": "flac",
    "aac": "aac",
}

# Decoders that may run, also while the stream's parameters are guessed: no video decoder is among them.
_DECODERS = (
    *("opus", "libopus", "vorbis", "aac", "aac_fixed", "aac_latm", "mp3", "mp3float", "mp2", "mp2float", "flac"),
    *("alac", "speex", "libspeex", "amrnb", "amrwb", "pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le"),
    *("pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_alaw"),
    *("pcm_mulaw", "adpcm_ms", "adpcm_ima_wav"),
)


@dataclass(frozen=True, kw_only=True)
class Sound:
    """Speech, decoded and encoded again as what the ear's model takes."""

    path: Path
    format: str
    """`wav` or `mp3`."""
    seconds: float
    origin_hash: str
    """SHA-256 of the note as it came, in hex."""


def sniff(head: bytes) -> str | None:
    """`ogg`, `mp4`, `webm`, `mp3`, `wav`, `flac` or `aac`, by a file's first bytes (some 4,096 of them), or None."""
    if head.startswith(b"ID3"):
        return sniff(head[_tag_length(head) :]) or "mp3"
    if head.startswith(b"OggS"):
        return "ogg"
    if head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}:
        return "mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm"
    if head[:4] in {b"RIFF", b"RF64"} and head[8:12] == b"WAVE":
        return "wav"
    if head.startswith(b"fLaC"):
        return "flac"
    return _sniff_frame(head)


def _tag_length(head: bytes) -> int:
    """Bytes of an ID3 tag: its length has seven bits in each byte."""
    length = 0
    for byte in head[6:10]:
        length = length << 7 | byte & 0x7F
    return length + 10


def _sniff_frame(head: bytes) -> str | None:
    """MPEG audio without a container: eleven set bits, then values that are not among the reserved ones."""
    if len(head) < 4 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0:  # ADTS: twelve set bits, layer 0
        return "aac" if head[2] >> 2 & 0xF < 13 else None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rate, samples = head[2] >> 4, head[2] >> 2 & 3
    valid = head[1] & 0xE0 == 0xE0 and version != 1 and layer != 0 and rate not in {0, 15} and samples != 3
    return "mp3" if valid else None


async def listenable(path: Path, folder: Path, *, name: str, max_seconds: int) -> Sound:
    """The note's speech as a new file in `folder`: mono, 24 kHz, WAV, or MP3 when that would be too big.

    Decoded piece by piece, so memory does not grow with length; one at a time, off the event loop.

    Raises:
        NotSound: Not one of the known formats by its bytes, without an audio stream, or damaged beyond hearing.
        SoundTooLong: More than `max_seconds` came out of the decoder, whatever the header says; stopped there.
        SilentSound: Nothing in it is louder than −50 dB of full scale.
    """
    return await off_loop(SOUND, _listenable, path, folder, name, max_seconds)


def _listenable(path: Path, folder: Path, name: str, max_seconds: int) -> Sound:
    with path.open("rb") as note:
        demuxer = sniff(note.read(4096))
        note.seek(0)
        origin_hash = hashlib.file_digest(note, "sha256").hexdigest()
    if demuxer is None:
        raise NotSound(name=name)
    made = folder / f"{origin_hash[:16]}.wav"
    try:
        with closing(_decode(path, _DEMUXERS[demuxer], name, max_seconds)) as pieces:
            samples = _write(made, pieces, name, max_seconds)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    sound = Sound(path=made, format="wav", seconds=samples / RATE, origin_hash=origin_hash)
    return sound if samples * 2 <= WAV_LIMIT else _as_mp3(sound)


def _write(made: Path, pieces: Iterator[memoryview], name: str, max_seconds: int) -> int:
    """Writes the pieces as WAV; the number of samples."""
    samples = audible = 0
    with wave.open(str(made), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        for piece in pieces:
            samples += len(piece) // 2
            if samples > max_seconds * RATE:
                raise SoundTooLong(name=name, limit=max_seconds)
            if audible < _AUDIBLE_CHUNKS:
                audible += _audible_chunks(piece)
            out.writeframesraw(piece)
    if samples < _SHORTEST * RATE:
        raise NotSound(name=name)
    if audible < _AUDIBLE_CHUNKS:
        raise SilentSound(name=name)
    return samples


def _audible_chunks(piece: memoryview) -> int:
    # Every fourth sample will do: speech is loud below 3 kHz.
    some = array("h", bytes(piece))[::4]
    chunks = (some[start : start + _CHUNK] for start in range(0, len(some), _CHUNK))
    return sum(max(chunk) - min(chunk) >= _AUDIBLE for chunk in chunks)


def _decode(path: Path, demuxer: str, name: str, max_seconds: int) -> Generator[memoryview, None, None]:
    """The first audio stream as mono samples of 16 bits at `RATE`, about a second at a time.

    A packet that is damaged is left out, as players do; a note of which most is damaged is refused.
    """
    import av
    from av.error import FFmpegError

    try:
        with av.open(
            f"file:{path}",
            format=demuxer,
            options={"protocol_whitelist": "file", "codec_whitelist": ",".join(_DECODERS), "probesize": "1000000"},
        ) as container:
            yield from _resample(_frames(container, name, max_seconds))
    except (FFmpegError, ValueError, EOFError, MemoryError) as error:
        raise NotSound(name=name) from error


def _frames(container: InputContainer, name: str, max_seconds: int) -> Iterator[AudioFrame]:
    from av.error import FFmpegError, InvalidDataError, PatchWelcomeError
    from av.stream import Discard

    stream = next(iter(container.streams.audio), None)
    if stream is None or stream.codec_context.name not in _DECODERS:
        raise NotSound(name=name)
    for other in container.streams:
        if other is not stream:
            other.discard = Discard.all
    whole = damaged = 0
    seconds = 0.0
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
            frames = packet.decode()
            whole += 1
        except StopIteration:
            break
        except (InvalidDataError, PatchWelcomeError):
            damaged += 1
            if damaged > 50 + whole:
                raise
            continue
        for frame in frames:
            if frame.sample_rate not in _RATES:
                raise NotSound(name=name)
            seconds += frame.samples / frame.sample_rate
            if seconds > max_seconds + 1:  # the exact limit is the output's; this one is before any work on it
                raise SoundTooLong(name=name, limit=max_seconds)
            yield frame
    if damaged > whole:
        raise FFmpegError(0, "mostly damaged")


def _resample(frames: Iterator[AudioFrame]) -> Iterator[memoryview]:
    # Codecs give frames of 20 ms or so. Resampling a second at a time takes a tenth of the time that resampling each
    # of them does.
    kind: tuple[str, str, int] | None = None
    second = _Second()
    for frame in frames:
        frame.pts = None  # time stamps may jump; what was said follows what was said
        now = frame.format.name, frame.layout.name, frame.sample_rate
        if kind not in {None, now}:  # streams may change in the middle
            yield from second.rest()
            second = _Second()
        kind = now
        yield from second.take(frame)
    if kind is not None:
        yield from second.rest()


class _Second:
    """Frames of one kind, gathered to a second and resampled."""

    def __init__(self) -> None:
        from av import AudioFifo, AudioResampler

        self._gathered = AudioFifo()
        self._resampler = AudioResampler(format="s16", layout="mono", rate=RATE)

    def take(self, frame: AudioFrame) -> Iterator[memoryview]:
        self._gathered.write(frame)
        if self._gathered.samples >= frame.sample_rate:
            yield from self._given()

    def rest(self) -> Iterator[memoryview]:
        if self._gathered.samples:
            yield from self._given()
        yield from map(_samples, self._resampler.resample(None))

    def _given(self) -> Iterator[memoryview]:
        for frame in self._gathered.read_many(self._gathered.samples):
            yield from map(_samples, self._resampler.resample(frame))


def _samples(frame: AudioFrame) -> memoryview:
    return memoryview(frame.planes[0])[: frame.samples * 2]


def _as_mp3(sound: Sound) -> Sound:
    import av

    made = sound.path.with_suffix(".mp3")
    with av.open(f"file:{sound.path}", format="wav") as source, av.open(f"file:{made}", "w", format="mp3") as out:
        stream = out.add_stream("libmp3lame", rate=RATE, layout="mono", bit_rate=_MP3_RATE)
        for frame in source.decode(audio=0):
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    sound.path.unlink()
    return Sound(path=made, format="mp3", seconds=sound.seconds, origin_hash=sound.origin_hash)
