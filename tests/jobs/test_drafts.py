"""A draft is sent once: by whichever process, however often, across restarts and outages."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from limner.app import Limner
from limner.domain.card import Card, State
from limner.domain.place import Address
from limner.errors import PlatformTrouble
from limner.opening import open_limner
from limner.store.audit import Decision, Verdict, What
from tests.backends.fixtures import on_postgresql
from tests.house import House
from tests.jobs.channel import PLACE, Channel, ask


class Moody(Channel):
    """A channel that takes nothing for all to see."""

    async def show(self, address: Address, card: Card) -> Address:
        if not card.private:
            raise PlatformTrouble(platform="The channel")
        return await super().show(address, card)


def posted(channel: Channel) -> list[Card]:
    """What stands there for all to see."""
    return [each for each in channel.shown.values() if not each.private]


async def drafted(limner: Limner, channel: Channel) -> str:
    """A finished draft; its id."""
    await limner.take(ask(prompt="a secret fox", quality="draft", private=True))
    job = str((await channel.until(State.DONE)).job)
    while limner._answers._flow.busy:  # noqa: ASYNC110 its delivery is to be written down too
        await asyncio.sleep(0.01)
    return job


async def test_clicks_at_the_same_time_post_it_once(keyed_house: House) -> None:
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        draft = await drafted(limner, channel)
        answers = await asyncio.gather(*(limner.take(ask("send", target=draft)) for _ in range(5)))

    assert all(card is not None and "Sent to general" in card.lines[-1].text for card in answers)
    assert len(posted(channel)) == 1
    assert posted(channel)[0].job == draft


@on_postgresql
async def test_clicks_that_reach_two_processes_post_it_once(keyed_house: House) -> None:
    channel = Channel()
    async with AsyncExitStack() as stack:
        opening = {"platforms": (channel,), "grace": 1.0}
        first, second = [
            await stack.enter_async_context(open_limner(keyed_house.settings(), worker=worker, **opening))  # type: ignore[arg-type]
            for worker in ("w-1", "w-2")
        ]
        draft = await drafted(first, channel)
        asks = [limner.take(ask("send", target=draft)) for limner in (first, second) * 3]
        answers = await asyncio.gather(*asks)
        assert await first._store.ledger.balanced()

    assert all(card is not None and "general" in card.lines[-1].text for card in answers)
    assert len(posted(channel)) == 1


async def test_a_process_that_ends_before_it_has_posted_posts_at_its_next_start(keyed_house: House) -> None:
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        draft = await drafted(limner, channel)
        job = await limner._store.jobs.get(draft)
        assert job is not None
        decision = Decision(team=job.team, what=What.SEND, verdict=Verdict.DONE, why="to general", job=draft)
        more: dict[str, Any] = {"words": None, "worker": "solo", "decision": decision}
        address = Address(place=PLACE, elsewhere=False)
        _, first = await limner._store.drafts.publish(draft, address=address, **more)
        _, second = await limner._store.drafts.publish(draft, address=address, **more)
        assert (first, second) == (True, False)
        assert posted(channel) == []
        await limner._store.queue.give_back(draft)

    after = Channel()
    async with keyed_house.open(platforms=(after,)) as limner:
        assert (await after.until(State.DONE)).job == draft
        again = await limner.take(ask("send", target=draft))
    assert again is not None
    assert len(posted(after)) == 1


async def test_where_the_place_is_closed_it_stays_a_draft(keyed_house: House) -> None:
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        draft = await drafted(limner, channel)
        channel.closed = True
        told = await limner.take(ask("send", target=draft))
        assert told is not None
        assert f"“{draft}” was not sent and stays your private draft" in told.lines[0].text
        assert await limner.forms.complete("assets", "", person=ask().person.evolve(id="bob"), place=PLACE) == ()

        channel.closed = False
        await limner.take(ask("send", target=draft))
        assert len(posted(channel)) == 1
        assert draft in await limner.forms.complete("assets", "", person=ask().person.evolve(id="bob"), place=PLACE)
        assert await limner._store.ledger.balanced()


async def test_where_the_platform_is_out_of_reach_it_is_posted_later_and_once(keyed_house: House) -> None:
    channel = Moody()
    async with keyed_house.open(platforms=(channel,)) as limner:
        draft = await drafted(limner, channel)
        told = await limner.take(ask("send", target=draft))
        assert told is not None
        assert "On its way to general" in told.lines[-1].text
        assert posted(channel) == []

    after = Channel()
    async with keyed_house.open(platforms=(after,)):
        assert (await after.until(State.DONE)).job == draft
    assert len(posted(after)) == 1
