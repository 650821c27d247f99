"""A peer of the front door: it records what it is asked and answers as a test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from limner.config import Settings, load
from limner.domain.action import Action, Group, On, Reply, Table, action
from limner.domain.ask import Ask
from limner.domain.card import Card, Form, Line, Picture, Role, State, says
from limner.domain.options import Background, Name, OneFile, Options, Pictures, Prompt, Quality, option
from limner.domain.place import Attachment, Person, Place
from limner.domain.shape import NAMED, Shape
from limner.errors import Trouble
from limner_discord import platform
from tests.fakes.discord import TOKEN, FakeDiscord


class Imagine(Options):
    """Paint a picture from words."""

    prompt: Prompt = option("What do you see?", kind="prose", default=None, unless="voice")
    shape: Shape | None = option("Its shape", default=None, choices=tuple(NAMED))
    quality: Quality | None = option("How fine", default=None)
    count: Annotated[int, Field(ge=1, le=10)] = option("How many", default=1, short="n")
    style: Name | None = option("A style to wear", default=None, completes="styles")
    background: Background = option("What is behind it", default=Background.AUTO)
    references: Annotated[Pictures, Field(max_length=16)] = option("A picture to go by", default=())
    mask: Attachment | None = option("A mask", default=None)
    private: bool = option("Only you see it", default=False)
    voice: OneFile | None = option("A voice note", default=None, kind="sound")


class Plain(Options):
    """Something without options."""


class Again(Options):
    """The same once more."""

    shape: Shape | None = option("Its shape", default=None)
    n: Name | None = option("Which", default=None)


class Correct(Options):
    """Mend the words."""

    prompt: Prompt = option("What do you see?", kind="prose")
    quality: Quality | None = option("How fine", default=None)
    count: Annotated[int, Field(ge=1, le=10)] = option("How many", default=1)
    references: Pictures = option("A picture to go by", default=())
    private: bool = option("Only you see it", default=False)


class Share(Options):
    """Post it elsewhere."""

    place: Name = option("Where to", completes="places")


class Save(Options):
    """Keep a style."""

    name: Name = option("What it is called", completes="styles")
    references: Pictures = option("How it looks", default=())


STYLE = Group(name="style", help="Keep and list styles.", bare="style-list")


async def _unused(asked: Any, studio: Any) -> Card:
    raise AssertionError("the peer of the front door runs no action")


def _action(options: type[Options], name: str, **more: Any) -> Action:
    return action(options, name=name, **more)(_unused)


TABLE = Table(
    (
        _action(Imagine, "imagine", command=True, costs=True),
        _action(Imagine, "say", costs=True),
        _action(Plain, "status", command=True, reply=Reply.PRIVATE),
        _action(Share, "share", command=True, reply=Reply.PRIVATE),
        _action(Save, "style-save", command=True, group=STYLE),
        _action(Plain, "style-list", command=True, group=STYLE, reply=Reply.PRIVATE),
        _action(Plain, "help", command=True, reply=Reply.PRIVATE),
        _action(Plain, "from-message", menu="Imagine from this"),
        _action(Plain, "listen"),
        _action(Again, "reroll", button="Reroll", on=On.JOB, costs=True),
        _action(Plain, "delete", button="Delete", on=On.JOB, reply=Reply.SAME),
        _action(Correct, "fix", button="Fix text", on=On.NOTE, reply=Reply.SAME),
    )
)

Answer = Callable[[Ask], Awaitable[Card | None]]


@dataclass
class FrontDoor:
    """Answers every ask with a card that says what was asked, unless `answer` says otherwise."""

    settings: Settings
    table: Table = TABLE
    asks: list[Ask] = field(default_factory=list)
    addresses: list[Any] = field(default_factory=list)
    bytes: dict[str, bytes] = field(default_factory=dict)
    answerables: set[str] = field(default_factory=set)
    """Messages that are cards of jobs."""
    answer: Answer | None = None
    courier: Any = None
    slow_form: float = 0

    def __post_init__(self) -> None:
        self.forms = self.pictures = self.subjects = self  # a door without rooms behind it

    def check(self, ask: Ask) -> Card | None:
        try:
            self.table[ask.action].options.read(ask.values)
        except Trouble as trouble:
            return says(trouble.sentence).evolve(state=State.REFUSED, private=True)
        return None

    async def take(self, ask: Ask) -> Card | None:
        self.asks.append(ask)
        card = await self.answer(ask) if self.answer else says(f"{ask.action} of {ask.person.name}")
        if card is not None:
            self.addresses.append(await self.courier.show(ask.address, card))
        return card

    async def of(
        self,
        action: str,
        *,
        person: Person,
        place: Place,
        target: str | None = None,
        of: Any = None,
        pressed: str | None = None,
    ) -> Form:
        await asyncio.sleep(self.slow_form)
        fields = self.table[action].parameters
        return Form(
            action=action, target=target, title="Mend the words", submit="Go", fields=fields, values={"prompt": "a fox"}
        )

    async def complete(self, source: str, typed: str, *, person: Person, place: Place) -> tuple[str, ...]:
        return tuple(f"{source}-{typed}-{number}" for number in range(25))

    async def answerable(self, place: Place, message: str) -> bool:
        return message in self.answerables

    async def read(self, picture: Picture) -> bytes:
        return self.bytes[picture.blob]

    async def preview(self, picture: Picture, *, longest: int, limit: int, formats: tuple[str, ...]) -> tuple[Any, str]:
        magic = {"image/jpeg": b"\xff\xd8\xff\xe0", "image/webp": b"RIFF"}[formats[0]]
        return magic + b" preview of " + picture.blob.encode(), formats[0]


def done(*pictures: Picture, **more: Any) -> Card:
    return Card(state=State.DONE, lines=(Line(role=Role.PROMPT, text="a red fox"),), pictures=pictures, **more)


@asynccontextmanager
async def listening(fake: FakeDiscord, folder: Path, **section: Any) -> AsyncIterator[FrontDoor]:
    """The real platform on the stand-in, with the peer of the front door behind it."""
    front = front_door(fake, folder, **section)
    front.courier = await platform.open(front)  # type: ignore[arg-type]
    serving = asyncio.create_task(platform.serve(front, front.courier))  # type: ignore[arg-type]
    try:
        await fake.until(lambda: serving.done() or fake.listening)
        if serving.done():
            await serving
        yield front
    finally:
        serving.cancel()
        await asyncio.wait([serving])
        await front.courier.close()


def front_door(fake: FakeDiscord, folder: Path, **section: Any) -> FrontDoor:
    file = folder / "token"
    if not file.exists():
        file.write_text(TOKEN)
    voice = section.pop("voice", {})
    return FrontDoor(load(discord={"api_base": fake.api_base, "token_file": file, **section}, voice=voice))
