"""The durable flow: each accepted job goes through its steps exactly once, across crashes and restarts.

A small port on DBOS Transact. What a step does is not known here; what has happened stands in our own tables, and a
step that is begun again looks there first. DBOS keeps ids and steps only, never pictures.
"""

from __future__ import annotations

import asyncio
import importlib
import uuid
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from limner.jobs import flow_database

log = structlog.get_logger(__name__)

Step = Callable[[str], Awaitable[None]]
"""One step of a job, by the job's id. It may be begun twice and must then do the rest only."""

QUEUE = "paint"
ENDED = ["SUCCESS", "ERROR", "CANCELLED"]
FORGET_AT_ONCE = 500
UNDER_WAY = {"PENDING", "ENQUEUED", "DELAYED"}
POLL_SECONDS = 0.1
NOTIFICATION_SECONDS = 0.2
"""How often DBOS looks for messages between workflows, of which there are none; stopping waits for one such look."""
APPLICATION_VERSION = "1"
"""Pinned: DBOS would otherwise hash the source and leave older jobs unrecovered after an upgrade."""


class Flow:
    """Takes job ids in; runs the steps for each, in order."""

    def __init__(
        self,
        *,
        directory: Path,
        steps: Sequence[tuple[str, Step]],
        broken: Callable[[str, Exception], Awaitable[None]],
        concurrency: int,
        executor: str = "limner",
    ) -> None:
        """`broken` is told of an exception that a step did not turn into an outcome. `executor` has to be unique among
        processes and stable across restarts: whoever starts under it again resumes its jobs."""
        self._directory = directory
        self._steps = tuple(steps)
        self._broken = broken
        self._concurrency = concurrency
        self._executor = executor
        self._launched: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[Any]] = set()

    def start(self) -> None:
        """Begins to launch the engine in the running loop, which takes a second; it resumes what was under way. Asks
        need not wait for it: `submit` does."""
        self._launched = asyncio.create_task(self._launch())

    async def _launch(self) -> None:
        await asyncio.to_thread(importlib.import_module, "dbos")
        from dbos import DBOS

        @DBOS.workflow(name="job")
        async def job(id: str) -> None:
            if (task := asyncio.current_task()) is not None:
                self._running.add(task)
                task.add_done_callback(self._running.discard)
            with structlog.contextvars.bound_contextvars(job=id):
                try:
                    for name, step in self._steps:
                        await DBOS.run_step_async({"name": name}, step, id)
                except Exception as problem:  # the flow's outer edge: the job must end in a sentence, not in silence
                    log.exception("a step broke")
                    await DBOS.run_step_async({"name": "broken"}, self._broken, id, problem)

        self._job = job
        self._engine = flow_database.connect(self._directory)
        DBOS(
            config={
                "name": "limner",
                "system_database_url": flow_database.address(self._directory),
                "system_database_engine": self._engine,
                "executor_id": self._executor,
                "application_version": APPLICATION_VERSION,
                "log_level": "ERROR",
                "notification_listener_polling_interval_sec": NOTIFICATION_SECONDS,
            }
        )
        DBOS.launch()
        await DBOS.register_queue_async(
            QUEUE, worker_concurrency=self._concurrency, polling_interval_sec=POLL_SECONDS, on_conflict="always_update"
        )

    async def submit(self, id: str) -> None:
        """Puts the job into the queue; a second time changes nothing."""
        assert self._launched is not None, "not started"
        await asyncio.shield(self._launched)
        from dbos import DBOS, SetWorkflowID

        with SetWorkflowID(id):
            await DBOS.enqueue_workflow_async(QUEUE, self._job, id)

    async def resume(self, id: str) -> None:
        """Takes up a job that an earlier process left. One whose run DBOS counts as ended, and that has not come to its
        end by our own tables, is run once more: its steps do what is left."""
        assert self._launched is not None, "not started"
        await asyncio.shield(self._launched)
        from dbos import DBOS, SetWorkflowID

        known = await DBOS.get_workflow_status_async(id)
        if known is None or known.status in UNDER_WAY:
            await self.submit(id)
            return
        with SetWorkflowID(f"{id}/{uuid.uuid4().hex}"):
            await DBOS.enqueue_workflow_async(QUEUE, self._job, id)

    async def forget(self, before: datetime) -> int:
        """Removes what DBOS keeps of runs that ended before this; our own tables keep what matters. Gives how many."""
        assert self._launched is not None, "not started"
        await asyncio.shield(self._launched)
        from dbos import DBOS

        gone = 0
        while ended := await DBOS.list_workflows_async(
            status=ENDED, completed_before=before.isoformat(), limit=FORGET_AT_ONCE, load_input=False, load_output=False
        ):
            await DBOS.delete_workflows_async([each.workflow_id for each in ended])
            gone += len(ended)
        return gone

    async def stop(self, *, seconds: float) -> None:
        """Waits this long for the jobs under way, then stops; the rest resumes at the next start."""
        if self._launched is None:
            return
        await asyncio.wait([self._launched])
        from dbos import DBOS

        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)
        # DBOS has made its own pool the loop's default one, and shuts it down: work in threads goes on in a new one.
        with ThreadPoolExecutor(1) as aside:
            await asyncio.get_running_loop().run_in_executor(aside, partial(DBOS.destroy, destroy_registry=True))
        self._engine.dispose()
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
