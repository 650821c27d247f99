"""SIGTERM ends a process in good order: what runs is finished or parked, and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import signal

import aiohttp

from tests.backends.fixtures import on_postgresql
from tests.conversations.reading import paintings
from tests.fakes.openai import FakeOpenAI
from tests.processes.installation import Installation, Process, state, until_it


async def closed(installation: Installation) -> bool:
    try:
        async with aiohttp.ClientSession() as client, client.get(f"http://127.0.0.1:{installation.port}/healthz"):
            return False
    except aiohttp.ClientError:
        return True


async def test_what_is_being_painted_is_finished_within_the_grace(
    installation: Installation, openai: FakeOpenAI
) -> None:
    openai.hold = asyncio.Event()
    limner = await installation.start()
    async with installation.person() as person:
        await person.asks("/imagine a red fox --draft")
        await until_it(lambda: paintings(openai) == 1)
    limner.send(signal.SIGTERM)
    await until_it(lambda: closed(installation))
    openai.hold.set()

    assert await limner.ends() == 0
    assert installation.rows("SELECT state FROM jobs") == [("delivered",)]
    assert paintings(openai) == 1


async def test_what_is_cut_off_says_at_the_next_start_that_it_may_have_been_charged(
    installation: Installation, openai: FakeOpenAI
) -> None:
    openai.hold = asyncio.Event()
    limner = await installation.start("--grace", "0")
    async with installation.person() as person:
        await person.asks("/imagine a red fox --draft")
        await until_it(lambda: paintings(openai) == 1)
    assert await limner.ends(signal.SIGTERM) == 0

    await installation.start()
    async with installation.person() as person:
        (card,) = await person.sees_states("failed")

    assert "may have been charged" in card.text
    assert "Paint again" in card.text
    assert paintings(openai) == 1


async def test_what_waits_is_painted_after_the_restart(installation: Installation, openai: FakeOpenAI) -> None:
    openai.hold = asyncio.Event()
    installation.sections["openai"] = {"concurrency": 1}
    installation.write()
    limner = await installation.start("--grace", "0.5")
    async with installation.person() as person:
        await person.asks("/imagine a red fox --draft")
        await until_it(lambda: paintings(openai) == 1)
        await person.asks("/imagine a blue fox --draft")
    assert await limner.ends(signal.SIGTERM) == 0
    openai.hold = None

    await installation.start()
    async with installation.person() as person:
        await person.sees_states("failed", "done")
    assert paintings(openai) == 2


async def test_a_second_signal_ends_it_at_once(installation: Installation, openai: FakeOpenAI) -> None:
    openai.hold = asyncio.Event()
    limner = await installation.start("--grace", "600")
    async with installation.person() as person:
        await person.asks("/imagine a red fox --draft")
        await until_it(lambda: paintings(openai) == 1)
    limner.send(signal.SIGTERM)
    await until_it(lambda: closed(installation))

    assert await limner.ends(signal.SIGTERM) == -signal.SIGTERM


async def test_ctrl_c_ends_it_in_the_same_order(installation: Installation) -> None:
    limner = await installation.start(installed=True)
    assert await limner.ends(signal.SIGINT) == 130
    assert "Traceback" not in limner.said


@on_postgresql
async def test_a_rolling_restart_of_workers_under_load_loses_and_doubles_nothing(
    installation: Installation, openai: FakeOpenAI
) -> None:
    openai.partial_delay = 0.05
    installation.sections["openai"] = {"concurrency": 3}
    installation.write()
    await installation.start("web")
    workers: dict[str, Process] = {}
    for id in ("w-1", "w-2"):
        workers[id] = await installation.start("worker", "--id", id)
    asked = 12
    async with installation.person() as person:
        for number in range(asked):
            await person.asks(f"/imagine a red fox number {number} --draft")
            if number in {3, 6}:
                id = "w-1" if number == 3 else "w-2"
                assert await workers[id].ends(signal.SIGTERM) == 0
                workers[id] = await installation.start("worker", "--id", id)
        cards = await person.sees(lambda cards: [state(each) for each in cards] == ["done"] * asked)

    assert len(cards) == asked
    assert paintings(openai) == asked
    assert installation.rows("SELECT count(*) FROM assets") == [(asked,)]
    settled = installation.rows("SELECT sum(amount) FROM ledger WHERE kind = 'settle'")[0][0]
    assert settled == openai.billed
