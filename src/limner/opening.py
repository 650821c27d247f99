"""Opening a Limner: its parts made and joined, in the one place that knows them all, and closed in order."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path
from time import monotonic

from limner import actions
from limner.app import Limner
from limner.config import Settings
from limner.couriers import Couriers
from limner.domain.courier import Courier, Platform
from limner.domain.place import Address
from limner.engines import IMAGES, LANES, SKETCH, Engine
from limner.errors import OutcomeUnknown
from limner.jobs.easel import Easel
from limner.jobs.flow import Flow, Steps
from limner.jobs.looking import look_through
from limner.models.catalogue import Catalogue
from limner.models.roster import Roster
from limner.store import SINGLE, Outcome, Store
from limner.store.lanes import Limits
from limner.studio import Studio
from limner.studio.hands import Hands
from limner.unattended import unattended

GRACE_SECONDS = 20.0
SWEEP_SECONDS = 12 * 3600.0
"""Between two times that what nobody needs any longer is cleared away."""


def installed_platforms() -> tuple[Platform, ...]:
    """Every platform that is installed, by entry point."""
    return tuple(each.load() for each in entry_points(group="limner.platforms"))


@asynccontextmanager
async def open_limner(
    settings: Settings,
    *,
    platforms: Iterable[Platform] = (),
    couriers: Iterable[Courier] = (),
    engines: Mapping[str, Engine] | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    grace: float = GRACE_SECONDS,
    worker: str = SINGLE,
    role: str = "all",
    paints: bool = True,
    only: str | None = None,
) -> AsyncIterator[Limner]:
    """A Limner on its data directory, with the couriers of these platforms; what was under way is taken up again.
    `worker` is its id among the processes that share its database, `role` what it is there for; one that does not paint
    leaves that to the others. `only`: the one place whose jobs it takes, as `platform/space/channel`; else those of all
    these platforms.

    Closing it waits up to `grace` seconds for asks and jobs under way; a call that is cut off then stays possibly
    charged.

    Raises:
        DataInUse: Another process has the directory.
        WorkerInUse: Another process has the id.
        ConfigError: A part of the configuration cannot be.
    """
    catalogue = Catalogue.load(settings.image.catalogue)
    store = await Store.open(settings.data, worker=worker)
    roster = Roster(catalogue, own_endpoint=settings.openai.base_url is not None, today=lambda: now().date())
    hands = Hands(settings, roster, engines)
    reach = Couriers(couriers)
    parts = _join(settings, store, roster, hands, reach, role=role, paints=paints, only=only, now=now)
    behind: list[asyncio.Task[None]] = []
    try:
        for platform in platforms:
            reach.add(platform.name, await platform.open(parts.limner))
        left = await _pick_up(parts)
        await _start(parts)
        behind += [
            asyncio.create_task(_tidy(store, parts.studio, left), name="tidying"),
            asyncio.create_task(store.watch(), name="health"),
            asyncio.create_task(store.follow(), name="previews"),
        ]
        yield parts.limner
    finally:
        for task in behind:
            task.cancel()
        await asyncio.gather(*behind, return_exceptions=True)
        await _stop(parts, grace)
        for each in reach.by_platform.values():
            await each.close()
        await hands.close()
        await store.close()


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """What has to be started and stopped."""

    store: Store
    studio: Studio
    easel: Easel
    flow: Flow
    reach: Couriers
    limner: Limner


def _join(
    settings: Settings,
    store: Store,
    roster: Roster,
    hands: Hands,
    reach: Couriers,
    *,
    role: str,
    paints: bool,
    only: str | None,
    now: Callable[[], datetime],
) -> _Parts:
    """The parts, each with what it needs of the others."""
    spool = _empty(store.folder / "spool")
    lanes = _lanes(settings)
    studio = Studio(
        settings=settings,
        table=actions.table(),
        store=store,
        roster=roster,
        hands=hands,
        courier=reach.to,
        spool=spool,
        lanes=lanes,
        pace=reach.pace,
        stop=lambda id: flow.cancel(id),
        deliver=lambda job: flow.deliver(job),
        now=now,
    )
    easel = Easel(
        store=store,
        engine=hands.engine,
        worker=store.presence.worker,
        roster=roster,
        folder=store.folder / "easel",
        show=studio.board.tell,
        pace=lambda job: reach.pace(job.place.platform),
        sign=studio.sign,
        words=studio.desk.sent,
        waits_again=studio.usher.waits_again,
        lanes=lanes,
    )
    flow = Flow(
        store=store,
        role=role,
        lanes=lanes if paints else {},
        steps=Steps(
            introduce=studio.board.introduce,
            paint=easel.paint,
            settle=easel.settle,
            deliver=studio.board.deliver,
            broken=easel.broken,
            doubt=easel.stopped,
        ),
        reach=lambda: [f"{name}/" for name in reach.by_platform] if only is None else [only],
        concurrency=settings.openai.concurrency,
    )
    limner = Limner(settings=settings, store=store, studio=studio, flow=flow, spool=spool)
    return _Parts(store=store, studio=studio, easel=easel, flow=flow, reach=reach, limner=limner)


def _lanes(settings: Settings) -> dict[str, Limits]:
    """What the host allows where it is painted."""
    openai = settings.openai
    return {
        LANES[IMAGES]: Limits(concurrency=openai.concurrency, per_minute=openai.images_per_minute),
        LANES[SKETCH]: Limits(concurrency=openai.concurrency, per_minute=None),
    }


def _empty(folder: Path) -> Path:
    """The spool, without what an earlier run left in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


# ── at the start ────────────────────────────────────────────────────────────────────────────────────────────────


async def _pick_up(parts: _Parts) -> tuple[Address, ...]:
    """Brings calls to an end that an earlier process of this name was at, and stores what had come of them. Gives where
    cards say that somebody waits, which nobody does any longer."""
    store, worker = parts.store, parts.store.presence.worker
    for attempt in await store.jobs.open_attempts(worker):
        if attempt.job is None:  # a note that was being heard; a painting's attempt is its job's business
            await store.jobs.close_attempt(attempt.id, outcome=Outcome.UNKNOWN, trouble=OutcomeUnknown().sentence)
    await parts.easel.left_behind()
    return await store.cards.left_waiting(worker)


async def _start(parts: _Parts) -> None:
    await parts.flow.start()
    parts.studio.usher.start()
    parts.studio.forgetting.start()
    parts.studio.counting.start(lambda: parts.reach.by_platform, parts.limner.go_ahead)


async def _tidy(store: Store, studio: Studio, left: tuple[Address, ...]) -> None:
    """Puts in order what an earlier process left, and now and then what has been left since."""
    while True:
        with unattended("what was left could not be put in order"):
            await studio.board.excuse(left)
            left = ()
            await store.sweep()
            await look_through(store)
        await asyncio.sleep(SWEEP_SECONDS)


# ── at the end ──────────────────────────────────────────────────────────────────────────────────────────────────


async def _stop(parts: _Parts, grace: float) -> None:
    """Nothing new begins by itself; then what was asked is answered, then what runs is finished or parked, and what it
    wanted said is said. All of it has so many seconds together."""
    studio, until = parts.studio, monotonic() + grace
    await studio.counting.stop()
    await studio.forgetting.stop()
    await parts.limner.rest(grace)
    await studio.usher.stop()
    await parts.flow.stop(seconds=max(until - monotonic(), 0))
    await studio.alts.close()
    await studio.answering.close(max(until - monotonic(), 0))
