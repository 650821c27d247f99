"""Take a request's pictures away, everywhere."""

from __future__ import annotations

from contextlib import suppress

from limner.domain.action import On, Reply, action, public
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options
from limner.domain.request import Asset, Job, JobState
from limner.errors import NotYours, TooLate
from limner.store.audit import Verdict, What
from limner.studio import Studio


class Delete(Options):
    """Delete these pictures from the library and from every card."""


def called(job: Job, asset: Asset) -> str:
    """What its button is called: a request's pictures go together."""
    return "Delete" if asset.id == job.id else "Delete all"


@action(Delete, name="delete", button="Delete", named=called, on=On.JOB, offered=public, reply=Reply.SAME, danger=True)
async def delete(asked: Asked[Delete], studio: Studio) -> Card:
    job = await studio.works.job(asked.target, asked.member)
    if job.member != asked.member.id and not asked.member.admin:
        raise await studio.warden.refused(asked.member, NotYours(verb="delete"), What.DELETE, job=job.id)
    if job.state is JobState.ACCEPTED:  # it leaves the queue first, uncharged
        with suppress(TooLate):
            await studio.line.cancel(job.id, asked.member)
    card = await studio.forgetting.delete(job)
    await studio.warden.record(asked.member, What.DELETE, Verdict.DONE, f"made by {job.member_name}", job=job.id)
    return card
