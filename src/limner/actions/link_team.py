"""One team of several spaces: a code made by an admin on one side, entered by an admin on the other."""

from __future__ import annotations

from limner.actions.link import LINK, code_card
from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, Line, Role
from limner.domain.options import Name, Options, option
from limner.studio import Studio

SHARED = (
    "Both sides then have one library: all that either has made so far is seen by both, private drafts by their own "
    "members alone.",
    "Rules and budgets are this side's; those of the other side rest. Its styles and collections come along, under "
    "another name where theirs is taken.",
    "/link team --undo takes it back: what was made on a side stays with that side.",
)


class LinkTeam(Options):
    """Make one team of this and another server or workspace (admins): a code from one, typed in the other."""

    code: Name | None = option("The code that the other side was given; none: give me one for there", default=None)
    undo: bool = option("Take the sides apart again", default=False)


@action(LinkTeam, name="link-team", group=LINK, command=True, reply=Reply.PRIVATE)
async def link_team(asked: Asked[LinkTeam], studio: Studio) -> Card:
    said, member = asked.options, asked.member
    if said.undo:
        parted = await studio.uniting.part(member, asked.place)
        sides = "Both sides stand" if parted == 1 else f"All {parted + 1} sides stand"
        lines = (
            f"{sides} for themselves again.",
            "Each has what was made on it. Cards that show the other's pictures stay in their channels; their buttons "
            "no longer find anything.",
        )
        return _card(*lines)
    if said.code is None:
        code = await studio.uniting.team_code(member, asked.place)
        return code_card("link team", code, "An admin of the other side enters it there.", *SHARED)
    await studio.uniting.join(said.code, member, asked.place)
    return _card(
        "You are one team now: one library, budget, styles and rules.",
        "What either side has made is in /gallery on both. Rules and budgets are those of the side that gave the code.",
        "/link me makes one member of your names here and there. /link team --undo takes it back.",
    )


def _card(first: str, *others: str) -> Card:
    notes = tuple(Line(role=Role.NOTE, text=each) for each in others)
    return Card(lines=(Line(role=Role.TITLE, text=first), *notes), private=True)
