"""The terminal as a place: its courier prints cards, and writes pictures as files."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

from rich.console import Console
from rich.text import Text

from limner.domain.card import Card, Role, State
from limner.domain.place import LOCAL, Address, Attachment, Person, Place
from limner.errors import NotFetched, PictureFileTooLarge, Undeliverable

if TYPE_CHECKING:
    from limner.app import Limner

HERE = Place(platform="cli", space=LOCAL, channel="terminal")
YOU = Person(id="you", name="you", admin=True)

STYLES = {
    Role.TITLE: "bold",
    Role.PROMPT: "italic",
    Role.HEARD: "italic",
    Role.NOTE: "dim",
    Role.WARNING: "yellow",
    Role.FOOTER: "dim",
}
ENDED = {State.DONE, State.FAILED, State.REFUSED, State.PLAIN, State.GONE}


class Terminal:
    """Prints cards as they change; a courier as any platform's."""

    platform = "cli"
    pace = 0.5

    def __init__(self, limner: Limner, folder: Path) -> None:
        self._limner = limner
        self._folder = folder
        self._ended: asyncio.Queue[Card] = asyncio.Queue()
        self._out = Console(highlight=False)
        self._progress = Console(file=sys.stderr, highlight=False)

    async def show(self, address: Address, card: Card) -> Address:
        """Prints the card: its progress on standard error in one line, its end on standard output."""
        if card.state in ENDED:
            self._clear_progress()
            await self._print(card)
            self._ended.put_nowait(card)
        elif card.progress and self._progress.is_terminal:
            seconds = f"{card.progress.seconds:.0f} s" if card.progress.seconds else "…"
            self._progress.print(Text(f"{card.progress.stage} {seconds}"), end="\r")
        return address.evolve(message=address.message or card.job or "card")

    def _clear_progress(self) -> None:
        if self._progress.is_terminal:
            self._progress.print(" " * 40, end="\r")

    async def _print(self, card: Card) -> None:
        refused = card.state in {State.REFUSED, State.FAILED}
        console = self._progress if refused else self._out
        footers = []
        for line in card.lines:
            said = Text(
                f"“{line.text}”" if line.role in {Role.PROMPT, Role.HEARD} else line.text, STYLES.get(line.role, "")
            )
            if line.role is Role.FOOTER:
                footers.append(said)
            else:
                console.print(said)
        # A list of pictures names them; a job's own pictures become files.
        for picture in () if card.small else (*card.pictures, *card.files):
            path = self._folder / picture.name
            await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
            await asyncio.to_thread(path.write_bytes, await self._limner.read(picture))
            console.print(Text(str(path)), soft_wrap=True)
        for said in footers:
            console.print(said)

    async def ended(self) -> Card:
        """The next card that has come to its end."""
        return await self._ended.get()

    async def fetch(self, attachment: Attachment, into: Path, limit: int) -> None:
        """Copies a file that was named on the command line."""
        source = Path(unquote(urlparse(attachment.url).path))
        try:
            if (await asyncio.to_thread(source.stat)).st_size > limit:
                raise PictureFileTooLarge(name=attachment.name, limit_mb=limit // 1_000_000)
            await asyncio.to_thread(shutil.copyfile, source, into)
        except OSError as problem:
            raise NotFetched(name=attachment.name, platform="this machine") from problem

    async def find(self, words: str, near: Place) -> tuple[Place, str]:
        """A terminal has no other places."""
        raise Undeliverable(where=words)

    async def close(self) -> None: ...


class TerminalPlatform:
    """The terminal behind the same door as the chats."""

    name = "cli"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.terminal: Terminal | None = None

    def configured(self, settings: object) -> bool:
        return True

    def invitation(self, settings: object) -> str:
        return ""

    async def open(self, limner: Limner) -> Terminal:
        self.terminal = Terminal(limner, self._folder)
        return self.terminal

    async def serve(self, limner: Limner, courier: object) -> None: ...


def attached(path: str) -> Attachment:
    """A file named on the command line."""
    file = Path(path).expanduser().resolve()
    return Attachment(platform="cli", name=file.name, url=file.as_uri())
