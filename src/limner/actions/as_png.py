"""The same request as PNG, where OpenAI does not let the account have what was asked for."""

from __future__ import annotations

from limner.domain.action import action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Format, Options
from limner.domain.request import Request
from limner.studio import Studio


class AsPng(Options):
    """The same request as PNG."""


def still(request: Request) -> Request:
    """The request for a picture that every account can have."""
    return request.evolve(format=Format.PNG, frames=None, frame_ms=None)


@action(AsPng, name="as-png", costs=True)
async def as_png(asked: Asked[AsPng], studio: Studio) -> Card:
    job = await studio.works.job(asked.target, asked.member)
    return await studio.paint(asked, still(job.request).evolve(heard=None))
