"""Server-sent events, read without holding a line: their data goes on as it arrives.

Source: the HTML Standard, "Interpreting an event stream". Names and ids of events are left aside: OpenAI says what an
event is inside its data.
"""

from __future__ import annotations

from collections.abc import Iterator

_DATA = b"data:"


class EventReader:
    """Splits a stream into the data of its events, in pieces of any length."""

    def __init__(self) -> None:
        self._start = b""  # of a line, until it shows whether it is data
        self._inside: bool | None = None  # a line of data, another line, or (None) not known yet
        self._skip_newline = False
        self._has_data = False

    def feed(self, chunk: bytes) -> Iterator[bytes | None]:
        """Pieces of data in order; None where an event ends."""
        position = 0
        while position < len(chunk):
            if self._skip_newline:
                self._skip_newline = False
                if chunk[position] == 0x0A:
                    position += 1
                    continue
            end = _line_end(chunk, position)
            ended = end < len(chunk)
            yield from self._line(chunk[position:end], ended=ended)
            if ended:
                self._skip_newline = chunk[end] == 0x0D
            position = end + 1

    def _line(self, piece: bytes, *, ended: bool) -> Iterator[bytes | None]:
        if self._inside is None:
            piece, self._start = self._start + piece, b""
            if not ended and len(piece) <= len(_DATA):
                self._start = piece
                return
            if ended and not piece:
                if self._has_data:
                    yield None
                self._has_data = False
                return
            self._inside = piece.startswith(_DATA)
            if self._inside:
                piece = piece[len(_DATA) :].removeprefix(b" ")
                if self._has_data:
                    yield b"\n"
                self._has_data = True
        if self._inside and piece:
            yield piece
        if ended:
            self._inside = None


def _line_end(chunk: bytes, position: int) -> int:
    newline = chunk.find(b"\n", position)
    end = len(chunk) if newline < 0 else newline
    carriage = chunk.find(b"\r", position, end)
    return end if carriage < 0 else carriage
