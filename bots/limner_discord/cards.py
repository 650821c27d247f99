"""A card as Discord shows it: a Components V2 layout, and the files that have to go with it. Pure.

Limits (Discord's developer documentation, "Component reference" and "Uploading files"): 40 components and 4,000
characters a message, 5 buttons a row, 80 characters a label, 25 choices a select, 10 files of 10 MiB, 25 MiB a request.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import discord
from discord import ui

from limner.domain.card import CODE_LIMIT, Button, ButtonStyle, Card, Controls, Line, Link, Picture, Press, Role, State
from limner.domain.money import spell
from limner.domain.text import one_line, shorten
from limner_discord.markup import inert, length, quoted

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
TEXT = 4000
COMPONENTS = 40
ROW = 5
LABEL = 80
ALT = 1024
CHOICES = 25
SELECTS = 3

ACCENTS = {
    State.WAITING: 0x8E9297,
    State.PAINTING: 0x5865F2,
    State.DONE: 0x3BA55D,
    State.FAILED: 0xED4245,
    State.REFUSED: 0xFAA61A,
    State.GONE: 0x4F545C,
}
STYLES = {
    ButtonStyle.PLAIN: discord.ButtonStyle.secondary,
    ButtonStyle.PRIMARY: discord.ButtonStyle.primary,
    ButtonStyle.DANGER: discord.ButtonStyle.danger,
}
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


LONGEST = {Size.LARGE: 2048, Size.SMALL: 1024}
PREVIEW_TYPES = {Size.LARGE: "image/webp", Size.SMALL: "image/jpeg"}


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
class Message:
    """What to send: Components V2 take no content or embeds beside them."""

    view: ui.LayoutView
    uploads: tuple[Upload, ...]


USUAL = Limits()


def render(card: Card, limits: Limits = USUAL) -> Message:
    """The card within Discord's limits. Every word on it is shown as it is and does nothing."""
    shown, handed, notes, links = _uploads(card, limits)
    strip = _strip(card, limits, (*shown, *handed))
    layout = _Layout()
    for text in _head(card):
        layout.say(text)
    layout.flush()
    if shown:
        layout.add(_gallery(shown))
    if strip is not None:
        layout.add(_gallery((strip,)))
    for each in handed:
        layout.add(ui.File(f"attachment://{each.name}"))
    for text in _small_print(card, notes, layout.left):
        layout.say(text)
    layout.flush()
    if not layout.items:
        layout.add(ui.TextDisplay("…"))  # a container without anything in it is refused
    if card.state is not State.GONE:
        _controls((*card.controls, *links), layout)
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*layout.items, accent_colour=ACCENTS.get(card.state)))
    view.stop()  # buttons are dispatched by their codes; discord.py shall not remember each view that was ever sent
    return Message(view=view, uploads=(*shown, *handed, *((strip,) if strip else ())))


def _gallery(uploads: Sequence[Upload]) -> ui.MediaGallery[ui.LayoutView]:
    return ui.MediaGallery(
        *(discord.MediaGalleryItem(f"attachment://{each.name}", description=each.alt) for each in uploads)
    )


class _Layout:
    """Items in order, with what is left of Discord's limits; the container itself is the first component."""

    def __init__(self) -> None:
        self.items: list[ui.Item[ui.LayoutView]] = []
        self.left = TEXT
        self.room = COMPONENTS - 1
        self._lines: list[str] = []

    def say(self, text: str) -> None:
        """Adds a line of finished markup; lines that follow each other share one component."""
        if text and length(text) + 1 <= self.left:
            self._lines.append(text)
            self.left -= length(text) + 1

    def flush(self) -> None:
        if self._lines:
            self.add(ui.TextDisplay("\n".join(self._lines)))
            self._lines = []

    def add(self, item: ui.Item[ui.LayoutView], components: int = 1) -> None:
        self.items.append(item)
        self.room -= components


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────


def _head(card: Card) -> Iterator[str]:
    """Titles, words and progress, with room kept for the small print."""
    left = TEXT - 700

    said: dict[int, str] = {}
    # Room is given by what matters most; the order on the card is the card's own.
    for index, line in sorted(enumerate(card.lines), key=lambda each: _URGENCY.get(each[1].role, 9)):
        if line.role in _URGENCY and left > 32:
            said[index] = _spell(line, left)
            left -= length(said[index]) + 1
    quoting = False
    for index in sorted(said):
        # Two quotations that follow each other would be shown as one.
        yield f"\n{said[index]}" if quoting and said[index].startswith(">") else said[index]
        quoting = said[index].startswith(">")
    if card.progress is not None:
        yield _progress(card)


_URGENCY = {Role.TITLE: 0, Role.WARNING: 1, Role.PROMPT: 2, Role.HEARD: 3, Role.TEXT: 4}


def _spell(line: Line, left: int) -> str:
    match line.role:
        case Role.TITLE:
            return f"### {inert(line.text, min(left - 4, 200), lines=False)}"
        case Role.PROMPT:
            return quoted(line.text, min(left, 1000))
        case Role.HEARD:
            return f"🎙️ “{inert(line.text, min(left - 6, 600), lines=False)}”"
        case Role.WARNING:
            return f"⚠️ {inert(line.text, min(left - 3, 600))}"
        case _:
            return inert(line.text, min(left, 1500))


def _progress(card: Card) -> str:
    assert card.progress is not None
    stage, seconds = card.progress.stage, card.progress.seconds
    said = [f"**{inert(stage, 80, lines=False)}…**"]
    if seconds >= 1:
        said.append(f"{seconds:.0f} s")
    return " ".join(said)


def _small_print(card: Card, notes: Iterable[str], left: int) -> Iterator[str]:
    """The footer has its room first, then notes as far as they go."""
    footer = " · ".join(filter(None, card.lines_of(Role.FOOTER)))
    last = f"-# {inert(footer, min(400, left - 4), lines=False)}" if footer else ""
    left -= length(last) + 2
    for note in (*card.lines_of(Role.NOTE), *notes):
        text = f"-# {inert(note, min(300, left - 4), lines=False)}" if left > 16 else ""
        if len(text) > len("-# "):
            left -= length(text) + 1
            yield text
    yield last


# ── pictures ────────────────────────────────────────────────────────────────────────────────────────────────


def _uploads(card: Card, limits: Limits) -> tuple[list[Upload], list[Upload], list[str], list[Controls]]:
    """What the gallery shows, what is handed over as a file, what has to be said about it, and where the originals are
    that do not go into the message."""
    if card.state is State.GONE:
        return [], [], [], []
    if card.partial is not None and not card.pictures:
        return [_upload(card.partial, Size.SMALL, min(MIB, limits.file))], [], [], []
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
    notes = [_shrunk(smaller, seen=bool(shown), linked=len(links) == len(smaller))] if smaller else []
    return shown, handed, notes, [Controls(buttons=links)] if links else []


def _strip(card: Card, limits: Limits, beside: Sequence[Upload]) -> Upload | None:
    """The versions side by side, where there is still room for them: the pictures themselves go first."""
    if card.strip is None or card.state is State.GONE or not card.pictures or len(beside) >= FILES:
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
    if small:
        return [Size.SMALL] * len(pictures), [min(MIB, largest)] * len(pictures)
    sizes = [Size.LARGE] * len(pictures)
    preview = min(largest, FILE_LIMIT, budget // max(1, len(pictures)))
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


# ── buttons ─────────────────────────────────────────────────────────────────────────────────────────────────


def _controls(controls: Iterable[Controls], layout: _Layout) -> None:
    """Rows of buttons; where they would not fit, those of single pictures become choices of selects instead."""
    seen: set[str] = set()
    rows = [(one_line(each.label or ""), [b for b in each.buttons if _new(b, seen)]) for each in controls]
    rows = [(label, buttons) for label, buttons in rows if buttons]
    general = [row for row in rows if not row[0]]
    labelled = [row for row in rows if row[0]]
    if sum(map(_cost, rows)) <= layout.room and sum(length(label) * 2 + 8 for label, _ in labelled) <= layout.left:
        for label, buttons in rows:
            _add_row(label, buttons, layout)
        return
    overflow = [(label, each) for label, buttons in labelled for each in buttons]
    selects = 2 * min(SELECTS, -(-len(overflow) // CHOICES))
    for label, buttons in general:
        fitting = buttons
        while fitting and _cost((label, fitting)) > layout.room - (selects or 2 * SELECTS):
            fitting = fitting[:-1]
        if fitting:
            _add_row(label, fitting, layout)
        overflow += [("", each) for each in buttons[len(fitting) :]]
    _add_selects([(label, each) for label, each in overflow if isinstance(each, Button)], layout)


def _new(button: Button | Link, seen: set[str]) -> bool:
    """Whether it can be shown and is not there already: Discord refuses a message with one `custom_id` twice."""
    if isinstance(button, Link):
        return bool(button.url.startswith(("https://", "http://")) and len(button.url) <= 512)
    code = button.code
    if code in seen or len(code) > CODE_LIMIT or Press.read(code) is None:
        return False
    seen.add(code)
    return True


def _cost(row: tuple[str, list[Button | Link]]) -> int:
    label, buttons = row
    return bool(label) + -(-len(buttons) // ROW) + len(buttons)


def _add_row(label: str, buttons: list[Button | Link], layout: _Layout) -> None:
    if label:
        layout.say(f"**{inert(label, 60, lines=False)}**")
        layout.flush()
    for start in range(0, len(buttons), ROW):
        row: ui.ActionRow[ui.LayoutView] = ui.ActionRow(*map(_button, buttons[start : start + ROW]))
        layout.add(row, 1 + len(row.children))


def _button(button: Button | Link) -> ui.Button[ui.LayoutView]:
    if isinstance(button, Link):
        return ui.Button(
            style=discord.ButtonStyle.link, url=button.url, label=shorten(one_line(button.label), LABEL) or "Open"
        )
    return ui.Button(style=STYLES[button.style], custom_id=button.code, label=_label(button, LABEL))


def _label(button: Button, limit: int) -> str:
    price = f" ~{spell(button.estimate)}" if button.estimate else ""
    return (shorten(one_line(button.label), limit - len(price)) or button.action) + price


def _add_selects(overflow: list[tuple[str, Button]], layout: _Layout) -> None:
    for number in range(SELECTS):
        part = overflow[number * CHOICES : (number + 1) * CHOICES]
        if not part or layout.room < 2:
            return
        options = [
            discord.SelectOption(
                label=shorten(f"{label} · {_label(each, LABEL)}" if label else _label(each, 100), 100), value=each.code
            )
            for label, each in part
        ]
        placeholder = f"{shorten(part[0][0], 40)} – {shorten(part[-1][0], 40)}…" if part[0][0] else "More…"
        select: ui.Select[ui.LayoutView] = ui.Select(
            custom_id=f"limner-choose:{number}", placeholder=placeholder, options=options
        )
        layout.add(ui.ActionRow(select), 2)
