"""Cards: everything that is ever shown to a member, as data.

The core says what to show; each platform renders it within its own limits and decides nothing. All text here is plain:
renderers disarm it (mentions, markup) and lay it out by its role.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cached_property
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

from pydantic import model_validator

from limner.domain.money import Micros
from limner.domain.options import Parameter
from limner.domain.record import Record

CODE_LIMIT = 100
"""Characters in a button's code: Discord's limit on `custom_id`, the tightest of all."""


class Role(StrEnum):
    """What a line is, and so how a platform lays it out."""

    TITLE = "title"
    PROMPT = "prompt"
    """A member's own words: quoted, cut to what the platform shows."""
    HEARD = "heard"
    """A voice note's words as heard: quoted, with a microphone."""
    TEXT = "text"
    NOTE = "note"
    """Small print that matters once: what was rounded, which model follows which, "offline sketch"."""
    WARNING = "warning"
    FOOTER = "footer"
    """Small print at the end: model, size, quality, cost, id."""


class Line(Record):
    role: Role = Role.TEXT
    text: str
    secret: bool = False
    """It opens something to whoever knows it: it is shown, and not kept."""


class File(Record):
    """Something on a card whose bytes are in the blob store under `blob`."""

    blob: str
    name: str
    """A file name that says what it is, such as `limner-a41f-2.png`."""
    media_type: str
    size: int
    """Bytes."""
    alt: str
    """What it is, in words."""


class Picture(File):
    """A picture on a card."""

    width: int
    height: int
    asset: str | None = None
    """The asset's id as people say it, `a41f` or `a41f.2`; None: a preview or partial picture."""
    caption: str | None = None
    link: str | None = None
    """Where whoever sees the card gets the original by a browser, if anywhere; for platforms that cannot take it."""


class Sound(File):
    """What a card says aloud; `alt` has the words. Platforms post it beside the card, once."""

    seconds: float
    waveform: str
    """How loud it is from beginning to end, in base64: a byte for each tenth of a second, or fewer, 256 at most."""


class Progress(Record):
    """How far a job is. Platforms show it as they can: a line, a bar, a spinner."""

    stage: str
    """`Waiting` or `Painting`, as members read it."""
    seconds: float = 0
    """Since the work began."""


class ButtonStyle(StrEnum):
    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


class Button(Record):
    """One thing a member can do from a card."""

    label: str
    action: str
    target: str | None = None
    """The id of the asset, job or note it acts on."""
    options: dict[str, str] = {}
    """Options set already; short ones, for the code has a limit."""
    estimate: Micros | None = None
    """What it will cost; shown in the label as `~$0.04`."""
    style: ButtonStyle = ButtonStyle.PLAIN
    form: bool = False
    """Opens a form first, filled with what `Limner.form` gives."""
    private: bool = False
    """What comes of it is for its presser alone, which some platforms have to know before it is there."""

    @model_validator(mode="after")
    def _can_be_read_back(self) -> Self:
        if "code" not in self.__dict__:  # seen again whenever the button is put on a card
            said = _said(self.code) if len(self.code) <= CODE_LIMIT else None
            meant = {"action": self.action, "target": self.target or None, "options": self.options}
            if said != {**meant, "form": self.form, "private": self.private}:
                raise ValueError(f"a button's code that cannot be read back: {self.code}")
        return self

    @cached_property
    def code(self) -> str:
        """The button as a string that a platform hands back when it is pressed; at most `CODE_LIMIT` characters."""
        how = f"{'form.' if self.form else ''}{'private.' if self.private else ''}"
        return f"limner:{how}{self.action}:{self.target or ''}:{urlencode(self.options) if self.options else ''}"


CODE_PATTERN = (
    r"limner:(?P<form>form\.)?(?P<private>private\.)?(?P<action>[a-z-]{1,24}):(?P<target>[A-Za-z0-9._-]{0,40}):"
    r"(?P<options>[^:]{0,60})"
)
"""A regular expression for `Button.code`, with groups by these names."""
_CODE = re.compile(CODE_PATTERN)


class Press(Record):
    """A button that was pressed, as read from its code. Not trusted: its target is looked up by team."""

    action: str
    target: str | None
    options: dict[str, str]
    form: bool
    private: bool = False

    @classmethod
    def read(cls, code: str) -> Press | None:
        """The press, or None when the code is none of ours."""
        said = _said(code)
        return cls(**said) if said else None


def _said(code: str) -> dict[str, Any] | None:
    """The fields of a press, as its code says them."""
    match = _CODE.fullmatch(code)
    if match is None:
        return None
    action, target, options, form, private = match.group("action", "target", "options", "form", "private")
    return {
        "action": action,
        "target": target or None,
        "options": dict(parse_qsl(options)) if options else {},
        "form": bool(form),
        "private": bool(private),
    }


class Link(Record):
    """A button that opens an address."""

    label: str
    url: str
    at_once: bool = False
    """The local page goes there by itself; in a chat it has to be pressed."""
    secret: bool = False
    """It opens something to whoever has it: it is shown, and not kept."""


class Controls(Record):
    """A row of buttons; with a label, those of one picture among several."""

    label: str | None = None
    buttons: tuple[Button | Link, ...]


class State(StrEnum):
    """What a card stands for at this moment."""

    WAITING = "waiting"
    PAINTING = "painting"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    PLAIN = "plain"
    """No job: help, a gallery, a status."""
    GONE = "gone"
    """What it showed was deleted."""


class Card(Record):
    """What to show, whole: a later card at the same address replaces an earlier one, and showing it again does no
    harm."""

    state: State = State.PLAIN
    lines: tuple[Line, ...] = ()
    progress: Progress | None = None
    pictures: tuple[Picture, ...] = ()
    """The originals. Renderers show previews of what their platform cannot take."""
    sheet: Picture | None = None
    """Several pictures as one grid, for platforms that show one picture best."""
    strip: Picture | None = None
    """Earlier versions and this one side by side, to be shown small, beside the picture itself."""
    partial: Picture | None = None
    """The picture so far, while it forms."""
    controls: tuple[Controls, ...] = ()
    files: tuple[Picture, ...] = ()
    """Originals to hand over as files, byte for byte, where the platform's size limit lets them through."""
    sound: Sound | None = None
    """What is said aloud with the card."""
    small: bool = False
    """The pictures are here to be recognised, not kept: small previews do, or the sheet."""
    private: bool = False
    """For the asking member's eyes only."""
    job: str | None = None
    by: str | None = None
    """Whose it is, by the platform-independent name, for credit."""

    @property
    def kept(self) -> Card:
        """The card as it may be kept: without what opens something to whoever has it."""
        links = [each for row in self.controls for each in row.buttons if isinstance(each, Link)]
        if not any(each.secret for each in links) and not any(each.secret for each in self.lines):
            return self
        rows = (
            row.evolve(buttons=tuple(each for each in row.buttons if not isinstance(each, Link) or not each.secret))
            for row in self.controls
        )
        lines = tuple(each for each in self.lines if not each.secret)
        return self.evolve(lines=lines, controls=tuple(row for row in rows if row.buttons))

    def lines_of(self, *roles: Role) -> tuple[str, ...]:
        """The texts of the lines with one of these roles."""
        return tuple(line.text for line in self.lines if line.role in roles)


class Form(Record):
    """A form to fill: what a platform shows as a modal, a dialog or fields on a page."""

    action: str
    target: str | None = None
    title: str
    submit: str
    fields: tuple[Parameter, ...]
    values: dict[str, str] = {}
    """What is filled in already, by the field's name."""


def says(text: str, role: Role = Role.TEXT) -> Card:
    """A card of one line."""
    return Card(lines=(Line(role=role, text=text),))
