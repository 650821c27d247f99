"""Actions typed in a terminal: the same table, the same flags as in the chats."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from limner import actions
from limner.app import Limner
from limner.cli.settings import settings_for
from limner.cli.terminal import HERE, YOU, Terminal, TerminalPlatform, among_others, attached, writable
from limner.config import Settings
from limner.domain.action import Action
from limner.domain.ask import Ask
from limner.domain.card import Button, Card, State
from limner.domain.options import Kind
from limner.domain.place import Address, Attachment
from limner.domain.words import read_words
from limner.errors import BadOption
from limner.opening import open_limner
from limner.store.database import address
from limner.store.workers import PASSING

OUR_OWN = {"--config": "config", "-c": "config", "--out": "out"}
TROUBLED = {State.REFUSED, State.FAILED}


@dataclass
class Line:
    """A command line, read."""

    config: Path | None = None
    out: Path = Path("pictures")
    help: bool = False
    values: dict[str, Any] = field(default_factory=dict)


def read_line(action: Action, arguments: list[str]) -> Line:
    """The arguments after the command's name. Files go in by path, may be given several times, and everything else is
    as in the chats.

    Raises:
        UnknownFlag: The nearest known one is named.
    """
    line = Line()
    files: dict[str, list[Attachment]] = {}
    words: list[str] = []
    named = any(each.required and each.kind is Kind.LINE for each in action.parameters[:1])
    slots = {f"--{each.name}": each for each in action.file_slots()} | {
        f"--{each.name.removesuffix('s')}": each for each in action.file_slots()
    }
    rest = iter(arguments)
    for argument in rest:
        if argument in {"--help", "-h"}:
            line.help = True
        elif argument in {"--verbose", "-v"}:
            continue
        elif argument in OUR_OWN or argument in slots:
            value = next(rest, None)
            if value is None:
                raise BadOption(name=argument.lstrip("-"), value="", why="write a value after it")
            if argument in slots:
                files.setdefault(slots[argument].name, []).append(attached(value))
            else:
                setattr(line, OUR_OWN[argument], Path(value))
        else:
            # One argument is one value: of a flag, or of what takes a word.
            whole = words[-1].startswith("-") if words else named
            words.append(f'"{argument}"' if whole and " " in argument else argument)
    line.values = read_words(action, " ".join(words))
    for parameter in action.file_slots():
        if given := files.get(parameter.name):
            line.values[parameter.name] = tuple(given) if parameter.kind is Kind.PICTURES else given[-1]
    return line


async def run_ask(typed: str, arguments: list[str]) -> int:
    """Asks once and prints the answer; 1 when it was refused or failed."""
    action, _ = actions.table().command(typed)
    line = read_line(action, arguments)
    if line.help:
        print(usage(action))
        return 0
    if action.costs:
        await asyncio.to_thread(writable, line.out)
    settings = settings_for(line.config)
    async with _opened(settings, line.out) as (limner, terminal):
        card = await ask(limner, terminal, action.name, line.values)
    return 1 if card.state in TROUBLED else 0


@asynccontextmanager
async def _opened(settings: Settings, out: Path) -> AsyncIterator[tuple[Limner, Terminal]]:
    """A Limner behind this terminal. Beside others on a shared database it is a process with an id of its own, which
    takes what is asked here and nothing else, and leaves no folder behind."""
    if address(settings.data.database, settings.data.directory).get_backend_name() == "sqlite":
        platform = TerminalPlatform(out)
        async with open_limner(settings, platforms=(platform,), role=PASSING) as limner:
            assert platform.terminal is not None
            yield limner, platform.terminal
        return
    worker = f"cli-{uuid.uuid4().hex[:8]}"
    place = among_others(worker)
    platform = TerminalPlatform(out, place)
    try:
        async with open_limner(settings, platforms=(platform,), worker=worker, role=PASSING, only=place.path) as limner:
            assert platform.terminal is not None
            yield limner, platform.terminal
    finally:
        await asyncio.to_thread(_remove, settings.data.directory / worker)


def _remove(folder: Path) -> None:
    """Removes a process's folder, unless pictures are in it that could not be stored."""
    easel = folder / "easel"
    if not easel.is_dir() or not any(easel.iterdir()):
        shutil.rmtree(folder, ignore_errors=True)


async def ask(limner: Limner, terminal: Terminal, action: str, values: dict[str, Any]) -> Card:
    """Asks and waits for the end of it. A voice note is heard and then painted without asking again: whoever types the
    command has asked."""
    event = uuid.uuid4().hex
    asked = Ask(
        action=action,
        values=values,
        person=YOU,
        place=terminal.place,
        event=event,
        address=Address(place=terminal.place, message=event),
    )
    card = await _answer(limner, terminal, asked)
    if ready := _go_ahead(card):
        generate = Ask(
            action=ready.action,
            person=YOU,
            place=terminal.place,
            event=uuid.uuid4().hex,
            address=asked.address,
            target=ready.target,
        )
        card = await _answer(limner, terminal, generate)
    return card


async def _answer(limner: Limner, terminal: Terminal, asked: Ask) -> Card:
    """The last card of what was asked: other jobs, left from before, come to their ends here too."""
    taking = asyncio.create_task(limner.take(asked))
    try:
        taken = await asyncio.shield(taking)
        return await terminal.ended(taken.job if taken else None)
    except asyncio.CancelledError:
        taken = await taking  # what was being taken may be on record already
        if taken is not None and taken.job is not None and asked.place != HERE:  # nobody else could ever show it
            await limner.take(_cancel(taken.job, asked))
        raise


def _cancel(job: str, asked: Ask) -> Ask:
    event = uuid.uuid4().hex
    there = Address(place=asked.place, message=event)
    values = {"job": job}
    return Ask(action="cancel", values=values, person=asked.person, place=asked.place, event=event, address=there)


def _go_ahead(card: Card) -> Button | None:
    """The button that paints what was heard, when the card is about that."""
    buttons = (each for row in card.controls for each in row.buttons if isinstance(each, Button))
    return next((each for each in buttons if each.action == "generate"), None)


def usage(action: Action) -> str:
    """A command's help, from its parameters."""
    first, *others = action.parameters or (None,)
    told = [f"limner {action.typed}" + (f" [{first.name}]" if first else "") + " [flags]", "", action.help, ""]
    for each in others:
        short = f", -{each.short}" if each.short else ""
        kind = "FILE" if each in action.file_slots() else "|".join(each.choices) or each.kind.value
        told.append(f"  --{each.name}{short} {kind}".ljust(64) + each.help)
    told.append("  --config, -c FILE".ljust(64) + "The configuration; ./config.toml if it is there.")
    told.append("  --verbose, -v".ljust(64) + "Say more in the log.")
    told.append("  --out FOLDER".ljust(64) + "Where to write pictures (pictures)")
    return "\n".join(told)
