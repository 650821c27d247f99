"""A command asks beside others on a shared database: it takes what is its own, and leaves nothing behind."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from limner.cli.asking import run_ask
from limner.domain.card import State
from limner.opening import open_limner
from tests.backends.fixtures import on_postgresql
from tests.conversations.reading import paintings
from tests.fakes.openai import FakeOpenAI
from tests.jobs.channel import Channel, ask
from tests.media.recordings import speech
from tests.processes.installation import Installation, until_it

pytestmark = on_postgresql


async def imagine(installation: Installation, words: str, folder: str = "out") -> int:
    """`limner imagine` in the configuration; its exit code."""
    out = str(installation.config.parent / folder)
    return await run_ask("imagine", [words, "--draft", "--config", str(installation.config), "--out", out])


def painted(installation: Installation, folder: str = "out") -> list[Path]:
    return list((installation.config.parent / folder).glob("*.png"))


def left(installation: Installation) -> list[str]:
    """The folders of commands."""
    return [each.name for each in installation.folder.glob("cli-*")]


@pytest.fixture
def installation(installation: Installation) -> Installation:
    installation.sections["openai"] = {"concurrency": 1}
    installation.write()
    return installation


async def test_what_members_wait_for_is_left_to_who_can_show_it(
    installation: Installation, openai: FakeOpenAI, capfd: pytest.CaptureFixture[str]
) -> None:
    front = Channel()
    async with open_limner(installation.settings(), platforms=(front,), worker="front", paints=False) as limner:
        card = await limner.take(ask(prompt="a blue whale", quality="draft"))
        assert card is not None
        assert await imagine(installation, "a red fox") == 0
        states = dict(installation.rows("SELECT id, state FROM jobs"))
        assert states.pop(str(card.job)) == "accepted"
        assert list(states.values()) == ["delivered"]
    assert len(painted(installation)) == 1
    assert "a blue whale" not in capfd.readouterr().out
    assert paintings(openai) == 1
    assert left(installation) == []


async def test_of_two_commands_at_once_each_prints_its_own(installation: Installation, openai: FakeOpenAI) -> None:
    answers = await asyncio.gather(*(imagine(installation, f"a fox {each}", each) for each in ("one", "two")))
    assert answers == [0, 0]
    assert [len(painted(installation, each)) for each in ("one", "two")] == [1, 1]
    assert paintings(openai) == 2
    assert left(installation) == []


async def test_a_worker_leaves_a_commands_job_to_the_command(installation: Installation, openai: FakeOpenAI) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    async with open_limner(installation.settings(), platforms=(channel,), worker="w-1") as limner:
        await limner.take(ask(prompt="a blue whale", quality="draft"))
        await until_it(lambda: paintings(openai) == 1)
        asking = asyncio.create_task(imagine(installation, "a red fox"))
        await until_it(lambda: installation.rows("SELECT id FROM jobs WHERE state = 'accepted' AND ready"))
        openai.hold.set()
        await channel.until(State.DONE)
        assert await asking == 0
    assert len(painted(installation)) == 1
    assert installation.rows("SELECT state, count(*) FROM jobs GROUP BY state") == [("delivered", 2)]


async def test_a_command_that_is_interrupted_cancels_what_it_asked_for(
    installation: Installation, openai: FakeOpenAI
) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    async with open_limner(installation.settings(), platforms=(channel,), worker="w-1") as limner:
        await limner.take(ask(prompt="a blue whale", quality="draft"))
        await until_it(lambda: paintings(openai) == 1)
        asking = asyncio.create_task(imagine(installation, "a red fox"))
        await until_it(lambda: installation.rows("SELECT id FROM jobs WHERE state = 'accepted' AND ready"))
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await until_it(lambda: installation.rows("SELECT open FROM jobs WHERE state = 'ended'") == [(False,)])
        openai.hold.set()
        await channel.until(State.DONE)
    assert paintings(openai) == 1
    assert left(installation) == []


async def test_terminals_count_as_one_place(installation: Installation, openai: FakeOpenAI) -> None:
    assert await imagine(installation, "a red fox") == 0
    assert {channel for (channel,) in installation.rows("SELECT channel FROM ledger")} == {"cli/local/terminal"}


async def test_a_note_of_ones_own_is_heard_and_painted(
    installation: Installation, openai: FakeOpenAI, tmp_path: Path
) -> None:
    note = speech("ogg", tmp_path / "note.ogg")
    openai.hears.append(("imagine", {"heard": "a red fox in snow", "language": "en", "prompt": "a red fox in snow"}))
    out = installation.config.parent / "out"
    given = ["--voice", str(note), "--config", str(installation.config), "--out", str(out)]
    assert await run_ask("imagine", given) == 0
    assert len(painted(installation)) == 1
    assert len(openai.heard) == 1
    (job,) = installation.rows("SELECT record FROM jobs")
    assert '"a red fox in snow"' in job.record
    assert installation.rows("SELECT count(*) FROM attempts WHERE outcome = 'paid'") == [(2,)]
