"""Jobs: accepted once, changed whole, and settled together with their pictures and their money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Executable, ScalarSelect, and_, bindparam, func, or_, select, union_all, update

from limner.domain.card import Card
from limner.domain.money import Micros
from limner.domain.place import Address
from limner.domain.request import Asset, Job, JobState, Priority
from limner.domain.text import one_line, shorten
from limner.errors import NotFound
from limner.store import attempts as calls
from limner.store import audit, cards, ids, ledger, notes
from limner.store.attempts import Attempts, End, Outcome
from limner.store.blobs import Blob
from limner.store.database import either, now
from limner.store.lanes import answers
from limner.store.library import add_blobs, keep, use
from limner.store.tables import attempts, jobs, lanes

BEFORE_PICTURES = (JobState.ACCEPTED, JobState.PAINTING)


class Ended(Exception):
    """What was to be painted had been taken back, or was painted already."""


class Jobs(Attempts):
    """The jobs, and the attempts at them."""

    async def new_id(self) -> str:
        """An id for a job: four characters to say aloud. Should a job have it, `accept` gives another."""
        return ids.draw(ids.SHORTEST)

    async def accept(
        self,
        job: Job,
        caps: tuple[ledger.Cap, ...] = (),
        *,
        worker: str | None = None,
        decision: audit.Decision | None = None,
        ends: str | None = None,
    ) -> tuple[Job, bool]:
        """Writes the job and reserves its estimate, all or nothing; gives the job, and whether it is a new one.

        It gets its turn in the queue, and waits there for its first card (`shown`); until then it belongs to `worker`.
        An event that the team's jobs know already gives the job that it made, and False. Should the id have been taken
        since it was drawn, the job that is given has another. The decision to take it goes into the audit log.

        `ends`: the voice note that asks for it, which waits no more then.

        Raises:
            OverBudget: A cap has no room for the estimate.
            Ended: The note had ended already; nothing is written.
        """
        return await self._database.jot(_accept, job, caps, worker, decision, ends)

    async def get(self, id: str) -> Job | None:
        """The job, whosever it is, deleted or not."""
        return await self._database.read(_get, id)

    async def asked(self, event: str, team: str) -> Job | None:
        """The job that a team's event made, deleted or not; None: it made none."""
        given = {"its_team": team, "its_event": event}
        found: Job | None = await self._database.read(lambda connection: connection.execute(_KNOWN, given).scalar())
        return found

    async def of_team(self, id: str, team: str) -> Job:
        """The job, as a member of the team asks for it: `a41f`, `#A41F`, or one of its pictures, `a41f.2`.

        Raises:
            NotFound: It is not there, another team's, or deleted; the three look the same.
        """
        said = ids.read(id)
        job = await self.get(said[0]) if said else None
        if job is None or job.team != team or job.deleted:
            raise NotFound(what=shorten(one_line(id), 40))
        return job

    async def change(self, id: str, **fields: Any) -> Job:
        """The job with these fields changed.

        Raises:
            NotFound: There is no such job.
        """
        return await self._database.jot(lambda connection: change(connection, locked(connection, id), **fields))

    async def shown(self, id: str, address: Address, card: Card) -> Job:
        """Notes where a job's first card stands, and lets it be painted when its turn comes."""
        return await self._database.jot(_shown, id, address, card)

    async def delivered(self, shown: Job, address: Address, card: Card) -> tuple[Job, Card]:
        """Notes that a job's last card stands, and where: nothing is left to do, unless it is no longer what was
        shown. Gives the card, too, as it is on record; see `limner.store.cards.Cards.put`."""
        return await self._database.jot(_delivered, shown, address, card)

    async def settle(
        self,
        job: Job,
        *,
        assets: tuple[Asset, ...],
        blobs: tuple[Blob, ...],
        cost: Micros,
        attempt: int | None = None,
        end: End | None = None,
    ) -> Job:
        """Everything that comes of a painted job, all or nothing: the pictures in the library, their blobs and parents,
        the actual cost in the ledger, the end of its attempt, the job's state and cost. Doing it again changes nothing.

        A job that was deleted before its pictures came after all is paid, and leaves none.
        """
        return await self._database.jot(_settle, job, assets, blobs, cost, attempt, end)

    async def fail(self, job: Job, *, trouble: str, charged: bool | None, **fields: Any) -> Job:
        """Ends a job without a picture, all or nothing; gives it as it is then.

        Its reservation is given back (`charged` False), kept as possibly charged (None), or settled (True) by what its
        attempts are known to have cost, else by the estimate. A job that has its pictures, or has ended, stays as it
        is.
        """
        return await self._database.jot(_fail, job.id, trouble, charged, fields)


def _accept(
    connection: Connection,
    job: Job,
    caps: tuple[ledger.Cap, ...],
    worker: str | None,
    decision: audit.Decision | None,
    ends: str | None,
) -> tuple[Job, bool]:
    if caps:
        ledger.line_up(connection, job.team)
    row = {
        "its_lane": job.lane,
        "its_member": job.member,
        "its_priority": int(job.priority),
        "team": job.team,
        "member": job.member,
        "event": job.event,
        "state": job.state,
        "deleted": job.deleted,
        "created": job.created,
        "lane": job.lane,
        "pictures": job.request.count,
        "channel": job.place.path,
        "open": True,
        "ready": False,
        "cancelled": False,
        "priority": int(job.priority),
        "worker": worker,
    }
    add = (_ADD if job.priority is Priority.NORMAL else _ADD_OTHER)[connection.dialect.name]
    while connection.execute(add, {**row, "id": job.id, "record": job}).first() is None:
        earlier: Job | None = connection.execute(_KNOWN, {"its_team": job.team, "its_event": job.event}).scalar()
        if earlier is not None:
            return earlier, False
        job = job.evolve(id=_free_id(connection))
    ledger.check(connection, caps, job.estimate)
    ledger.reserve(connection, _booking(job), job.estimate)
    if decision is not None:
        audit.add(connection, decision.evolve(job=job.id))
    use(connection, f"job:{job.id}", (picture.blob for picture in job.request.pictures))
    if ends is not None and not notes.end(connection, ends):
        raise Ended
    return job, True


def _get(connection: Connection, id: str) -> Job | None:
    job: Job | None = connection.execute(_GET, {"its_id": id}).scalar()
    return job


def _shown(connection: Connection, id: str, address: Address, card: Card) -> Job:
    job = locked(connection, id).evolve(address=address)
    if job.state is JobState.ENDED:  # cancelled meanwhile: this card is to say so too
        job = job.evolve(delivered=None)
        _write(connection, job, _FREE)
    else:
        _write(connection, job, _READY if job.state is JobState.ACCEPTED else _CHANGE)
    if kept(address):
        (cards.put if job.deleted else cards.put_of)(connection, address, card)
    return job


def _delivered(connection: Connection, shown: Job, address: Address, card: Card) -> tuple[Job, Card]:
    job = locked(connection, shown.id)
    if job.state is not shown.state and not job.deleted:  # it has become something else: that is to be shown as well
        job = job.evolve(address=address)
        _write(connection, job, _FREE)
    else:
        state = JobState.DELIVERED if job.state is JobState.PAINTED else job.state
        # Tokens are kept no longer than the job runs.
        plain = address.evolve(token=None, expires=None)
        # Of what was deleted meanwhile no more is kept than there is.
        where = job.address if job.deleted else plain
        job = job.evolve(address=where, state=state, delivered=now(), undelivered=None)
        _write(connection, job, _DONE)
    if not kept(address):
        return job, card
    return job, (cards.put if job.deleted else cards.put_of)(connection, address, card)


def kept(address: Address) -> bool:
    """Whether a card that is shown there is remembered: what one reader alone sees is not."""
    return address.message is not None and address.reader is None


def _settle(
    connection: Connection,
    job: Job,
    made: tuple[Asset, ...],
    blobs: tuple[Blob, ...],
    cost: Micros,
    attempt: int | None,
    end: End | None,
) -> Job:
    current = locked(connection, job.id)
    if current.state in {JobState.PAINTED, JobState.DELIVERED}:
        return current
    if end is not None and end.outcome is Outcome.UNKNOWN:
        ledger.doubt(connection, _booking(current))
    else:
        ledger.settle(connection, _booking(current), cost)
    if not current.deleted:
        add_blobs(connection, blobs)
        keep(connection, current, made)
    if attempt is not None and end is not None:
        calls.close(connection, attempt, end)
        answers(connection, current.lane)
    return change(
        connection,
        current,
        state=JobState.PAINTED,
        notes=job.notes,
        cost=cost,
        trouble=None,
        charged=None,
        ended=current.ended or now(),
        delivered=None,
    )


def _fail(connection: Connection, id: str, trouble: str, charged: bool | None, fields: dict[str, Any]) -> Job:
    current = locked(connection, id)
    return current if current.state not in BEFORE_PICTURES else fail(connection, current, trouble, charged, **fields)


def fail(connection: Connection, job: Job, trouble: str, charged: bool | None, **fields: Any) -> Job:
    """Ends a job that has no pictures, within a transaction: its money too."""
    cost = Micros(0)
    if charged:
        paid = select(attempts.c.cost).where(attempts.c.job == job.id, attempts.c.outcome == Outcome.PAID)
        costs = connection.execute(paid).scalars().all()
        cost = Micros(sum(costs)) if costs else job.estimate
        ledger.settle(connection, _booking(job), cost)
    elif charged is None:
        cost = job.estimate
        ledger.doubt(connection, _booking(job))
    else:
        ledger.release(connection, _booking(job))
        connection.execute(_NEVER_MADE, {"its_job": job.id, "at": now()})
    end = {"state": JobState.ENDED, "trouble": trouble, "charged": charged, "cost": cost, "ended": now()}
    return change(connection, job, **{**fields, **end})


def _booking(job: Job) -> ledger.Booking:
    return ledger.Booking(
        reference=f"job:{job.id}", team=job.team, member=job.member, counted=job.created, channel=job.place.key
    )


def _free_id(connection: Connection) -> str:
    length = ids.SHORTEST
    while True:
        drawn = [ids.draw(length) for _ in range(4)]
        taken = set(connection.execute(select(jobs.c.id).where(jobs.c.id.in_(drawn))).scalars())
        if free := [id for id in drawn if id not in taken]:
            return free[0]
        length += 1


def locked(connection: Connection, id: str) -> Job:
    """The job, which nobody else changes until this transaction ends.

    Raises:
        NotFound: There is no such job.
    """
    job: Job | None = connection.execute(_LOCKED, {"its_id": id}).scalar()
    if job is None:
        raise NotFound(what=shorten(one_line(id), 40))
    return job


def change(connection: Connection, job: Job, **fields: Any) -> Job:
    """Writes a job with these fields changed, within a transaction. One that has come to its end and is to be shown is
    open until it was."""
    changed = job.evolve(**fields)
    _write(connection, changed, _CHANGE)
    return changed


def _write(connection: Connection, job: Job, statement: Executable) -> None:
    # What is deleted is not shown; its money has to be settled all the same.
    shown = job.delivered is not None or job.deleted
    opened = job.state is not JobState.DELIVERED and (not shown or job.state in BEFORE_PICTURES)
    # Only what may have changed: whatever else is named here is written anew in every index that has it.
    connection.execute(
        statement, {"its_id": job.id, "state": job.state, "deleted": job.deleted, "record": job, "open": opened}
    )


_GET = select(jobs.c.record).where(jobs.c.id == bindparam("its_id"))
_LOCKED = _GET.with_for_update()
_KNOWN = select(jobs.c.record).where(jobs.c.team == bindparam("its_team"), jobs.c.event == bindparam("its_event"))
_CHANGE = (
    update(jobs)
    .where(jobs.c.id == bindparam("its_id"))
    .values({name: bindparam(name) for name in ("state", "deleted", "record", "open")})
)
_READY = _CHANGE.values(ready=True, worker=None)
_FREE = _CHANGE.values(worker=None, due=None)
_DONE = _CHANGE.values(worker=None, due=None)
# On record a moment before its job was ended, and so not made.
_NEVER_MADE = (
    update(attempts)
    .where(attempts.c.job == bindparam("its_job"), attempts.c.outcome == Outcome.OPEN)
    .values(outcome=Outcome.FREE, cost=0, ended=bindparam("at"))
)
# Fair queueing: a member's next job of a priority begins where their last one ends, and not before what is painted now.
_OF_CLASS = and_(jobs.c.open, jobs.c.lane == bindparam("its_lane"), jobs.c.priority == bindparam("its_priority"))
_BEFORE_PICTURES = or_(*(jobs.c.state == state for state in BEFORE_PICTURES))  # IN is written anew for each execution
_CLOCK = select(lanes.c.clock).where(lanes.c.name == bindparam("its_lane")).scalar_subquery()
_FIRST = select(func.min(jobs.c.turn)).where(_OF_CLASS, jobs.c.state == JobState.ACCEPTED).scalar_subquery()
_OWN_LAST = (
    select(func.max(jobs.c.turn + jobs.c.pictures))
    .where(_OF_CLASS, _BEFORE_PICTURES, jobs.c.member == bindparam("its_member"))
    .scalar_subquery()
)


def _adding(since: ScalarSelect[Any]) -> Mapping[str, Executable]:
    """A job's row, with its turn."""
    known = union_all(select(since.label("turn")), select(_OWN_LAST)).subquery()
    turn = select(func.coalesce(func.max(known.c.turn), 0)).scalar_subquery()
    return either(lambda insert: insert(jobs).values(turn=turn).on_conflict_do_nothing().returning(jobs.c.id))


_ADD = _adding(_CLOCK)
_ADD_OTHER = _adding(_FIRST)  # the clock is that of normal ones
