"""Where cards go: answers to interactions, replies, and how they grow old."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from limner.domain.place import Address, Place
from tests.fakes.discord import FakeDiscord, Interaction, Message


def place(fake: FakeDiscord) -> Place:
    return Place(platform="discord", space=fake.guild, channel=fake.channel)


def deferred(fake: FakeDiscord, *, private: bool = False) -> tuple[Interaction, Address]:
    """An interaction that was acknowledged, and the address of its answer."""
    ada, id = fake.person("ada"), fake.ids.next()
    sent = Interaction(id=id, token=f"token-{id}", member=ada, channel=fake.channel, sent=fake.now(), kind=5)
    message = Message(id=fake.ids.next(), channel=fake.channel, author=fake.bot, flags=128 | (64 if private else 0))
    message.private_to = ada["id"] if private else None
    message.interaction = sent.told
    sent.original = fake.messages[message.id] = message
    fake.interactions[sent.token] = sent
    address = Address(
        place=place(fake),
        token=sent.token,
        expires=datetime.now(UTC) + timedelta(minutes=14),
        reader=ada["id"] if private else None,
        extra={"application": fake.application, "member": ada["id"], "event": id},
    )
    return sent, address


def replied(fake: FakeDiscord, words: str = "@Limner a red fox", *, minutes: float = 0) -> tuple[Message, Address]:
    """A message of Ada's, so many minutes old, and the address of the reply to it."""
    ada = fake.person("ada")
    id = str(int(fake.ids.next()) - (int(minutes * 60_000) << 22))
    said = fake.messages[id] = Message(id=id, channel=fake.channel, author=ada, content=words)
    asked = f"{time.time() - minutes * 60:.3f}"
    return said, Address(place=place(fake), extra={"member": ada["id"], "reply_to": id, "asked": asked})


def late(address: Address, **more: Any) -> Address:
    """The same once the token has died."""
    return address.evolve(expires=datetime.now(UTC) - timedelta(minutes=1), **more)
