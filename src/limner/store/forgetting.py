"""Forgetting: what is still to go of what was deleted, what has come of age, and members who wish to be forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, delete, func, or_, select, type_coerce, update

from limner.domain.budget import Scope
from limner.domain.place import Member
from limner.domain.record import Record
from limner.domain.request import Job, JobState
from limner.domain.rules import TeamRules
from limner.domain.traces import Traces
from limner.errors import StillOpen
from limner.store import forgotten, search, searches
from limner.store.anonymous import NOBODY, take_names, traces_of
from limner.store.database import Database, now
from limner.store.erasing import Doomed, doom, erase, let_go
from limner.store.marks import mark
from limner.store.tables import (
    approvals,
    assets,
    budgets,
    cards,
    collected,
    collections,
    countdowns,
    doomed,
    identities,
    jobs,
    members,
    notes,
    parents,
    publications,
    saved,
    sessions,
    spoken,
    styles,
    teams,
    tickets,
)

AT_ONCE = 500
_OPEN = (JobState.ACCEPTED, JobState.PAINTING)
_COUNTED = ("versions", "saved", "collections", "links")


class Shared(Record):
    """What others have to do with pictures, or with what a member made."""

    versions: int = 0
    """Pictures of others that come from them."""
    saved: int = 0
    """How often others have saved them."""
    collections: int = 0
    """In how many collections they are."""
    links: int = 0
    """Public links to them."""
    copies: int = 0
    """Cards that show them once more, where they were brought up or shared."""


class Whole(Record):
    """All that a member has here."""

    requests: int
    pictures: int
    notes: int
    saved: int
    links: int
    collections: int
    styles: int
    open: int
    """Requests that wait or are being painted."""
    shared: Shared


class Forgetting:
    """Keeps the list of what is to go."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, kind: Doomed, *, limit: int = AT_ONCE, of: Sequence[str] | None = None) -> tuple[str, ...]:
        """The keys of what is to go now, the oldest first; of these alone, if they are given."""
        query = select(doomed.c.key).where(doomed.c.kind == kind)
        query = query.where(doomed.c.due <= now()) if of is None else query.where(doomed.c.key.in_(of))
        query = query.order_by(doomed.c.due).limit(limit)
        return await self._database.read(lambda connection: tuple(connection.execute(query).scalars()))

    async def went(self, kind: Doomed, key: str) -> None:
        """Notes that it is gone."""
        gone = delete(doomed).where(doomed.c.kind == kind, doomed.c.key == key)
        await self._database.write(lambda connection: connection.execute(gone) and None)

    async def taken_down(self, job: str) -> None:
        """Forgets where the cards of a forgotten member's job were: their addresses say by which id the chat knew who
        asked."""
        await self._database.write(_taken_down, job)

    async def later(self, kind: Doomed, key: str, delay: timedelta, *, most: timedelta) -> None:
        """Has it tried again after a while; after the longest while no more."""
        await self._database.write(_later, kind, key, now() + delay, now() - most)

    async def shared(self, team: str, those: Iterable[str], member: str) -> Shared:
        """What others than this member have to do with the pictures of these jobs."""
        return await self._database.read(_shared, team, tuple(those), member)

    async def whole(self, member: Member) -> Whole:
        """All that a member has here."""
        return await self._database.read(_whole, member)

    async def forget(self, member: Member) -> Traces:
        """Forgets who a member is, at once, and all that they have here but what they asked for, which is doomed:
        `erase_some` erases it. Gives by what they were known.

        Raises:
            StillOpen: Something of theirs waits or is being painted.
        """
        return await self._database.write(_forget, member)

    async def erase_some(self, member: str) -> tuple[str, ...]:
        """Erases some of what a forgotten member asked for; gives its ids; none where nothing is left."""
        return await self._database.write(_erase_some, member)

    async def aged(
        self, team: str, before: datetime, *, spare: bool, after: tuple[datetime, str] | None = None, limit: int = 50
    ) -> tuple[tuple[datetime, str], ...]:
        """Jobs from before a moment, the oldest first, each with when it was asked for, from one of them on. `spare`:
        not those with a picture that somebody keeps on purpose."""
        query = select(jobs.c.created, jobs.c.id).where(*_aged(team, before, spare))
        if after is not None:
            at, id = after
            query = query.where(or_(jobs.c.created > at, and_(jobs.c.created == at, jobs.c.id > id)))
        query = query.order_by(jobs.c.created, jobs.c.id).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return tuple((row.created, row.id) for row in rows)

    async def count_aged(self, team: str, before: datetime, *, spare: bool) -> int:
        """How many pictures those jobs have."""
        query = select(func.count()).select_from(assets.join(jobs, jobs.c.id == assets.c.job))
        query = query.where(*_aged(team, before, spare))
        return await self._database.read(lambda connection: int(connection.execute(query).scalar_one()))

    async def retentions(self) -> tuple[tuple[str, TeamRules], ...]:
        """Every team and its rules."""
        query = select(teams.c.id, teams.c.rules)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return tuple((row.id, row.rules or TeamRules()) for row in rows)


def _taken_down(connection: Connection, job: str) -> None:
    theirs = type_coerce(jobs.c.record, Text).contains(f'"member_name":"{NOBODY}"', autoescape=True)
    forgotten = select(jobs.c.id).where(jobs.c.id == job, jobs.c.deleted, theirs)
    connection.execute(delete(cards).where(cards.c.job.in_(forgotten)))


def _later(connection: Connection, kind: Doomed, key: str, due: datetime, oldest: datetime) -> None:
    which = doomed.c.kind == kind, doomed.c.key == key
    connection.execute(delete(doomed).where(*which, doomed.c.created < oldest))
    connection.execute(update(doomed).where(*which).values(due=due))


def _aged(team: str, before: datetime, spare: bool) -> list[ColumnElement[bool]]:
    which = [jobs.c.team == team, ~jobs.c.deleted, jobs.c.created < before, jobs.c.state.not_in(_OPEN)]
    if spare:
        for kept in (saved.c.asset, collected.c.asset, publications.c.asset):
            which.append(
                ~select(kept).join(assets, assets.c.sequence == kept).where(assets.c.job == jobs.c.id).exists()
            )
        approved = select(approvals.c.asset).join(assets, assets.c.sequence == approvals.c.asset)
        which.append(~approved.where(assets.c.job == jobs.c.id, approvals.c.state == "approved").exists())
    return which


def _shared(connection: Connection, team: str, those: tuple[str, ...], member: str) -> Shared:
    counts = dict.fromkeys(Shared.model_fields, 0)
    for start in range(0, len(those), AT_ONCE):
        some = those[start : start + AT_ONCE]
        rows = connection.execute(select(assets.c.sequence, assets.c.record).where(assets.c.job.in_(some))).all()
        places = [row.sequence for row in rows]
        names = [asset.id for asset in (row.record for row in rows)]
        if not places:
            continue
        from_them = (
            select(func.count(parents.c.asset.distinct()))
            .join(assets)
            .where(parents.c.parent.in_(names), assets.c.team == team, assets.c.member != member)
        )
        theirs = select(func.count()).select_from(saved).where(saved.c.asset.in_(places), saved.c.member != member)
        within = select(func.count(collected.c.collection.distinct())).where(collected.c.asset.in_(places))
        public = select(func.count()).select_from(publications).where(publications.c.asset.in_(places))
        for name, query in zip(_COUNTED, (from_them, theirs, within, public), strict=True):
            counts[name] += int(connection.execute(query).scalar_one())
        shown = select(func.count(), func.count(cards.c.job.distinct())).where(cards.c.job.in_(some))
        every, once = connection.execute(shown).one()
        counts["copies"] += int(every - once)
    return Shared(**counts)


def _whole(connection: Connection, member: Member) -> Whole:
    of = jobs.c.team == member.team, jobs.c.member == member.id, ~jobs.c.deleted
    every = tuple(connection.execute(select(jobs.c.id).where(*of)).scalars())

    def count(query: Any) -> int:
        return int(connection.execute(query).scalar_one())

    return Whole(
        requests=len(every),
        pictures=count(
            select(func.count()).select_from(assets).where(assets.c.team == member.team, assets.c.member == member.id)
        ),
        notes=len(_notes_of(connection, member)),
        saved=count(select(func.count()).select_from(saved).where(saved.c.member == member.id)),
        links=count(select(func.count()).select_from(publications).where(publications.c.member == member.id)),
        collections=len(_made_by(connection, collections, member)),
        styles=len(_made_by(connection, styles, member)),
        open=count(select(func.count()).select_from(jobs).where(*of, jobs.c.state.in_(_OPEN))),
        shared=_shared(connection, member.team, every, member.id),
    )


def _notes_of(connection: Connection, member: Member) -> list[str]:
    """What waits for a member's word, or has had it: voice notes, searches, held pictures, refused requests."""
    its = notes.c.record.contains(f'"member":"{member.id}"', autoescape=True)
    waiting = connection.execute(select(notes.c.id).where(notes.c.team == member.team, its)).scalars().all()
    kept = select(notes.c.id, notes.c.record).where(notes.c.team == member.team, notes.c.id.startswith(searches.MARK))
    sought = (
        row.id
        for row in connection.execute(kept)
        if row.id == searches.id_of(row.record, team=member.team, member=member.id)
    )
    return [*waiting, *sought]


def _made_by(connection: Connection, kept: Any, member: Member) -> list[Any]:
    rows = connection.execute(select(kept.c.id, kept.c.record).where(kept.c.team == member.team)).all()
    return [row for row in rows if row.record.made_by == member.id]


def _forget(connection: Connection, member: Member) -> Traces:
    # Whoever meets this member again, or takes something on for them, waits here.
    connection.execute(select(members.c.id).where(members.c.id == member.id).with_for_update())
    still = jobs.c.team == member.team, jobs.c.member == member.id, jobs.c.state.in_(_OPEN)
    if (job := connection.execute(select(jobs.c.id).where(*still).limit(1)).scalar()) is not None:
        raise StillOpen(what=job)
    traces = traces_of(connection, member)
    forgotten.note(connection, member, traces)
    _forget_name(connection, member, traces)
    for table in (identities, sessions, tickets, publications):
        connection.execute(delete(table).where(table.c.member == member.id))
    places = connection.execute(select(saved.c.asset).where(saved.c.member == member.id)).scalars().all()
    search.change(connection, places, drop=(mark("saved", member.id),))
    connection.execute(delete(saved).where(saved.c.member == member.id))
    _forget_notes(connection, member)
    scoped = budgets.c.team == member.team, budgets.c.scope == Scope.MEMBER, budgets.c.key == member.id
    connection.execute(delete(budgets).where(*scoped))
    nobody = {"name": NOBODY, "admin": False, "roles": (), "locale": "en", "preferences": None}
    connection.execute(update(members).where(members.c.id == member.id).values(nobody))
    doom(connection, Doomed.MEMBER, (member.id,))
    return traces


def _forget_notes(connection: Connection, member: Member) -> None:
    connection.execute(delete(countdowns).where(countdowns.c.member == member.id))
    said = delete(spoken).where(spoken.c.member == member.id).returning(spoken.c.id)
    let_go(connection, [f"spoken:{id}" for id in connection.execute(said).scalars().all()])
    every = _notes_of(connection, member)
    for start in range(0, len(every), AT_ONCE):
        some = every[start : start + AT_ONCE]
        let_go(connection, [f"{kind}:{id}" for id in some for kind in ("note", "sound", "refused")])
        connection.execute(delete(notes).where(notes.c.id.in_(some)))


def _forget_name(connection: Connection, member: Member, traces: Traces) -> None:
    """Takes a member's name off what stays, because it is the team's."""
    for table in (collections, styles):
        for row in _made_by(connection, table, member):
            changed = row.record.evolve(made_by_name=NOBODY)
            connection.execute(update(table).where(table.c.id == row.id).values(record=changed))
    take_names(connection, member, traces)
    rules: TeamRules | None = connection.execute(
        select(teams.c.rules).where(teams.c.id == member.team).with_for_update()
    ).scalar()
    if rules is not None and member.id in {*rules.approvers, *rules.names}:
        others = tuple(each for each in rules.approvers if each != member.id)
        names = {key: name for key, name in rules.names.items() if key != member.id}
        changed = rules.evolve(approvers=others, names=names)
        connection.execute(update(teams).where(teams.c.id == member.team).values(rules=changed))


def _erase_some(connection: Connection, member: str) -> tuple[str, ...]:
    team = select(members.c.team).where(members.c.id == member).scalar_subquery()
    query = select(jobs.c.id, jobs.c.record).where(jobs.c.team == team, jobs.c.member == member)
    done = type_coerce(jobs.c.record, Text).contains(f'"member_name":"{NOBODY}"', autoescape=True)
    rows = connection.execute(query.where(~done, jobs.c.state.not_in(_OPEN)).limit(50)).all()
    for row in rows:
        erase(connection, row.id)
        left: Job = connection.execute(select(jobs.c.record).where(jobs.c.id == row.id)).scalar_one()
        # Where its cards are is on record with them; who asked is in the address too, by the chat's own id.
        address = left.address.evolve(reader=None, extra={}, files=())
        trouble = (
            left.trouble.replace(left.cancelled_by, NOBODY) if left.trouble and left.cancelled_by else left.trouble
        )
        left = left.evolve(member_name=NOBODY, cancelled_by=None, trouble=trouble, address=address)
        connection.execute(update(jobs).where(jobs.c.id == row.id).values(record=left))
    return tuple(row.id for row in rows)
