"""How a team wants voice notes treated: its admins' word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field

from limner.actions.rules import pruned
from limner.actions.voice_show import EARS, MANNERS, PROMPTS, VOICE, card_of
from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.budget import Scope, read_amount
from limner.domain.card import Card
from limner.domain.listening import EarName, Manner
from limner.domain.money import spell
from limner.domain.options import Name, Options, option
from limner.domain.rules import TeamRules
from limner.errors import BadOption, NotAdmin
from limner.store.audit import What
from limner.studio import Studio
from limner.studio.whom import named

Step = tuple[Callable[[TeamRules], TeamRules], str]
"""A change, and what it does in words."""


class VoiceSet(Options):
    """Choose how voice notes are heard in this team, or in one channel (admins)."""

    listen: Literal["off", "confirm", "at-once", "usual"] | None = option(
        "Not at all, shown before it is painted, painted at once, or as usual", default=None
    )
    channel: Name | None = option("In this channel alone; here: this one", default=None, completes="places")
    confirm_above: Name | None = option("Dollars above which it is shown first even so; none: as usual", default=None)
    ear: EarName | None = option("gpt-audio understands; transcribe writes down, for less", default=None)
    prompts: Literal["as-spoken", "english"] | None = option(
        "Prompts in the speaker's language, or put into English", default=None
    )
    keep: Annotated[int, Field(ge=0, le=365)] | None = option(
        "Days to keep the sound of notes, for Download; 0: no longer than it is needed", default=None
    )


@action(VoiceSet, name="voice-set", command=True, group=VOICE, reply=Reply.PRIVATE)
async def voice_set(asked: Asked[VoiceSet], studio: Studio) -> Card:
    if not asked.member.admin:
        raise await studio.warden.refused(asked.member, NotAdmin(verb="choose how voice notes are heard"), What.RULES)
    steps = await steps_of(asked, studio)
    if not steps:
        return await card_of(asked, studio)
    told = tuple(words for _, words in steps)

    def every(before: TeamRules) -> TeamRules:
        for edit, _ in steps:
            before = edit(before)
        return pruned(before)

    await studio.warden.change(asked.member, every, " ".join(told))
    return await card_of(asked, studio, told)


async def steps_of(asked: Asked[VoiceSet], studio: Studio) -> list[Step]:
    """What these options change.

    Raises:
        BadOption: One of them cannot be.
    """
    said, steps = asked.options, list[Step]()
    if said.channel is not None and said.listen is None:
        raise BadOption(name="listen", value="", why="say how notes are heard in that channel")
    if said.listen is not None:
        manner = None if said.listen == "usual" else Manner(said.listen)
        if manner not in {None, Manner.OFF} and studio.settings.voice.listen is Manner.OFF:
            why = "the host of this Limner has switched listening off"
            raise BadOption(name="listen", value=said.listen, why=why)
        steps.append(_team(manner) if said.channel is None else await _channel(manner, said.channel, asked, studio))
    if said.confirm_above is not None:
        limit = read_amount(said.confirm_above)
        above = "is as the host configured it" if limit is None else f"is what costs more than {spell(limit)}"
        told = f"What is shown first even so {above}."
        steps.append((lambda rules: _voice(rules, confirm_above=limit), told))
    if said.ear is not None:
        ear = said.ear
        steps.append((lambda rules: _voice(rules, ear=ear), EARS[ear]))
    if said.prompts is not None:
        english = said.prompts == "english"
        steps.append((lambda rules: _voice(rules, english=english), PROMPTS[english]))
    if said.keep is not None:
        days = said.keep
        how = f"for {days} days, for Download" if days else "no longer than it is needed"
        steps.append((lambda rules: _voice(rules, keep_days=days), f"The sound of new notes is kept {how}."))
    return steps


def _team(manner: Manner | None) -> Step:
    how = MANNERS[manner] if manner else "as the host configured it"
    return lambda rules: _voice(rules, listen=manner), f"Voice notes in this team: {how}."


async def _channel(manner: Manner | None, words: str, asked: Asked[VoiceSet], studio: Studio) -> Step:
    key, name = await named("channel", Scope.CHANNEL, words, asked, studio)

    def edit(rules: TeamRules) -> TeamRules:
        others = {each: its for each, its in rules.voice.channels.items() if each != key}
        own = {key: manner} if manner else {}
        return _voice(rules, channels=others | own).evolve(names={**rules.names, key: name})

    return edit, f"Voice notes in {name}: {MANNERS[manner] if manner else 'as everywhere in this team'}."


def _voice(rules: TeamRules, **changes: object) -> TeamRules:
    return rules.evolve(voice=rules.voice.evolve(**changes))
