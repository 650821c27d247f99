"""What is said in a recording: mixed down, without the silence around it, at an even level."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av import AudioFrame

RATE = 24_000
"""Samples a second: mono, 16 bits."""

_BLOCK = RATE // 10
"""Samples that are silence or not together."""

_GLANCED_AT, _LOOKED_AT = 29, 13
"""Of so many samples one is looked at, at any phase of what is loud: some 80 of a loud block, 180 of a quiet one."""

_TAPS = 8
"""The resampler's filter at the lower rate. FFmpeg's 32 take four times as long, for what is above 10 kHz."""

_AUDIBLE = 200
"""The least difference between the highest and the lowest sample of an audible block: −50 dB of full scale."""

_LOUD = 15
"""Steps of the upper byte, above which one more or less makes no difference that is heard."""

_RISING = bytes(byte ^ 0x80 for byte in range(256))
"""The upper bytes of samples in the order of the samples: the negative ones first."""

_CLICK = 1
"""So many audible blocks in all are the click of the button."""

_AROUND, _PAUSE = 3, 5
"""Blocks of silence that stay before and after speech, and on either side of a long pause."""


LEVEL, FULL = 24_000, 59_000
"""Of speech as loud as any, and at most: the difference between the highest and the lowest sample at a glance."""

MOST_GAIN, NEAR_ENOUGH = 16.0, 0.7
"""More would raise mere noise; less is not worth another look at every sample."""


def spoken(frames: Iterable[AudioFrame], levels: list[int]) -> Iterator[bytes]:
    """Mono samples of 16 bits at `RATE`, in small pieces; none where nothing is said. `levels` is told how loud each
    tenth of a second is in which something is: the difference between its highest and its lowest sample."""
    return trimmed(mixed(frames), levels)


def mixed(frames: Iterable[AudioFrame]) -> Iterator[bytes]:
    """The frames, of whatever kinds, as mono samples."""
    # Codecs give frames of 20 ms or so. Resampling a second at a time takes a tenth of the time that resampling each
    # of them does.
    second = _Second()
    for frame in frames:
        frame.pts = None  # time stamps may jump; what was said follows what was said
        if not second.take(frame):  # streams may change in the middle
            yield from second.rest()
            second = _Second()
            second.take(frame)
        if second.full:
            yield from second.given()
    yield from second.rest()


class _Second:
    """Frames of one kind, gathered to a second and resampled."""

    def __init__(self) -> None:
        from av import AudioFifo

        self._gathered = AudioFifo()
        self._chain: _Chain | None = None
        self._rate = 0

    def take(self, frame: AudioFrame) -> bool:
        """Whether the frame is of the same kind as those before, and was taken."""
        if self._chain is None:
            self._rate = frame.sample_rate
            mono = "aformat", f"sample_fmts=s16:channel_layouts=mono:sample_rates={RATE}"
            resampled = "aresample", f"{RATE}:filter_size={_TAPS}"
            self._chain = _Chain(resampled, mono, rate=self._rate, format=frame.format.name, layout=frame.layout.name)
        try:
            self._gathered.write(frame)  # looks at the frame's kind itself, at a fraction of the price
        except ValueError:
            return False
        return True

    @property
    def full(self) -> bool:
        return self._gathered.samples >= self._rate

    def rest(self) -> Iterator[bytes]:
        """What is left, when nothing more of this kind comes."""
        if self._chain is not None:
            if self._gathered.samples:
                yield from self.given()
            yield from self._chain.rest()

    def given(self) -> Iterator[bytes]:
        """What was gathered, resampled."""
        assert self._chain is not None
        for frame in self._gathered.read_many(self._gathered.samples):
            yield from self._chain.through(frame)


class _Chain:
    """FFmpeg's own filters one after the other, https://ffmpeg.org/ffmpeg-filters.html."""

    def __init__(self, *filters: tuple[str, str], rate: int, format: str, layout: str) -> None:
        from av.filter import Graph

        self._base = Fraction(1, rate)
        self._pushed = 0
        self._graph = graph = Graph()
        graph.threads = 1
        graph.link_nodes(
            graph.add_abuffer(sample_rate=rate, format=format, layout=layout, time_base=self._base),
            *(graph.add(name, options) for name, options in filters),
            graph.add("abuffersink"),
        ).configure()

    def through(self, frame: AudioFrame) -> Iterator[bytes]:
        """What comes out when this goes in."""
        frame.pts, frame.time_base = self._pushed, self._base
        self._pushed += frame.samples
        self._graph.push(frame)
        yield from self._ready()

    def rest(self) -> Iterator[bytes]:
        """What comes out when nothing more goes in."""
        self._graph.push(None)
        yield from self._ready()

    def _ready(self) -> Iterator[bytes]:
        from av import AudioFrame
        from av.error import BlockingIOError, EOFError

        while True:
            try:
                frame = self._graph.pull()
            except (BlockingIOError, EOFError):
                return
            assert isinstance(frame, AudioFrame)
            yield bytes(memoryview(frame.planes[0])[: frame.samples * 2])


def trimmed(pieces: Iterable[bytes], levels: list[int]) -> Iterator[bytes]:
    """The samples without the silence at both ends, long pauses made short. A click alone is silence too."""
    quiet = _Quiet()
    held: list[bytes] = []
    for block in _blocks(pieces):
        if (level := _level(block)) < _AUDIBLE:
            quiet.add(block)
            continue
        held += quiet.between() if levels else quiet.before()
        held.append(block)
        levels.append(level)
        if len(levels) > _CLICK:
            yield b"".join(held)
            held.clear()
    if len(levels) > _CLICK:
        yield b"".join(quiet.after())


class _Quiet:
    """Blocks of silence in a row: no more of them than could be needed."""

    def __init__(self) -> None:
        self._first: list[bytes] = []
        self._last: deque[bytes] = deque(maxlen=_PAUSE)

    def add(self, block: bytes) -> None:
        if len(self._first) < _PAUSE:
            self._first.append(block)
        else:
            self._last.append(block)

    def before(self) -> list[bytes]:
        """What stays of it before speech begins."""
        return self.between()[-_AROUND:]

    def between(self) -> list[bytes]:
        """What stays of it as a pause."""
        every = [*self._first, *self._last]
        self._first, self._last = [], deque(maxlen=_PAUSE)
        return every

    def after(self) -> list[bytes]:
        """What stays of it when no more is said."""
        return self._first[:_AROUND]


def _blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        data = rest + piece
        whole = len(data) - len(data) % (2 * _BLOCK)
        for start in range(0, whole, 2 * _BLOCK):
            yield data[start : start + 2 * _BLOCK]
        rest = data[whole:]
    if rest:
        yield rest


def _level(block: bytes) -> int:
    # Of what is loud a glance at the upper bytes tells enough, in a third of the time.
    some = block[1 :: 2 * _GLANCED_AT].translate(_RISING)
    if (rough := max(some) - min(some)) > _LOUD:
        return rough << 8
    exact = array("h", block)[::_LOOKED_AT]
    return max(exact) - min(exact)


def gain(levels: list[int]) -> float:
    """By how much speech of these levels is raised, or lowered, to be as loud as any."""
    usual = sorted(levels)[len(levels) * 9 // 10] if levels else LEVEL
    wanted = min(LEVEL / usual, MOST_GAIN, FULL / max(levels, default=FULL))
    return 1.0 if NEAR_ENOUGH <= wanted <= 1 / NEAR_ENOUGH else wanted


def raised(pieces: Iterable[bytes], gain: float) -> Iterator[bytes]:
    """The samples so many times as loud, about a second at a time."""
    if gain == 1:
        yield from gathered(pieces)
        return
    chain = _Chain(("volume", f"volume={gain:.3f}:precision=fixed"), rate=RATE, format="s16", layout="mono")
    for piece in gathered(pieces):
        yield from chain.through(framed(piece))
    yield from chain.rest()


def gathered(pieces: Iterable[bytes], size: int = 2 * RATE) -> Iterator[bytes]:
    """The same samples in pieces of at least `size` bytes, but for the last one."""
    some, length = list[bytes](), 0
    for piece in pieces:
        some.append(piece)
        length += len(piece)
        if length >= size:
            yield b"".join(some)
            some, length = [], 0
    if length:
        yield b"".join(some)


def framed(piece: bytes) -> AudioFrame:
    """Mono samples of 16 bits as a frame."""
    from av import AudioFrame

    frame = AudioFrame(format="s16", layout="mono", samples=len(piece) // 2)
    frame.sample_rate = RATE
    frame.planes[0].update(piece.ljust(frame.planes[0].buffer_size, b"\0"))
    return frame
