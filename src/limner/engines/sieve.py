"""Keeps pictures out of memory: JSON passes through as it arrives, while the pictures in it go to files.

The value of every key that has pictures (`b64_json`, in the Images API) is decoded piece by piece into a file, and the
file's name stands in its place in the text that passes. So an answer with a picture of 2 MB never holds more than one
piece of it. (A plain `json.loads` has the answer as bytes, as text, as a string of base64 and as a picture: ten
megabytes at once.)
"""

from __future__ import annotations

import binascii
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pybase64

KEYS = ("b64_json",)
"""The Images API's."""
TEXT_LIMIT = 1_000_000
"""Bytes that one answer may have besides its pictures."""
PICTURE_LIMIT = 100_000_000
"""Bytes of one picture; the largest size as an uncompressed PNG has 33 million."""
PICTURES_LIMIT = 32
"""Pictures of one answer, partial ones included."""

_SPACE = b" \t\r\n"
_GAP = re.compile(rb"[ \t\r\n]*")
_CUT_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*(\\(?:u[0-9a-fA-F]{0,3})?)\Z")


class TooMuch(Exception):
    """The answer has more text, or more pictures, than any honest one."""


@dataclass(kw_only=True)
class Sifted:
    """One picture that was taken out."""

    path: Path
    size: int = 0
    """Bytes so far; all of them once the string has ended."""
    sound: bool = True
    """Whether it was base64 from beginning to end, and of bearable size."""


class Sieve:
    """Takes the pictures out of one answer, in pieces of any length.

    It looks for the keys as JSON spells it plainly, which every encoder does. A value that is no string, and an empty
    string, pass unchanged.
    """

    def __init__(self, folder: Path, keys: tuple[str, ...] = KEYS) -> None:
        """The files are made in `folder`, named `sifted-1` and so on. `keys` have the pictures; ordinary names."""
        self._keys = tuple(b'"%s"' % each.encode() for each in keys)
        self._key = re.compile(b"|".join(map(re.escape, self._keys)))
        self._longest = max(map(len, self._keys))
        self.files: dict[str, Sifted] = {}
        """By the name that stands in the text."""
        self._folder = folder
        self._count = 0
        self._held = b""  # text that may be the beginning of a key
        self._passed = 0
        self._before = 0  # the byte before what is held
        self._after_key = False
        self._colon = False
        self._string: _Base64File | None = None
        self._ended: list[_Base64File] = []  # strings that are whole, and whose files may not be

    @property
    def in_picture(self) -> bool:
        """Whether a picture has begun and not ended."""
        return self._string is not None

    @property
    def waiting(self) -> int:
        """Bytes of pictures that are decoded and not written yet."""
        return sum(each.waiting for each in self._open())

    def write(self) -> None:
        """Writes what waits. It may have to wait for the disk: not for the event loop, and not while `feed` runs."""
        for each in self._open():
            each.write()
        self._ended.clear()

    def _open(self) -> list[_Base64File]:
        return [*self._ended, *([self._string] if self._string is not None else [])]

    def feed(self, piece: bytes) -> bytes:
        """The text that passes, as much as can be told by now. The pictures in it are in their files after `write`.

        Raises:
            TooMuch: The answer is beyond `TEXT_LIMIT` or `PICTURES_LIMIT`.
        """
        passed: list[bytes] = []
        while piece:
            if self._string is not None:
                piece = self._picture(piece, passed)
            elif self._after_key:
                piece = self._gap(piece, passed)
            else:
                piece = self._text(piece, passed)
        text = b"".join(passed)
        self._passed += len(text)
        if self._passed > TEXT_LIMIT:
            raise TooMuch(f"{self._passed} bytes of text")
        return text

    def rest(self) -> bytes:
        """The text that was held back, at the end of an answer."""
        held, self._held = self._held, b""
        return held

    def close(self) -> None:
        """Closes the files; that of a picture that did not end is not sound."""
        if self._string is not None:
            self._string.sifted.sound = False
        for each in self._open():
            each.close()
        self._string = None
        self._ended.clear()

    def _text(self, piece: bytes, passed: list[bytes]) -> bytes:
        text, self._held = self._held + piece, b""
        found = self._key.search(text)
        # An escaped quote before the name: the string goes on, or another key ends like this one.
        while found and (text[found.start() - 1] if found.start() else self._before) == 0x5C:
            found = self._key.search(text, found.start() + 1)
        if found:
            self._pass(text[: found.end()], passed)
            self._after_key, self._colon = True, False
            return text[found.end() :]
        hold = text.rfind(b'"', max(0, len(text) - self._longest + 1))
        if hold >= 0 and any(key.startswith(text[hold:]) for key in self._keys):
            text, self._held = text[:hold], text[hold:]
        self._pass(text, passed)
        return b""

    def _pass(self, text: bytes, passed: list[bytes]) -> None:
        if text:
            self._before = text[-1]
            passed.append(text)

    def _gap(self, piece: bytes, passed: list[bytes]) -> bytes:
        """What stands between a key and its value: space, one colon, space."""
        match = _GAP.match(piece)
        end = match.end() if match else 0
        self._pass(piece[:end], passed)
        piece = piece[end:]
        if piece[:1] == b":" and not self._colon:
            self._colon = True
            self._pass(b":", passed)
            return piece[1:]
        if piece:
            self._after_key = False
        if piece[:1] == b'"' and self._colon:
            self._string = self._begin()
            return piece[1:]
        return piece

    def _begin(self) -> _Base64File:
        self._count += 1
        if self._count > PICTURES_LIMIT:
            raise TooMuch(f"more than {PICTURES_LIMIT} pictures")
        sifted = Sifted(path=self._folder / f"sifted-{self._count}")
        self.files[sifted.path.name] = sifted
        return _Base64File(sifted)

    def _picture(self, piece: bytes, passed: list[bytes]) -> bytes:
        assert self._string is not None
        rest = self._string.feed(piece)
        if rest is None:
            return b""
        sifted = self._string.sifted
        self._ended.append(self._string)
        self._string = None
        if sifted.size or not sifted.sound:
            self._pass(b'"%s"' % sifted.path.name.encode(), passed)
        else:
            del self.files[sifted.path.name]
            self._pass(b'""', passed)
        return rest


class _Base64File:
    """A JSON string of base64, decoded into a file as it comes."""

    def __init__(self, sifted: Sifted) -> None:
        self.sifted = sifted
        self._file: BinaryIO | None = None
        self._escape = b""  # an escape that was cut
        self._four = b""  # characters short of a group of four
        self._padded = False
        self._unwritten: list[bytes] = []
        self._whole = False

    @property
    def waiting(self) -> int:
        return sum(map(len, self._unwritten))

    def write(self) -> None:
        if self._file is None and self._unwritten:
            self._file = self.sifted.path.open("wb", buffering=0)
        while self._file is not None and self._unwritten:
            self._file.write(self._unwritten.pop(0))
        if self._whole:
            self.close()

    def feed(self, piece: bytes) -> bytes | None:
        """What follows the string's end, or None when it has not ended."""
        piece, self._escape = self._escape + piece, b""
        end = _closing_quote(piece)
        body, rest = (piece, None) if end < 0 else (piece[:end], piece[end + 1 :])
        if b"\\" in body:
            if rest is None and (cut := _CUT_ESCAPE.search(body)):
                body, self._escape = body[: cut.start(1)], cut[1]
            body = self._unescaped(body)
        self._whole = rest is not None
        self._decode(body, last=self._whole)
        return rest

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _unescaped(self, body: bytes) -> bytes:
        """Some encoders escape each `/` or `+`, most break lines, if they do, by `\\n`."""
        try:
            text: str = json.loads(b'"' + body + b'"')
            return text.encode("ascii")
        except ValueError:
            self.sifted.sound = False
            return b""

    def _decode(self, body: bytes, *, last: bool) -> None:
        if not self.sifted.sound:
            return
        if b" " in body or b"\n" in body or b"\r" in body:
            body = body.translate(None, _SPACE)
        body = self._four + body
        whole = len(body) if last else len(body) - len(body) % 4
        body, self._four = body[:whole], body[whole:]
        if not body:
            return
        if last and len(body) % 4:
            body += b"=" * (-len(body) % 4)  # some encoders leave the padding out
        try:
            data = pybase64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            self.sifted.sound = False
            return
        if self._padded or self.sifted.size + len(data) > PICTURE_LIMIT:
            self.sifted.sound = False
            return
        self._padded = body.endswith(b"=")
        self._unwritten.append(data)
        self.sifted.size += len(data)


def _closing_quote(piece: bytes) -> int:
    """Where an unescaped quote is; -1 for nowhere."""
    end = piece.find(b'"')
    while end >= 0:
        begin = end
        while begin and piece[begin - 1] == 0x5C:
            begin -= 1
        if (end - begin) % 2 == 0:
            break
        end = piece.find(b'"', end + 1)
    return end
