"""Delivery until done, as a member sees it: one card for one ask, whatever the platform does meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import pytest
import stamina
from structlog.testing import capture_logs

from tests.conversations.forging import forged
from tests.conversations.reading import id_of, paintings
from tests.fakes.discord import Acting
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.patience import PATIENCE
from tests.stages import Chat, Seen
from tests.stages.discord import DiscordStage

MOVED = "I could not post in that channel any more, so here it is."

pytestmark = pytest.mark.parametrize("stage", ["discord", "slack"], indirect=True)


@pytest.fixture(autouse=True)
def _hardly_waiting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is waited for here is the host's time."""
    monkeypatch.setattr("limner_slack.calls.JITTER", 0.01)
    with stamina.set_testing(True, attempts=6, cap=True):
        yield


async def until(look: Callable[[], Awaitable[object]], seconds: float = PATIENCE) -> None:
    """Waits until what is looked for is there."""
    async with asyncio.timeout(seconds):
        while True:
            if await look():
                return
            await asyncio.sleep(0.02)


async def painting(stage: Chat, openai: FakeOpenAI) -> Seen:
    """A card whose picture is being painted, and is held there."""
    openai.hold = asyncio.Event()
    card = await stage.command("imagine", prompt="a red fox", quality="draft")

    async def begun() -> bool:
        return paintings(openai) == 1

    await until(begun)
    return card


def let_go(openai: FakeOpenAI) -> None:
    assert openai.hold is not None
    openai.hold.set()


async def test_limits_of_the_platform_are_waited_for(stage: Chat, openai: FakeOpenAI) -> None:
    card = await painting(stage, openai)
    stage.limit(3)
    let_go(openai)
    done = await stage.settled(card)

    assert len(done.pictures) == 1
    assert len(await stage.cards()) == 1
    assert await stage.direct() == ()


@pytest.mark.parametrize("done", [False, True])
async def test_faults_of_the_platform_are_waited_for_and_nothing_is_shown_twice(
    stage: Chat, openai: FakeOpenAI, done: bool
) -> None:
    stage.stumble(1, done=done)
    painted = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))

    assert len(painted.pictures) == 1
    assert len(await stage.cards()) == 1
    assert paintings(openai) == 1


async def closed_meanwhile(stage: Chat, openai: FakeOpenAI) -> None:
    """The channel closes while a picture is being painted, which arrives in direct messages."""
    stage.shut()
    let_go(openai)

    async def arrived() -> bool:
        return any(each.pictures for each in await stage.direct())

    await until(arrived)


async def test_a_picture_whose_channel_closed_meanwhile_reaches_its_asker(stage: Chat, openai: FakeOpenAI) -> None:
    await painting(stage, openai)
    await closed_meanwhile(stage, openai)
    (card,) = await stage.direct()
    assert MOVED in card.text
    assert "a red fox" in card.text
    assert card.private_to == "ada"
    assert await stage.direct(member="bob") == ()


async def test_a_picture_that_can_be_delivered_nowhere_is_kept_and_delivered_when_that_is_possible(
    stage: Chat, openai: FakeOpenAI
) -> None:
    card = await painting(stage, openai)
    stage.shut(directly=True)
    with capture_logs() as lines:
        let_go(openai)

        async def given_up() -> bool:
            return any(each["event"] == "a card could not be delivered" for each in lines)

        await until(given_up)
    assert await stage.direct() == ()
    stage.reopen()
    await stage.restart()
    done = await stage.settled(card)

    assert len(done.pictures) == 1
    assert MOVED not in done.text
    assert len(await stage.cards()) == 1
    assert paintings(openai) == 1
    assert (await stage.settled(await stage.command("show", picture=id_of(done)))).pictures == done.pictures


async def test_a_card_that_a_moderator_deleted_is_there_again_with_the_picture(stage: Chat, openai: FakeOpenAI) -> None:
    card = await painting(stage, openai)
    stage.remove(card)
    let_go(openai)

    async def there() -> bool:
        return any(each.pictures for each in await stage.cards())

    await until(there)
    assert len(await stage.cards()) == 1
    assert await stage.direct() == ()


async def test_a_card_whose_channel_closed_has_its_buttons_where_its_asker_is(
    stage: Chat, openai: FakeOpenAI, keyed_house: House
) -> None:
    await painting(stage, openai)
    await closed_meanwhile(stage, openai)
    await stage.restart()
    (card,) = await stage.direct()
    assert card.buttons

    varied = await stage.settled(await stage.press(card, "Vary subtly"))
    assert (len(varied.pictures), varied.private_to) == (1, "ada")
    edited = await stage.settled(await stage.fill(card, "Edit", prompt="make it blue"))
    assert f"v2 of {id_of(card)}" in edited.text
    assert edited.private_to == "ada"
    shared = await stage.fill(card, "Share", place=stage.elsewhere)
    assert "is now in" in (await stage.settled(shared)).text
    assert any("a red fox" in each.text for each in await stage.cards(place=stage.elsewhere))
    if isinstance(stage, DiscordStage):  # where direct messages are of no team
        places = {row[0] for row in keyed_house.rows("SELECT DISTINCT team FROM jobs")}
        assert len(places) == 1
        await is_hers_alone(stage, card)

    stage.reopen()
    assert id_of(edited) in (await stage.settled(await stage.command("gallery"))).text
    gone = await stage.press(card, "Delete")
    assert "was deleted" in gone.text
    there = {each.message: each for each in await stage.direct()}
    assert "was deleted" in there[card.message].text
    assert MOVED not in there[card.message].text


async def is_hers_alone(stage: DiscordStage, card: Seen) -> None:
    """Nobody else presses what stands there, and no other team's picture is behind it."""
    fake = stage.fake
    await fake.invited("elsewhere")
    (channel,) = (id for id, each in fake.channels.items() if each["name"] == "elsewhere")
    sent = await Acting(fake, "eve", channel=channel).slash("imagine", prompt="a grey owl", quality="draft")
    owl = id_of(await stage.settled(await stage._answered(sent)))
    for action in ("open", "reroll", "delete", "details"):
        told = await forged(stage, card, f"limner:{action}:{owl}:")
        assert f"There is no “{owl}” here" in told.text, action
    direct = fake.dm(fake.person("eve"))
    copied = replace(fake.messages[card.message], id=fake.ids.next(), channel=direct)
    fake.messages[copied.id] = copied
    told = await stage.press(stage.seen(copied), "Save", member="eve")
    assert f"There is no “{id_of(card)}” here" in told.text
