"""What a browser posts: fields in memory, files straight to the spool, both within limits.

A file that is too large is read to its end and forgotten: a browser shows an answer only once it has sent everything.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from limner.domain.place import Attachment
from limner.domain.text import one_line, shorten
from limner.errors import PictureFileTooLarge, Refusal, TooManyPictures

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

FILE_LIMIT = 50_000_000
"""Bytes of one file."""
FILES_LIMIT = 16
FIELDS_LIMIT = 400_000
"""Bytes of all that is not a file; the longest prompt has 32,000 characters."""
A_PART = 100
"""Bytes that each part counts for besides: many empty ones fill memory too."""


class TooMuch(Refusal):
    """That is more than I take at once. Please send less."""


class Garbled(Refusal):
    """I could not read what the page sent. Please reload it and try again."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file in the spool."""

    slot: str
    """The field that it came in."""
    path: Path
    name: str
    media_type: str
    size: int

    @property
    def attachment(self) -> Attachment:
        return Attachment(
            platform="web", name=self.name, url=self.path.as_uri(), media_type=self.media_type or None, size=self.size
        )


@dataclass(kw_only=True)
class Submission:
    """A posted form. `discard` when its files were used."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[Upload] = field(default_factory=list)
    trouble: Refusal | None = None
    """Why its files cannot be used, if so."""

    def attachments(self, slot: str) -> tuple[Attachment, ...]:
        """The files that came in a field."""
        return tuple(each.attachment for each in self.files if each.slot == slot)

    def discard(self) -> None:
        """Removes its files from the spool."""
        for each in self.files:
            each.path.unlink(missing_ok=True)


async def read(request: Request, spool: Path, *, file_limit: int, files_limit: int) -> Submission:
    """What was posted, its files in the spool, at most so many of so many bytes.

    Raises:
        TooMuch: The whole is beyond every limit; nothing more of it was read.
        Garbled: It is no form.
    """
    body_limit = file_limit * files_limit + FIELDS_LIMIT
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > body_limit:
        raise TooMuch()
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind == b"application/x-www-form-urlencoded":
        return await _urlencoded(request)
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise Garbled()
    reader = _Reader(spool, file_limit, files_limit)
    try:
        parser = MultipartParser(options[b"boundary"], reader.callbacks())
        total = 0
        async for chunk in request.stream():
            total += len(chunk)
            if total > body_limit:
                raise TooMuch()
            await asyncio.to_thread(parser.write, chunk)
        parser.finalize()
    except FormParserError as problem:
        reader.abandon()
        raise Garbled() from problem
    except BaseException:
        reader.abandon()
        raise
    return reader.finish()


async def _urlencoded(request: Request) -> Submission:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FIELDS_LIMIT:
            raise TooMuch()
    return Submission(fields=dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)))


class _Reader:
    """The multipart parser's callbacks: one part at a time."""

    def __init__(self, spool: Path, file_limit: int, files_limit: int) -> None:
        self._spool = spool
        self._file_limit, self._files_limit = file_limit, files_limit
        self._done = Submission()
        self._bytes_of_fields = 0
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value = b"", b""
        self._slot = ""
        self._filename: str | None = None
        self._media_type = ""
        self._text = bytearray()
        self._file: BinaryIO | None = None
        self._path = Path()
        self._size = 0
        self._ended = False

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._finished,
        }

    def finish(self) -> Submission:
        if not self._ended:
            self.abandon()
            raise Garbled()
        return self._done

    def abandon(self) -> None:
        """Leaves nothing in the spool."""
        if self._file is not None:
            self._file.close()
            self._path.unlink(missing_ok=True)
            self._file = None
        self._done.discard()

    def _begin(self) -> None:
        self._headers = {}
        self._name, self._value = b"", b""
        self._text = bytearray()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name, self._value = b"", b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._slot = options.get(b"name", b"").decode("utf-8", "replace")
        filename = options.get(b"filename")
        self._filename = None if filename is None else shorten(one_line(filename.decode("utf-8", "replace")), 100)
        self._media_type = self._headers.get(b"content-type", b"").decode("latin-1")[:100]
        self._size = 0
        self._count(len(self._slot) + A_PART)
        if not self._filename:
            return  # a field, or a file input that was left empty
        if len(self._done.files) >= self._files_limit:
            self._done.trouble = TooManyPictures(count=len(self._done.files) + 1, limit=self._files_limit)
            return
        self._path = self._spool / f"upload-{secrets.token_hex(12)}"
        self._file = self._path.open("xb")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._filename is None:
            self._count(end - start)
            self._text += data[start:end]
        elif self._file is not None:
            self._size += end - start
            if self._size > self._file_limit:
                self._done.trouble = PictureFileTooLarge(name=self._filename, limit_mb=self._file_limit // 1_000_000)
                self._file.close()
                self._path.unlink(missing_ok=True)
                self._file = None
            else:
                self._file.write(data[start:end])

    def _count(self, kept: int) -> None:
        self._bytes_of_fields += kept
        if self._bytes_of_fields > FIELDS_LIMIT:
            raise TooMuch()

    def _end(self) -> None:
        if self._filename is None:
            self._done.fields[self._slot] = self._text.decode("utf-8", "replace")
        elif self._file is not None:
            self._file.close()
            self._file = None
            self._done.files.append(
                Upload(
                    slot=self._slot,
                    path=self._path,
                    name=self._filename,
                    media_type=self._media_type,
                    size=self._size,
                )
            )

    def _finished(self) -> None:
        self._ended = True
