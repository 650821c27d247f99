"""Whether the store takes part: told by what real transactions and writes met, and by a look at the disk."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from limner.errors import StoreTrouble
from limner.store.reach import reaching

log = structlog.get_logger(__name__)

FLOOR = 200_000_000
"""Bytes of free space below which nothing new is begun: what is under way, and paid for, still has room to end."""
LOOK = 5.0
"""Seconds between two looks at the disk."""

DISK, SPACE, READING, WRITING, PICTURES = "disk", "space", "reading", "writing", "pictures"
NEEDED = (DISK, SPACE, PICTURES)
"""What has to take part before something new is begun: a picture that is paid for needs a place to be put."""


@dataclass(frozen=True)
class Reason:
    """Something that does not take part."""

    why: str
    """In words, for a host as for a member."""
    since: datetime


@dataclass
class Health:
    """What does not take part now."""

    folder: Path
    """Where the data is."""
    _reasons: dict[str, Reason] = field(default_factory=dict)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why the state is degraded, oldest first; none: it is not."""
        told = {each.why: each for each in sorted(self._reasons.values(), key=lambda each: each.since, reverse=True)}
        return tuple(reversed(told.values()))

    @property
    def ok(self) -> bool:
        """Whether all is well."""
        return not self._reasons

    def told(self) -> dict[str, Any]:
        """The state for a machine that asks."""
        reasons = [{"why": each.why, "since": each.since.isoformat(timespec="seconds")} for each in self.reasons]
        return {"state": "ok" if self.ok else "degraded", "reasons": reasons}

    @property
    def roomy(self) -> bool:
        """Whether something new may be begun."""
        return self._reasons.keys().isdisjoint(NEEDED)

    def check(self) -> None:
        """Returns when something new may be begun.

        Raises:
            StoreTrouble: It says why not.
        """
        for part in NEEDED:
            if (reason := self._reasons.get(part)) is not None:
                raise StoreTrouble(why=reason.why)

    def met(self, part: str, why: str | None) -> None:
        """Notes what a part did: it failed for this reason, or (None) it took part."""
        before = self._reasons.get(part)
        if why is None:
            if before is not None:
                del self._reasons[part]
                log.warning("takes part again", part=part)
        elif before is None or before.why != why:
            self._reasons[part] = Reason(why=why, since=before.since if before else datetime.now(UTC))
            log.error("degraded", part=part, why=why)

    @contextmanager
    def noticing(self, *parts: str) -> Iterator[None]:
        """Around what is asked of the store; the first part is what it fails in, all are well when it does not."""
        try:
            yield
        except StoreTrouble as trouble:
            self.met(parts[0], str(trouble.fields["why"]))
            raise
        if self._reasons:
            for part in parts:
                self.met(part, None)

    async def look(self) -> None:
        """Looks at the disk: its room, and whether it can be written."""
        try:
            free = await asyncio.to_thread(_write_a_little, self.folder)
        except StoreTrouble as trouble:
            self.met(DISK, str(trouble.fields["why"]))
        except OSError as problem:  # a folder that is gone, or none any longer
            log.error("the disk does not take part", why=problem.strerror)
            self.met(DISK, "my disk cannot be reached")
        else:
            self.met(DISK, None)
            self.met(SPACE, "my disk is almost full" if free < FLOOR else None)

    async def watch(self, probe: Callable[[], Awaitable[None]]) -> None:
        """Looks again and again, until cancelled. `probe` tries to put something where the pictures
        are kept, once that has failed."""
        while True:
            await self.look()
            if PICTURES in self._reasons:
                with suppress(StoreTrouble), self.noticing(PICTURES):
                    await probe()
            await asyncio.sleep(LOOK)


def _write_a_little(folder: Path) -> int:
    """The free bytes of a folder's disk, once something was written there."""
    with reaching():
        number, name = tempfile.mkstemp(prefix="probe-", dir=folder)
        try:
            os.write(number, b"is there room?")
        finally:
            os.close(number)
            os.unlink(name)
        return shutil.disk_usage(folder).free
