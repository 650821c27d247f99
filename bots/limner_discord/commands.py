"""The table of actions as Discord's command tree: slash commands with their options, and commands on messages."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any, Optional

import discord
from discord import app_commands
from discord.http import HTTPClient

from limner.domain.action import Action, Table
from limner.domain.options import Kind, Parameter
from limner.domain.text import one_line, shorten
from limner_discord.inbox import Inbox
from limner_discord.reading import attachment_of

HELP, TEXT, CHOICES, CHOICE, MENU = 100, 6000, 25, 100, 32
"""Discord's limits: characters of a description and of a text option; choices, and characters of one and of a menu."""
PICTURES = 4
"""Options for pictures where an action takes several: Discord's attach one file each."""


def build(client: discord.Client, table: Table, inbox: Inbox) -> app_commands.CommandTree[Any]:
    """The tree of everything that the table offers."""
    tree: app_commands.CommandTree[Any] = app_commands.CommandTree(
        client,
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )
    for action in table.commands:
        if action.group is None:
            tree.add_command(_slash(action, inbox))
    for group in table.groups:
        words = app_commands.Group(name=group.name, description=_described(group.help, group.name))
        for action in table.within(group):
            words.add_command(_slash(action, inbox))
        tree.add_command(words)
    for action in table.menus:
        tree.add_command(_menu(action, inbox))
    tree.error(inbox.stale)
    return tree


async def register(tree: app_commands.CommandTree[Any], http: HTTPClient, application: int) -> bool:
    """Tells Discord of the commands if it knows others; gives whether it had to."""
    wanted = {(each["type"], each["name"]): each for each in (command.to_dict(tree) for command in tree.get_commands())}
    try:
        known = {(each.get("type", 1), each["name"]): each for each in await http.get_global_commands(application)}
    except discord.HTTPException:
        known = {}
    if known.keys() == wanted.keys() and all(_covers(known[key], wanted[key]) for key in wanted):
        return False
    await tree.sync()
    return True


def _covers(known: Any, wanted: Any) -> bool:
    """Whether Discord's record says what ours does; it leaves out what is false or empty, and adds of its own."""
    match wanted:
        case dict():
            return (
                isinstance(known, Mapping)
                and all(_covers(known.get(key), value) for key, value in wanted.items() if key != "dm_permission")
                and not any(known.get(key) and key not in wanted for key in ("choices", "autocomplete", "required"))
            )
        case list():
            there = known or []
            return len(there) == len(wanted) and all(map(_covers, there, wanted))
        case _:
            return bool((known or None) == (wanted or None))


# ── slash commands ──────────────────────────────────────────────────────────────────────────────────────────


def _slash(action: Action, inbox: Inbox) -> app_commands.Command[Any, ..., None]:
    async def callback(interaction: discord.Interaction, **given: Any) -> None:
        await inbox.command(interaction, action, read(action, given))

    options = list(_options(action))
    # discord.py reads a command's options from its callback's signature.
    callback.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=discord.Interaction),
            *(
                inspect.Parameter(
                    name,
                    inspect.Parameter.KEYWORD_ONLY,
                    default=inspect.Parameter.empty if needed else None,
                    annotation=_annotation(parameter) if needed else Optional[_annotation(parameter)],  # noqa: UP045
                )
                for name, parameter, needed in options
            ),
        ]
    )
    described = {name: _described(parameter.help, name) for name, parameter, _ in options}
    offered = {name: _choices(parameter.choices) for name, parameter, _ in options if parameter.kind is Kind.CHOICE}
    completed = {
        name: _completion(parameter, inbox)
        for name, parameter, _ in options
        if parameter.kind in {Kind.LINE, Kind.PROSE} and (parameter.completes or parameter.choices)
    }
    app_commands.describe(**described)(callback)
    app_commands.choices(**offered)(callback)
    app_commands.autocomplete(**completed)(callback)
    return app_commands.Command(name=action.word, description=_described(action.help, action.word), callback=callback)


def _described(help: str, name: str) -> str:
    return shorten(one_line(help), HELP) or name


def _options(action: Action) -> Iterator[tuple[str, Parameter, bool]]:
    """Names with what they stand for and whether they are needed; several pictures take an option each."""
    for parameter in action.parameters:
        for number, name in enumerate(_names(parameter)):
            yield name, parameter, parameter.required and number == 0


def _names(parameter: Parameter) -> tuple[str, ...]:
    if parameter.kind is not Kind.PICTURES:
        return (parameter.name,)
    single = parameter.name.removesuffix("s")
    more = range(2, min(parameter.maximum or PICTURES, PICTURES) + 1)
    return (single, *(f"{single}_{number}" for number in more))


def read(action: Action, given: Mapping[str, Any]) -> dict[str, Any]:
    """The action's values from what Discord hands over by the options' names."""
    values: dict[str, Any] = {}
    for parameter in action.parameters:
        said = [given[name] for name in _names(parameter) if given.get(name) is not None]
        if parameter.kind is Kind.PICTURES and said:
            values[parameter.name] = tuple(attachment_of(each) for each in said)
        elif said:
            values[parameter.name] = attachment_of(said[0]) if parameter.is_file else said[0]
    return values


def _annotation(parameter: Parameter) -> Any:
    match parameter.kind:
        case Kind.PICTURE | Kind.PICTURES | Kind.SOUND:
            return discord.Attachment
        case Kind.SWITCH:
            return bool
        case Kind.NUMBER if parameter.minimum is None and parameter.maximum is None:
            return int
        case Kind.NUMBER:
            return app_commands.Range[int, parameter.minimum, parameter.maximum]
        case Kind.CHOICE:
            return str
        case _:
            return app_commands.Range[str, None, min(parameter.maximum or TEXT, TEXT)]


def _choices(names: tuple[str, ...]) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=each, value=each) for each in names if 0 < len(each) <= CHOICE][:CHOICES]


def _completion(parameter: Parameter, inbox: Inbox) -> Any:
    async def complete(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        if parameter.completes:
            return _choices(await inbox.complete(interaction, parameter.completes, typed))
        said = typed.strip().lower()
        return _choices(tuple(each for each in parameter.choices if said in each))

    return complete


# ── commands on messages ────────────────────────────────────────────────────────────────────────────────────


def _menu(action: Action, inbox: Inbox) -> app_commands.ContextMenu:
    async def callback(interaction: discord.Interaction, message: discord.Message) -> None:
        await inbox.menu(interaction, action, message)

    return app_commands.ContextMenu(name=shorten(action.menu or action.name, MENU), callback=callback)
