"""A front door that writes down what is asked, and answers with the card at hand: a peer of the real one."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from limner.config import Settings, load
from limner.domain.ask import Ask
from limner.domain.card import Card, Form, Line, Picture, Role, State, says
from limner.domain.courier import Courier
from limner.domain.place import Address, Person, Place
from limner.errors import NotFound, Trouble
from tests.fakes.slack import FakeSlack
from tests.slack.table import TABLE


class Desk:
    """Asks in, cards out."""

    def __init__(self, folder: Path, slack: FakeSlack, **section: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "bot").write_text(slack.bot_token)
        (folder / "app").write_text(slack.app_token)
        tokens = {"bot_token_file": folder / "bot", "app_token_file": folder / "app"}
        self.settings: Settings = load(slack={"api_base": slack.api_base, **tokens, **section})
        self.table = TABLE
        self.spool = folder
        self.courier: Courier
        self.asks: list[Ask] = []
        self.answerables: set[str] = set()
        self.shown: list[Address] = []
        self.filled: list[tuple[str, str | None]] = []
        self.forms = self.pictures = self.subjects = self  # a door without rooms behind it
        self.answer: Card | Exception | None = says("Here it is.")
        self.blobs: dict[str, bytes] = {}

    def check(self, ask: Ask) -> Card | None:
        action = self.table.get(ask.action)
        assert action is not None, ask.action
        try:
            action.options.read(ask.values)
        except Trouble as trouble:
            line = Line(role=Role.WARNING, text=trouble.sentence)
            return Card(state=State.REFUSED, lines=(line,), private=True)
        return None

    async def take(self, ask: Ask, noted: Callable[[], None] = lambda: None) -> Card | None:
        self.asks.append(ask)
        noted()
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            self.shown.append(await self.courier.show(ask.address, self.answer))
        return self.answer

    async def of(self, action: str, *, person: Person, place: Place, target: str | None = None, of: Any = None) -> Form:
        self.filled.append((action, target))
        if target == "gone":
            raise NotFound(what=target)
        declared = self.table[action]
        return Form(action=action, target=target, title=declared.help, submit="Paint", fields=declared.parameters)

    async def answerable(self, place: Place, message: str) -> bool:
        return message in self.answerables

    async def read(self, picture: Picture) -> bytes:
        return self.blobs[picture.blob]

    async def preview(self, picture: Picture, **wanted: Any) -> tuple[bytes, str]:
        out = io.BytesIO()
        Image.new("RGB", (16, 16), "orange").save(out, "JPEG")
        return out.getvalue(), "image/jpeg"

    def picture(self, number: int = 1, media_type: str = "image/png", name: str | None = None) -> Picture:
        """A picture with its bytes."""
        out = io.BytesIO()
        Image.new("RGB", (16, 16), (number * 20, 0, 0)).save(out, media_type.split("/")[1].upper())
        blob = f"blob{number}"
        self.blobs[blob] = out.getvalue()
        return Picture(
            blob=blob,
            name=name or f"limner-a41f-{number}.{media_type.split('/')[1]}",
            media_type=media_type,
            width=16,
            height=16,
            size=len(self.blobs[blob]),
            alt=f"AI-generated: a red fox {number}",
        )
