"""Keep a picture at hand: a star that its member alone sees."""

from __future__ import annotations

from limner.domain.action import On, Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Button, Card, Controls, says
from limner.domain.options import Options
from limner.studio import Studio


class Save(Options):
    """Keep this picture among those that you have saved, or let it go again."""


@action(Save, name="save", button="Save ☆", on=On.PICTURE, reply=Reply.PRIVATE, once=True)
async def save(asked: Asked[Save], studio: Studio) -> Card:
    asset = await studio.works.asset(asked.target, asked.member)
    if await studio.works.save(asset, asked.member):
        said = f"★ {asset.id} is saved, for you alone. Save once more lets it go."
    else:
        said = f"☆ {asset.id} is not among your saved pictures any longer."
    listing = Button(label="What you have saved", action="gallery", options={"saved": "true"})
    return says(said).evolve(private=True, controls=(Controls(buttons=(listing,)),))
