"""Actions: what a member can do, each declared once in `limner/actions/` and offered everywhere."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import ModuleType
from typing import Any

from limner.domain.card import Card
from limner.domain.money import Micros
from limner.domain.options import Options, Parameter
from limner.domain.request import Request
from limner.domain.text import one_line, shorten
from limner.errors import UnknownCommand

SUBJECT = "picture"
"""The parameter of a function that says which picture it is about."""
MEANT = (
    "The id of the picture that is meant, where the note names one or the list tells which it is, such as a41f or "
    "a41f.2. Left out: the one that the note answers, else the newest."
)


class On(StrEnum):
    """What a button of this action stands on."""

    JOB = "job"
    PICTURE = "picture"
    DRAFT = "draft"
    """A private picture that waits to be sent."""
    NOTE = "note"
    """A voice note that was heard and waits for its member's word."""


class Spoken(StrEnum):
    """What becomes of an action that a voice note asks for."""

    USUAL = "usual"
    """As the channel has it: shown first, or done at once."""
    ASKS = "asks"
    """Shown first, whatever the channel has: it cannot be taken back."""
    AT_ONCE = "at-once"
    """Done without another word: it costs nothing, and a question would come too late or be in the way."""


class Reply(StrEnum):
    """Where the answer goes."""

    NEW = "new"
    """A message of its own, for all."""
    SAME = "same"
    """In place of the card whose button was pressed."""
    PRIVATE = "private"
    """For the asking member's eyes."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """A word that several commands share: `/style save`, `/style list`."""

    name: str
    help: str
    bare: str
    """The name of the action that the word means by itself."""


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing that a member can do."""

    name: str
    """In a group, the group's name comes first: `style-save`."""
    help: str
    options: type[Options]
    run: Callable[[Any, Any], Awaitable[Card]]
    command: bool = False
    """Typed: a slash command on Discord, a word after the command on Slack, on the page and the command line."""
    group: Group | None = None
    """The word that it is typed after."""
    button: str | None = None
    """Its label on cards."""
    presets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Several buttons instead of one: each one's label, and the options that it sets. Where there is room for one alone
    it is the first of them, by the label `button`."""
    named: Callable[[Any, Any], str] | None = None
    """From a job and an asset to the button's label, where that depends on them."""
    offered: Callable[[Any, Any, Any], bool] = lambda job, asset, model: True
    """Whether its button works on this job, asset and model (None: no model paints for its name any longer)."""
    on: On | None = None
    menu: str | None = None
    """Its label among the commands on a message (Apps on Discord, the message shortcuts on Slack)."""
    voice: Spoken | None = None
    """What becomes of it when a voice note asks for it; None: none can."""
    reply: Reply = Reply.NEW
    needs: str | None = None
    """An ability that the model must have, such as `edit`, for the button to appear."""
    page: bool = False
    """It leads to the web page, so its button is where that can be reached."""
    costs: bool = False
    """It paints, so its button shows an estimate."""
    meanwhile: str | None = None
    """Shown at once while it works, when the work takes longer than a moment."""
    before: Callable[[Any, Any], Awaitable[None]] | None = None
    """Asked before `meanwhile` is shown, with what the function gets: what it raises is told in private."""
    danger: bool = False
    primary: bool = False
    """Its button is the way on that is meant."""
    derive: Callable[[Any, Any, Any], Request] | None = None
    """For an action that paints again: from a job, the asset meant and the options to the new request; for one with a
    form, whose options nobody has said yet, the request as the form is filled in (the options are None).
    The button's estimate and the action itself both come from it, so they cannot differ."""
    price: Callable[[Any, Any], Micros | None] | None = None
    """For an action that costs and paints nothing: by the desk and the asset what its button says; None: it would not
    work."""
    once: bool = False
    """Two presses in a row on its button are one; so they are where it costs."""
    form: bool = False
    """Its button opens a form first, filled in by `fill`."""
    fields: tuple[str, ...] = ()
    """The fields of the form that matter most, in this order; the others follow, as far as there is room."""
    fill: Callable[[Any, Any, Any], Awaitable[dict[str, str]]] | None = None
    """From a target's id, the member and the studio to the form's first values."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return self.options.parameters()

    @property
    def word(self) -> str:
        """Its name within its group."""
        return self.name.removeprefix(f"{self.group.name}-") if self.group else self.name

    @property
    def typed(self) -> str:
        """Its name as it is typed: `imagine`, `style save`."""
        return f"{self.group.name} {self.word}" if self.group else self.name

    @property
    def about(self) -> bool:
        """Whether it is about a picture that is there already."""
        return self.on in {On.JOB, On.PICTURE} or any(each.subject for each in self.parameters)

    @property
    def function(self) -> dict[str, Any]:
        """The action as a function that an audio model can call: its parameters are the options', and the picture that
        it is about, where it is about one."""
        spoken = [each for each in self.parameters if each.spoken and not each.subject]
        meant = {SUBJECT: {"type": "string", "description": MEANT}} if self.about else {}
        return {
            "name": self.name,
            "description": self.help,
            "parameters": {
                "type": "object",
                "properties": {**{each.name: each.json_type for each in spoken}, **meant},
                "required": [each.name for each in spoken if each.needed],
                "additionalProperties": False,
            },
        }

    def form_of(self, target: str | None) -> tuple[Parameter, ...]:
        """The fields of its form, those that matter most first; what is known by the target is not asked for."""
        first = {name: place for place, name in enumerate(self.fields)}
        asked = [each for each in self.parameters if not (each.subject and target)]
        return tuple(sorted(asked, key=lambda each: first.get(each.name, len(first))))

    def file_slots(self) -> tuple[Parameter, ...]:
        """The options that take attached files."""
        return tuple(each for each in self.parameters if each.is_file)


def public(job: Any, asset: Any, model: Any) -> bool:
    """Whether all see it: a private draft has buttons of its own in place of some."""
    return not job.request.private


class Table:
    """The actions by name, in the order in which their files declare them to be shown."""

    def __init__(self, actions: tuple[Action, ...]) -> None:
        self._actions = {action.name: action for action in actions}

    def __iter__(self) -> Iterator[Action]:
        return iter(self._actions.values())

    def __getitem__(self, name: str) -> Action:
        return self._actions[name]

    def get(self, name: str) -> Action | None:
        """The action, or None when there is none of that name."""
        return self._actions.get(name)

    @property
    def commands(self) -> tuple[Action, ...]:
        """Those that can be typed."""
        return tuple(action for action in self if action.command)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The words that commands share."""
        return tuple(dict.fromkeys(action.group for action in self.commands if action.group))

    def within(self, group: Group) -> tuple[Action, ...]:
        """The commands that share a word."""
        return tuple(action for action in self.commands if action.group == group)

    def named(self, words: str) -> tuple[Action, str] | None:
        """The command that words begin with, and the words after it; None: they begin with none. A group's name by
        itself means the command that the group says."""
        first, rest = _parted(words)
        second, others = _parted(rest)
        for action in self.commands:
            if action.typed == first.lower():
                return action, rest
            if action.typed == f"{first} {second}".lower():
                return action, others
        bare = next((group.bare for group in self.groups if group.name == first.lower() and not second), None)
        return (self[bare], "") if bare else None

    def command(self, words: str) -> tuple[Action, str]:
        """The same, of words that have to begin with a command.

        Raises:
            UnknownCommand: They begin with none; the nearest is named.
        """
        if (found := self.named(words)) is not None:
            return found
        first, rest = _parted(words)
        grouped = any(group.name == first.lower() for group in self.groups)
        named = f"{first} {_parted(rest)[0]}" if grouped else first
        near = difflib.get_close_matches(named.lower(), [each.typed for each in self.commands], n=1)
        raise UnknownCommand(name=shorten(one_line(named), 40), hint=f" Did you mean /{near[0]}?" if near else "")

    @property
    def menus(self) -> tuple[Action, ...]:
        """Those that work on any message."""
        return tuple(action for action in self if action.menu)

    @property
    def spoken(self) -> tuple[Action, ...]:
        """Those that a voice note can ask for."""
        return tuple(action for action in self if action.voice)

    def buttons(self, *on: On) -> tuple[Action, ...]:
        """Those with a button on such cards."""
        return tuple(action for action in self if action.button and action.on in on)

    @classmethod
    def of(cls, package: ModuleType, order: tuple[str, ...] = ()) -> Table:
        """The table of a package: every module in it that declares an action takes part."""
        found: list[Action] = []
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            found += [each for each in vars(importlib.import_module(module.name)).values() if isinstance(each, Action)]
        return cls(tuple(sorted(found, key=lambda each: order.index(each.name) if each.name in order else len(order))))


def _parted(words: str) -> tuple[str, str]:
    """The first word, and what follows it."""
    first, *rest = words.split(None, 1) or [""]
    return first, "".join(rest)


def action(
    options: type[Options], *, name: str, **more: Any
) -> Callable[[Callable[[Any, Any], Awaitable[Card]]], Action]:
    """Declares a function from an ask and the studio to a card as an action; the options' docstring is its help."""

    def declare(run: Callable[[Any, Any], Awaitable[Card]]) -> Action:
        help = " ".join((options.__doc__ or "").split("\n\n")[0].split())
        return Action(name=name, help=help, options=options, run=run, **more)

    return declare
