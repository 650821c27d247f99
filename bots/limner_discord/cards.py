"""A card as Discord shows it: a Components V2 layout, and the files that have to go with it. Pure.

What Discord takes of it stands with what it is about: `layout.py`, `rows.py`, `uploads.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import discord
from discord import ui

from limner.domain.card import Card, Controls, Line, Role, State
from limner_discord.layout import TEXT, Layout
from limner_discord.markup import inert, length, quoted
from limner_discord.rows import add_controls
from limner_discord.uploads import Limits, Upload, going

ACCENTS = {
    State.WAITING: 0x8E9297,
    State.PAINTING: 0x5865F2,
    State.DONE: 0x3BA55D,
    State.FAILED: 0xED4245,
    State.REFUSED: 0xFAA61A,
    State.GONE: 0x4F545C,
}


@dataclass(frozen=True)
class Message:
    """What to send: Components V2 take no content or embeds beside them."""

    view: ui.LayoutView
    uploads: tuple[Upload, ...]


USUAL = Limits()


def render(card: Card, limits: Limits = USUAL) -> Message:
    """The card within Discord's limits. Every word on it is shown as it is and does nothing."""
    along = going(card, limits)
    layout = Layout()
    for text in _head(card):
        layout.say(text)
    layout.flush()
    if along.shown:
        layout.add(_gallery(along.shown))
    if along.strip is not None:
        layout.add(_gallery((along.strip,)))
    for each in along.handed:
        layout.add(ui.File(f"attachment://{each.name}"))
    for text in _small_print(card, along.notes, layout.left):
        layout.say(text)
    layout.flush()
    if not layout.items:
        layout.add(ui.TextDisplay("…"))  # a container without anything in it is refused
    if card.state is not State.GONE:
        add_controls((*card.controls, Controls(buttons=along.links)), layout)
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*layout.items, accent_colour=ACCENTS.get(card.state)))
    view.stop()  # buttons are dispatched by their codes; discord.py shall not remember each view that was ever sent
    return Message(view=view, uploads=along.files)


def _gallery(uploads: Sequence[Upload]) -> ui.MediaGallery[ui.LayoutView]:
    return ui.MediaGallery(
        *(discord.MediaGalleryItem(f"attachment://{each.name}", description=each.alt) for each in uploads)
    )


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
