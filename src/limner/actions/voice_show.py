"""How voice notes are treated here, for everybody to see."""

from __future__ import annotations

from limner.domain.action import Group, Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, Line, Role
from limner.domain.listening import EarName, Manner, VoiceRules
from limner.domain.money import spell
from limner.domain.options import Options
from limner.studio import Studio

VOICE = Group(name="voice", help="How voice notes are heard, and whether yours are.", bare="voice-show")
KEPT = "The sound of notes is kept for {days} days."
NOT_KEPT = "The sound of notes is not kept: only the words are."
EARS = {
    EarName.GPT_AUDIO: "GPT audio hears notes, and understands what they ask for.",
    EarName.TRANSCRIBE: "Notes are written down, and simple rules make a request of that: cheaper, and less clever.",
}
PROMPTS = {
    False: "Prompts stay in the language in which they were spoken.",
    True: "Prompts are put into English, whatever was spoken; notes that are only written down stay as they are.",
}
MANNERS = {
    Manner.OFF: "not listened to",
    Manner.CONFIRM: "what was heard is shown first",
    Manner.AT_ONCE: "what was heard is painted at once",
}
"""Each manner in words."""


class VoiceShow(Options):
    """Show how voice notes are heard here, and whether yours are."""


@action(VoiceShow, name="voice-show", command=True, group=VOICE, reply=Reply.PRIVATE)
async def voice_show(asked: Asked[VoiceShow], studio: Studio) -> Card:
    return await card_of(asked, studio)


async def card_of(asked: Asked[Options], studio: Studio, told: tuple[str, ...] = ()) -> Card:
    """How notes are heard where it was asked, and of this member; for admins, the team's choices. `told`: what has just
    been changed."""
    own = await studio.listening.preferences(asked.member)
    listens = "I listen to yours; “/voice me off” ends that."
    whether = listens if own.listens else "I let yours pass; “/voice me on” changes that."
    answers = "I answer you in writing; “/voice me aloud” has me say it too."
    answered = "I answer you aloud too; “/voice me silent” ends that." if own.aloud else answers
    rules = await studio.warden.rules(asked.member) if asked.member.admin else None
    chosen = _chosen(rules.voice, rules.names) if rules else ()
    return Card(
        private=True,
        lines=(
            Line(role=Role.TITLE, text="Voice notes"),
            *(Line(role=Role.NOTE, text=each) for each in told),
            Line(text=await studio.listening.says(asked.member.team, asked.place)),
            Line(text=whether),
            *((Line(text=answered),) if studio.desk.hears else ()),
            Line(text=EARS[await studio.listening.ear(asked.member.team)]),
            Line(
                text=KEPT.format(days=days) if (days := await studio.listening.keeps(asked.member.team)) else NOT_KEPT
            ),
            *(Line(text=each) for each in chosen),
        ),
    )


def _chosen(rules: VoiceRules, names: dict[str, str]) -> tuple[str, ...]:
    """A team's choices, in sentences."""
    usual = f"In this team: {MANNERS[rules.listen]}." if rules.listen else "In this team: as the host configured it."
    channels = (f"In {names.get(key, key)}: {MANNERS[manner]}." for key, manner in rules.channels.items())
    limit = rules.confirm_above
    above = () if limit is None else (f"What costs more than {spell(limit)} is shown first.",)
    return (usual, *channels, *above, *((PROMPTS[True],) if rules.english else ()))
