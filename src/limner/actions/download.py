"""The originals, byte for byte."""

from __future__ import annotations

from limner.domain.action import On, Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, Line, Role
from limner.domain.options import Options
from limner.studio import Studio
from limner.studio.cards import picture_of


class Download(Options):
    """Get the originals, byte for byte."""


@action(Download, name="download", button="Download", on=On.JOB, reply=Reply.PRIVATE)
async def download(asked: Asked[Download], studio: Studio) -> Card:
    job = await studio.done(asked.target, asked.member)
    meant = [asset for asset in await studio.assets(job) if asked.target in {asset.id, job.id}]
    pictures = tuple(picture_of(asset) for asset in meant)
    what = "The original" if len(pictures) == 1 else "The originals"
    return Card(
        private=True,
        lines=(Line(text=f"{what} of {asked.target}, exactly as the model made it.", role=Role.NOTE),),
        files=pictures,
    )
