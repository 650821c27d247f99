"""A public link: one picture, for whoever has its address."""

from __future__ import annotations

from limner.actions.links import withdrawal
from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, Controls, Line, Link, Role
from limner.domain.options import Name, Options, option
from limner.domain.publication import Lasting
from limner.studio import Studio


class Publish(Options):
    """Make a public link to a picture: whoever has it sees the picture, without a sign-in."""

    picture: Name = option("Its id, such as a41f", completes="assets", subject=True)
    lasting: Lasting = option("How long it lasts, unless you withdraw it", default=Lasting.ALWAYS)


@action(Publish, name="publish", command=True, reply=Reply.PRIVATE, form=True)
async def publish(asked: Asked[Publish], studio: Studio) -> Card:
    asset = await studio.works.asset(asked.options.picture, asked.member)
    publication, url = await studio.publishing.publish(asset, asked.member, asked.place, asked.options.lasting)
    zone = await studio.budgets.zone(asked.member.team)
    until = (
        f"until {publication.expires.astimezone(zone):%d %B %Y at %H:%M} ({zone})"
        if publication.expires
        else "until you withdraw it"
    )
    return Card(
        lines=(
            Line(text=f"{asset.id} is public: whoever has this link sees it, {until}."),
            *((Line(text=url),) if url.startswith("http") else ()),
            Line(role=Role.NOTE, text="I tell this address once and do not keep it. /links withdraws it."),
        ),
        controls=(
            Controls(buttons=(Link(label="Open the public page", url=url), withdrawal(publication, "Withdraw it"))),
        ),
        private=True,
    )
