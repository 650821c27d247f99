"""Edit area: paint over what shall change, on a page with a brush."""

from __future__ import annotations

from limner.domain.action import On, Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, Controls, Line, Link, Role
from limner.domain.options import Options
from limner.studio import Studio
from limner.studio.cards import reference_of
from limner.studio.versions import next_version


class Area(Options):
    """Paint over a part of this picture and say what it becomes."""


@action(Area, name="area", button="Edit area", on=On.PICTURE, reply=Reply.PRIVATE, needs="mask", page=True)
async def area(asked: Asked[Area], studio: Studio) -> Card:
    job, asset = await studio.works.made(asked.target, asked.member)
    # A mask costs as much as the picture.
    estimate = studio.desk.estimate(next_version(job, asset, asset.prompt, mask=reference_of(asset)))
    url = await studio.permits.link(asked, asset, action="edit", estimate=estimate)
    said = f"Paint over what shall change in {asset.id} and say what it becomes; the new version comes here."
    return Card(
        lines=(
            Line(text=said),
            Line(role=Role.NOTE, text="The link is yours alone: good for an hour, for one change, in one browser."),
        ),
        controls=(Controls(buttons=(Link(label="Open the picture", url=url, at_once=True),)),),
        private=True,
    )
