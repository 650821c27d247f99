"""Cards as HTML: one fragment, the same for every browser. All words on it are escaped by the template."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from limner.domain.card import Button, Card, Role, State
from limner.domain.money import spell
from limner.domain.text import one_line, shorten
from limner_web.pictures import Links

FOLDER = Path(__file__).parent
SAID = {State.WAITING: "Waiting", State.PAINTING: "Painting", State.DONE: "Done", State.FAILED: "Failed"}
"""How a screen reader is told of a card's state."""


@cache
def templates() -> Environment:
    """The page's templates. Everything that goes in is escaped."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(label=label, isbutton=lambda each: isinstance(each, Button))
    return environment


def render(card: Card, *, message: str, channel: str, links: Links) -> str:
    """The card as an `<article>`, with its buttons live for this message. Equal cards have equal versions."""
    captions = {each.caption for each in card.pictures}
    return (
        templates()
        .get_template("card.html")
        .render(
            card=card,
            message=message,
            channel=channel,
            links=links,
            version=hashlib.sha256(f"{message} {card.model_dump_json()}".encode()).hexdigest()[:16],
            # A picture says its own caption.
            lines=[line for line in card.lines if line.text not in captions and line.role is not Role.FOOTER],
            footers=card.lines_of(Role.FOOTER),
            told=told(card),
            answerable=answerable(card),
        )
    )


def answerable(card: Card) -> str | None:
    """What words can change that answer the card: its one picture or its job, by its id."""
    shown = [each.asset for each in card.pictures if each.asset]
    return (shown[0] if len(shown) == 1 else card.job) if card.job and shown else None


def told(card: Card) -> str:
    """What a screen reader is told when the card appears or its state changes."""
    state = SAID.get(card.state)
    warnings = card.lines_of(Role.WARNING)
    words = warnings or card.lines_of(Role.PROMPT, Role.HEARD, Role.TITLE, Role.TEXT, Role.NOTE)
    said = shorten(one_line(words[0]), 160) if words else ""
    return f"{state}: {said}" if state else said


def label(button: Button) -> str:
    """A button's words, with what it will cost."""
    return f"{button.label} ~{spell(button.estimate)}" if button.estimate else button.label
