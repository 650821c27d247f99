"""The doctor: looks at everything that a Limner needs, one line each, and says how to mend what is wrong.

It changes nothing, costs nothing, and may look while others run.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from tempfile import TemporaryDirectory

from limner.cli.provider import provider
from limner.cli.settings import settings_for
from limner.config import Settings
from limner.domain.courier import Finding
from limner.errors import (
    ConfigError,
    HostTrouble,
    MissingPart,
    StoreTrouble,
    Trouble,
)
from limner.models.catalogue import Catalogue
from limner.opening import installed_platforms
from limner.store.blobs import Blobs
from limner.store.checkup import look
from limner.store.database import address
from limner.store.health import FLOOR
from limner.store.secret import FILE

MOST = 5
"""Jobs that are named in one line."""


async def run_doctor(config: Path | None) -> int:
    """Prints what it finds; 1 when something is wrong."""
    wrong = 0
    try:
        settings = settings_for(config)
        catalogue = Catalogue.load(settings.image.catalogue)
    except ConfigError as trouble:
        _say(Finding(ok=False, what="Configuration", mend=trouble.sentence))
        return 1
    _say(Finding(ok=True, what=f"Configuration: {config or 'config.toml, where there is one, and the environment'}"))
    async with aclosing(_findings(settings, catalogue)) as findings:
        async for finding in findings:
            _say(finding)
            wrong += not finding.ok
    print(f"{wrong} to mend" if wrong else "All is well.")
    return 1 if wrong else 0


def _say(finding: Finding) -> None:
    print(f"{'✓' if finding.ok else '✗'} {finding.what}" + (f": {finding.mend}" if finding.mend else ""), flush=True)


async def _findings(settings: Settings, catalogue: Catalogue) -> AsyncGenerator[Finding, None]:
    for part in (provider(settings, catalogue), _disk(settings), _database(settings), _blobs(settings)):
        for finding in await part:
            yield finding
    for platform in installed_platforms():
        if platform.configured(settings):
            try:
                found = await platform.check(settings)
            except Trouble as trouble:
                found = (Finding(ok=False, what=platform.name.title(), mend=trouble.sentence),)
            for finding in found:
                yield finding


async def _disk(settings: Settings) -> tuple[Finding, ...]:
    directory = settings.data.directory.resolve()
    there = next(each for each in (directory, *directory.parents) if each.exists())

    def write() -> int:
        with TemporaryDirectory(prefix="doctor-", dir=there) as folder:
            (Path(folder) / "probe").write_bytes(b"is there room?")
        return shutil.disk_usage(there).free

    try:
        free = await asyncio.to_thread(write)
    except OSError as problem:
        return (Finding(ok=False, what=str(directory), mend=f"it cannot be written ({problem.strerror})"),)
    room = f"{free / 1e9:.1f} GB free"
    if free < FLOOR:
        mend = f"{room}; nothing new is begun below {FLOOR // 1_000_000} MB: make room, or move [data] directory"
        return (Finding(ok=False, what=str(directory), mend=mend),)
    return (Finding(ok=True, what=f"{directory} can be written, {room}"),)


async def _database(settings: Settings) -> tuple[Finding, ...]:
    data = settings.data
    try:
        url = address(data.database, data.directory)
        kind = "SQLite" if url.get_backend_name() == "sqlite" else "PostgreSQL"
        if kind == "SQLite" and not await asyncio.to_thread(Path(str(url.database)).exists):
            return (Finding(ok=True, what="No database yet: the first start makes it"),)
        found = await look(data)
    except StoreTrouble as trouble:
        mend = f"{trouble.fields['why']}; see that it runs, and that [data] database names it"
        return (Finding(ok=False, what="Database", mend=mend),)
    except HostTrouble as trouble:
        return (Finding(ok=False, what="Database", mend=trouble.sentence),)
    told = [Finding(ok=True, what=f"{kind} answers, and its tables are up to date")]
    if kind == "PostgreSQL" and data.secret is None and not await asyncio.to_thread((data.directory / FILE).exists):
        mend = "there is no secret.key here; on several machines name one with [data] secret_file or secret_env"
        told.append(Finding(ok=False, what="Key of this installation", mend=mend))
    alive = [f"{each.id} ({each.role})" for each in found.workers if each.alive]
    told.append(Finding(ok=True, what=f"At work: {', '.join(alive) or 'nobody'}"))
    told += [
        Finding(ok=True, what="Every card was delivered")
        if not found.stuck
        else Finding(
            ok=False,
            what=f"{_many(len(found.stuck), 'card')} could not be delivered",
            mend=" ".join(f"{each.job.id}: {each.job.undelivered}" for each in found.stuck[:MOST])
            + (f" And {len(found.stuck) - MOST} more." if len(found.stuck) > MOST else "")
            + " It is tried again without you, and at the next start at once",
        ),
        Finding(ok=True, what="No call was left behind")
        if not found.left
        else Finding(
            ok=False,
            what=f"Calls of processes that are gone: {_listed(found.left)}",
            mend="start their processes again under the same ids; else others end these jobs as possibly charged",
        ),
        Finding(
            ok=True,
            what=f"Possibly charged within 7 days: {_listed(found.doubtful)}; OpenAI's usage page tells"
            if found.doubtful
            else "No call of the last 7 days is in doubt",
        ),
        Finding(ok=True, what="The ledger adds up")
        if found.balanced
        else Finding(ok=False, what="The ledger does not add up", mend="keep a copy of the database, and report it"),
    ]
    return tuple(told)


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _listed(jobs: tuple[str, ...]) -> str:
    return ", ".join(jobs[:MOST]) + (f" and {len(jobs) - MOST} more" if len(jobs) > MOST else "")


async def _blobs(settings: Settings) -> tuple[Finding, ...]:
    data = settings.data
    if data.blobs is None:
        return ()  # a folder of the directory, which was looked at
    try:
        blobs = await asyncio.to_thread(lambda: Blobs(url=data.blobs))
        probe = secrets.token_bytes(32)
        key = await blobs.put(probe)
        same = await blobs.read(key) == probe
        await blobs.delete(key)
    except (ConfigError, MissingPart, StoreTrouble) as trouble:
        why = str(trouble.fields.get("why", trouble.sentence))
        mend = f"{why}; see that the bucket is there, and that the keys in the environment may write to it"
        return (Finding(ok=False, what=f"Pictures at {data.blobs}", mend=mend),)
    if not same:
        return (Finding(ok=False, what=f"Pictures at {data.blobs}", mend="it gave other bytes than it was given"),)
    return (Finding(ok=True, what=f"Pictures at {data.blobs} can be written, read and deleted"),)
