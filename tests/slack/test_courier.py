"""Cards delivered by the Web API: once, in place, with the pictures inside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from limner.domain.card import Button, Card, Controls, Line, Progress, Role, State, says
from limner.domain.place import Address, Attachment, Place
from limner.errors import ForeignHost, NotFetched, PictureFileTooLarge, PlatformTrouble, Undeliverable
from limner_slack import platform
from limner_slack.cards import FOLLOWS, PROGRESS_ID
from limner_slack.courier import SlackCourier
from limner_slack.ephemeral import ANSWERS, BUTTON, COMMAND
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.workspace import TEAM
from tests.slack.desk import Desk


def at(slack: FakeSlack, channel: str = "general", **more: object) -> Address:
    member = slack.workspace.member("ada")
    place = Place(platform="slack", space=TEAM, channel=slack.place(channel, "ada"))
    return Address(place=place, extra={"member": member}).evolve(**more)


WAITING = Card(state=State.WAITING, lines=(Line(role=Role.PROMPT, text="a red fox"),), job="a41f")
PAINTING = WAITING.evolve(state=State.PAINTING, progress=Progress(stage="Painting", seconds=3))


def done(desk: Desk, *numbers: int, media_type: str = "image/png") -> Card:
    return WAITING.evolve(
        state=State.DONE,
        pictures=tuple(desk.picture(each, media_type) for each in numbers or (1,)),
        sheet=desk.picture(9, name="limner-a41f-sheet.png") if len(numbers) > 1 else None,
        controls=(Controls(buttons=(Button(label="Reroll", action="reroll", target="a41f"),)),),
    )


async def test_a_card_is_posted_once_and_edited_from_then_on(
    desk: Desk, courier: SlackCourier, slack: FakeSlack
) -> None:
    address = await courier.show(at(slack), WAITING)
    address = await courier.show(address, PAINTING)
    assert "Painting · 3 s" in slack.text(slack.cards()[0])
    await courier.show(address, done(desk))

    [card] = slack.cards()
    assert slack.pictures(card) == (desk.blobs["blob1"],)
    assert slack.images(card)[0]["alt_text"] == "AI-generated: a red fox 1"
    assert slack.buttons(card) == ("Reroll",)
    assert PROGRESS_ID not in str(card.blocks)


async def test_the_original_is_in_the_cards_own_thread_with_its_alternative_text(
    desk: Desk, courier: SlackCourier, slack: FakeSlack
) -> None:
    await courier.show(at(slack), done(desk))
    [file] = slack.thread(slack.cards()[0])
    assert (file.data, file.name, file.alt) == (desk.blobs["blob1"], "limner-a41f-1.png", "AI-generated: a red fox 1")


async def test_a_finished_card_says_what_it_waits_for_while_its_files_are_on_their_way(
    desk: Desk, courier: SlackCourier, slack: FakeSlack
) -> None:
    await courier.show(at(slack), done(desk))
    posted = slack.calls("chat.postMessage")[0].arguments["blocks"]
    assert "Bringing the pictures" in str(posted)
    assert "Bringing the pictures" not in slack.text(slack.cards()[0])


async def test_several_pictures_are_one_sheet_with_the_originals_behind_it(
    desk: Desk, courier: SlackCourier, slack: FakeSlack
) -> None:
    await courier.show(at(slack), done(desk, 1, 2, 3))
    [card] = slack.cards()
    assert slack.pictures(card) == (desk.blobs["blob9"],)
    assert [file.data for file in slack.thread(card)] == [
        desk.blobs[each] for each in ("blob1", "blob2", "blob3", "blob9")
    ]
    assert len(slack.calls("files.completeUploadExternal")) == 1


async def test_webp_goes_to_the_thread_and_a_jpeg_of_it_onto_the_card(
    desk: Desk, courier: SlackCourier, slack: FakeSlack
) -> None:
    await courier.show(at(slack), done(desk, media_type="image/webp"))
    [card] = slack.cards()
    assert slack.pictures(card)[0].startswith(b"\xff\xd8")
    assert [file.name for file in slack.thread(card)] == ["limner-a41f-1.webp", "limner-a41f-1-preview.jpg"]


async def test_a_repeated_show_uploads_nothing_twice(desk: Desk, courier: SlackCourier, slack: FakeSlack) -> None:
    address = await courier.show(at(slack), done(desk))
    again = await courier.show(address, done(desk))
    assert again.files == address.files != ()
    assert len(slack.calls("files.getUploadURLExternal")) == 1


async def test_another_process_finds_the_files_in_the_thread(
    desk: Desk, courier: SlackCourier, slack: FakeSlack
) -> None:
    address = await courier.show(at(slack), WAITING)
    await courier.show(address, done(desk))
    other = await platform.open(desk)  # type: ignore[arg-type]
    await other.show(address, done(desk))
    await other.close()
    assert len(slack.calls("files.completeUploadExternal")) == 1
    assert len(slack.thread(slack.cards()[0])) == 1


async def test_a_picture_that_slack_is_slow_with_is_waited_for(
    desk: Desk, courier: SlackCourier, slack: FakeSlack
) -> None:
    slack.workspace.polls, slack.workspace.too_early = 3, 2
    await courier.show(at(slack), done(desk))
    assert len(slack.pictures(slack.cards()[0])) == 1


async def test_a_picture_that_never_shows_leaves_a_card_that_says_where_it_is(
    desk: Desk, courier: SlackCourier, slack: FakeSlack
) -> None:
    slack.workspace.too_early = 100
    await courier.show(at(slack), done(desk))
    assert "in the thread of this message" in slack.text(slack.cards()[0])
    assert len(slack.thread(slack.cards()[0])) == 1


async def test_a_card_whose_pictures_slack_refuses_says_so(desk: Desk, courier: SlackCourier, slack: FakeSlack) -> None:
    slack.fail("files.getUploadURLExternal", "missing_scope", needed="files:write")
    with pytest.raises(Undeliverable):
        await courier.show(at(slack), done(desk))
    [card] = slack.cards()
    assert "/gallery has them" in slack.text(card)
    assert PROGRESS_ID not in str(card.blocks)


async def test_a_post_whose_answer_was_lost_is_not_posted_again(courier: SlackCourier, slack: FakeSlack) -> None:
    slack.lose_answer("chat.postMessage")
    address = await courier.show(at(slack), WAITING)
    [card] = slack.cards()
    assert address.message == card.ts
    assert len(slack.calls("chat.postMessage")) == 1


async def test_an_upload_whose_answer_was_lost_is_not_shared_again(
    desk: Desk, courier: SlackCourier, slack: FakeSlack
) -> None:
    slack.lose_answer("files.completeUploadExternal")
    await courier.show(at(slack), done(desk))
    assert len(slack.thread(slack.cards()[0])) == 1
    assert len(slack.calls("files.completeUploadExternal")) == 1


async def test_an_edit_whose_answer_was_lost_is_repeated(desk: Desk, courier: SlackCourier, slack: FakeSlack) -> None:
    address = await courier.show(at(slack), WAITING)
    slack.lose_answer("chat.update")
    await courier.show(address, says("Done."))
    assert slack.text(slack.cards()[0]) == "Done."


async def test_a_rate_limit_is_waited_out(courier: SlackCourier, slack: FakeSlack) -> None:
    slack.limit("chat.postMessage", times=2)
    await courier.show(at(slack), WAITING)
    assert len(slack.cards()) == 1


async def test_progress_leaves_edits_for_results(
    courier: SlackCourier, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limner_slack.courier.EDITS_A_MINUTE", 2)
    addresses = [await courier.show(at(slack), WAITING) for _ in range(4)]
    for address in addresses:
        await courier.show(address, PAINTING)
    assert len(slack.calls("chat.update")) == 2
    for address in addresses:
        await courier.show(address, says("Done."))
    assert [slack.text(card) for card in slack.cards()] == ["Done."] * 4


async def test_progress_that_is_refused_is_let_go(courier: SlackCourier, slack: FakeSlack) -> None:
    address = await courier.show(at(slack), WAITING)
    slack.limit("chat.update", retry_after=60)
    assert await courier.show(address, PAINTING) == address
    assert len(slack.calls("chat.update")) == 1


async def test_a_card_that_somebody_deleted_is_posted_anew_when_done(
    desk: Desk, courier: SlackCourier, slack: FakeSlack
) -> None:
    address = await courier.show(at(slack), WAITING)
    slack.workspace.messages.clear()
    assert await courier.show(address, PAINTING) == address
    await courier.show(address, says("Failed."))
    assert [slack.text(card) for card in slack.cards()] == ["Failed."]


async def test_a_public_channel_is_joined_and_a_private_one_is_closed(courier: SlackCourier, slack: FakeSlack) -> None:
    await courier.show(at(slack, "random"), says("Hello."))
    assert len(slack.cards("random")) == 1
    with pytest.raises(Undeliverable):
        await courier.show(at(slack, "secret"), says("Hello."))


async def test_what_was_deleted_is_deleted_at_slack_too(desk: Desk, courier: SlackCourier, slack: FakeSlack) -> None:
    address = await courier.show(at(slack), done(desk))
    bare = Address(place=address.place, message=address.message)
    other = await platform.open(desk)  # type: ignore[arg-type]
    await other.show(bare, Card(state=State.GONE, job="a41f", lines=(Line(text="It was deleted."),)))
    await other.close()
    [card] = slack.cards()
    assert slack.thread(card) == []
    assert slack.text(card) == "It was deleted."


# ── private cards ───────────────────────────────────────────────────────────────────────────────────────────────

PRIVATE = Card(private=True, lines=(Line(role=Role.WARNING, text="No."),))


async def test_a_private_card_is_seen_by_its_member_alone(courier: SlackCourier, slack: FakeSlack) -> None:
    await courier.show(at(slack), PRIVATE)
    assert [slack.text(card) for card in slack.cards(by="ada")] == ["⚠️ No."]
    assert slack.cards(by="bob") == []


async def test_a_refusal_does_not_replace_the_card_that_others_made(courier: SlackCourier, slack: FakeSlack) -> None:
    address = await courier.show(at(slack), says("A picture."))
    await courier.show(address, PRIVATE)
    assert [slack.text(card) for card in slack.cards(by="bob")] == ["A picture."]


async def test_in_a_closed_channel_a_private_answer_comes_by_direct_message(
    courier: SlackCourier, slack: FakeSlack
) -> None:
    await courier.show(at(slack, "secret"), PRIVATE)
    assert [slack.text(card) for card in slack.cards("dm")] == ["⚠️ No."]


async def test_a_response_url_is_used_while_it_lives(courier: SlackCourier, slack: FakeSlack) -> None:
    member, channel = slack.workspace.member("ada"), slack.place("secret", "ada")
    url = slack._url(channel, member, None)
    soon = datetime.now(UTC) + timedelta(minutes=5)
    await courier.show(at(slack, "secret", token=url, expires=soon), PRIVATE)
    assert [slack.text(card) for card in slack.cards("secret")] == ["⚠️ No."]
    await courier.show(at(slack, token=url, expires=datetime.now(UTC)), PRIVATE)
    assert len(slack.calls("chat.postEphemeral")) == 1


async def test_a_used_up_response_url_falls_back(courier: SlackCourier, slack: FakeSlack) -> None:
    member, channel = slack.workspace.member("ada"), slack.place("general", "ada")
    url = slack._url(channel, member, None)
    for _ in range(6):
        await courier.show(at(slack, token=url), PRIVATE)
    assert len(slack.cards()) == 6
    assert len(slack.calls("chat.postEphemeral")) == 1


def of_command(slack: FakeSlack) -> Address:
    """Where ada's private command is answered."""
    member, channel = slack.workspace.member("ada"), slack.place("general", "ada")
    address = at(slack, token=slack._url(channel, member, None))
    return address.evolve(extra={**address.extra, ANSWERS: COMMAND})


async def test_private_progress_is_not_told_and_the_picture_is_kept_in_direct_messages(
    desk: Desk, courier: SlackCourier, slack: FakeSlack
) -> None:
    address = await courier.show(of_command(slack), WAITING.evolve(private=True))
    address = await courier.show(address, PAINTING.evolve(private=True))
    await courier.show(address, done(desk).evolve(private=True))
    [card] = slack.cards()
    assert slack.pictures(card) == (desk.blobs["blob1"],)
    assert card.reader == slack.workspace.member("ada")
    assert [each.files for each in slack.seen("dm") if each.files]
    assert slack.cards(by="bob") == []


async def test_a_private_picture_that_never_shows_leaves_a_card_that_says_where_it_is(
    desk: Desk, courier: SlackCourier, slack: FakeSlack
) -> None:
    address = await courier.show(of_command(slack), WAITING.evolve(private=True))
    slack.workspace.too_early = 100
    await courier.show(address, done(desk).evolve(private=True))
    card = slack.cards()[-1]
    assert "in our direct messages" in slack.text(card)
    assert PROGRESS_ID not in str(card.blocks)


async def test_what_cannot_be_edited_says_so_and_leaves_the_card_that_was_pressed(
    desk: Desk, courier: SlackCourier, slack: FakeSlack
) -> None:
    member, channel = slack.workspace.member("ada"), slack.place("general", "ada")
    await courier.show(at(slack, reader=member), done(desk).evolve(private=True))
    [pressed] = slack.cards()
    address = at(slack, token=slack._url(channel, member, pressed))
    address = address.evolve(extra={**address.extra, ANSWERS: BUTTON})

    shown = await courier.show(address, WAITING.evolve(private=True))
    await courier.show(shown, done(desk, 2).evolve(private=True))
    assert [FOLLOWS in slack.text(each) for each in slack.cards()] == [False, True, False]
    assert slack.cards()[0] is pressed
    assert pressed.revision == 0

    in_place = address.evolve(message=pressed.ts, reader=member)
    await courier.show(in_place, PRIVATE.evolve(state=State.REFUSED))  # it stands beside what was pressed
    assert pressed.revision == 0
    await courier.show(in_place, done(desk, 2).evolve(private=True))
    assert pressed.revision == 1
    assert len(slack.cards()) == 4


async def test_originals_to_download_come_by_direct_message(
    desk: Desk, courier: SlackCourier, slack: FakeSlack
) -> None:
    await courier.show(at(slack), Card(private=True, lines=(Line(text="The original."),), files=(desk.picture(1),)))
    [message] = slack.seen("dm")
    assert [slack.workspace.files[id].data for id in message.files] == [desk.blobs["blob1"]]


async def test_direct_messages_that_slack_refuses_are_out_of_reach(courier: SlackCourier, slack: FakeSlack) -> None:
    member = slack.workspace.member("ada")
    assert (await courier.direct(member, TEAM)).channel == slack.workspace.direct(member).id
    slack.fail("conversations.open", "missing_scope", needed="im:write")
    with pytest.raises(Undeliverable):
        await courier.direct(member, TEAM)


# ── finding and fetching ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("words", ["#random", "random", "Random", "<#C0RANDOM00|random>", "C0RANDOM00"])
async def test_a_channel_is_found_by_what_members_write(courier: SlackCourier, slack: FakeSlack, words: str) -> None:
    place, name = await courier.find(words, at(slack).place)
    assert (place.channel, name) == ("C0RANDOM00", "#random")


@pytest.mark.parametrize("words", ["#nowhere", "#secret", "<@U0ADA>", "two words", ""])
async def test_what_is_no_channel_of_ours_is_refused(courier: SlackCourier, slack: FakeSlack, words: str) -> None:
    with pytest.raises(Undeliverable):
        await courier.find(words, at(slack).place)


def attached(slack: FakeSlack, data: bytes = b"bytes") -> Attachment:
    file = slack.workspace.new_file("fox.png", data)
    url = f"{slack.base}/files-pri/{TEAM}-{file.id}/download/fox.png"
    return Attachment(platform="slack", name="fox.png", url=url, id=file.id)


async def test_an_attachment_is_fetched_with_the_bots_token(
    courier: SlackCourier, slack: FakeSlack, tmp_path: Path
) -> None:
    await courier.fetch(attached(slack), tmp_path / "it", 100)
    assert (tmp_path / "it").read_bytes() == b"bytes"


async def test_an_attachment_known_by_its_id_alone_is_asked_for(
    courier: SlackCourier, slack: FakeSlack, tmp_path: Path
) -> None:
    await courier.fetch(attached(slack).evolve(url=""), tmp_path / "it", 100)
    assert (tmp_path / "it").read_bytes() == b"bytes"


async def test_a_login_page_is_no_file(courier: SlackCourier, slack: FakeSlack, tmp_path: Path) -> None:
    slack.login_pages = True
    with pytest.raises(NotFetched):
        await courier.fetch(attached(slack), tmp_path / "it", 100_000)


async def test_too_many_bytes_are_not_read(courier: SlackCourier, slack: FakeSlack, tmp_path: Path) -> None:
    with pytest.raises(PictureFileTooLarge):
        await courier.fetch(attached(slack, b"x" * 1000), tmp_path / "it", 999)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/fox.png",
        "http://files.slack.com/fox.png",
        "https://files.slack.com.evil.example/fox.png",
        "https://files.slack.com@evil.example/fox.png",
        "https://files.slack.com:8443/fox.png",
        "https://files.slack.com:99999/fox.png",
        "https://[files.slack.com/fox.png",
        "file:///etc/passwd",
        "http://127.0.0.1:1/fox.png",
    ],
)
async def test_nothing_is_fetched_from_elsewhere(courier: SlackCourier, tmp_path: Path, url: str) -> None:
    with pytest.raises(ForeignHost):
        await courier.fetch(Attachment(platform="slack", name="fox.png", url=url), tmp_path / "it", 100)


async def test_the_token_goes_to_no_other_host_by_a_redirect(
    courier: SlackCourier, slack: FakeSlack, tmp_path: Path
) -> None:
    async with FakeSlack() as foreign:
        attachment = attached(slack)
        slack.workspace.files[attachment.id or ""].redirect = f"{foreign.base}/files-pri/x/download/y"
        with pytest.raises(ForeignHost):
            await courier.fetch(attachment, tmp_path / "it", 100)
        assert foreign.requests == []


@pytest.mark.parametrize("refusal", ["access_denied", "user_not_visible", "missing_scope", "account_inactive"])
async def test_a_refusal_that_tells_nothing_of_a_member_signs_nobody_out(
    courier: SlackCourier, slack: FakeSlack, refusal: str
) -> None:
    admin = slack.workspace.member("admin")
    slack.fail("users.info", refusal)
    with pytest.raises(PlatformTrouble):
        await courier.stands(admin, TEAM)
    stands = await courier.stands(admin, TEAM)
    assert stands is not None
    assert stands.admin
    assert await courier.stands("U0NOBODY", TEAM) is None
