"""The stand-in refuses what the real Discord refuses."""

import json
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from tests.fakes.discord import TOKEN, FakeDiscord, Interaction, Message
from tests.patience import DEADLINE

LAYOUT = 1 << 15
MIB = 1024 * 1024


def text(content: str = "hello") -> dict[str, Any]:
    return {"type": 10, "content": content}


def button(code: str) -> dict[str, Any]:
    return {"type": 1, "components": [{"type": 2, "style": 2, "label": "x", "custom_id": code}]}


async def send(fake: FakeDiscord, method: str, path: str, body: Any = None, sizes: tuple[int, ...] = ()) -> Any:
    """One request as a bot would make it: the error's code, or 0."""
    headers = {"Authorization": f"Bot {TOKEN}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        if sizes:
            form = aiohttp.FormData(quote_fields=False)
            form.add_field("payload_json", json.dumps(body))
            for number, size in enumerate(sizes):
                form.add_field(f"files[{number}]", BytesIO(bytes(size)), filename=f"{number}.png")
            sending: Any = {"data": form}
        else:
            sending = {"json": body}
        async with session.request(method, fake.api_base + path, **sending) as answer:
            said = json.loads(await answer.text() or "{}")
            fake.breaches.clear()
            return said.get("code", 0) if answer.status >= 400 else 0


def interaction(fake: FakeDiscord, kind: int | None = None) -> Interaction:
    id = fake.ids.next()
    sent = Interaction(
        id=id, token=f"t{id}", member=fake.person("ada"), channel=fake.channel, sent=fake.now(), kind=kind
    )
    if kind == 5:
        sent.original = Message(id=fake.ids.next(), channel=fake.channel, author=fake.bot, flags=128)
        fake.messages[sent.original.id] = sent.original
    fake.interactions[sent.token] = sent
    return sent


async def test_an_acknowledgement_is_taken_once_and_in_time(discord: FakeDiscord) -> None:
    first, second = interaction(discord), interaction(discord)
    path = f"/interactions/{first.id}/{first.token}/callback"

    assert await send(discord, "POST", path, {"type": 5}) == 0
    assert await send(discord, "POST", path, {"type": 5}) == 40060
    discord.advance(DEADLINE + 1)
    assert await send(discord, "POST", f"/interactions/{second.id}/{second.token}/callback", {"type": 5}) == 10062


async def test_a_token_dies_after_fifteen_minutes_and_opens_nothing_before_the_acknowledgement(
    discord: FakeDiscord,
) -> None:
    early, sent = interaction(discord), interaction(discord, 5)
    body = {"flags": LAYOUT, "components": [text()]}

    hook = f"/webhooks/{discord.application}"
    assert await send(discord, "POST", f"{hook}/{early.token}", body) == 10015
    assert await send(discord, "PATCH", f"{hook}/{sent.token}/messages/@original", body) == 0
    discord.advance(901)
    assert await send(discord, "PATCH", f"{hook}/{sent.token}/messages/@original", body) == 50027


@pytest.mark.parametrize(
    ("body", "sizes", "code"),
    [
        ({"flags": LAYOUT, "components": [text()]}, (), 0),
        ({"flags": LAYOUT, "components": [text()], "content": "beside"}, (), 50035),
        ({"flags": LAYOUT, "components": [text("x" * 2001), text("y" * 2000)]}, (), 50035),
        ({"flags": LAYOUT, "components": [text()] * 41}, (), 50035),
        ({"flags": LAYOUT, "components": [button("a"), button("a")]}, (), 50035),
        ({"flags": LAYOUT, "components": []}, (), 50006),
        ({"components": [text()]}, (), 50035),
        (
            {"flags": LAYOUT, "components": [{"type": 12, "items": [{"media": {"url": "attachment://nothing.png"}}]}]},
            (),
            50035,
        ),
        ({"content": "x", "attachments": [{"id": 0}]}, (11 * MIB,), 40005),
        ({"content": "x", "attachments": [{"id": n} for n in range(3)]}, (9 * MIB,) * 3, 40005),
        ({"content": "x", "attachments": [{"id": n} for n in range(2)]}, (9 * MIB,) * 2, 0),
        ({}, (), 50006),
    ],
)
async def test_messages_are_held_to_the_limits(
    discord: FakeDiscord, body: dict[str, Any], sizes: tuple[int, ...], code: int
) -> None:
    assert await send(discord, "POST", f"/channels/{discord.channel}/messages", body, sizes) == code


async def test_what_is_not_there_or_not_allowed_is_refused_by_its_code(discord: FakeDiscord) -> None:
    body = {"content": "x"}

    assert await send(discord, "POST", "/channels/1/messages", body) == 10003
    assert await send(discord, "PATCH", f"/channels/{discord.channel}/messages/1", body) == 10008
    discord.closed[discord.channel] = (403, 50013)
    assert await send(discord, "POST", f"/channels/{discord.channel}/messages", body) == 50013


async def test_a_nonce_is_taken_once_within_minutes_and_whatever_the_channel(discord: FakeDiscord) -> None:
    other = discord.add_channel("other")
    once = {"content": "hello", "nonce": "n1", "enforce_nonce": True}
    for channel in (discord.channel, discord.channel, other):
        assert await send(discord, "POST", f"/channels/{channel}/messages", once) == 0
    assert len(discord.messages) == 1
    discord.advance(600)
    assert await send(discord, "POST", f"/channels/{other}/messages", once) == 0
    assert len(discord.messages) == 2


async def test_a_route_is_limited_apart_for_each_channel(discord: FakeDiscord) -> None:
    discord.bucket("POST", r"/channels/\d+/messages", limit=1, seconds=60)
    for channel in (discord.channel, discord.channel, discord.add_channel("other")):
        await send(discord, "POST", f"/channels/{channel}/messages", {"content": "hello"})

    assert [call.status for call in discord.calls] == [200, 429, 200]


async def test_a_channel_tells_what_came_after_a_message_without_what_others_do_not_see(discord: FakeDiscord) -> None:
    path = f"/channels/{discord.channel}/messages"
    for number in range(3):
        await send(discord, "POST", path, {"content": str(number)})
    first, *rest = discord.messages
    hidden = discord.messages[rest[-1]]
    hidden.private_to = "1"
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bot {TOKEN}"}) as session,
        session.get(f"{discord.api_base}{path}?after={first}&limit=100") as answer,
    ):
        told = json.loads(await answer.text())

    assert [each["id"] for each in told] == rest[:1]
    assert await send(discord, "GET", f"{path}?limit=101") == 50035


async def test_nothing_is_to_be_had_of_a_deleted_channel(discord: FakeDiscord) -> None:
    sent = interaction(discord, 5)
    discord.delete_channel(discord.channel)

    edit = f"/webhooks/{discord.application}/{sent.token}/messages/@original"
    assert await send(discord, "PATCH", edit, {"flags": LAYOUT, "components": [text()]}) == 10003
    assert await send(discord, "POST", f"/channels/{discord.channel}/messages", {"content": "x"}) == 10003


async def speak(
    fake: FakeDiscord, told: dict[str, Any], path: str = "", *, kind: str = "audio/ogg", files: int = 1, **body: Any
) -> int:
    """The error's code, or 0, of a message that would be a voice message."""
    form = aiohttp.FormData(quote_fields=False)
    said = {"flags": 1 << 13, "attachments": [{"id": "0", "filename": "voice-message.ogg", **told}], **body}
    form.add_field("payload_json", json.dumps(said))
    for number in range(files):
        form.add_field(f"files[{number}]", BytesIO(b"OggS"), filename=f"{number}.ogg", content_type=kind)
    method, at = ("PATCH", path) if path else ("POST", f"/channels/{fake.channel}/messages")
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bot {TOKEN}"}) as session,
        session.request(method, fake.api_base + at, data=form) as answer,
    ):
        fake.breaches.clear()
        return int((await answer.json()).get("code", 0)) if answer.status >= 400 else 0


async def test_a_voice_message_is_one_sound_with_its_length_and_waveform_and_stays_as_it_is(
    discord: FakeDiscord,
) -> None:
    whole = {"duration_secs": 2.5, "waveform": "AAA="}
    assert await speak(discord, whole, content="hello") == 50159
    assert await speak(discord, whole, components=[text()]) == 50159
    assert await speak(discord, whole, files=2) == 50160
    assert await speak(discord, whole, kind="image/png") == 50160
    assert await speak(discord, {"duration_secs": 2.5}) == 50161
    assert await speak(discord, {"waveform": "AAA="}) == 50161
    assert await speak(discord, {**whole, "waveform": "A" * 400}) == 50161
    assert await speak(discord, whole) == 0
    (posted,) = discord.messages.values()
    assert await send(discord, "PATCH", f"/channels/{discord.channel}/messages/{posted.id}", {"content": "x"}) == 50162
    discord.voiceless.add(discord.channel)
    assert await speak(discord, whole) == 50173
