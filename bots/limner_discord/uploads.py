"""Which files go along with a card, how large, and what is said of those that cannot. Pure.

Limits (Discord's developer documentation, "Uploading files"): 10 files of 10 MiB, 25 MiB a request.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from limner.domain.card import Card, Link, Picture, State
from limner.domain.text import one_line, shorten

MIB = 1024 * 1024
FILE_LIMIT = 10 * MIB
REQUEST_LIMIT = 25 * MIB
ENVELOPE = 64 * 1024
"""Room in a request for what is not a file."""
STRIP = 256 * 1024
"""Bytes of the versions side by side at most; room for them is kept where a picture would fill the message."""
LEAST = 16 * 1024
"""Bytes below which a preview shows nothing."""
FILES = 10
ALT = 1024

TYPES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif", "image/svg+xml": "svg"}
GALLERY = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
"""What a gallery shows; of everything else it shows a picture, and the original is handed over beside it."""


class Size(StrEnum):
    """How much of a picture goes along."""

    ORIGINAL = "original"
    LARGE = "large"
    """A preview as large as fits, in place of an original that does not."""
    SMALL = "small"
    """To be recognised, or while it forms."""


LONGEST = {Size.LARGE: 2048, Size.SMALL: 1024}
PREVIEW_TYPES = {Size.LARGE: "image/webp", Size.SMALL: "image/jpeg"}


@dataclass(frozen=True)
class Limits:
    """How many bytes of files go into one message. An interaction may tell of more than is usual."""

    file: int = FILE_LIMIT
    request: int = REQUEST_LIMIT

    @classmethod
    def told(cls, file: int) -> Limits:
        """Where a file may have so many bytes."""
        return cls(file=file, request=max(REQUEST_LIMIT, file + ENVELOPE))

    def below(self, sizes: Sequence[int]) -> Limits:
        """Half of what was refused."""
        return Limits(
            file=min(self.file, max(sizes) // 2), request=min(self.request, (sum(sizes) + ENVELOPE) // 2 + ENVELOPE)
        )

    def none(self) -> Limits:
        """No files at all."""
        return Limits(file=0, request=0)


@dataclass(frozen=True)
class Upload:
    """A file to send with the layout, which refers to it by name."""

    name: str
    picture: Picture
    size: Size
    limit: int
    """Bytes at most."""
    alt: str


@dataclass(frozen=True)
class Going:
    """What goes along with a card."""

    shown: tuple[Upload, ...] = ()
    """In a gallery."""
    handed: tuple[Upload, ...] = ()
    """As files to download."""
    strip: Upload | None = None
    """The versions side by side."""
    notes: tuple[str, ...] = ()
    """What has to be said about it."""
    links: tuple[Link, ...] = ()
    """Where the originals are that do not go into the message."""

    @property
    def files(self) -> tuple[Upload, ...]:
        """All of it."""
        return (*self.shown, *self.handed, *((self.strip,) if self.strip else ()))


def going(card: Card, limits: Limits) -> Going:
    """What goes along with the card within these limits."""
    if card.state is State.GONE:
        return Going()
    if card.partial is not None and not card.pictures:
        return Going(shown=(_upload(card.partial, Size.SMALL, min(MIB, limits.file)),))
    pictures = _pictures(card, limits)
    return replace(pictures, strip=_strip(card, limits, pictures.files))


def _pictures(card: Card, limits: Limits) -> Going:
    """Files to download first, then pictures: originals as far as they go, previews of the rest."""
    budget = max(limits.request - ENVELOPE - (STRIP if card.strip else 0), 0)
    handed: list[Upload] = []
    left_out: list[Picture] = []
    drawings = () if card.small else tuple(each for each in card.pictures if each.media_type not in GALLERY)
    for picture in (*card.files, *drawings)[: FILES - len(drawings)]:
        if picture.size <= min(limits.file, budget):
            handed.append(_upload(picture, Size.ORIGINAL, picture.size, handed))
            budget -= picture.size
        elif picture not in drawings:
            left_out.append(picture)
    pictures = (*card.pictures, *left_out)
    if card.sheet is not None and (card.small or len(pictures) > FILES - len(handed)):
        pictures = (card.sheet,)
    pictures = pictures[: FILES - len(handed)]
    smaller: tuple[Picture, ...] = ()
    if min(limits.file, budget // max(1, len(pictures))) < LEAST:
        smaller, pictures = pictures, ()
    small = card.small and card.sheet is None
    shown: list[Upload] = []
    for size, limit, picture in zip(*_sizes(pictures, budget, limits.file, small=small), pictures, strict=True):
        shown.append(_upload(picture, size, limit, (*handed, *shown)))
    beside = {each.picture.blob for each in handed}
    large = (each.picture for each in shown if each.size is Size.LARGE)
    smaller = (*smaller, *(each for each in large if each.blob not in beside))
    links = tuple(
        Link(label="Original" if len(smaller) == 1 else f"Original {number}", url=each.link)
        for number, each in enumerate(smaller, 1)
        if each.link is not None
    )
    notes = (_shrunk(smaller, seen=bool(shown), linked=len(links) == len(smaller)),) if smaller else ()
    return Going(shown=tuple(shown), handed=tuple(handed), notes=notes, links=links)


def _strip(card: Card, limits: Limits, beside: Sequence[Upload]) -> Upload | None:
    """The versions side by side, where there is still room for them: the pictures themselves go first."""
    if card.strip is None or not card.pictures or len(beside) >= FILES:
        return None
    room = min(STRIP, limits.file, limits.request - ENVELOPE - sum(each.limit for each in beside))
    return _upload(card.strip, Size.SMALL, room, beside) if room >= LEAST else None


def _shrunk(pictures: Sequence[Picture], *, seen: bool, linked: bool) -> str:
    """How to come by what is too large for a message here."""
    one = len(pictures) == 1
    size = f"{sum(each.size for each in pictures) / MIB:.0f} MB"
    said = (
        f"Shown smaller than {'it is: the original has' if one else 'they are: the originals have'} {size}, more than "
        "goes into a message here."
        if seen
        else f"{'The picture is' if one else 'The pictures are'} more than goes into a message here."
    )
    way = (
        f"The {'button leads to it' if one else 'buttons lead to them'}."
        if linked
        else f"Nothing is lost: whoever runs this Limner can hand {'it' if one else 'them'} over."
    )
    return f"{said} {way}"


def _sizes(pictures: tuple[Picture, ...], budget: int, largest: int, *, small: bool) -> tuple[list[Size], list[int]]:
    """How each goes along: all originals that fit, the smallest first, with room kept for previews of the rest."""
    share = min(largest, budget // max(1, len(pictures)))
    if small:
        return [Size.SMALL] * len(pictures), [min(MIB, share)] * len(pictures)
    sizes = [Size.LARGE] * len(pictures)
    preview = min(share, FILE_LIMIT)
    limits = [preview] * len(pictures)
    left = budget - preview * len(pictures)
    for index in sorted(range(len(pictures)), key=lambda each: pictures[each].size):
        more = pictures[index].size - preview
        if pictures[index].media_type in GALLERY and pictures[index].size <= largest and more <= left:
            sizes[index], limits[index] = Size.ORIGINAL, pictures[index].size
            left -= more
    return sizes, limits


def _upload(picture: Picture, size: Size, limit: int, beside: Iterable[Upload] = ()) -> Upload:
    """`beside`: the message's other files, for two of one name could not be told apart."""
    media_type = picture.media_type if size is Size.ORIGINAL else PREVIEW_TYPES[size]
    stem = re.sub(r"[^A-Za-z0-9_-]", "", picture.name.rsplit(".", 1)[0])[:60] or "limner"
    names = {each.name for each in beside}
    spelled = (f"{stem}{extra}.{TYPES.get(media_type, 'png')}" for extra in ("", *(f"-{n}" for n in range(2, 99))))
    name = next(each for each in spelled if each not in names)
    return Upload(
        name=name, picture=picture, size=size, limit=limit, alt=shorten(one_line(picture.alt), ALT) or "A picture"
    )
