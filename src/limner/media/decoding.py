"""A recording's sound, decoded as a stream and bounded by what was decoded, whatever its header says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from limner.errors import NotSound, SoundTooLong

if TYPE_CHECKING:
    from av import AudioCodecContext, AudioFrame
    from av.container import InputContainer

_RATES = range(2_000, 768_001)
"""Samples a second that a recording can have. A lower one, a lie, would make hours of every second's bytes."""

# Decoders that may run, also while the stream's parameters are guessed: no video decoder is among them.
_DECODERS = (
    *("opus", "libopus", "vorbis", "aac", "aac_fixed", "aac_latm", "mp3", "mp3float", "mp2", "mp2float", "flac"),
    *("alac", "speex", "libspeex", "amrnb", "amrwb", "pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le"),
    *("pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_alaw"),
    *("pcm_mulaw", "adpcm_ms", "adpcm_ima_wav"),
)

GRACE = 0.5
"""Seconds that a note may be longer: recorders do not stop to the moment."""

PROBED = 1_000_000
"""Bytes that are looked at to find out what the streams are."""


def opened(path: Path, demuxer: str) -> InputContainer:
    """A recording, to be closed; opened by this demuxer and no other. Nothing but the file itself is read."""
    import av

    options = {"protocol_whitelist": "file", "codec_whitelist": ",".join(_DECODERS), "probesize": str(PROBED)}
    return av.open(f"file:{path}", format=demuxer, options=options)


def damages() -> tuple[type[Exception], ...]:
    """What a damaged recording raises while it is opened, decoded or filtered, for an except clause."""
    from av.error import FFmpegError

    return FFmpegError, ValueError, EOFError, MemoryError


def frames(container: InputContainer, name: str, max_seconds: int) -> Iterator[AudioFrame]:
    """The frames of the first audio stream. A packet that is damaged is left out, as players do; a note of which most
    is damaged is refused.

    Raises:
        NotSound: There is no audio stream that can be decoded.
        SoundTooLong: More than `max_seconds` came out of the decoder; stopped there.
    """
    from av.error import FFmpegError, InvalidDataError, PatchWelcomeError
    from av.stream import Discard

    stream = next(iter(container.streams.audio), None)
    # PyAV has no context for a codec that FFmpeg has no name for.
    decoder: AudioCodecContext | None = stream.codec_context if stream is not None else None
    if stream is None or decoder is None or decoder.name not in _DECODERS:
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
            rate = frame.sample_rate
            if rate not in _RATES:
                raise NotSound(name=name)
            seconds += frame.samples / rate
            if seconds > max_seconds + GRACE:
                raise SoundTooLong(name=name, limit=max_seconds)
            yield frame
    if damaged > whole:
        raise FFmpegError(0, "mostly damaged")
