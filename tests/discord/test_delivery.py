"""Delivery until done: whatever stands in the way, each card arrives once, and progress never holds up a result."""

import asyncio
from pathlib import Path

import pytest

from limner.domain.card import Button, Card, Controls, Line, Progress, Role, State, says
from limner.domain.place import Address
from limner.errors import PlatformTrouble, Undeliverable
from limner_discord import platform
from limner_discord.courier import CLOSED, DRAFT, EXPLAINED, LATE
from tests.discord.addresses import deferred, late, place, replied
from tests.discord.front import FrontDoor, done
from tests.discord.test_cards import picture
from tests.fakes.discord import FakeDiscord, Message

MIB = 1024 * 1024
CHANNEL = r"/channels/\d+/messages"
MESSAGE = r"/channels/\d+/messages/\d+"
TOKEN_EDIT = r"/webhooks/.*"
WAITING = Card(state=State.WAITING, lines=(Line(role=Role.PROMPT, text="a red fox"),), job="a41f")
PAINTING = WAITING.evolve(state=State.PAINTING, progress=Progress(stage="Painting", seconds=4))
DONE = Card(state=State.DONE, lines=(Line(text="Done"),), job="a41f")


def texts(fake: FakeDiscord, channel: str | None = None, by: str = "ada") -> list[str]:
    return [each.text for each in fake.seen_by(by, channel)]


def direct(fake: FakeDiscord) -> list[str]:
    return texts(fake, fake.dm(fake.person("ada")))


# ── rate limits ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("everywhere", [False, True])
async def test_a_limit_is_waited_for(discord: FakeDiscord, desk: FrontDoor, everywhere: bool) -> None:
    discord.limit("POST", CHANNEL, times=3, everywhere=everywhere)
    _, address = replied(discord)
    await desk.courier.show(address, DONE)

    assert texts(discord) == ["Done"]


async def test_a_limit_from_before_discords_servers_is_waited_for(discord: FakeDiscord, desk: FrontDoor) -> None:
    discord.ban("POST", CHANNEL, times=2)
    _, address = replied(discord)
    await desk.courier.show(address, DONE)

    assert texts(discord) == ["Done"]


async def test_cards_beyond_a_routes_limit_are_all_delivered_once_and_in_order(
    discord: FakeDiscord, desk: FrontDoor
) -> None:
    discord.bucket("POST", CHANNEL, limit=3, seconds=0.2)
    asked = [replied(discord, str(number))[1] for number in range(10)]
    async with asyncio.TaskGroup() as tasks:
        for number, address in enumerate(asked):
            tasks.create_task(desk.courier.show(address, says(f"Card {number}")))

    assert texts(discord) == [f"Card {number}" for number in range(10)]


async def test_progress_that_meets_a_limit_is_let_go_and_the_result_does_not_wait_behind_it(
    discord: FakeDiscord, desk: FrontDoor
) -> None:
    _, address = replied(discord)
    shown = await desk.courier.show(address, WAITING)
    discord.limit("PATCH", MESSAGE, seconds=3600)
    for _ in range(5):
        assert await desk.courier.show(shown, PAINTING) == shown
    assert len(discord.paths("PATCH")) == 1
    await desk.courier.show(shown, DONE)

    assert texts(discord) == ["Done"]


async def test_progress_leaves_the_last_of_a_routes_requests_to_results(discord: FakeDiscord, desk: FrontDoor) -> None:
    shown = [await desk.courier.show(replied(discord)[1], WAITING) for _ in range(3)]
    discord.bucket("PATCH", MESSAGE, limit=4, seconds=3600)
    for _ in range(4):
        for address in shown:
            await desk.courier.show(address, PAINTING)
    assert len(discord.paths("PATCH")) == 3
    await desk.courier.show(shown[0], DONE)

    assert {call.status for call in discord.calls if call.method == "PATCH"} == {200}
    assert texts(discord)[0] == "Done"


@pytest.mark.parametrize("status", [500, 503, 0])
async def test_progress_is_tried_once(discord: FakeDiscord, desk: FrontDoor, status: int) -> None:
    _, address = deferred(discord)
    shown = await desk.courier.show(address, WAITING)
    discord.arrange("PATCH", TOKEN_EDIT, status, times=9)
    await desk.courier.show(shown, PAINTING)

    assert len(discord.paths("PATCH")) == 2


async def test_progress_is_told_in_place_with_the_picture_so_far(discord: FakeDiscord, desk: FrontDoor) -> None:
    desk.bytes["b1"] = b"unused"
    _, address = deferred(discord)
    shown = await desk.courier.show(address, WAITING)
    await desk.courier.show(shown, PAINTING.evolve(partial=picture()))
    await desk.courier.show(late(shown), PAINTING.evolve(partial=picture(2)))

    (card,) = discord.seen_by("bob")
    assert "Painting…** 4 s" in card.text
    assert card.pictures == (b"\xff\xd8\xff\xe0 preview of b2",)


async def test_progress_never_makes_a_message_of_its_own(discord: FakeDiscord, desk: FrontDoor) -> None:
    _, address = replied(discord)
    shown = await desk.courier.show(address, WAITING)
    discord.closed[discord.channel] = (403, 50013)
    await desk.courier.show(shown, PAINTING)
    discord.closed.clear()
    del discord.messages[shown.message or ""]
    await desk.courier.show(shown, PAINTING)
    await desk.courier.show(replied(discord)[1], PAINTING)
    await desk.courier.show(deferred(discord)[1], PAINTING.evolve(private=True))

    assert [each for each in texts(discord) if each] == []
    assert direct(discord) == []


async def test_progress_after_a_restart_is_told_where_the_answer_will_be(discord: FakeDiscord, desk: FrontDoor) -> None:
    _, address = deferred(discord)
    assert await desk.courier.show(address, PAINTING) == address
    await desk.courier.show(address, DONE)

    assert texts(discord) == ["Done"]


# ── Discord's own trouble ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", [CHANNEL, MESSAGE])
@pytest.mark.parametrize("status", [503, 0])
async def test_discords_own_trouble_is_waited_for(
    discord: FakeDiscord, desk: FrontDoor, path: str, status: int
) -> None:
    _, address = replied(discord)
    discord.arrange("POST" if path == CHANNEL else "PATCH", path, status, times=2)
    shown = await desk.courier.show(address, says("Heard"))
    await desk.courier.show(shown, DONE)

    assert texts(discord) == ["Done"]


async def test_trouble_that_stays_is_for_whoever_tries_again_later(discord: FakeDiscord, desk: FrontDoor) -> None:
    discord.arrange("POST", CHANNEL, 503, times=3)
    _, address = replied(discord)
    with pytest.raises(PlatformTrouble) as told:
        await desk.courier.show(address, DONE)
    assert not isinstance(told.value, Undeliverable)
    discord.cut("POST", CHANNEL, times=3)
    with pytest.raises(PlatformTrouble):
        await desk.courier.show(address, DONE)
    await desk.courier.show(address, DONE)

    assert texts(discord) == ["Done"]


@pytest.mark.parametrize("status", [500, 503, 0])
async def test_a_post_whose_answer_was_lost_is_not_posted_twice(
    discord: FakeDiscord, desk: FrontDoor, status: int
) -> None:
    discord.arrange("POST", CHANNEL, status, done=True)
    addresses = [replied(discord)[1], Address(place=place(discord))]
    for address in addresses:
        await desk.courier.show(address, DONE)

    assert texts(discord) == ["Done", "Done"]


# ── one card for one event, also by a process that forgot ───────────────────────────────────────────────────


@pytest.mark.parametrize("minutes", [0, 10])
@pytest.mark.parametrize("card", [WAITING, DONE])
async def test_a_first_card_that_was_posted_and_not_noted_is_found_again(
    discord: FakeDiscord, desk: FrontDoor, tmp_path: Path, card: Card, minutes: float
) -> None:
    _, address = replied(discord, minutes=minutes)
    first = await desk.courier.show(address, WAITING)
    discord.advance(minutes * 60)
    later = await platform.open(desk)  # type: ignore[arg-type]
    second = await later.show(address, card)
    await later.close()

    assert second.message == first.message
    assert len(texts(discord)) == 1
    assert ("Done" in texts(discord)[0]) == (card is DONE)


async def test_an_answer_to_a_command_is_found_again_after_its_token_died(
    discord: FakeDiscord, desk: FrontDoor
) -> None:
    sent, address = deferred(discord)
    old = str(int(sent.id) - (20 * 60_000 << 22))
    assert sent.original is not None
    sent.original.interaction = {**sent.told, "id": old}
    await desk.courier.show(address, WAITING)
    await desk.courier.show(late(address, extra={**address.extra, "event": old, "asked": "0"}), DONE)

    assert texts(discord) == ["Done"]


async def test_without_leave_to_read_the_channel_the_card_is_posted(discord: FakeDiscord, desk: FrontDoor) -> None:
    _, address = replied(discord, minutes=10)
    discord.arrange("GET", CHANNEL, 403, {"code": 50013, "message": "Missing Permissions"})
    await desk.courier.show(address, DONE)

    assert texts(discord) == ["Done"]


async def test_a_reply_to_somebody_elses_bot_is_not_taken_for_ours(discord: FakeDiscord, desk: FrontDoor) -> None:
    said, address = replied(discord, minutes=10)
    theirs = discord.ids.next()
    other = {**discord.person("otherbot"), "bot": True}
    discord.messages[theirs] = Message(id=theirs, channel=discord.channel, author=other)
    discord.messages[theirs].reference = {"type": 0, "channel_id": discord.channel, "message_id": said.id}
    shown = await desk.courier.show(address, DONE)

    assert shown.message != theirs
    assert texts(discord) == ["Done"]


# ── the fifteen minutes ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("status", "code"), [(401, 50027), (404, 10062), (404, 10015)])
async def test_a_token_that_is_dead_makes_a_public_card_the_bots_own_edit(
    discord: FakeDiscord, desk: FrontDoor, status: int, code: int
) -> None:
    _, address = deferred(discord)
    shown = await desk.courier.show(address, WAITING)
    discord.arrange("PATCH", TOKEN_EDIT, status, {"code": code, "message": "dead"}, times=2)
    await desk.courier.show(shown, PAINTING)
    assert "Painting" in texts(discord)[0]
    shown = await desk.courier.show(shown, DONE)

    assert texts(discord) == ["Done"]
    assert shown.token is None


@pytest.mark.parametrize(("status", "code"), [(401, 50027), (404, 10062), (404, 10015)])
async def test_a_token_that_is_dead_makes_a_private_card_a_direct_message(
    discord: FakeDiscord, desk: FrontDoor, status: int, code: int
) -> None:
    _, address = deferred(discord, private=True)
    shown = await desk.courier.show(address, WAITING.evolve(private=True))
    discord.arrange("PATCH", TOKEN_EDIT, status, {"code": code, "message": "dead"}, times=2)
    await desk.courier.show(shown, PAINTING.evolve(private=True))
    assert direct(discord) == []
    shown = await desk.courier.show(shown, DONE.evolve(private=True))
    await desk.courier.show(shown, DONE.evolve(private=True))

    assert direct(discord) == [f"Done\n-# {EXPLAINED[DRAFT]}"]
    assert texts(discord, by="bob") == []


async def test_a_token_may_die_in_the_middle_of_a_delivery(discord: FakeDiscord, desk: FrontDoor) -> None:
    """The public answer has been taken back already when the private one is refused."""
    _, address = deferred(discord)
    discord.arrange("POST", TOKEN_EDIT, 401, {"code": 50027, "message": "Invalid Webhook Token"})
    await desk.courier.show(address, says("Over budget.").evolve(private=True, state=State.REFUSED))

    assert texts(discord, by="bob") == []
    assert direct(discord) == [f"Over budget.\n-# {EXPLAINED[LATE]}"]


async def test_a_token_may_die_between_two_tries(discord: FakeDiscord, desk: FrontDoor) -> None:
    _, address = deferred(discord)
    shown = await desk.courier.show(address, WAITING)
    discord.cut("PATCH", TOKEN_EDIT)
    discord.arrange("PATCH", TOKEN_EDIT, 401, {"code": 50027, "message": "Invalid Webhook Token"})
    await desk.courier.show(shown, DONE)

    assert texts(discord) == ["Done"]


# ── places that close ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", [(403, 50001), (403, 50013), (404, 10003), (400, 50083), (400, 160005), (400, 200000)])
async def test_what_came_of_a_job_reaches_its_asker_when_the_channel_closed_meanwhile(
    discord: FakeDiscord, desk: FrontDoor, code: tuple[int, int]
) -> None:
    _, address = replied(discord)
    shown = await desk.courier.show(address, WAITING)
    discord.closed[discord.channel] = code
    pressed = Controls(buttons=(Button(label="Reroll", action="reroll", target="a41f"),))
    moved = await desk.courier.show(shown, DONE.evolve(controls=(pressed,)))
    ada = discord.person("ada")
    (card,) = discord.seen_by("ada", discord.dm(ada))
    assert card.buttons == ("Reroll",)
    assert (moved.place.space, moved.place.home, moved.reader) == (f"dm-{ada['id']}", discord.guild, None)
    again = await desk.courier.show(moved, DONE)

    assert again == moved
    assert direct(discord) == [f"Done\n-# {EXPLAINED[CLOSED]}"]


@pytest.mark.parametrize("by_token", [False, True])
async def test_a_channel_or_thread_that_was_deleted_is_a_closed_one(
    discord: FakeDiscord, desk: FrontDoor, by_token: bool
) -> None:
    _, address = deferred(discord)
    shown = await desk.courier.show(address, WAITING)
    discord.delete_channel(discord.channel)
    await desk.courier.show(shown if by_token else late(shown), DONE)

    assert direct(discord) == [f"Done\n-# {EXPLAINED[CLOSED]}"]


@pytest.mark.parametrize("code", [(403, 50007), (403, 50278)])
async def test_a_member_who_takes_no_direct_messages_cannot_be_reached_any_more(
    discord: FakeDiscord, desk: FrontDoor, code: tuple[int, int]
) -> None:
    _, address = replied(discord)
    shown = await desk.courier.show(address, WAITING)
    discord.closed[discord.channel] = (403, 50013)
    discord.closed[discord.dm(discord.person("ada"))] = code

    with pytest.raises(Undeliverable):
        await desk.courier.show(shown, DONE)


async def test_a_first_card_and_a_deletion_do_not_go_to_direct_messages(discord: FakeDiscord, desk: FrontDoor) -> None:
    _, address = replied(discord)
    shown = await desk.courier.show(address, DONE)
    discord.closed[discord.channel] = (403, 50013)

    for where, card in ((address, WAITING), (shown, Card(state=State.GONE, lines=(Line(text="Deleted."),)))):
        with pytest.raises(Undeliverable):
            await desk.courier.show(where, card)
    assert direct(discord) == []


async def test_a_refusal_by_direct_message_is_not_taken_for_the_card_that_came_before(
    discord: FakeDiscord, desk: FrontDoor
) -> None:
    _, address = replied(discord)
    await desk.courier.show(address, says("Listening").evolve(state=State.WAITING))
    await desk.courier.show(address, says("Over budget.").evolve(private=True, state=State.REFUSED))

    assert texts(discord) == ["Listening"]
    assert direct(discord) == ["Over budget."]


# ── files beyond the limit ──────────────────────────────────────────────────────────────────────────────────


def keep(desk: FrontDoor, number: int, size: int) -> None:
    desk.bytes[f"b{number}"] = b"\x89PNG" + bytes(size - 4)


async def test_what_the_interaction_allows_beyond_the_usual_is_used_while_it_lives(
    discord: FakeDiscord, desk: FrontDoor
) -> None:
    discord.room = 50 * MIB
    keep(desk, 1, 12 * MIB)
    _, address = deferred(discord)
    address = address.evolve(extra={**address.extra, "room": str(discord.room)})
    shown = await desk.courier.show(address, done(picture(1, 12 * MIB)))
    assert len(discord.seen_by("bob")[0].pictures[0]) == 12 * MIB
    await desk.courier.show(late(shown), done(picture(1, 12 * MIB)))

    assert discord.seen_by("bob")[0].pictures == (b"RIFF preview of b1",)
    assert "Shown smaller" in discord.seen_by("bob")[0].text
    discord.breaches = [each for each in discord.breaches if "bytes" not in each]  # known is the usual limit alone


async def test_a_token_that_dies_with_a_large_file_on_its_way_leaves_a_smaller_one(
    discord: FakeDiscord, desk: FrontDoor
) -> None:
    discord.room = 50 * MIB
    keep(desk, 1, 21 * MIB)
    _, address = deferred(discord)
    shown = await desk.courier.show(address, WAITING)
    discord.arrange("PATCH", TOKEN_EDIT, 401, {"code": 50027, "message": "Invalid Webhook Token"}, times=9)
    shown = shown.evolve(extra={**shown.extra, "room": str(discord.room)})
    await desk.courier.show(shown, done(picture(1, 21 * MIB)))

    assert discord.seen_by("bob")[0].pictures == (b"RIFF preview of b1",)
    discord.breaches = [each for each in discord.breaches if "bytes" not in each]  # known is the usual limit alone


@pytest.mark.parametrize("body", [{"code": 40005, "message": "Request entity too large"}, "<html>413</html>"])
async def test_what_is_refused_as_too_large_goes_smaller(
    discord: FakeDiscord, desk: FrontDoor, body: dict[str, object] | str
) -> None:
    keep(desk, 1, 3 * MIB)
    _, address = replied(discord)
    discord.arrange("POST", CHANNEL, 413, body)
    await desk.courier.show(address, done(picture(1, 3 * MIB)))

    (card,) = discord.seen_by("bob")
    assert card.pictures == (b"RIFF preview of b1",)
    assert "the original has 3 MB" in card.text


async def test_a_place_that_takes_no_files_at_all_gets_the_words(discord: FakeDiscord, desk: FrontDoor) -> None:
    keep(desk, 1, MIB)
    _, address = replied(discord)
    discord.arrange("POST", CHANNEL, 413, {"code": 40005, "message": "Request entity too large"}, times=2)
    await desk.courier.show(address, done(picture(1, MIB)))

    (card,) = discord.seen_by("bob")
    assert card.pictures == ()
    assert "a red fox" in card.text
    assert "Nothing is lost" in card.text
