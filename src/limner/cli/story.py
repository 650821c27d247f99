"""`limner job ID`: what happened to a job, when, and what it cost; for people, or as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from limner.cli.settings import settings_for
from limner.domain.money import Micros, spell
from limner.domain.request import JobState, Priority
from limner.domain.text import one_line, shorten
from limner.store.attempts import Attempt, Outcome
from limner.store.books import open_books
from limner.store.story import Movement, Story

Event = tuple[datetime, str]
ENDINGS = {
    Outcome.PAID: "answered",
    Outcome.FREE: "failed, surely not charged",
    Outcome.UNKNOWN: "possibly charged",
}
MOVED = {"reserve": "reserved", "settle": "settled", "release": "given back", "unknown": "kept as possibly charged"}


async def print_story(config: Path | None, id: str, *, as_json: bool) -> int:
    """Prints a job's story, while another process may be at work on the same data."""
    async with open_books(settings_for(config).data) as books:
        told = await books.story(id)
    print(told.model_dump_json(indent=2) if as_json else "\n".join(lines(told)))
    return 0


def lines(told: Story) -> Iterator[str]:
    """The story for people: what it is, what happened in order, how it stands."""
    job, request = told.job, told.job.request
    yield f"{job.id}: {_state(told)}"
    many = f" ×{request.count}" if request.count > 1 else ""
    yield f"  “{_plain(request.prompt, 200)}”{many}, {request.quality}, {job.width}×{job.height}, {job.model}"
    private = ", private" if request.private else ""
    by = f"{_plain(job.member_name)} in {_plain(job.place.key)}"
    yield f"  asked for by {by}{private} (event {_plain(job.event)})"
    yield ""
    for moment, what in sorted(_events(told), key=lambda each: each[0]):
        yield f"  {_time(moment)}  {what}"
    yield ""
    for note in _standing(told):
        yield f"  {note}"


def _state(told: Story) -> str:
    job = told.job
    if job.deleted:
        return "deleted"
    match job.state:
        case JobState.ACCEPTED:
            return "waits in the queue"
        case JobState.PAINTING:
            return "is being painted"
        case JobState.PAINTED:
            return "painted, not shown yet"
        case JobState.DELIVERED:
            return "done"
    return "ended without a picture"


def _events(told: Story) -> Iterator[Event]:
    job = told.job
    yield job.created, f"accepted, about {spell(job.estimate) if job.estimate else 'free'}"
    for decision in told.decisions:
        by = f" ({_plain(decision.by)})" if decision.by else ""
        yield decision.created, f"{decision.what} {decision.verdict}: {_plain(decision.why, 200)}{by}"
    for entry in told.ledger:
        yield entry.created, _moved(entry)
    if job.started is not None:
        yield job.started, "its turn came"
    for attempt in told.attempts:
        yield from _called(attempt)
    if job.ended is not None:
        yield job.ended, _plain(job.trouble, 300) if job.trouble else "its pictures were stored"
    if job.delivered is not None:
        yield job.delivered, f"its last card was shown in {_plain(job.address.place.key)}"


def _called(attempt: Attempt) -> Iterator[Event]:
    by = f" by {attempt.worker}" if attempt.worker else ""
    at = f", known to the provider as {_plain(attempt.handle)}" if attempt.handle else ""
    yield attempt.started, f"call {attempt.id}: {attempt.model} was asked{by}{at}"
    if attempt.ended is None:
        return
    said = [ENDINGS.get(attempt.outcome, str(attempt.outcome))]
    said.append(f"{(attempt.ended - attempt.started).total_seconds():.1f} s")
    if attempt.cost is not None:
        said.append(spell(attempt.cost) if attempt.cost else "free")
    said += [f"{_plain(each.model)} {spell(each.cost)} of it" for each in attempt.shares]
    if attempt.request_id:
        said.append(f"request {_plain(attempt.request_id, 80)}")
    if attempt.trouble:
        said.append(_plain(attempt.trouble, 300))
    yield attempt.ended, f"call {attempt.id}: {', '.join(said)}"


def _moved(entry: Movement) -> str:
    return f"{spell(Micros(entry.amount))} {MOVED.get(entry.kind, entry.kind)} ({entry.source} → {entry.target})"


def _standing(told: Story) -> Iterator[str]:
    job, queue = told.job, told.queue
    if job.state is JobState.ACCEPTED:
        priority = {Priority.FIRST: ", before all others", Priority.LATER: ", when nobody else waits"}
        yield f"waits on {queue.lane}, turn {queue.turn}{priority.get(job.priority, '')}"
        if not queue.ready:
            yield "its first card was not shown yet"
    if job.tries:
        yield f"went back into the queue {job.tries} times: its calls did not reach the model"
    if queue.worker and queue.open:
        yield f"in the hands of {queue.worker}"
    if queue.due is not None and queue.open:
        yield f"not before {_time(queue.due)}"
    if job.cancelled_by:
        yield f"cancelled by {_plain(job.cancelled_by)}"
    if job.undelivered:
        yield f"its last card could not be shown ({job.deliveries} times): {_plain(job.undelivered, 300)}"
    if job.cost is not None:
        unsure = " possibly charged" if job.trouble and job.charged is None else ""
        yield f"cost: {spell(job.cost) if job.cost else 'nothing'}{unsure}"


def _plain(words: str | None, limit: int = 120) -> str:
    return shorten(one_line(words or ""), limit)


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
