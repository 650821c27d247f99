"""Opening a Limner: its parts made and joined, in the one place that knows them all, and closed in order."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
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
    spool = _empty(store.folder / "spool")

    openai = settings.openai
    lanes = {
        LANES[IMAGES]: Limits(concurrency=openai.concurrency, per_minute=openai.images_per_minute),
        LANES[SKETCH]: Limits(concurrency=openai.concurrency, per_minute=None),
    }
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
        worker=worker,
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
        concurrency=openai.concurrency,
    )
    limner = Limner(settings=settings, store=store, studio=studio, flow=flow, spool=spool)
    behind: list[asyncio.Task[None]] = []
    try:
        for platform in platforms:
            reach.add(platform.name, await platform.open(limner))
        for attempt in await store.jobs.open_attempts(worker):
            if attempt.job is None:  # a note that was being heard; a painting's attempt is its job's business
                await store.jobs.close_attempt(attempt.id, outcome=Outcome.UNKNOWN, trouble=OutcomeUnknown().sentence)
        await easel.left_behind()
        left = await store.cards.left_waiting(worker)
        await flow.start()
        studio.usher.start()
        studio.forgetting.start()
        studio.counting.start(lambda: reach.by_platform, limner.go_ahead)
        behind += [asyncio.create_task(_tidy(store, studio, left)), asyncio.create_task(store.watch(), name="health")]
        behind.append(asyncio.create_task(store.follow(), name="previews"))
        yield limner
    finally:
        for task in behind:
            task.cancel()
        await asyncio.gather(*behind, return_exceptions=True)
        until = monotonic() + grace
        await studio.counting.stop()
        await studio.forgetting.stop()
        await limner.rest(grace)
        await studio.usher.stop()
        await flow.stop(seconds=max(until - monotonic(), 0))
        await studio.alts.close()
        await studio.answering.close(max(until - monotonic(), 0))
        for each in reach.by_platform.values():
            await each.close()
        await hands.close()
        await store.close()


async def _tidy(store: Store, studio: Studio, left: tuple[Address, ...]) -> None:
    """Puts in order what an earlier process left, and now and then what has been left since."""
    while True:
        with unattended("what was left could not be put in order"):
            await studio.board.excuse(left)
            left = ()
            await store.sweep()
            await look_through(store)
        await asyncio.sleep(SWEEP_SECONDS)


def _empty(folder: Path) -> Path:
    """The spool, without what an earlier run left in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
