"""An answer of OpenAI's as it arrives: JSON or events, told by its first byte and not by what was asked for.

Servers that do not stream answer `stream=True` with plain JSON, and gateways answer anything with a page of HTML.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from limner.engines.events import EventReader
from limner.engines.sieve import KEYS, Sieve, Sifted

_BEFORE = b"\xef\xbb\xbf \t\r\n"
"""A byte-order mark, and the spaces with which some gateways keep a connection open."""
_EVENT_STREAM = b"deir:"
"""First letters of an event stream's fields, and of its comments."""
_DONE = b"[DONE]"

Said = dict[str, Any]


class Garbled(Exception):
    """The answer is neither JSON nor events of JSON, or ends in the middle."""


class AnswerReader:
    """Objects of JSON out of an answer's bytes; pictures are in files, see `Sieve`."""

    def __init__(self, folder: Path, keys: tuple[str, ...] = KEYS) -> None:
        self._sieve = Sieve(folder, keys)
        self._events: EventReader | None = None
        self._begun = False
        self._text: list[bytes] = []

    @property
    def files(self) -> dict[str, Sifted]:
        """The pictures' files, by what stands for them in the objects."""
        return self._sieve.files

    def feed(self, chunk: bytes) -> list[Said]:
        """The objects that are whole now: events, each as it comes.

        Raises:
            Garbled, TooMuch: It is no answer of this API.
        """
        if not self._begun:
            chunk = chunk.lstrip(_BEFORE)
            if not chunk:
                return []
            self._begin(chunk[:1])
        if self._events is None:
            self._text.append(self._sieve.feed(chunk))
            return []
        said: list[Said] = []
        for data in self._events.feed(chunk):
            if data is not None:
                self._text.append(self._sieve.feed(data))
            else:
                said += self._whole()
        return said

    def end(self) -> list[Said]:
        """What became whole with the answer's end. An event without the empty line after it does not count.

        Raises:
            Garbled: It is not whole.
        """
        if self._events is not None:
            return []
        if not self._begun:
            raise Garbled("nothing")
        return self._whole()

    @property
    def in_picture(self) -> bool:
        """Whether a picture has begun and not ended."""
        return self._sieve.in_picture

    @property
    def waiting(self) -> int:
        """Bytes of pictures that are not written yet, see `Sieve`."""
        return self._sieve.waiting

    def write(self) -> None:
        """Writes them."""
        self._sieve.write()

    def close(self) -> None:
        """Closes what is open."""
        self._sieve.close()

    def _begin(self, first: bytes) -> None:
        self._begun = True
        if first in _EVENT_STREAM:
            self._events = EventReader()
        elif first != b"{":
            raise Garbled(f"begins with {first!r}")

    def _whole(self) -> list[Said]:
        text = b"".join([*self._text, self._sieve.rest()])
        self._text.clear()
        if not text.strip() or text.strip() == _DONE:
            return []
        try:
            said = json.loads(text)
        except (ValueError, RecursionError) as problem:
            raise Garbled("no JSON") from problem
        if not isinstance(said, dict):
            raise Garbled("no object")
        return [said]
