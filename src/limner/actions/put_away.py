"""Take a draft out of the chat: it was paid for, so it is not thrown away without another word."""

from __future__ import annotations

from limner.domain.action import On, Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Button, ButtonStyle, Card, Controls, Line, Role
from limner.domain.options import Options
from limner.studio import Studio


class PutAway(Options):
    """Take this draft out of the chat."""


@action(PutAway, name="put-away", button="Cancel", on=On.DRAFT, reply=Reply.SAME)
async def put_away(asked: Asked[PutAway], studio: Studio) -> Card:
    job = await studio.works.done(asked.target, asked.member)
    if not job.request.private:
        return await studio.drafts.sent(job)
    return Card(
        private=True,
        job=job.id,
        lines=(
            Line(role=Role.PROMPT, text=job.request.prompt),
            Line(text=f"Put away. Nobody sees {job.id}, and it is not lost: /drafts brings it up again."),
        ),
        controls=(
            Controls(
                buttons=(
                    Button(label="Bring it back", action="bring-back", target=job.id, private=True),
                    Button(label="Delete", action="delete", target=job.id, style=ButtonStyle.DANGER, private=True),
                )
            ),
        ),
    )
