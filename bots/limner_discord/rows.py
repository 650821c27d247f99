"""Rows of buttons under a card, and what becomes of those for which there is no room.

Limits (Discord's developer documentation, "Component reference"): 5 buttons a row, 80 characters a label, 25 choices a
select.
"""

from __future__ import annotations

from collections.abc import Iterable

import discord
from discord import ui

from limner.domain.card import CODE_LIMIT, Button, ButtonStyle, Controls, Link, Press
from limner.domain.money import spell
from limner.domain.text import one_line, shorten
from limner_discord.layout import Layout
from limner_discord.markup import inert, length

ROW = 5
LABEL = 80
CHOICES = 25
SELECTS = 3

STYLES = {
    ButtonStyle.PLAIN: discord.ButtonStyle.secondary,
    ButtonStyle.PRIMARY: discord.ButtonStyle.primary,
    ButtonStyle.DANGER: discord.ButtonStyle.danger,
}


def add_controls(controls: Iterable[Controls], layout: Layout) -> None:
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


def _add_row(label: str, buttons: list[Button | Link], layout: Layout) -> None:
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


def _add_selects(overflow: list[tuple[str, Button]], layout: Layout) -> None:
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
