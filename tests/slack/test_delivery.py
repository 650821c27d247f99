"""Delivery until done: whatever stands in the way, each card arrives once, and progress never holds up a result."""

from __future__ import annotations

import asyncio
import time

import pytest

from limner.domain.card import Card, Line, State, says
from limner.domain.place import Address, Place
from limner.errors import PlatformTrouble, Undeliverable
from limner_slack import platform
from limner_slack.courier import EXPLAINED, SlackCourier
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.workspace import BOT_USER, TEAM, Message
from tests.slack.desk import Desk
from tests.slack.test_courier import PAINTING, WAITING, done

DONE = Card(state=State.DONE, lines=(Line(text="Done."),), job="a41f")


def asked(slack: FakeSlack, event: str = "command:1", *, seconds: float = 0, channel: str = "general") -> Address:
    """Where an event is answered that came so many seconds ago."""
    place = Place(platform="slack", space=TEAM, channel=slack.place(channel, "ada"))
    extra = {"member": slack.workspace.member("ada"), "event": event, "asked": f"{time.time() - seconds:.3f}"}
    return Address(place=place, extra=extra)


def texts(slack: FakeSlack, channel: str = "general", by: str = "ada") -> list[str]:
    return [slack.text(card) for card in slack.cards(channel, by=by)]


# ── rate limits ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "method",
    [
        "chat.postMessage",
        "chat.update",
        "files.getUploadURLExternal",
        "files.completeUploadExternal",
        "files.info",
    ],
)
async def test_every_limit_is_waited_for(desk: Desk, courier: SlackCourier, slack: FakeSlack, method: str) -> None:
    slack.limit(method, times=7)
    await courier.show(asked(slack), done(desk))

    [card] = slack.cards()
    assert slack.pictures(card) == (desk.blobs["blob1"],)
    assert len(slack.thread(card)) == 1


async def test_cards_that_a_limit_holds_up_appear_in_the_order_in_which_they_came(
    courier: SlackCourier, slack: FakeSlack
) -> None:
    slack.limit("chat.postMessage", times=5)
    async with asyncio.TaskGroup() as tasks:
        for number in range(8):
            tasks.create_task(courier.show(asked(slack, f"command:{number}"), says(f"Card {number}")))

    assert texts(slack) == [f"Card {number}" for number in range(8)]


async def test_after_a_limit_no_progress_is_told_while_slack_asks_to_wait_and_results_are(
    courier: SlackCourier, slack: FakeSlack
) -> None:
    addresses = [await courier.show(asked(slack, f"command:{number}"), WAITING) for number in range(3)]
    slack.limit("chat.update", retry_after=3600)
    for address in addresses:
        await courier.show(address, PAINTING)
    assert len(slack.calls("chat.update")) == 1
    for address in addresses:
        await courier.show(address, DONE)

    assert texts(slack) == ["Done."] * 3


@pytest.mark.parametrize("private", [False, True])
async def test_progress_never_makes_a_message_of_its_own(
    courier: SlackCourier, slack: FakeSlack, private: bool
) -> None:
    for _ in range(2):
        await courier.show(asked(slack), PAINTING.evolve(private=private))

    assert slack.seen() == slack.seen("dm") == []


# ── Slack's own trouble ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update", "files.completeUploadExternal", "files.info"])
@pytest.mark.parametrize("trouble", ["503", "cut", "internal_error"])
async def test_slacks_own_trouble_is_waited_for(
    desk: Desk, courier: SlackCourier, slack: FakeSlack, method: str, trouble: str
) -> None:
    match trouble:
        case "503":
            slack.stumble(method, 503, times=2)
        case "cut":
            slack.cut(method, times=2)
        case _:
            slack.fail(method, trouble, times=2)
    await courier.show(asked(slack), done(desk))

    [card] = slack.cards()
    assert slack.pictures(card) == (desk.blobs["blob1"],)
    assert len(slack.thread(card)) == 1


async def test_trouble_that_stays_is_for_whoever_tries_again_later(courier: SlackCourier, slack: FakeSlack) -> None:
    slack.stumble("chat.postMessage", 503, times=3)
    address = asked(slack)
    with pytest.raises(PlatformTrouble) as told:
        await courier.show(address, DONE)
    assert not isinstance(told.value, Undeliverable)
    slack.cut("chat.postMessage", times=9)
    with pytest.raises(PlatformTrouble):
        await courier.show(address, DONE)
    slack._arranged.clear()
    await courier.show(address, DONE)

    assert texts(slack) == ["Done."]


@pytest.mark.parametrize("thread", [False, True])
@pytest.mark.parametrize("status", [0, 500, 503])
async def test_a_post_that_was_made_and_not_confirmed_is_not_made_again(
    courier: SlackCourier, slack: FakeSlack, status: int, thread: bool
) -> None:
    address = asked(slack)
    if thread:
        await slack_said(slack, 300)
        root = slack.workspace.messages[0].ts
        address = address.evolve(place=address.place.evolve(thread=root))
    if status:
        slack.stumble("chat.postMessage", status, done=True)
    else:
        slack.lose_answer("chat.postMessage")
    shown = await courier.show(address, WAITING)
    await courier.show(shown, DONE)

    assert texts(slack) == ["Done."]
    assert len(slack.calls("chat.postMessage")) == 1


async def slack_said(slack: FakeSlack, count: int) -> None:
    """A thread with so many messages of members."""
    w = slack.workspace
    channel = slack.place("general", "ada")
    root = w.ts()
    w.messages.append(Message(channel, root, w.member("bob"), "root"))
    w.messages += [Message(channel, w.ts(), w.member("bob"), "words", thread_ts=root) for _ in range(count)]


@pytest.mark.parametrize("status", [500, 503])
async def test_files_that_were_shared_and_not_confirmed_are_not_shared_again(
    desk: Desk, courier: SlackCourier, slack: FakeSlack, status: int
) -> None:
    slack.stumble("files.completeUploadExternal", status, done=True)
    await courier.show(asked(slack), done(desk, 1, 2))

    assert len(slack.thread(slack.cards()[0])) == 3
    assert len(slack.calls("files.completeUploadExternal")) == 1


# ── one card for one event, also by a process that forgot ───────────────────────────────────────────────────────


async def another(desk: Desk) -> SlackCourier:
    made = await platform.open(desk)  # type: ignore[arg-type]
    assert isinstance(made, SlackCourier)
    return made


@pytest.mark.parametrize("card", [WAITING, DONE])
async def test_a_first_card_that_was_posted_and_not_noted_is_found_again(
    desk: Desk, courier: SlackCourier, slack: FakeSlack, card: Card
) -> None:
    address = asked(slack)
    first = await courier.show(address, WAITING)
    for number in range(250):
        slack.workspace.messages.append(
            Message(first.place.channel, slack.workspace.ts(), slack.workspace.member("bob"), f"{number}")
        )
    later = await another(desk)
    second = await later.show(address, card)
    await later.close()

    assert second.message == first.message
    assert len(slack.cards()) == 1
    assert ("Done." in texts(slack)[0]) == (card is DONE)


async def test_a_first_card_that_another_process_has_posted_is_found_by_one_that_runs_longer(
    desk: Desk, courier: SlackCourier, slack: FakeSlack
) -> None:
    taker = await another(desk)
    address = asked(slack)
    address = address.evolve(extra={**address.extra, **taker.posts.asked("command:1")})
    first = await taker.show(address, WAITING)
    await taker.close()
    second = await courier.show(address, DONE)

    assert second.message == first.message
    assert len(slack.cards()) == 1


async def test_what_was_delivered_and_not_noted_is_found_again_with_its_pictures(
    desk: Desk, courier: SlackCourier, slack: FakeSlack
) -> None:
    address = asked(slack)
    await courier.show(address, WAITING)
    for _ in range(3):
        later = await another(desk)
        shown = await later.show(address, done(desk, 1, 2))
        await later.close()

    [card] = slack.cards()
    assert shown.message == card.ts
    assert len(slack.thread(card)) == 3
    assert slack.pictures(card) == (desk.blobs["blob9"],)


async def test_a_fresh_event_is_answered_without_a_search(courier: SlackCourier, slack: FakeSlack) -> None:
    await courier.show(asked(slack), WAITING)

    assert slack.calls("conversations.history") == []


async def test_a_long_queue_makes_a_search_before_the_post(courier: SlackCourier, slack: FakeSlack) -> None:
    slack.fail("conversations.history", "missing_scope")
    await courier.show(asked(slack, seconds=120), DONE)

    assert len(slack.calls("conversations.history")) == 1
    assert texts(slack) == ["Done."]


async def test_where_the_search_itself_fails_nothing_is_posted_blindly(courier: SlackCourier, slack: FakeSlack) -> None:
    slack.stumble("conversations.history", 503, times=2)
    await courier.show(asked(slack, seconds=120), DONE)
    assert len(slack.calls("conversations.history")) == 3
    assert texts(slack) == ["Done."]

    slack.stumble("conversations.history", 503, times=9)
    with pytest.raises(PlatformTrouble):
        await courier.show(asked(slack, "command:2", seconds=120), DONE)
    assert texts(slack) == ["Done."]


async def test_two_answers_to_different_events_are_two_cards(
    desk: Desk, courier: SlackCourier, slack: FakeSlack
) -> None:
    later = await another(desk)
    for event in ("command:1", "command:2"):
        await later.show(asked(slack, event, seconds=120), DONE)
    await later.close()

    assert texts(slack) == ["Done.", "Done."]


# ── places that close ───────────────────────────────────────────────────────────────────────────────────────────


CLOSED = [
    ("chat.update", "channel_not_found"),
    ("chat.update", "is_archived"),
    ("chat.update", "restricted_action"),
    ("chat.update", "restricted_action_read_only_channel"),
    ("files.completeUploadExternal", "channel_not_found"),
    ("files.completeUploadExternal", "is_archived"),
]


@pytest.mark.parametrize(("method", "error"), CLOSED)
async def test_what_came_of_a_job_reaches_its_asker_when_the_channel_closed_meanwhile(
    desk: Desk, courier: SlackCourier, slack: FakeSlack, method: str, error: str
) -> None:
    address = await courier.show(asked(slack), WAITING)
    slack.fail(method, error)
    moved = await courier.show(address, done(desk))
    again = await courier.show(moved, done(desk))

    assert again == moved
    [card] = slack.cards("dm")
    assert EXPLAINED in slack.text(card)
    assert slack.pictures(card) == (desk.blobs["blob1"],)
    assert slack.buttons(card) == ("Reroll",)
    assert slack.cards("dm", by="bob") == []


@pytest.mark.parametrize("how", ["deleted", "archived", "kicked"])
async def test_a_channel_that_is_gone_is_a_closed_one(
    desk: Desk, courier: SlackCourier, slack: FakeSlack, how: str
) -> None:
    w = slack.workspace
    w.channels["C0SECRET00"].members.add(BOT_USER)
    address = await courier.show(asked(slack, channel="secret"), WAITING)
    match how:
        case "deleted":
            del w.channels["C0SECRET00"]
        case "archived":
            w.channels["C0SECRET00"].archived = True
        case _:
            w.channels["C0SECRET00"].members.discard(BOT_USER)
    await courier.show(address, PAINTING)
    assert slack.cards("dm") == []
    await courier.show(address, done(desk))

    [card] = slack.cards("dm")
    assert EXPLAINED in slack.text(card)
    assert slack.pictures(card) == (desk.blobs["blob1"],)


async def test_a_thread_that_was_deleted_is_a_closed_place(desk: Desk, courier: SlackCourier, slack: FakeSlack) -> None:
    await slack_said(slack, 3)
    address = asked(slack)
    address = address.evolve(place=address.place.evolve(thread=slack.workspace.messages[0].ts))
    shown = await courier.show(address, WAITING)
    slack.workspace.messages.clear()
    await courier.show(shown, DONE)

    assert texts(slack, "dm") == [f"Done.\n{EXPLAINED}"]


async def test_a_card_with_pictures_that_somebody_deleted_is_posted_anew(
    desk: Desk, courier: SlackCourier, slack: FakeSlack
) -> None:
    address = await courier.show(asked(slack), WAITING)
    slack.workspace.messages.clear()
    await courier.show(address, done(desk))

    [card] = slack.cards()
    assert slack.pictures(card) == (desk.blobs["blob1"],)
    assert len(slack.thread(card)) == 1
    assert slack.cards("dm") == []


async def test_a_member_who_takes_no_direct_messages_cannot_be_reached_any_more(
    courier: SlackCourier, slack: FakeSlack
) -> None:
    address = await courier.show(asked(slack), WAITING)
    slack.workspace.channels[address.place.channel].archived = True
    slack.workspace.closed_to_dms.add(slack.workspace.member("ada"))

    with pytest.raises(Undeliverable):
        await courier.show(address, DONE)


async def test_a_first_card_progress_and_a_deletion_do_not_go_to_direct_messages(
    courier: SlackCourier, slack: FakeSlack
) -> None:
    address = asked(slack)
    shown = await courier.show(address, WAITING)
    slack.workspace.channels[address.place.channel].archived = True

    assert await courier.show(shown, PAINTING) == shown
    for where, card in ((address, WAITING), (shown, Card(state=State.GONE, lines=(Line(text="Deleted."),)))):
        with pytest.raises(Undeliverable):
            await courier.show(where, card)
    assert slack.cards("dm") == []


@pytest.mark.parametrize("method", ["chat.update", "files.getUploadURLExternal"])
async def test_a_scope_that_was_taken_away_is_undeliverable_and_leads_to_no_second_card(
    desk: Desk, courier: SlackCourier, slack: FakeSlack, method: str
) -> None:
    address = await courier.show(asked(slack), WAITING)
    slack.fail(method, "missing_scope", needed="chat:write")
    with pytest.raises(Undeliverable):
        await courier.show(address, done(desk))

    assert slack.cards("dm") == []
    assert len(slack.cards()) == 1
