"""Whether Limner listens to a member: their own word."""

from __future__ import annotations

from typing import Literal

from limner.actions.voice_show import VOICE
from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, says
from limner.domain.options import Options, option
from limner.studio import Studio

TOLD = {
    "on": "I listen to your voice notes again.",
    "off": "I let your voice notes pass from now on, without a word, here and everywhere in this team. "
    "“/voice me on” changes that.",
}


class VoiceMe(Options):
    """Whether your own voice notes are listened to."""

    listen: Literal["on", "off"] = option("Whether I listen to you")


@action(VoiceMe, name="voice-me", command=True, group=VOICE, reply=Reply.PRIVATE)
async def voice_me(asked: Asked[VoiceMe], studio: Studio) -> Card:
    said = asked.options.listen
    await studio.listening.prefer(asked.member, listens=said == "on")
    return says(TOLD[said]).evolve(private=True)
