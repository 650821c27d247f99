"""Leave the queue, or stop what is being painted."""

from __future__ import annotations

from limner.actions.queue import listing
from limner.domain.action import Reply, Spoken, action
from limner.domain.ask import Asked
from limner.domain.card import Card, says
from limner.domain.options import Name, Options, option
from limner.domain.request import JobState
from limner.errors import BadOption, NothingToCancel
from limner.store.audit import Verdict, What
from limner.studio import Studio


class Cancel(Options):
    """Stop what waits or is being painted."""

    job: Name | None = option("Its id, such as a41f", default=None)


@action(Cancel, name="cancel", command=True, voice=Spoken.AT_ONCE, reply=Reply.SAME)
async def cancel(asked: Asked[Cancel], studio: Studio) -> Card:
    spoken = asked.ask.heard is not None
    named = asked.options.job or asked.target
    if not named and spoken and (stopped := await studio.counting.cancel(asked.place, asked.member)) is not None:
        return stopped.evolve(lines=stopped.lines[-1:])
    if not named and spoken and (latest := await studio.recent.waiting(asked.place, asked.member)) is not None:
        named = latest.id
    if not named:
        if spoken:
            raise NothingToCancel
        raise BadOption(name="job", value="", why="say which, as in /cancel a41f; /queue shows them")
    job = await studio.line.cancel(named, asked.member)
    await studio.warden.record(asked.member, What.CANCEL, Verdict.DONE, f"asked for by {job.member_name}", job=job.id)
    if job.delivered is None and job.state not in {JobState.ENDED}:
        # Its own card tells the rest: an answer in its place might come after that.
        said = f"{job.id} is being stopped. What was at work on it already may have been charged."
        return says(said).evolve(private=True)
    if asked.options.job is None and asked.ask.address.message == job.address.message:
        return await studio.board.card_of(job)
    if asked.options.job is None and asked.ask.answers is None and not spoken:  # pressed in the list
        return await listing(asked.member, studio)
    won = job.state is not JobState.ENDED
    said = "was done a moment before; its picture stays." if won else f"ended. {job.trouble}"
    return says(f"{job.id} {said}").evolve(private=True)
