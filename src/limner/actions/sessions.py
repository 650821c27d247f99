"""Where a member is signed in on the web page."""

from __future__ import annotations

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Button, ButtonStyle, Card, Controls, Line, Role
from limner.domain.options import Options
from limner.studio import Studio

MOST = 10
"""Sessions that are told of one by one."""


class Sessions(Options):
    """See in how many browsers you are signed in on the web page, and sign out of all of them."""


@action(Sessions, name="sessions", command=True, reply=Reply.PRIVATE)
async def sessions(asked: Asked[Sessions], studio: Studio) -> Card:
    every = await studio.entrance.sessions(asked.member)
    if not every:
        return Card(
            lines=(Line(text="You are signed in nowhere. /gallery gives you a link that signs you in."),), private=True
        )
    zone = await studio.budgets.zone(asked.member.team)
    told = (
        f"Since {each.created.astimezone(zone):%d %B %Y, %H:%M}, until {each.expires.astimezone(zone):%d %B %Y}"
        for each in every[:MOST]
    )
    leave = Button(label="Sign out everywhere", action="sign-out", style=ButtonStyle.DANGER)
    return Card(
        lines=(
            Line(role=Role.TITLE, text=f"You are signed in in {len(every)} browser{'s' if len(every) > 1 else ''}."),
            *(Line(text=each) for each in told),
        ),
        controls=(Controls(buttons=(leave,)),),
        private=True,
    )
