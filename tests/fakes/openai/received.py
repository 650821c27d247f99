"""What a client sent: the record of one request, with its JSON or its form read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

NUMBERS = {"n", "partial_images", "output_compression", "frame_count", "frame_duration_ms"}
FILE_FIELDS = {"image", "image[]", "mask", "markup"}
BOOLEANS = {"stream": {"true": True, "false": False}}


class File(NamedTuple):
    """One file of a form."""

    field: str
    filename: str | None
    content_type: str | None
    data: bytes


@dataclass
class Received:
    """One request. Of a form, numbers and booleans are given as such, as they are in JSON."""

    method: str
    path: str
    headers: dict[str, str]
    """By their names in lower case."""
    body: bytes
    parsed: dict[str, Any] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)
    readable: bool = True
    """Whether the body is what its content type says."""


def receive(method: str, path: str, headers: dict[str, str], body: bytes) -> Received:
    """The record of a request, whatever its body is."""
    received = Received(method, path, headers, body)
    kind, options = parse_options_header(headers.get("content-type", ""))
    try:
        if kind == b"multipart/form-data":
            _read_form(received, options[b"boundary"])
        elif body:
            parsed = json.loads(body)
            received.readable = isinstance(parsed, dict) and kind == b"application/json"
            received.parsed = parsed if isinstance(parsed, dict) else {}
    except (ValueError, KeyError, FormParserError):
        received.readable = False
    return received


def _read_form(received: Received, boundary: bytes) -> None:
    for disposition, content_type, data in _parts(received.body, boundary):
        _, options = parse_options_header(disposition)
        name = options[b"name"].decode()
        filename = options.get(b"filename")
        if filename is None and content_type is None and name not in FILE_FIELDS:
            received.parsed[name] = _value(name, data.decode())
        else:
            declared = content_type.decode("latin-1") if content_type is not None else None
            received.files.append(File(name, filename.decode() if filename else None, declared, data))


def _value(name: str, text: str) -> Any:
    if name in NUMBERS and text.lstrip("-").isdecimal():
        return int(text)
    return BOOLEANS.get(name, {}).get(text, text)


def _parts(body: bytes, boundary: bytes) -> list[tuple[bytes, bytes | None, bytes]]:
    """Content-Disposition, Content-Type and data of each part."""
    parts: list[tuple[dict[bytes, bytes], bytearray]] = []
    name, value = bytearray(), bytearray()

    def header_end() -> None:
        parts[-1][0][bytes(name).lower()] = bytes(value)
        name.clear()
        value.clear()

    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": lambda: parts.append(({}, bytearray())),
            "on_header_field": lambda data, start, end: name.extend(data[start:end]),
            "on_header_value": lambda data, start, end: value.extend(data[start:end]),
            "on_header_end": header_end,
            "on_part_data": lambda data, start, end: parts[-1][1].extend(data[start:end]),
        },
    )
    parser.write(body)
    parser.finalize()
    return [(each[b"content-disposition"], each.get(b"content-type"), bytes(data)) for each, data in parts]
