"""What was typed and filled in, as an action and its options; and what could come next while typing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from limner.domain.action import Action, Table
from limner.domain.options import Kind, Parameter
from limner.domain.record import Record
from limner.domain.text import clean
from limner.domain.words import read_words
from limner.errors import UnknownCommand

MAIN, SAID = "imagine", "say"
"""The main command, and what plain words mean: the same, or a change to the picture that they answer."""
PANEL = "option-"
FIELD = "field-"
"""What the names of a panel's and a form's fields begin with."""
OFFERED = 8

_COMMAND = re.compile(r"/(?P<words>[A-Za-z][A-Za-z-]*(?:\s.*)?)", re.DOTALL)
_PARTIAL = re.compile(r"(?P<before>.*?)(?P<last>\S*)", re.DOTALL)
_FLAG = re.compile(r"(?:--?|—|–)(?P<name>[a-z-]*)", re.IGNORECASE)


class Suggestion(Record):
    """What one could go on with."""

    text: str
    """The whole text, once taken."""
    label: str
    help: str = ""


def split(table: Table, typed: str) -> tuple[Action, str]:
    """The action that a text names, and the words after its name.

    Raises:
        UnknownCommand: It names none.
    """
    words = clean(typed)
    command = _COMMAND.fullmatch(words)
    return (table[SAID], words) if command is None else table.command(command["words"])


def typed(table: Table, words: str, fields: Mapping[str, str]) -> tuple[Action, dict[str, Any]]:
    """The action and its options: what was typed, and for the rest what the panel says.

    Raises:
        BadOption: There is no such command, or a flag cannot be.
    """
    action, rest = split(table, words)
    values = read_words(action, rest)
    chosen = filled(action, fields, PANEL) if action.costs else {}
    return action, {**chosen, **values}


def beside(table: Table, fields: Mapping[str, str]) -> dict[str, Any]:
    """The main action's options beside a voice note: what is typed, flags in it too, and for the rest the panel's.

    Raises:
        Refusal: A flag cannot be.
    """
    action = table[MAIN]
    return {**filled(action, fields, PANEL), **read_words(action, fields.get("words", ""))}


def filled(action: Action, fields: Mapping[str, str], prefix: str) -> dict[str, Any]:
    """The options that a form's fields say; what was left empty is not said."""
    named = {each.name: fields.get(prefix + each.name, "") for each in typable(action.parameters)}
    return {name: value for name, value in named.items() if value.strip()}


def typable(parameters: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    """Those that are no files."""
    return tuple(each for each in parameters if not each.is_file)


def panel(table: Table) -> tuple[Parameter, ...]:
    """The options beside the composer: the main action's, without its text and files, which the composer takes."""
    return tuple(each for each in typable(table[MAIN].parameters) if not each.needed)


def wanted(table: Table, text: str) -> tuple[Parameter, str, str] | None:
    """Whose names could complete a text: the parameter, what is typed of the name, and the text before it."""
    action = _named(table, text)
    match = _PARTIAL.fullmatch(text)
    assert match is not None
    before, last = match["before"], match["last"]
    said = before.split()
    parameters = typable(action.parameters)
    if said and (flag := _FLAG.fullmatch(said[-1])):
        found = next((each for each in parameters if flag["name"].lower() in {each.name, each.short}), None)
        if found is not None and (found.completes or found.choices):
            return found, last, before
    if " ".join(said) == f"/{action.typed}" and parameters and parameters[0].completes and not last.startswith("-"):
        return parameters[0], last, before
    return None


def suggest(table: Table, text: str) -> tuple[Suggestion, ...]:
    """Commands for what begins with a stroke, flags for what begins with dashes."""
    if re.fullmatch(r"/[A-Za-z-]*(?: [A-Za-z-]*)?", text):
        return tuple(
            Suggestion(text=f"/{each.typed} ", label=f"/{each.typed}", help=each.help)
            for each in table.commands
            if each.typed.startswith(text[1:].lower())
        )
    match = _PARTIAL.fullmatch(text)
    assert match is not None
    before, last = match["before"], match["last"]
    if not last.startswith(("--", "—", "–")):
        return ()
    begun = last.lstrip("-—–").lower()
    offers: list[Suggestion] = []
    for each in typable(_named(table, text).parameters)[1:]:
        usual = "" if each.kind is Kind.SWITCH else " "
        if each.name.startswith(begun):
            offers.append(Suggestion(text=f"{before}--{each.name}{usual}", label=f"--{each.name}", help=each.help))
        if begun and each.kind is not Kind.SWITCH:
            offers += [
                Suggestion(text=f"{before}--{choice} ", label=f"--{choice}", help=each.name)
                for choice in each.choices
                if choice.startswith(begun)
            ]
    return tuple(offers[:OFFERED])


def complete(names: tuple[str, ...], before: str) -> tuple[Suggestion, ...]:
    """Names as suggestions; one of several words goes into quotes."""
    return tuple(
        Suggestion(text=f'{before}"{name}" ' if " " in name else f"{before}{name} ", label=name)
        for name in names[:OFFERED]
    )


def _named(table: Table, text: str) -> Action:
    try:
        return split(table, text)[0]
    except UnknownCommand:
        return table[SAID]
