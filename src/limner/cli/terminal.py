"""The terminal as a place: its courier prints cards, and writes pictures as files."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

from rich.console import Console
from rich.text import Text

from limner.domain.card import Card, Role, State
from limner.domain.courier import Finding
from limner.domain.place import LOCAL, Address, Attachment, Person, Place
from limner.errors import ConfigError, NotFetched, PictureFileTooLarge, PlatformTrouble, Trouble, Undeliverable

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


def among_others(worker: str) -> Place:
    """This terminal on a shared database, where each asking is a process with an id of its own: what is asked here is
    shown here and nowhere else, and counts as any terminal's."""
    return HERE.evolve(channel=worker, parent=HERE.channel)


class Terminal:
    """Prints cards as they change; a courier as any platform's."""

    platform = "cli"
    pace = 0.5
    plays: str | None = None
    listens = "a file after --voice"

    def __init__(self, limner: Limner, folder: Path, place: Place = HERE) -> None:
        self._limner = limner
        self._folder = folder
        self.place = place
        self._ended: list[tuple[Card, Trouble | None]] = []
        self._more = asyncio.Event()
        self._out = Console(highlight=False)
        self._progress = Console(file=sys.stderr, highlight=False)

    async def show(self, address: Address, card: Card) -> Address:
        """Prints the card: its progress on standard error in one line, its end on standard output."""
        if card.state in ENDED:
            self._clear_progress()
            try:
                await self._print(card)
            except Trouble as trouble:
                self._end(card, trouble)
            else:
                self._end(card)
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
        for picture in () if card.small else (*card.pictures, *card.files, *((card.sound,) if card.sound else ())):
            path = self._folder / picture.name
            data = await self._limner.pictures.read(picture)
            try:
                await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
                await asyncio.to_thread(path.write_bytes, data)
            except OSError as problem:
                raise unwritable(path, problem) from problem
            console.print(Text(str(path)), soft_wrap=True)
        for said in footers:
            console.print(said)

    def _end(self, card: Card, trouble: Trouble | None = None) -> None:
        self._ended.append((card, trouble))
        self._more.set()

    async def ended(self, job: str | None) -> Card:
        """The card of a job when it has come to its end; without a job, the next card of none that does. What other
        jobs left to print is printed and passed over.

        Raises:
            Trouble: Its pictures could not be read or written.
        """
        while True:
            for card, trouble in self._ended:
                if card.job == job:
                    self._ended.remove((card, trouble))
                    if trouble is not None:
                        raise trouble
                    return card
            self._more.clear()
            await self._more.wait()

    async def fetch(self, attachment: Attachment, into: Path, limit: int) -> None:
        """Copies a file that was named on the command line."""
        source = Path(unquote(urlparse(attachment.url).path))
        try:
            if (await asyncio.to_thread(source.stat)).st_size > limit:
                raise PictureFileTooLarge(name=attachment.name, limit_mb=limit // 1_000_000)
            await asyncio.to_thread(shutil.copyfile, source, into)
        except OSError as problem:
            raise NotFetched(name=attachment.name, platform="this machine") from problem

    async def find(self, words: str, near: Place, *, by: str | None = None) -> tuple[Place, str]:
        """A terminal has no other places."""
        raise Undeliverable(where=words)

    async def direct(self, person: str, space: str) -> Place:
        """There are none."""
        raise Undeliverable(where=person)

    async def stands(self, person: str, space: str) -> Person | None:
        """Nobody is known by a terminal."""
        raise PlatformTrouble(platform=self.platform)

    async def channels(self, space: str) -> tuple[str, ...]:
        """None to choose from."""
        return ()

    async def close(self) -> None: ...


class TerminalPlatform:
    """The terminal behind the same door as the chats."""

    name = "cli"

    def __init__(self, folder: Path, place: Place = HERE) -> None:
        self._folder = folder
        self._place = place
        self.terminal: Terminal | None = None

    def configured(self, settings: object) -> bool:
        return True

    def invitation(self, settings: object) -> str:
        return ""

    async def check(self, settings: object) -> tuple[Finding, ...]:
        return ()

    async def open(self, limner: Limner) -> Terminal:
        self.terminal = Terminal(limner, self._folder, self._place)
        return self.terminal

    async def serve(self, limner: Limner, courier: object) -> None: ...


def writable(folder: Path) -> None:
    """Looks whether pictures can be written into a folder, which may be made then.

    Raises:
        ConfigError: They cannot.
    """
    there = next((each for each in (folder, *folder.absolute().parents) if each.exists()), folder)
    if not there.is_dir():
        raise unwritable(folder, NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)))
    if not os.access(there, os.W_OK | os.X_OK):
        raise unwritable(folder, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


def unwritable(path: Path, problem: OSError) -> ConfigError:
    """The sentence about it."""
    return ConfigError(where=str(path), why=f"pictures cannot be written there ({problem.strerror})")


def attached(path: str) -> Attachment:
    """A file named on the command line."""
    file = Path(path).expanduser().resolve()
    return Attachment(platform="cli", name=file.name, url=file.as_uri())
