"""Delivery by REST alone: within fifteen minutes, after them, and where it is no longer possible."""

from pathlib import Path

import pytest

from limner.domain.card import Card, Controls, Line, Link, Picture, Role, State, says
from limner.domain.place import Address, Attachment, Place
from limner.errors import ForeignHost, NotFetched, PictureFileTooLarge, PlatformTrouble, Undeliverable
from tests.discord.addresses import deferred, late, place
from tests.discord.front import FrontDoor, done
from tests.discord.test_cards import picture
from tests.fakes.discord import TOKEN, FakeDiscord

MIB = 1024 * 1024


async def test_a_card_takes_the_place_of_its_deferral_and_later_of_itself(
    discord: FakeDiscord, desk: FrontDoor
) -> None:
    sent, address = deferred(discord)
    shown = await desk.courier.show(address, says("Waiting"))
    again = await desk.courier.show(shown, says("Done"))

    assert again == shown
    assert shown.message == sent.original.id  # type: ignore[union-attr]
    assert [each.text for each in discord.seen_by("bob")] == ["Done"]


async def test_showing_a_card_twice_does_no_harm(discord: FakeDiscord, desk: FrontDoor) -> None:
    desk.bytes["b1"] = b"\x89PNG one"
    _, address = deferred(discord)
    shown = await desk.courier.show(address, done(picture(1, 8)))
    await desk.courier.show(shown, done(picture(1, 8)))

    (message,) = discord.seen_by("bob")
    assert message.pictures == (b"\x89PNG one",)
    assert message.alts == ("AI-generated: a red fox 1",)


async def test_after_fifteen_minutes_a_public_card_is_edited_as_the_bot(discord: FakeDiscord, desk: FrontDoor) -> None:
    _, address = deferred(discord)
    shown = await desk.courier.show(address, says("Waiting"))
    discord.advance(901)
    shown = await desk.courier.show(shown, says("Done"))

    assert shown.token is None
    assert [each.text for each in discord.seen_by("bob")] == ["Done"]
    assert discord.calls[-1].path.startswith("/channels/")
    discord.breaches.clear()  # the try by token is the finding: our clock had not told of its end


async def test_a_token_whose_end_is_known_is_not_tried(discord: FakeDiscord, desk: FrontDoor) -> None:
    _, address = deferred(discord)
    shown = await desk.courier.show(address, says("Waiting"))
    before = len(discord.calls)
    await desk.courier.show(late(shown), says("Done"))

    assert [each.path.split("/")[1] for each in discord.calls[before:]] == ["channels"]


async def test_after_fifteen_minutes_a_private_card_becomes_a_direct_message_with_links_alone(
    discord: FakeDiscord, desk: FrontDoor
) -> None:
    _, address = deferred(discord, private=True)
    shown = await desk.courier.show(address, says("Waiting"))
    link = Link(label="Open", url="https://limner.example/a41f")
    card = says("Done").evolve(private=True, controls=(Controls(buttons=(link,)),))
    shown = await desk.courier.show(late(shown), card)
    await desk.courier.show(shown, card)

    (direct,) = discord.seen_by("ada", discord.dm(discord.person("ada")))
    assert direct.text == "Done\n-# Discord lets me answer in private for fifteen minutes only, so here it is."
    assert direct.buttons == ("Open",)
    assert direct.edits == 2


async def test_a_private_card_never_appears_where_others_see_it(discord: FakeDiscord, desk: FrontDoor) -> None:
    _, address = deferred(discord)
    shown = await desk.courier.show(address, says("Waiting"))
    shown = await desk.courier.show(shown, says("Over budget.").evolve(private=True))
    await desk.courier.show(shown, says("Over budget still.").evolve(private=True))

    assert discord.seen_by("bob") == []
    assert [each.text for each in discord.seen_by("ada")] == ["Over budget still."]
    assert shown.reader == discord.person("ada")["id"]


async def test_a_public_card_that_a_moderator_removed_is_posted_anew_but_a_deletion_is_left(
    discord: FakeDiscord, desk: FrontDoor
) -> None:
    _, address = deferred(discord)
    shown = await desk.courier.show(address, says("Waiting"))
    discord.messages.clear()
    shown = await desk.courier.show(late(shown), says("Done"))
    assert [each.text for each in discord.seen_by("bob")] == ["Done"]

    discord.messages.clear()
    await desk.courier.show(shown, Card(state=State.GONE, lines=(Line(text="Deleted."),)))
    assert discord.messages == {}


@pytest.mark.parametrize("code", [(403, 50001), (403, 50013), (404, 10003)])
async def test_a_closed_channel_is_undeliverable_for_what_is_shared_there(
    discord: FakeDiscord, desk: FrontDoor, code: tuple[int, int]
) -> None:
    discord.closed[discord.channel] = code

    with pytest.raises(Undeliverable):
        await desk.courier.show(Address(place=place(discord)), says("Look"))


async def test_what_a_member_asked_for_reaches_them_directly_when_the_channel_closed_meanwhile(
    discord: FakeDiscord, desk: FrontDoor
) -> None:
    _, address = deferred(discord)
    shown = await desk.courier.show(address, says("Waiting"))
    discord.closed[discord.channel] = (403, 50001)
    await desk.courier.show(late(shown), says("Done"))

    assert [each.text for each in discord.seen_by("ada", discord.dm(discord.person("ada")))] == [
        "Done\n-# I could not post in that channel any more, so here it is."
    ]


async def test_a_private_card_is_undeliverable_when_direct_messages_are_closed(
    discord: FakeDiscord, desk: FrontDoor
) -> None:
    _, address = deferred(discord, private=True)
    discord.closed_to_dms.add(discord.person("ada")["id"])

    with pytest.raises(Undeliverable):
        await desk.courier.show(late(address), says("Done").evolve(private=True))


async def test_rate_limits_are_waited_for_and_the_log_of_it_holds_no_token(
    discord: FakeDiscord, desk: FrontDoor, caplog: pytest.LogCaptureFixture
) -> None:
    discord.limit("PATCH", r"/webhooks/.*", times=2)
    sent, address = deferred(discord)
    await desk.courier.show(address, says("Done"))

    assert "rate limited" in caplog.text
    assert sent.token not in caplog.text
    assert [each.text for each in discord.seen_by("bob")] == ["Done"]


async def test_what_discord_refuses_is_a_trouble_with_a_sentence(discord: FakeDiscord, desk: FrontDoor) -> None:
    discord.arrange("PATCH", r"/webhooks/.*", 400, {"code": 50035, "message": "Invalid Form Body"})
    _, address = deferred(discord)

    with pytest.raises(PlatformTrouble, match="Discord did not take my answer"):
        await desk.courier.show(address, says("Done"))


async def test_the_same_voice_note_is_answered_by_one_message_however_often_delivery_is_tried(
    discord: FakeDiscord, desk: FrontDoor
) -> None:
    address = Address(place=place(discord), extra={"reply_to": "123456789012345678", "member": "1"})
    first = await desk.courier.show(address, says("Heard"))
    second = await desk.courier.show(address, says("Heard"))

    assert first.message == second.message
    assert len(discord.seen_by("bob")) == 1


async def test_pictures_beyond_the_limits_go_as_previews_and_the_request_stays_within_them(
    discord: FakeDiscord, desk: FrontDoor
) -> None:
    sizes = [11 * MIB, 9 * MIB, 9 * MIB, 9 * MIB]
    pictures: list[Picture] = []
    for number, size in enumerate(sizes, 1):
        desk.bytes[f"b{number}"] = b"\x89PNG" + bytes(size - 4)
        pictures.append(picture(number, size))
    _, address = deferred(discord)
    await desk.courier.show(address, done(*pictures))

    (message,) = discord.seen_by("bob")
    assert len(message.pictures) == 4
    assert message.pictures[0].startswith(b"RIFF preview of b1")
    assert "Shown smaller" in message.text
    discord.breaches = [each for each in discord.breaches if "bytes are" not in each]  # the peer's previews are words


async def test_originals_are_handed_over_byte_for_byte(discord: FakeDiscord, desk: FrontDoor) -> None:
    desk.bytes["b1"] = b"\x89PNG the original"
    _, address = deferred(discord, private=True)
    card = Card(private=True, lines=(Line(role=Role.NOTE, text="The original"),), files=(picture(1, 18),))
    await desk.courier.show(address, card)

    assert discord.seen_by("ada")[0].pictures == (b"\x89PNG the original",)


# ── places ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_place_is_found_by_name_mention_or_id_in_the_same_server(discord: FakeDiscord, desk: FrontDoor) -> None:
    marketing = discord.add_channel("marketing")

    for words in ("#marketing", "Marketing", f"<#{marketing}>", marketing):
        found, name = await desk.courier.find(words, place(discord))
        assert (found.channel, found.space, name) == (marketing, discord.guild, "#marketing")


async def test_a_place_belongs_to_its_own_channel_wherever_it_is_named(discord: FakeDiscord, desk: FrontDoor) -> None:
    marketing = discord.add_channel("marketing")
    discord.channels[marketing]["parent_id"] = "5"  # the category
    here, there = [await discord.add_thread("a thread", each) for each in (discord.channel, marketing)]
    near = place(discord).evolve(channel=here, parent=discord.channel)

    named, _ = await desk.courier.find("#marketing", near)
    thread, _ = await desk.courier.find(f"<#{there}>", near)

    assert named.key == thread.key == f"discord/{discord.guild}/{marketing}"
    assert thread.channel == there


async def test_a_place_of_another_server_is_not_to_be_found(discord: FakeDiscord, desk: FrontDoor) -> None:
    theirs = discord.add_channel("secret")
    discord.channels[theirs]["guild_id"] = "999999999999999999"

    for words in (theirs, f"<#{theirs}>", "#nowhere"):
        with pytest.raises(Undeliverable):
            await desk.courier.find(words, place(discord))
    with pytest.raises(Undeliverable):
        await desk.courier.find("#art", Place(platform="discord", space="dm-1", channel="2"))


# ── fetching ────────────────────────────────────────────────────────────────────────────────────────────────


def attached(url: str, name: str = "fox.png") -> Attachment:
    return Attachment(platform="discord", name=name, url=url)


async def test_an_attachment_is_fetched_without_the_bots_token(
    discord: FakeDiscord, desk: FrontDoor, tmp_path: Path
) -> None:
    file = discord.keep("fox.png", b"\x89PNG" + bytes(600_000), discord.channel, "image/png")
    await desk.courier.fetch(attached(file.url), tmp_path / "fox", MIB)

    assert (tmp_path / "fox").read_bytes() == file.data
    assert TOKEN not in str(discord.calls[-1].headers)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/fox.png",
        "http://cdn.discordapp.com/fox.png",
        "https://cdn.discordapp.com.evil.example/fox.png",
        "https://cdn.discordapp.com:8443/fox.png",
        "https://user@cdn.discordapp.com/fox.png",
        "file:///etc/passwd",
        "//cdn.discordapp.com/fox.png",
        "https://cdn.discordapp.com:port/fox.png",
        "",
    ],
)
async def test_nothing_is_asked_of_foreign_hosts(desk: FrontDoor, tmp_path: Path, url: str) -> None:
    with pytest.raises(ForeignHost):
        await desk.courier.fetch(attached(url), tmp_path / "fox", MIB)
    assert not (tmp_path / "fox").exists()


async def test_a_file_that_is_too_large_is_stopped(discord: FakeDiscord, desk: FrontDoor, tmp_path: Path) -> None:
    file = discord.keep("fox.png", bytes(3 * MIB), discord.channel, "image/png")
    with pytest.raises(PictureFileTooLarge, match="at most 2 MB"):
        await desk.courier.fetch(attached(file.url), tmp_path / "fox", 2 * MIB)
    assert not (tmp_path / "fox").exists()


async def test_a_file_that_is_gone_or_has_moved_elsewhere_is_not_fetched(
    discord: FakeDiscord, desk: FrontDoor, tmp_path: Path
) -> None:
    with pytest.raises(NotFetched):
        await desk.courier.fetch(attached(f"{discord.origin}/attachments/1/2/x.png"), tmp_path / "fox", MIB)

    file = discord.keep("fox.png", b"x", discord.channel, "image/png")
    discord.arrange("GET", r"/attachments/.*", 302, headers={"Location": "http://127.0.0.1:9/elsewhere"})
    with pytest.raises(NotFetched):
        await desk.courier.fetch(attached(file.url), tmp_path / "fox", MIB)
