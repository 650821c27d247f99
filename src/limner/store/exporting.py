"""What is on record of a member, for themselves: read in pieces, so that no more than one is in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import Connection, Text, select, type_coerce

from limner.domain.request import Job
from limner.store.database import Database
from limner.store.notes import Note
from limner.store.tables import (
    assets,
    audit,
    collections,
    identities,
    jobs,
    ledger,
    members,
    notes,
    publications,
    saved,
    sessions,
    styles,
    teams,
)

AT_ONCE = 500
_MARK = "n"


class Exporting:
    """Reads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def profile(self, team: str, member: str) -> dict[str, Any]:
        """Who a member is, and what is theirs besides requests: small, as it is."""
        return await self._database.read(_profile, team, member)

    async def requests(self, team: str, member: str) -> AsyncIterator[list[dict[str, Any]]]:
        """All that a member has asked for, the oldest first, some at a time."""
        after = ""
        while rows := await self._database.read(_requests, team, member, after):
            after = rows[-1].id
            yield [_told(each) for each in rows]

    async def booked(self, team: str, member: str) -> AsyncIterator[list[dict[str, Any]]]:
        """What the ledger says of a member, some at a time."""
        after = 0
        while rows := await self._database.read(_booked, team, member, after):
            after = rows[-1]["id"]
            yield rows

    async def notes(self, team: str, member: str) -> tuple[Note, ...]:
        """The voice notes of a member that are kept."""
        return await self._database.read(_notes, team, member)


def _profile(connection: Connection, team: str, member: str) -> dict[str, Any]:
    of = members.c.id == member, members.c.team == team
    row = connection.execute(select(members).where(*of)).mappings().first()
    if row is None:
        return {}

    def every(query: Any) -> list[Any]:
        return list(connection.execute(query).scalars())

    rules = connection.execute(select(teams.c.rules).where(teams.c.id == team)).scalar()
    known = select(identities.c.platform, identities.c.person).where(identities.c.member == member)
    links = every(select(publications.c.record).where(publications.c.member == member))
    told = connection.execute(
        select(audit.c.created, audit.c.what, audit.c.verdict, audit.c.why)
        .where(audit.c.team == team, audit.c.member == member)
        .order_by(audit.c.id)
    ).all()
    return {
        "name": row["name"],
        "language": row["locale"],
        "admin": row["admin"],
        "roles": list(row["roles"]),
        "since": row["created"].isoformat(),
        "preferences": row["preferences"].model_dump(mode="json") if row["preferences"] else {},
        "approves": rules is not None and member in rules.approvers,
        "identities": [{"platform": each.platform, "id": each.person} for each in connection.execute(known)],
        "saved": [
            each.id
            for each in every(select(assets.c.record).join(saved, saved.c.asset == assets.c.sequence).where(
                saved.c.member == member
            ))
        ],
        "public_links": [each.model_dump(mode="json", include={"id", "asset", "created", "expires"}) for each in links],
        "collections_made": [
            each.name
            for each in every(select(collections.c.record).where(collections.c.team == team))
            if each.made_by == member
        ],
        "styles_made": [
            each.model_dump(mode="json", exclude={"references", "made_by"})
            for each in every(select(styles.c.record).where(styles.c.team == team))
            if each.made_by == member
        ],
        "signed_in_since": [
            each.isoformat() for each in every(select(sessions.c.created).where(sessions.c.member == member))
        ],
        "decisions": [
            {"when": each.created.isoformat(), "what": each.what, "verdict": each.verdict, "why": each.why}
            for each in told
        ],
    }  # fmt: skip


def _requests(connection: Connection, team: str, member: str, after: str) -> list[Job]:
    of = jobs.c.team == team, jobs.c.member == member, ~jobs.c.deleted, jobs.c.id > after
    return list(connection.execute(select(jobs.c.record).where(*of).order_by(jobs.c.id).limit(AT_ONCE)).scalars())


def _told(job: Job) -> dict[str, Any]:
    request = job.request.model_dump(
        mode="json", exclude_defaults=True, exclude={"references", "mask", "wearing", "note"}
    )
    return {
        "id": job.id,
        "asked": job.created.isoformat(),
        "where": job.place.path,
        "request": request,
        "pictures_to_go_by": [each.name for each in job.request.references],
        "model": job.model,
        "state": str(job.state),
        "why": job.trouble,
        "cost_dollars": (job.cost or 0) / 1_000_000,
    }


def _booked(connection: Connection, team: str, member: str, after: int) -> list[dict[str, Any]]:
    query = select(ledger.c.id, ledger.c.counted, ledger.c.kind, ledger.c.amount, ledger.c.reference)
    query = query.where(ledger.c.team == team, ledger.c.member == member, ledger.c.id > after)
    return [
        {
            "id": row.id,
            "when": row.counted.isoformat(),
            "what": row.kind,
            "dollars": row.amount / 1_000_000,
            "for": row.reference,
        }
        for row in connection.execute(query.order_by(ledger.c.id).limit(AT_ONCE))
    ]


def _notes(connection: Connection, team: str, member: str) -> tuple[Note, ...]:
    record = type_coerce(notes.c.record, Text)
    its = record.contains(f'"member":"{member}"', autoescape=True)
    of = notes.c.team == team, notes.c.id.startswith(_MARK), its
    rows = connection.execute(select(notes.c.record).where(*of).order_by(notes.c.created)).scalars().all()
    return tuple(Note.model_validate_json(each) for each in rows)
