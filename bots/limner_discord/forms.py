"""Forms as Discord's modals, and what is filled in read back. Nothing is remembered between: a form that was opened
before a restart can be sent after it."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from limner.domain.card import Button, Form, Press
from limner.domain.options import Kind, Parameter
from limner.domain.text import one_line, shorten
from limner_discord.reading import attachment_of

FIELDS, TITLE, NAME, HELP, INPUT, CHOICES, UPLOADS = 5, 45, 45, 100, 4000, 25, 10
"""Discord's limits: fields, and characters of a title, a label, its description and an input; choices; files."""


def modal(form: Form, press: Press | None = None) -> ui.Modal:
    """The form with its most important fields; what was on the button that was pressed comes back with it."""
    kept: dict[str, Any] = {"options": press.options, "private": press.private} if press else {}
    code = Button(label=form.submit, action=form.action, target=form.target, **kept).code
    made = ui.Modal(title=shorten(one_line(form.title), TITLE) or form.action, custom_id=code)
    ranked = sorted(form.fields, key=lambda each: not each.needed)[:FIELDS]
    for field in (each for each in form.fields if each in ranked):
        made.add_item(
            ui.Label(
                text=shorten(field.name.replace("_", " ").capitalize(), NAME),
                description=shorten(one_line(field.help), HELP) or None,
                component=_component(field, form.values.get(field.name)),
            )
        )
    made.stop()  # read back by its code; discord.py shall not remember forms that nobody sends
    return made


def _component(field: Parameter, value: str | None) -> ui.Item[Any]:
    match field.kind:
        case Kind.CHOICE:
            return _select(field, field.choices, value)
        case Kind.NUMBER if field.minimum is not None and field.maximum is not None and _few(field):
            return _select(field, tuple(map(str, range(field.minimum, field.maximum + 1))), value)
        case Kind.SWITCH:
            return ui.Checkbox(
                custom_id=field.name, default=str(value or field.default).lower() in {"true", "yes", "1"}
            )
        case Kind.PICTURE | Kind.PICTURES | Kind.SOUND:
            most = min(field.maximum or UPLOADS, UPLOADS) if field.kind is Kind.PICTURES else 1
            return ui.FileUpload(
                custom_id=field.name, required=field.required, min_values=int(field.required), max_values=most
            )
    limit = min(field.maximum or INPUT, INPUT)
    if value and field.kind is Kind.LINE:
        value = one_line(value)
    return ui.TextInput(
        custom_id=field.name,
        style=discord.TextStyle.paragraph if field.kind is Kind.PROSE else discord.TextStyle.short,
        default=shorten(value, limit) if value else None,
        placeholder=shorten(", ".join(field.choices), 100) or None,
        required=field.required,
        max_length=limit,
    )


def _few(field: Parameter) -> bool:
    return 0 <= (field.maximum or 0) - (field.minimum or 0) < CHOICES


def _select(field: Parameter, choices: tuple[str, ...], value: str | None) -> ui.Select[Any]:
    chosen = value if value is not None else str(field.default) if field.default is not None else None
    options = [discord.SelectOption(label=each, value=each, default=each == chosen) for each in choices[:CHOICES]]
    return ui.Select(custom_id=field.name, options=options, required=field.required)


def submitted(interaction: discord.Interaction) -> tuple[Press, dict[str, Any], tuple[str, ...]] | None:
    """The press that a form stands for, what was filled in by the field's name, and which fields were left empty; None:
    no form of ours."""
    data: Any = interaction.data or {}
    press = Press.read(data.get("custom_id", ""))
    if press is None:
        return None
    files = data.get("resolved", {}).get("attachments", {})
    values: dict[str, Any] = dict(press.options)
    empty: list[str] = []
    for row in data.get("components", ()):
        for part in [row["component"]] if "component" in row else row.get("components", ()):
            value = _value(part, interaction, files)
            if value in (None, "", ()):
                empty.append(part["custom_id"])
            else:
                values[part["custom_id"]] = value
    return press, values, tuple(empty)


def _value(part: dict[str, Any], interaction: discord.Interaction, files: dict[str, Any]) -> Any:
    match part["type"]:
        case discord.ComponentType.file_upload.value:
            chosen = (files[id] for id in part.get("values", ()) if id in files)
            return tuple(attachment_of(discord.Attachment(data=each, state=interaction._state)) for each in chosen)
        case discord.ComponentType.select.value:
            return next(iter(part.get("values", ())), None)
        case _:
            return part.get("value")
