"""Queues as members meet them: a job's place is on its card, limits hold across workers, cancelling is kind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest

from limner.app import Limner
from limner.domain.ask import Ask
from limner.domain.card import Button, Card, Role, State
from limner.domain.place import Address, Person
from limner.engines import Painted
from limner.jobs.journal import Journal
from limner.opening import open_limner
from limner.store import lanes
from limner.studio import usher
from tests.backends.fixtures import on_postgresql
from tests.conversations.reading import paintings
from tests.fakes.openai import FakeOpenAI, Meter
from tests.house import House
from tests.jobs.channel import ADA, PLACE, Channel, ask
from tests.patience import PATIENCE

ONE = {"concurrency": 1}
BOB = Person(id="bob", name="Bob")
BUSY = "OpenAI is busy for us; it goes on in about "
ADMIN = Person(id="admin", name="Admin", admin=True)
WINDOW = 1.5
"""Seconds that are a minute in these tests."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usher, "LOOK", 0.05)


async def until(true: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    async with asyncio.timeout(seconds):
        while not (found := true()):  # noqa: ASYNC110 what the database says has no event
            await asyncio.sleep(0.02)
    return found


class Turns(asyncio.Event):
    """A hold that lets so many through as are called."""

    def __init__(self) -> None:
        super().__init__()
        self._let = asyncio.Semaphore(0)

    def call(self, count: int = 1) -> None:
        for _ in range(count):
            self._let.release()

    async def wait(self) -> Any:
        return await self._let.acquire()


def stage_of(channel: Channel, job: str | None) -> str:
    """What the card of a job says that it waits for."""
    card = card_of(channel, job)
    return card.progress.stage if card.progress else card.state


def stages_of(channel: Channel, job: str) -> list[str]:
    """What the card of a job has said so far that it waits for."""
    return [card.progress.stage for card in channel.history if card.job == job and card.progress]


def card_of(channel: Channel, job: str | None) -> Card:
    return next(card for card in channel.shown.values() if card.job == job)


def words(card: Card | None) -> str:
    assert card is not None
    return "\n".join(line.text for line in card.lines)


async def asks(limner: Limner, prompt: str = "a red fox", *, person: Person = ADA, **values: Any) -> str:
    """Asks for a picture; the job's id."""
    card = await limner.take(ask(prompt=prompt, quality="draft", **values).evolve(person=person))
    assert card is not None
    assert card.job is not None, words(card)
    return card.job


def press(card: Card, label: str, channel: Channel, *, person: Person = ADA) -> Ask:
    """A button of a card that everybody sees."""
    buttons = [each for row in card.controls for each in row.buttons if isinstance(each, Button)]
    button = next(each for each in buttons if each.label.startswith(label))
    message = next(message for message, shown in channel.shown.items() if shown == card)
    pressed = ask(button.action, target=button.target).evolve(person=person)
    return pressed.evolve(address=Address(place=PLACE, message=message))


def records(house: House) -> dict[str, dict[str, Any]]:
    return {id: json.loads(record) for id, record in house.rows("SELECT id, record FROM jobs")}


# ── on the card ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_waiting_card_says_its_place_and_moves_up(keyed_house: House, openai: FakeOpenAI) -> None:
    channel = Channel()
    async with keyed_house.open(platforms=(channel,), openai=ONE) as limner:
        await asks(limner, "the first of all")
        await channel.settled()
        openai.hold = turns = Turns()
        await asks(limner)
        await until(lambda: paintings(openai) == 2)
        second, third = await asks(limner), await asks(limner)
        assert stage_of(channel, second).startswith("Next in line, about ")
        assert stage_of(channel, third).startswith("2nd in line, about ")
        turns.call()
        await until(lambda: paintings(openai) == 3)
        await until(lambda: stage_of(channel, third).startswith("Next in line"))
        turns.call(2)
        await until(lambda: all(card.state is State.DONE for card in channel.shown.values()))


async def test_nothing_is_said_of_a_line_where_there_is_none(keyed_house: House) -> None:
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        job = await asks(limner)
        assert stage_of(channel, job) == "Waiting"
        await channel.settled()


async def test_a_pause_is_on_the_card_of_who_was_sent_away_and_of_all_who_wait(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    async with keyed_house.open(platforms=(channel,), openai=ONE) as limner:
        await asks(limner, "the first of all")
        await until(lambda: paintings(openai) == 1)
        sent_away, waiting = await asks(limner), await asks(limner)
        openai.faults.append("slow_down")
        openai.hold.set()
        for job in (sent_away, waiting):
            await until(lambda job=job: any(stage.startswith(BUSY) for stage in stages_of(channel, job)))
        await until(lambda: all(card.state is State.DONE for card in channel.shown.values()))
    told = [card.state for card in channel.history if card.progress and card.progress.stage.startswith(BUSY)]
    assert set(told) == {State.WAITING}


class Slow(Channel):
    """Holds back cards that say again what a job waits for."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.held = 0

    async def show(self, address: Address, card: Card) -> Address:
        if card.state is State.WAITING and address.message is not None:
            self.held += 1
            await self.gate.wait()
        return await super().show(address, card)


async def test_a_waiting_card_never_stands_where_the_picture_is(keyed_house: House, openai: FakeOpenAI) -> None:
    openai.hold = turns = Turns()
    channel = Slow()
    async with keyed_house.open(platforms=(channel,), openai=ONE) as limner:
        await asks(limner)
        await until(lambda: paintings(openai) == 1)
        await asks(limner)
        third = await asks(limner)
        turns.call()
        await until(lambda: channel.held)  # "Next in line" is on its way for the third
        turns.call(2)
        await until(lambda: paintings(openai) == 3)
        await until(lambda: list(keyed_house.folder.rglob(f"{third}/painted.json")))
        channel.gate.set()
        await until(lambda: all(card.state is State.DONE for card in channel.shown.values()))
    of_third = [card.state for card in channel.history if card.job == third]
    assert of_third[-1] is State.DONE
    assert State.WAITING not in of_third[of_third.index(State.DONE) :]


# ── limits ──────────────────────────────────────────────────────────────────────────────────────────────────


async def crowd(house: House, channel: Channel, openai: FakeOpenAI, workers: int, count: int, **said: Any) -> int:
    """Workers of one database paint so many pictures; how many calls were under way at the same time at most."""
    most = 0
    async with AsyncExitStack() as stack:
        limners = []
        for number in range(1, workers + 1):
            settings = house.settings(openai=said)
            opened = open_limner(settings, platforms=(channel,), worker=f"w-{number}", role="worker", grace=1)
            limners.append(await stack.enter_async_context(opened))
        for number in range(count):
            await asks(limners[number % workers], f"fox {number}")
        async with asyncio.timeout(PATIENCE):
            while any(card.state is not State.DONE for card in channel.shown.values()):
                painting = house.rows("SELECT count(*) FROM jobs WHERE state = 'painting'")[0][0]
                most = max(most, painting)
                await asyncio.sleep(0.02)
    return most


@on_postgresql
async def test_two_workers_never_pass_the_limits_together(
    keyed_house: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "MINUTE", WINDOW)
    openai.meter = Meter(limit=6, window=WINDOW, tells=False)
    openai.partial_delay = 0.1
    channel = Channel()
    most = await crowd(keyed_house, channel, openai, 2, 12, concurrency=3, images_per_minute=6)
    assert most <= 3
    assert openai.meter.refused == 0
    assert paintings(openai) == 12
    assert {row[0] for row in keyed_house.rows("SELECT DISTINCT worker FROM attempts")} == {"w-1", "w-2"}


async def test_a_limit_that_is_told_is_obeyed(
    keyed_house: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "MINUTE", WINDOW)
    openai.meter = Meter(limit=3, window=WINDOW)
    channel = Channel()
    async with keyed_house.open(platforms=(channel,), openai={"concurrency": 1, "images_per_minute": 50}) as limner:
        for number in range(5):
            await asks(limner, f"fox {number}")
        await until(lambda: all(card.state is State.DONE for card in channel.shown.values()))
    assert openai.meter.refused == 0
    assert paintings(openai) == 5


async def test_what_others_use_of_the_same_account_is_counted(
    keyed_house: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "MINUTE", WINDOW)
    openai.meter = Meter(limit=5, window=WINDOW)
    openai.meter.take(3)
    channel = Channel()
    async with keyed_house.open(platforms=(channel,), openai=ONE) as limner:
        for number in range(4):
            await asks(limner, f"fox {number}")
        await until(lambda: all(card.state is State.DONE for card in channel.shown.values()))
    assert openai.meter.refused == 0


async def test_a_provider_that_refuses_without_a_delay_is_left_alone_for_a_while_and_then_felt_for(
    keyed_house: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "FIRST_PAUSE", timedelta(seconds=4))
    openai.hold = asyncio.Event()
    channel = Channel()
    async with keyed_house.open(platforms=(channel,), openai=ONE) as limner:
        await asks(limner, "the first of all")
        await until(lambda: paintings(openai) == 1)
        jobs = [await asks(limner, f"fox {number}") for number in range(4)]
        openai.faults += ["rate_limit_bare"] * lanes.BREAKS_AT
        openai.hold.set()
        await until(lambda: all(card.state is State.DONE for card in channel.shown.values()))
    assert "OpenAI is busy for us" in " ".join(stages_of(channel, jobs[3]))
    assert paintings(openai) == 5 + lanes.BREAKS_AT
    assert keyed_house.rows("SELECT failures FROM lanes WHERE name = 'openai'") == [(0,)]


# ── cancelling ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_waits_is_cancelled_at_once_and_costs_nothing(keyed_house: House, openai: FakeOpenAI) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    async with keyed_house.open(platforms=(channel,), openai=ONE) as limner:
        await asks(limner)
        await until(lambda: paintings(openai) == 1)
        second = await asks(limner)
        before = keyed_house.balances()
        card = await limner.take(press(card_of(channel, second), "Cancel", channel))
        assert card is not None
        assert card.state is State.FAILED
        assert "Cancelled by Ada. Nothing was charged." in words(card)
        assert "not charged" in card.lines_of(Role.FOOTER)[0]
        assert keyed_house.balances()["reserved"] == before["reserved"] // 2
        assert [each.label for row in card_of(channel, second).controls for each in row.buttons] == ["Try again"]
        openai.hold.set()
        await until(lambda: {each.state for each in channel.shown.values()} == {State.DONE, State.FAILED})
    assert paintings(openai) == 1


async def test_what_is_being_painted_is_stopped_and_may_have_been_charged(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        job = await asks(limner)
        painting = await channel.until(State.PAINTING)
        card = await limner.take(press(painting, "Cancel", channel))
        assert card is not None
        assert "Cancelled by Ada. The model was at work on it already, so this may have been charged." in words(card)
        assert "possibly charged $" in words(card)
        assert card_of(channel, job).state is State.FAILED
        again = await limner.take(ask("cancel", job=job))
        assert "has come to its end already" in words(again)
        assert again is not None
        assert again.private
    assert keyed_house.rows("SELECT outcome FROM attempts") == [("unknown",)]
    assert keyed_house.balances()["unknown"] > 0


async def test_what_waits_leaves_the_queue_uncharged_when_it_is_deleted_and_what_is_painted_stays(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    async with keyed_house.open(platforms=(channel,), openai=ONE) as limner:
        first = await asks(limner)
        await until(lambda: paintings(openai) == 1)
        second = await asks(limner)
        assert "was deleted" in words(await limner.take(ask("delete", target=second)))
        assert "was deleted" in words(card_of(channel, second))
        assert "Please cancel it first" in words(await limner.take(ask("delete", target=first)))
        openai.hold.set()
        await until(lambda: card_of(channel, first).state is State.DONE)
    assert keyed_house.rows("SELECT id, state FROM jobs WHERE deleted") == [(second, "ended")]
    assert keyed_house.balances()["reserved"] == 0
    assert paintings(openai) == 1


@on_postgresql
async def test_what_another_process_paints_is_stopped_there(keyed_house: House, openai: FakeOpenAI) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    settings = keyed_house.settings()
    front = open_limner(settings, platforms=(channel,), worker="d-1", role="discord", paints=False, grace=1)
    worker = open_limner(settings, platforms=(channel,), worker="w-1", role="worker", grace=1)
    async with front as limner, worker:
        await asks(limner)
        painting = await channel.until(State.PAINTING)
        await limner.take(press(painting, "Cancel", channel))
        card = await channel.until(State.FAILED)
    assert "may have been charged" in words(card)
    assert paintings(openai) == 1


async def test_a_picture_that_has_arrived_wins(
    keyed_house: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()
    write: Callable[[Journal, int, Painted], Awaitable[None]] = Journal.write

    async def slowly(self: Journal, attempt: int, painted: Painted) -> None:
        arrived.set()
        await go_on.wait()
        await write(self, attempt, painted)

    monkeypatch.setattr(Journal, "write", slowly)
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        job = await asks(limner)
        await arrived.wait()
        cancelling = asyncio.create_task(limner.take(ask("cancel", job=job)))
        await until(lambda: records(keyed_house)[job]["cancelled_by"])
        await asyncio.sleep(0.05)
        go_on.set()
        told = await cancelling
        await channel.until(State.DONE)
    assert "was done a moment before; its picture stays" in words(told)
    assert len(card_of(channel, job).pictures) == 1
    assert keyed_house.balances().get("unknown", 0) == 0
    assert sum(amount for amount in keyed_house.balances().values() if amount > 0) == openai.billed


async def test_a_job_that_is_cancelled_while_it_is_sent_away_ends_free_of_charge(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    openai.meter = Meter(limit=1)
    openai.meter.take(1)  # others use the account: it is free again in a minute
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        job = await asks(limner)
        await until(lambda: stage_of(channel, job).startswith(BUSY))
        await limner.take(press(card_of(channel, job), "Cancel", channel))
        card = await channel.until(State.FAILED)
    assert "Cancelled by Ada. Nothing was charged." in words(card)
    assert paintings(openai) == 1


async def test_only_its_author_and_admins_cancel_a_job(keyed_house: House, openai: FakeOpenAI) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        job = await asks(limner)
        painting = await channel.until(State.PAINTING)
        refused = await limner.take(press(painting, "Cancel", channel, person=BOB))
        assert "Only its author or an admin can cancel this" in words(refused)
        assert refused is not None
        assert refused.private
        await limner.take(ask("cancel", job=job).evolve(person=ADMIN))
        assert "Cancelled by Admin." in words(await channel.until(State.FAILED))


async def test_another_teams_job_is_not_there(keyed_house: House, openai: FakeOpenAI) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    elsewhere = PLACE.evolve(space="another team")
    async with keyed_house.open(platforms=(channel,)) as limner:
        job = await asks(limner)
        await channel.until(State.PAINTING)
        for action, values in (("cancel", {"job": job}), ("show", {"picture": job})):
            asked = ask(action, **values).evolve(person=ADMIN, place=elsewhere, address=Address(place=elsewhere))
            assert f"There is no “{job}” here" in words(await limner.take(asked))
        for action in ("cancel", "first", "open"):
            asked = ask(action, target=job).evolve(person=ADMIN, place=elsewhere, address=Address(place=elsewhere))
            assert f"There is no “{job}” here" in words(await limner.take(asked))
        assert records(keyed_house)[job]["cancelled_by"] is None
        openai.hold.set()
        await channel.until(State.DONE)


# ── the list ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_queue_is_listed_in_order_and_private_jobs_are_named_to_their_member_alone(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    async with keyed_house.open(platforms=(channel,), openai=ONE) as limner:
        first = await asks(limner, "a red fox")
        await until(lambda: paintings(openai) == 1)
        await asks(limner, "a secret owl", private=True)
        third = await asks(limner, "a blue whale", person=BOB, count=2)
        for_bob = await limner.take(ask("queue").evolve(person=BOB))
        assert for_bob is not None
        lines = for_bob.lines_of(Role.TEXT)
        assert "Painting, " in lines[0]
        assert "a red fox" in lines[0]
        assert sum("a private job" in line for line in lines) == 1
        assert "secret" not in words(for_bob)
        assert "“a blue whale” ×2 by Bob" in words(for_bob)
        assert [each.label for row in for_bob.controls for each in row.buttons] == [f"Cancel {third}"]

        for_admin = await limner.take(ask("queue").evolve(person=ADMIN))
        assert for_admin is not None
        labels = [each.label for row in for_admin.controls for each in row.buttons]
        assert f"Cancel {first}" in labels
        assert f"First {third}" in labels
        again = await limner.take(ask("first", target=third).evolve(person=ADMIN))
        assert again is not None
        assert "a blue whale" in again.lines_of(Role.TEXT)[1]
        assert "Only an admin can hasten this" in words(await limner.take(ask("first", target=third)))
        openai.hold.set()
        await until(lambda: all(card.state is State.DONE for card in channel.shown.values() if card.job))


async def test_a_long_queue_is_listed_in_part(keyed_house: House, openai: FakeOpenAI) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    async with keyed_house.open(platforms=(channel,), openai=ONE) as limner:
        for number in range(30):
            await asks(limner, f"fox {number}")
        card = await limner.take(ask("queue"))
    assert card is not None
    assert len(card.lines_of(Role.TEXT)) == 25
    assert "… and 5 more." in card.lines_of(Role.NOTE)
    assert max(len(row.buttons) for row in card.controls) <= 10


async def test_a_card_that_could_not_be_delivered_is_listed_with_its_reason(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        job = await asks(limner)
        await until(lambda: paintings(openai) == 1)
        channel.closed = True
        openai.hold.set()
        await until(lambda: records(keyed_house)[job]["undelivered"])
        channel.closed = False
        card = await limner.take(ask("queue"))
        assert f"{job} by Ada: I may not post in general" in words(card)
        assert "I try again in about" in words(card)
        assert card is not None
        shown = await limner.take(press(card, "Show", channel))
        assert shown is not None
        assert len(shown.pictures) == 1


async def test_what_can_wait_is_said_and_painted_last(keyed_house: House, openai: FakeOpenAI) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    async with keyed_house.open(platforms=(channel,), openai=ONE) as limner:
        await asks(limner)
        await until(lambda: paintings(openai) == 1)
        await asks(limner, "an owl", later=True)
        await asks(limner, "a whale")
        card = await limner.take(ask("queue"))
        assert "“an owl” by Ada · when nobody else waits" in words(card)
        openai.hold.set()
        await until(lambda: sum(card.state is State.DONE for card in channel.shown.values()) == 3)
    painted = [each.parsed["prompt"] for each in openai.requests if "prompt" in each.parsed]
    assert painted == ["a red fox", "a whale", "an owl"]
