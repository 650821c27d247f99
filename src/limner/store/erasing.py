"""Erasing: what is deleted is gone from every table in one transaction. What lies outside of the database (bytes, cards
in chats) is written down there as doomed, so that it goes too, whatever happens meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import Connection, delete, select, update

from limner.domain.card import Card, Role, State, says
from limner.domain.request import Job, JobState, Request
from limner.errors import StillOpen
from limner.store import search
from limner.store.database import either, now
from limner.store.tables import assets, blobs, cards, countdowns, doomed, jobs, notes, spoken, uses


class Doomed(StrEnum):
    """What is to go, by what its key is."""

    BLOB = "blob"
    CARDS = "cards"
    """A job's cards, and those that show its pictures among others."""
    CARD = "card"
    """A card of others that has been changed, by its number: it is to be shown anew."""
    STRIP = "strip"
    """`other/job`: what another job's cards show of a deleted one."""
    MARKS = "marks"
    """`team/other`: what pictures of one of two teams bear of the other's marks; see `limner.store.unions`."""
    MEMBER = "member"
    """All jobs of a member who is forgotten."""


def gone(job: str) -> Card:
    """What stands in the place of a deleted job's cards."""
    return says(f"{job} was deleted.", Role.NOTE).evolve(state=State.GONE, job=job)


def erase(connection: Connection, job: str) -> tuple[str, ...]:
    """Takes a job, its pictures, its words and its voice note out of everything; gives the keys of the bytes that
    nothing needs any longer. What it cost stays in the ledger.

    Raises:
        StillOpen: It waits or is being painted: what it costs is not known.
    """
    current: Job | None = connection.execute(select(jobs.c.record).where(jobs.c.id == job).with_for_update()).scalar()
    if current is None or current.deleted:
        return ()
    if current.state in {JobState.ACCEPTED, JobState.PAINTING}:
        raise StillOpen(what=job)
    note = current.request.note
    left = _left_of(current)
    connection.execute(update(jobs).where(jobs.c.id == job).values(deleted=True, record=left))
    _doom_beside(connection, job)
    owners = [f"job:{job}", f"sheet:{job}", *((f"note:{note}", f"sound:{note}") if note else ())]
    said = delete(spoken).where(spoken.c.about.in_([job, *((note,) if note else ())])).returning(spoken.c.id)
    owners += [f"spoken:{id}" for id in connection.execute(said).scalars().all()]
    # A sheet shows this job's pictures: that other jobs are on it too does not keep it.
    shown = set(connection.execute(select(uses.c.blob).where(uses.c.owner == f"sheet:{job}")).scalars())
    search.forget(connection, search.known(connection, job=job))
    connection.execute(delete(assets).where(assets.c.job == job))
    free = let_go(connection, owners, sheets=shown)
    if note:
        connection.execute(delete(notes).where(notes.c.id == note))
        connection.execute(delete(countdowns).where(countdowns.c.note == note))
    connection.execute(update(cards).where(cards.c.job == job).values(card=gone(job)))
    doom(connection, Doomed.CARDS, (job,))
    return free


def let_go(connection: Connection, owners: Iterable[str], *, sheets: Iterable[str] = ()) -> tuple[str, ...]:
    """Ends what these owners need; gives the keys of what nothing needs any longer, whose bytes are doomed. `sheets`:
    needed by no sheet any longer either."""
    owning = list(owners)
    used = set(connection.execute(select(uses.c.blob).where(uses.c.owner.in_(owning))).scalars())
    connection.execute(delete(uses).where(uses.c.owner.in_(owning)))
    connection.execute(
        delete(uses).where(uses.c.blob.in_(set(sheets)), uses.c.owner.startswith("sheet:", autoescape=True))
    )
    needed = set(connection.execute(select(uses.c.blob).where(uses.c.blob.in_(used))).scalars())
    free = tuple(sorted(used - needed))
    connection.execute(delete(blobs).where(blobs.c.key.in_(free)))
    doom(connection, Doomed.BLOB, free)
    return free


def beside(connection: Connection, job: str) -> tuple[str, ...]:
    """The other jobs whose pictures are on one sheet or strip with this job's."""
    shared = select(uses.c.blob).where(uses.c.owner == f"sheet:{job}")
    owners = select(uses.c.owner).where(uses.c.blob.in_(shared), uses.c.owner.startswith("sheet:", autoescape=True))
    others = {owner.removeprefix("sheet:") for owner in connection.execute(owners.distinct()).scalars()}
    return tuple(sorted(others - {job}))


def doom(connection: Connection, kind: Doomed, keys: Iterable[str]) -> None:
    """Writes down what is to go, within a transaction."""
    at = now()
    rows = [{"kind": kind, "key": key, "created": at, "due": at} for key in dict.fromkeys(keys)]
    if rows:
        connection.execute(_DOOM[connection.dialect.name], rows)


def _doom_beside(connection: Connection, job: str) -> None:
    doom(connection, Doomed.STRIP, (f"{other}/{job}" for other in beside(connection, job)))


def _left_of(job: Job) -> Job:
    """What stays of a deleted job: what it cost, when, and where its cards are; none of its words."""
    return job.evolve(
        deleted=True,
        request=Request(prompt="", quality=job.request.quality, count=job.request.count, private=job.request.private),
        address=job.address.evolve(token=None, expires=None),
        notes=(),
        sheet=None,
        strip=None,
        sent_with=None,
    )


_DOOM = either(lambda insert: insert(doomed).on_conflict_do_nothing())
