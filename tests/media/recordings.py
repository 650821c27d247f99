"""Recordings made for these tests: the bundled speech, tones and near-silence, in every container."""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av

from limner.ears.samples import samples

SPEECH = samples()[0].path

KINDS: dict[str, tuple[str, str, int]] = {
    # what the bytes say: container, codec, rate
    "ogg": ("ogg", "libopus", 48_000),
    "mp4": ("mp4", "aac", 44_100),
    "webm": ("webm", "libopus", 48_000),
    "mp3": ("mp3", "libmp3lame", 44_100),
    "wav": ("wav", "pcm_s16le", 16_000),
    "flac": ("flac", "flac", 22_050),
    "aac": ("adts", "aac", 44_100),
}


def frames(samples: Iterable[array[int]], rate: int = 24_000, layout: str = "mono") -> Iterator[av.AudioFrame]:
    """Blocks of samples of 16 bits as frames."""
    channels = av.AudioLayout(layout).nb_channels
    for block in samples:
        frame = av.AudioFrame(format="s16", layout=layout, samples=len(block) // channels)
        frame.planes[0].update(block.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
        frame.sample_rate = rate
        yield frame


def tone(seconds: float, rate: int = 24_000, *, level: float = 0.3, channels: int = 1) -> Iterator[array[int]]:
    """A tone of 440 Hz in blocks of a tenth of a second; `level` 1 is full scale."""
    count = int(seconds * rate)
    wave = [int(level * 32_767 * math.sin(math.tau * 440 * each / rate)) for each in range(min(count, rate))]
    for start in range(0, count, rate // 10):
        block = [wave[each % rate] for each in range(start, min(count, start + rate // 10))]
        yield array("h", (value for value in block for _ in range(channels)))


def hiss(seconds: int, rate: int = 8_000, *, level: int = 20) -> Iterator[array[int]]:
    """The same second of very quiet noise, again and again."""
    noise = random.Random(7)
    second = array("h", (noise.randint(-level, level) for _ in range(rate)))
    for _ in range(seconds):
        yield second


def record(
    path: Path,
    sound: Iterable[av.AudioFrame],
    kind: str,
    *,
    rate: int | None = None,
    layout: str = "mono",
    bit_rate: int = 64_000,
    options: dict[str, str] | None = None,
) -> Path:
    """Writes the frames as a recording of a kind; `options` are the container's."""
    container, codec, usual = KINDS[kind]
    with av.open(str(path), "w", format=container, options=options or {}) as out:
        stream = out.add_stream(codec, rate=rate or usual, layout=layout)
        if not codec.startswith("pcm") and codec != "flac":
            stream.bit_rate = bit_rate
        resampler = av.AudioResampler(
            format=stream.codec_context.format, layout=layout, rate=rate or usual, frame_size=_frame_size(stream)
        )
        for frame in (*sound, None):
            for resampled in resampler.resample(frame):
                out.mux(stream.encode(resampled))
        out.mux(stream.encode(None))
    return path


def _frame_size(stream: av.AudioStream) -> int:
    stream.codec_context.open(strict=False)
    return stream.codec_context.frame_size or 1024


def speech(kind: str, path: Path) -> Path:
    """The bundled note in another container."""
    with av.open(str(SPEECH)) as source:
        return record(path, source.decode(audio=0), kind)


def video_alone(path: Path) -> Path:
    """A video without sound, in MP4."""
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(20):
            out.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        out.mux(stream.encode(None))
    return path


def hours_of_silence(path: Path, hours: int, *, bit_rate: int = 500) -> Path:
    """Hours of near-silence in OGG/Opus, ten of them in less than 4 MB: a few packets, over and over."""
    with av.open(str(path), "w", format="ogg") as out:
        stream = out.add_stream("libopus", rate=48_000, layout="mono", options={"frame_duration": "120", "vbr": "off"})
        stream.bit_rate = bit_rate
        resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000, frame_size=_frame_size(stream))
        quiet = [each for frame in frames(hiss(5, level=3), 8_000) for each in resampler.resample(frame)]
        packets = [bytes(packet) for frame in quiet for packet in stream.encode(frame)]
        length = stream.codec_context.frame_size
        for number in range(hours * 3600 * 48_000 // length):
            packet = av.Packet(packets[number % len(packets)])
            packet.stream, packet.time_base = stream, Fraction(1, 48_000)
            packet.pts = packet.dts = number * length
            packet.duration = length
            out.mux(packet)
    return path
