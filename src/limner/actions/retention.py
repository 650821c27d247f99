"""How long pictures are kept: shown to everybody, chosen by admins, who are told first what that takes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Button, ButtonStyle, Card, Controls, Line, Role
from limner.domain.options import Options, option
from limner.domain.rules import TeamRules
from limner.errors import NotAdmin
from limner.store.audit import What
from limner.studio import Studio

Days = Annotated[int, Field(ge=1, le=36_500)]


class Retention(Options):
    """See how long pictures are kept, or choose it (admins)."""

    days: Days | None = option("Days after which pictures and requests go by themselves", default=None, spoken=False)
    keep: Literal["forever", "usual"] | None = option(
        "Until they are deleted, or as the host configured it", default=None, spoken=False
    )
    take: Literal["chosen-too", "not-chosen"] = option(
        "Whether what is saved, collected, approved or public goes too", default="not-chosen", spoken=False
    )


class RetentionSure(Retention):
    """Have pictures go after so many days."""


@action(Retention, name="retention", command=True, reply=Reply.PRIVATE)
async def retention(asked: Asked[Retention], studio: Studio) -> Card:
    said = asked.options
    if said.days is None and said.keep is None:
        return _card((_told(await studio.forgetting.rules(asked.member), studio),))
    await _for_admins(asked, studio)
    if said.days is None:
        return await _chosen(asked, studio)
    spare = said.take == "not-chosen"
    count = await studio.forgetting.count_aged(asked.member.team, said.days, spare=spare)
    options = {"days": str(said.days), "take": said.take}
    sure = Button(label="Yes, do so", action="retention-sure", options=options, style=ButtonStyle.DANGER)
    but = ", except what is saved, collected, approved or public" if spare else ", also what is saved or collected"
    return Card(
        private=True,
        lines=(
            Line(text=f"Pictures and requests would go {_days(said.days)} after they were asked for{but}."),
            Line(role=Role.WARNING, text=f"That takes {_pictures(count)} within a minute, and cannot be taken back."),
        ),
        controls=(Controls(buttons=(sure,)),),
    )


@action(RetentionSure, name="retention-sure", reply=Reply.PRIVATE)
async def retention_sure(asked: Asked[RetentionSure], studio: Studio) -> Card:
    await _for_admins(asked, studio)
    return await _chosen(asked, studio)


async def _for_admins(asked: Asked[Retention], studio: Studio) -> None:
    if not asked.member.admin:
        raise await studio.warden.refused(asked.member, NotAdmin(verb="choose how long pictures are kept"), What.RULES)


async def _chosen(asked: Asked[Retention], studio: Studio) -> Card:
    said = asked.options
    days = said.days if said.days is not None else 0 if said.keep == "forever" else None

    def edit(rules: TeamRules) -> TeamRules:
        return rules.evolve(keep_days=days, keep_chosen=said.take == "not-chosen")

    told = _told(edit(TeamRules()), studio)
    rules = await studio.warden.change(asked.member, edit, told)
    studio.forgetting.hasten()
    return _card((_told(rules, studio),))


def _told(rules: TeamRules, studio: Studio) -> str:
    days = studio.forgetting.days(rules)
    if days is None:
        return "Pictures and requests are kept until somebody deletes them."
    but = "what is saved, collected, approved or public stays" if rules.keep_chosen else "saved and collected ones too"
    return f"Pictures and requests go by themselves {_days(days)} after they were asked for; {but}."


def _card(told: tuple[str, ...]) -> Card:
    note = "The ledger keeps what they cost. /forget-me takes away what is yours, at once."
    return Card(private=True, lines=(*(Line(text=each) for each in told), Line(role=Role.NOTE, text=note)))


def _days(count: int) -> str:
    return f"{count} day{'s' * (count != 1)}"


def _pictures(count: int) -> str:
    return "no picture" if not count else f"{count:,} picture{'s' * (count != 1)}"
