"""Paintings in the shapes of the Images API: one JSON answer, or server-sent events."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

from pybase64 import b64encode

from limner.models import Model, Usage
from limner.rules.frames import Sheet
from limner.rules.prices import PARTIAL_TOKENS, output_tokens
from tests.fakes.openai.canvas import colour, drawing, heavy, moving, picture
from tests.fakes.openai.faults import BROKEN_STREAM
from tests.fakes.openai.received import Received
from tests.fakes.openai.refusals import CATALOGUE

IMAGE_TOKENS = 323
"""Input tokens of one picture: what the older models count for a square of low fidelity."""
AUTHOR = next(model for model in CATALOGUE if model.name == "gpt-6-sol")
WRITTEN = Usage(text_in=900, text_out=1_700)
"""What the author of an SVG reads and writes."""
KINDS = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "svg": "image/svg+xml",
}
WORDS = {"not_a_picture": b64encode(b"these are words and no picture"), "bad_base64": b"these are words!"}


@dataclass(frozen=True, kw_only=True)
class Work:
    """A request that was accepted, with every value decided."""

    model: Model
    edit: bool
    prompt: str
    width: int
    height: int
    quality: str
    background: str
    format: str
    count: int
    partials: int
    images: int
    stream: bool
    safety_identifier: str | None
    frames: int = 9
    """Of a GIF."""
    frame_ms: int = 200
    padded: int | None
    fault: str | None = None

    @property
    def text_tokens(self) -> int:
        return ceil(len(self.prompt) / 4)

    @property
    def picture_tokens(self) -> int:
        """Output tokens of one picture and of its partials that are sent."""
        partials = 0 if self.fault in ("no_partials", "json_for_stream") else self.partials
        width, height = self.width, self.height
        if self.format == "gif":
            sheet = Sheet.of(self.frames)
            width, height = width * sheet.columns, height * sheet.rows
        return output_tokens(self.model, width, height, self.quality) + partials * PARTIAL_TOKENS

    @property
    def usage(self) -> Usage:
        """All of it."""
        return Usage(
            text_in=self.text_tokens,
            image_in=self.images * IMAGE_TOKENS,
            image_out=self.count * self.picture_tokens,
        )


def accepted(received: Received, model: Model, *, most: int | None, padded: int | None, fault: str | None) -> Work:
    """The work that a request asks for, after it was found good; what it left open is decided as the API would.

    Args:
        most: The most partial pictures, whatever was asked for.
        padded: Bytes of a PNG, see `picture`.
    """
    asked = received.parsed
    size = asked.get("size") or "auto"
    partials = (asked.get("partial_images") or 0) if asked.get("stream") else 0
    width, height = (1024, 1024) if size == "auto" else (int(side) for side in size.split("x"))
    return Work(
        model=model,
        edit=received.path.endswith("/edits"),
        prompt=asked["prompt"],
        width=width,
        height=height,
        quality="medium" if asked.get("quality") in (None, "auto") else asked["quality"],
        background="transparent" if asked.get("background") == "transparent" else "opaque",
        format=given(asked.get("output_format") or "png", fault),
        count=asked.get("n") or 1,
        frames=asked.get("frame_count") or 9,
        frame_ms=asked.get("frame_duration_ms") or 200,
        partials=partials if most is None else min(most, partials),
        images=sum(file.field in {"image", "image[]"} for file in received.files),
        stream=bool(asked.get("stream")),
        safety_identifier=asked.get("safety_identifier") or asked.get("user"),
        padded=padded,
        fault=fault,
    )


def given(asked: str, fault: str | None) -> str:
    """What is given; `other_format`: PNG in place of anything else, and JPEG in place of that."""
    if fault != "other_format":
        return asked
    return "jpeg" if asked == "png" else "png"


def written() -> dict[str, Any]:
    """What the author of an SVG counted."""
    into, out = WRITTEN.text_in, WRITTEN.text_out
    counted = {"input_tokens": into, "output_tokens": out, "reasoning_tokens": 200, "total_tokens": into + out}
    return {"model": AUTHOR.name, **counted}


def plain(work: Work, files: str) -> bytes:
    """The answer to a request that does not stream. `files` is the address of the fake's own files."""
    told = {"created": int(time.time()), **_described(work), "safety_identifier": work.safety_identifier}
    if work.fault != "no_usage":
        told["usage"] = _usage(work.text_tokens, work.images, work.count * work.picture_tokens)
        if work.format == "svg":
            told["svg_usage"] = written()
    # A picture is not escaped again as `json.dumps` of the whole would: base64 needs none.
    pictures = [] if work.fault == "empty" else [b"{%s}" % _image(work, number, files) for number in range(work.count)]
    return b'{"data":[%s],%s' % (b",".join(pictures), json.dumps(told).encode()[1:])


def events(work: Work, files: str) -> Iterator[bytes]:
    """The events of a streamed answer: each picture's partials, then the picture. Usage is each picture's own; what
    went in is counted with the first."""
    kind = "image_edit" if work.edit else "image_generation"
    for number in range(work.count):
        for index in range(0 if work.fault == "no_partials" else work.partials):
            yield _event(
                f"{kind}.partial_image",
                {"created_at": int(time.time()), "partial_image_index": index, **_described(work)},
                b'"b64_json":"%s"' % _base64(work, number, f"{work.partials - index} strokes from done"),
            )
        told = {"created_at": int(time.time()), **_described(work), "safety_identifier": work.safety_identifier}
        if work.fault != "no_usage":
            first = number == 0
            told["usage"] = _usage(work.text_tokens * first, work.images * first, work.picture_tokens)
        image = b'"b64_json":""' if work.fault == "empty" else _image(work, number, files)
        yield _event(f"{kind}.completed", told, image)


def stream(work: Work, files: str) -> Iterator[bytes]:
    """The events as far as the fault lets them through; those of a broken stream break after the first."""
    for number, event in enumerate(events(work, files)):
        completed = b'.completed"' in event[:200]
        if number or completed:
            if work.fault == "cut_stream":
                return
            if work.fault in BROKEN_STREAM:
                yield _event("error", BROKEN_STREAM[work.fault].body(), b'"sequence_number":0')
                return
        if completed and work.fault == "half_json":
            yield event[: len(event) // 2]
            return
        yield event


def painted(work: Work, number: int, stage: str = "") -> bytes:
    """The picture's file. The partials differ from it in their colour."""
    transparent = work.background == "transparent"
    if work.padded and work.format == "png":
        return heavy(work.width, work.height, work.prompt + stage, number, transparent, work.padded)
    if work.format == "gif":
        return moving(work.width, work.height, work.prompt, work.frames, work.frame_ms)
    if work.format == "svg":
        return drawing(work.width, work.height, colour(work.prompt + stage, number))
    return picture(
        work.width,
        work.height,
        colour(work.prompt + stage, number),
        work.format,
        transparent,
    )


def warm(work: Work) -> None:
    """Makes the pictures, so that answering finds them made."""
    for number in range(work.count):
        painted(work, number)


def encoded(work: Work, stage: str = "") -> str:
    """The only picture of a work, or a partial one of it, as base64, as far as the fault lets it be one."""
    if not stage and work.fault in WORDS:
        return WORDS[work.fault].decode()
    data = _base64(work, 0, stage)
    return (data[: len(data) // 8 * 4] if not stage and work.fault == "damaged" else data).decode()


def _base64(work: Work, number: int, stage: str = "") -> bytes:
    return b64encode(painted(work, number, stage))


def _image(work: Work, number: int, files: str) -> bytes:
    """The members of one picture's object."""
    if work.fault == "url_answer":
        return b'"url":"%s/%d.%s"' % (files.encode(), number, work.format.encode())
    if work.fault == "foreign_url":
        return b'"url":"https://pictures.invalid/%d.%s"' % (number, work.format.encode())
    if work.fault in WORDS:
        return b'"b64_json":"%s"' % WORDS[work.fault]
    data = _base64(work, number)
    # A multiple of four characters is whole base64.
    return b'"b64_json":"%s"' % (data[: len(data) // 8 * 4] if work.fault == "damaged" else data)


def _described(work: Work) -> dict[str, Any]:
    return {
        "background": work.background,
        "output_format": work.format,
        "quality": work.quality,
        "size": f"{work.width}x{work.height}",
    }


def _usage(text: int, images: int, output: int) -> dict[str, Any]:
    image = images * IMAGE_TOKENS
    return {
        "input_tokens": text + image,
        "input_tokens_details": {"text_tokens": text, "image_tokens": image},
        "output_tokens": output,
        "output_tokens_details": {"text_tokens": 0, "image_tokens": output},
        "total_tokens": text + image + output,
    }


def _event(name: str, told: dict[str, Any], image: bytes) -> bytes:
    spelled = json.dumps({"type": name, **told}).encode()
    return b"event: %s\ndata: %s,%s}\n\n" % (name.encode(), spelled[:-1], image)
