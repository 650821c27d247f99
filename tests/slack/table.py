"""A table of actions to try the adapter with: the shapes that matter, and functions that answer nothing."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from limner.domain.action import Action, Group, On, Reply, Spoken, Table, action
from limner.domain.card import Card
from limner.domain.options import Name, OneFile, Options, Pictures, Prompt, Quality, option
from limner.domain.shape import Shape


class Imagine(Options):
    """Paint a picture from words."""

    prompt: Prompt = option("What do you see?", kind="prose", default=None, unless="voice")
    shape: Shape | None = option("Its shape", default=None, choices=("square", "wide", "tall"))
    quality: Quality | None = option("How fine", default=None)
    count: Annotated[int, Field(ge=1, le=10)] = option("How many pictures", default=1, short="n")
    style: Name | None = option("A style to wear", default=None, completes="styles")
    references: Annotated[Pictures, Field(max_length=16)] = option("A picture to go by", default=())
    private: bool = option("Only you see it", default=False)
    voice: OneFile | None = option("A voice note", default=None, kind="sound")


class Nothing(Options):
    """Something without options."""


class Show(Options):
    """Bring a picture up again."""

    picture: Name = option("Its id, such as a41f", completes="assets")


class Share(Options):
    """Post a picture in another place."""

    picture: Name = option("Its id", completes="assets")
    place: Name = option("Where to", completes="places")
    note: Name | None = option("A word to go with it", default=None)


class Gallery(Options):
    """Look through what the team has made."""

    words: Name | None = option("Words to look for", default=None)


class Save(Options):
    """Keep a style."""

    name: Name = option("What it is called", completes="styles")
    before: Name | None = option("Words before the prompt", default=None)


STYLE = Group(name="style", help="Keep and list styles.", bare="style-list")


async def _answer(asked: Any, studio: Any) -> Card:
    raise AssertionError("the front door answers in these tests")


def _action(options: type[Options], name: str, **more: Any) -> Action:
    return action(options, name=name, **more)(_answer)


TABLE = Table(
    (
        _action(Imagine, "imagine", command=True, voice=Spoken.USUAL, costs=True),
        _action(Imagine, "say", costs=True),
        _action(Imagine, "edit", command=True, costs=True),
        _action(Show, "show", command=True),
        _action(Gallery, "gallery", command=True, reply=Reply.PRIVATE),
        _action(Share, "share", command=True, reply=Reply.PRIVATE),
        _action(Save, "style-save", command=True, group=STYLE),
        _action(Nothing, "style-list", command=True, group=STYLE),
        _action(Nothing, "status", command=True, reply=Reply.PRIVATE),
        _action(Nothing, "help", command=True, reply=Reply.PRIVATE),
        _action(Nothing, "listen", meanwhile="Listening…"),
        _action(Nothing, "from-message", menu="Imagine from this"),
        _action(Nothing, "reroll", button="Reroll", on=On.JOB, costs=True),
        _action(Nothing, "delete", button="Delete", on=On.JOB, reply=Reply.SAME, danger=True),
        _action(Nothing, "download", button="Download", on=On.JOB, reply=Reply.PRIVATE),
        _action(Imagine, "fix", button="Fix text", on=On.NOTE, reply=Reply.SAME, form=True),
    )
)
