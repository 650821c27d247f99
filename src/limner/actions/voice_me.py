"""Whether Limner listens to a member, and answers them aloud: their own word."""

from __future__ import annotations

from typing import Literal

from limner.actions.voice_show import VOICE
from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, says
from limner.domain.money import spell
from limner.domain.options import Options, option
from limner.errors import HearingNeedsKey
from limner.studio import Studio

CHOICES = {
    "on": ({"listens": True}, "I listen to your voice notes again."),
    "off": (
        {"listens": False},
        "I let your voice notes pass from now on, without a word, here and everywhere in this team. "
        "“/voice me on” changes that.",
    ),
    "aloud": (
        {"aloud": True},
        "I answer you aloud from now on: what I understood of your notes, questions and refusals, and when your "
        "pictures are done. Each answer costs a little ({price} for a sentence), which counts as yours and is on its "
        "card. “/voice me silent” ends that.",
    ),
    "silent": ({"aloud": False}, "I answer you in writing alone. “/voice me aloud” changes that."),
}
"""What each word chooses, and how that is told."""
SENTENCE = "Your picture a41f is done: a red fox in snow."


class VoiceMe(Options):
    """Whether your own voice notes are listened to, and whether you are answered aloud."""

    listen: Literal["on", "off", "aloud", "silent"] = option(
        "on, off: whether I listen to you; aloud, silent: how I answer you"
    )


@action(VoiceMe, name="voice-me", command=True, group=VOICE, reply=Reply.PRIVATE)
async def voice_me(asked: Asked[VoiceMe], studio: Studio) -> Card:
    chosen, told = CHOICES[asked.options.listen]
    price = studio.desk.speaking(SENTENCE)
    if price is None and chosen.get("aloud"):
        raise HearingNeedsKey
    await studio.listening.prefer(asked.member, **chosen)
    return says(told.format(price=f"about {spell(price)}" if price else "nothing")).evolve(private=True)
