"""Contact sheets: many pictures on pages, each with a caption, for people who present; as PDF, or pages as PNG.

One page is in memory at a time, and of each picture no more than its small copy.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw

from limner.errors import Refusal
from limner.media import lettering
from limner.media.offloop import PICTURES, off_loop
from limner.media.preview import encode, flat, scaled

SIZE = (1754, 1240)
"""A4 lying on its side, at 150 dots per inch."""
DPI = 150
COLUMNS, ROWS = 4, 3
A_PAGE = COLUMNS * ROWS
CAPTION = 100
"""Characters of a caption that are surely within its two lines, or nearly so."""
_MARGIN, _GAP, _HEAD, _CAPTION = 60, 30, 70, 74
_GROUND, _INK, _GREY, _PLACE = "#ffffff", "#18181b", "#6b7280", "#eef0f3"

Sort = Literal["pdf", "png"]


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A picture on a contact sheet, with what is said of it."""

    key: str
    """By which its file is got."""
    head: str
    """Its id, by whom, when."""
    words: str


Get = Callable[[Contact], Awaitable[Path | None]]
"""A picture's file; None: it cannot be had, and its place says so."""


def unlettered(title: str, contacts: Sequence[Contact]) -> bool:
    """Whether letters of what is said have no font here, and are boxes."""
    return any(lettering.missing(f"{title} {each.head} {each.words[:CAPTION]}") for each in contacts)


async def pages(title: str, contacts: Sequence[Contact], get: Get) -> AsyncIterator[Image.Image]:
    """The pages, each as a picture."""
    many = max(-(-len(contacts) // A_PAGE), 1)
    for number in range(many):
        page = await off_loop(PICTURES, _begun, title, number + 1, many)
        for place, contact in enumerate(contacts[number * A_PAGE : (number + 1) * A_PAGE]):
            path = await get(contact)
            await off_loop(PICTURES, _put, page, place, contact, path)
        yield page


def as_jpeg(page: Image.Image) -> bytes:
    """A page as a PDF holds it."""
    return encode(page, {"format": "JPEG", "quality": 88})


def as_png(page: Image.Image) -> bytes:
    """A page by itself."""
    return encode(page, {"format": "PNG", "compress_level": 6, "dpi": (DPI, DPI)})


def _begun(title: str, number: int, many: int) -> Image.Image:
    page = Image.new("RGB", SIZE, _GROUND)
    (line,) = lettering.lines(title, 30, SIZE[0] - 2 * _MARGIN - 200, 1) or ("",)
    lettering.draw(page, (_MARGIN, _MARGIN + 30), line, 30, _INK)
    told = f"{number} / {many}"
    lettering.draw(page, (SIZE[0] - _MARGIN - lettering.width(told, 22), _MARGIN + 30), told, 22, _GREY)
    return page


def _put(page: Image.Image, place: int, contact: Contact, path: Path | None) -> None:
    across = (SIZE[0] - 2 * _MARGIN - (COLUMNS - 1) * _GAP) // COLUMNS
    down = (SIZE[1] - 2 * _MARGIN - _HEAD - (ROWS - 1) * _GAP) // ROWS
    row, column = divmod(place, COLUMNS)
    left, top = _MARGIN + column * (across + _GAP), _MARGIN + _HEAD + row * (down + _GAP)
    tall = down - _CAPTION
    try:
        small = scaled(path, (across, tall), name=contact.key, reducing_gap=2.0) if path else None
    except (Refusal, OSError):  # damaged, or gone meanwhile
        small = None
    if small is None:
        ImageDraw.Draw(page).rectangle((left, top, left + across - 1, top + tall - 1), fill=_PLACE)
        lettering.draw(page, (left + 12, top + tall / 2), "not to be had", 18, _GREY)
    else:
        opaque = flat(small, _GROUND) if small.mode == "RGBA" else small
        page.paste(opaque, (left + (across - small.width) // 2, top + (tall - small.height) // 2))
    base = top + tall + 22
    for line in lettering.lines(contact.head, 17, across, 1):
        lettering.draw(page, (left, base), line, 17, _INK)
    for number, line in enumerate(lettering.lines(contact.words, 16, across, 2)):
        lettering.draw(page, (left, base + 22 + number * 21), line, 16, _GREY)


class Pdf:
    """A PDF of pages that are pictures, written from its beginning to its end."""

    def __init__(self) -> None:
        self._at: list[int] = []
        self._length = 0
        self._pages = 0

    def begin(self) -> bytes:
        """Its first piece."""
        return self._told(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")

    def page(self, jpeg: bytes, size: tuple[int, int]) -> bytes:
        """The piece with another page. Objects 1 and 2, the catalogue and the tree, come at the end."""
        number = 3 + 3 * self._pages
        self._pages += 1
        width, height = (side * 72 / DPI for side in size)
        drawn = f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /P Do Q".encode()
        image = (
            f"<< /Type /XObject /Subtype /Image /Width {size[0]} /Height {size[1]} /ColorSpace /DeviceRGB "
            f"/BitsPerComponent 8 /Filter /DCTDecode /Length {len(jpeg)} >>"
        )
        page = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.2f} {height:.2f}] /Contents {number + 1} 0 R "
            f"/Resources << /XObject << /P {number} 0 R >> >> >>"
        )
        return (
            self._object(number, image.encode(), jpeg)
            + self._object(number + 1, f"<< /Length {len(drawn)} >>".encode(), drawn)
            + self._object(number + 2, page.encode())
        )

    def end(self) -> bytes:
        """Its last piece."""
        kids = " ".join(f"{5 + 3 * each} 0 R" for each in range(self._pages))
        tree = f"<< /Type /Pages /Count {self._pages} /Kids [{kids}] >>"
        offsets = [0, 0, *self._at]
        made = BytesIO()
        for number, said in ((1, "<< /Type /Catalog /Pages 2 0 R >>"), (2, tree)):
            offsets[number - 1] = self._length
            made.write(self._told(f"{number} 0 obj\n{said}\nendobj\n".encode()))
        start = self._length
        rows = "".join(f"{at:010} 00000 n \n" for at in offsets)
        trailer = f"trailer\n<< /Size {len(offsets) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
        made.write(f"xref\n0 {len(offsets) + 1}\n0000000000 65535 f \n{rows}{trailer}".encode())
        return made.getvalue()

    def _object(self, number: int, said: bytes, stream: bytes | None = None) -> bytes:
        self._at.append(self._length)
        body = b"" if stream is None else b"stream\n" + stream + b"\nendstream\n"
        return self._told(f"{number} 0 obj\n".encode() + said + b"\n" + body + b"endobj\n")

    def _told(self, piece: bytes) -> bytes:
        self._length += len(piece)
        return piece
