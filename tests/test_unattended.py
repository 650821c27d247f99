"""What nobody waits for: it breaks into the log, and goes on."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from limner.unattended import unattended


def test_what_goes_well_leaves_nothing_in_the_log() -> None:
    with capture_logs() as logged, unattended("a fox could not be fed"):
        pass
    assert logged == []


def test_what_breaks_is_in_the_log_with_what_it_was_about_and_the_rest_goes_on() -> None:
    fed = []
    with capture_logs() as logged:
        for fox in ("a41f", "b52e"):
            with unattended("a fox could not be fed", fox=fox):
                if fox == "a41f":
                    raise RuntimeError("it bit me")
                fed.append(fox)
    assert fed == ["b52e"]
    assert logged == [{"event": "a fox could not be fed", "fox": "a41f", "exc_info": True, "log_level": "error"}]


async def test_it_can_be_cancelled() -> None:
    begun = asyncio.Event()

    async def feed() -> None:
        while True:
            with unattended("a fox could not be fed"):
                begun.set()
                await asyncio.Event().wait()

    feeding = asyncio.create_task(feed())
    await begun.wait()
    feeding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await feeding
