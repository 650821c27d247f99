"""Imagine from any message: its words, its pictures, or its voice note."""

from __future__ import annotations

from limner.actions.imagine import Imagine, imagine
from limner.actions.listen import Listen, listen
from limner.domain.action import action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options
from limner.studio import Studio


class FromMessage(Options):
    """Paint from a message: its words and pictures, or its voice note."""


@action(FromMessage, name="from-message", menu="Imagine from this", costs=True, meanwhile="Reading that message…")
async def from_message(asked: Asked[FromMessage], studio: Studio) -> Card:
    if asked.ask.sound is not None:
        return await listen.run(Asked(ask=asked.ask, member=asked.member, options=Listen()), studio)
    said: Imagine = Imagine.read({"prompt": asked.ask.words or ""})
    return await imagine.run(Asked(ask=asked.ask, member=asked.member, options=said), studio)
