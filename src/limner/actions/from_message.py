"""Imagine from any message: its words, its pictures, or its voice note."""

from __future__ import annotations

from dataclasses import replace

from limner.actions.imagine import Imagine, imagine
from limner.actions.listen import Listen, listen
from limner.domain.action import action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options
from limner.store.audit import What
from limner.studio import Studio


class FromMessage(Options):
    """Paint from a message: its words and pictures, or its voice note."""


async def may_read(asked: Asked[Options], studio: Studio) -> None:
    """Refuses a message from where, or from whom, the team's rules take nothing."""
    if asked.ask.sound is not None:
        await studio.listening.admit(asked)
    else:
        await studio.warden.enter(asked.member, asked.place, what=What.PAINT)


@action(
    FromMessage,
    name="from-message",
    menu="Imagine from this",
    costs=True,
    meanwhile="Reading that message…",
    before=may_read,
)
async def from_message(asked: Asked[Options], studio: Studio) -> Card:
    if asked.ask.sound is not None:
        return await listen.run(replace(asked, options=Listen()), studio)
    said: Imagine = Imagine.read({"prompt": asked.ask.words or ""})
    return await imagine.run(replace(asked, options=said), studio)
