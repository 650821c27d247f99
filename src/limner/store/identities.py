"""One member of two: what somebody is on one platform becomes who they are on another."""

from __future__ import annotations

from sqlalchemy import Connection, func, or_, select, text, update

from limner.domain.place import Member, Place
from limner.errors import AlreadyJoined, OtherTeam
from limner.store import audit, tickets
from limner.store.database import Database
from limner.store.handover import Handover
from limner.store.people import People, space_of
from limner.store.rules import rules_of
from limner.store.tables import assets, identities, members, metadata, saved, spaces, teams
from limner.store.tickets import Sort

MEMBERS = ("attempts", "ledger", "audit", "sessions", "tickets", "spoken")
"""Tables whose rows are a member's."""
MEMBERS_TOLD = ("jobs", "assets", "publications", "countdowns")
"""The same, whose records say so too."""
TOLD = ("approvals", "notes", "styles", "collections")
"""Tables whose records alone speak of members."""


class Identities:
    """Joins the identities of one person."""

    def __init__(self, database: Database, people: People) -> None:
        self._database, self._people = database, people

    async def join(self, word: str, member: Member, place: Place, decision: audit.Decision) -> None:
        """Makes one member of two: of the one that was given this code, and of this one.

        Raises:
            BadCode: It is none of ours, was used, or its time is over.
            OtherTeam: It is another team's.
            AlreadyJoined: They are one, or whoever was given it is somebody else here.
        """
        await self._database.write(_join, word, member, place, decision)
        self._people.forget_all()


def _join(connection: Connection, word: str, member: Member, place: Place, decision: audit.Decision) -> None:
    ticket = tickets.shown(connection, word, Sort.ME)
    one, other = ticket.member, member.id
    if ticket.team != member.team:
        raise OtherTeam
    if one == other:
        raise AlreadyJoined(whom="you")
    if place.page_of is not None or _known(connection, one, place):
        raise AlreadyJoined(whom="somebody else")
    tickets.use(connection, word)
    connection.execute(update(identities).where(identities.c.member == other).values(member=one))
    become(connection, other, one)
    _become_in_rules(connection, other, one)
    connection.execute(members.delete().where(members.c.id == other))
    audit.add(connection, decision.evolve(member=one))


def _known(connection: Connection, member: str, place: Place) -> bool:
    """Whether somebody is this member in a place's space."""
    platform, space = space_of(place)
    here = spaces.c.platform == platform, spaces.c.space == space
    home = select(func.coalesce(spaces.c.home, spaces.c.team)).where(*here).scalar_subquery()
    theirs = identities.c.team == home, identities.c.platform == platform, identities.c.member == member
    return connection.execute(select(identities.c.person).where(*theirs)).first() is not None


def become(connection: Connection, old: str, new: str, *, within: str | None = None) -> None:
    """Hands over what is a member's to another; `within`: of one team alone."""
    handover = Handover(connection, old, new)
    _become_on_pictures(handover, within)
    of, given = (" AND team = :team", {"team": within}) if within is not None else ("", {})
    for table in MEMBERS:
        if within is None or "team" in metadata.tables[table].c:
            handover.column(table, "member", f"member = :old{of}", **given)
    for table in MEMBERS_TOLD:
        if within is None or "team" in metadata.tables[table].c:
            handover.record(table, f"member = :old{of}", column="member", **given)
    for table in TOLD:
        handover.record(table, f"record LIKE :of{of}", of=f'%"{old}"%', **given)


def _become_on_pictures(handover: Handover, within: str | None) -> None:
    """Pictures that they made, and those that they have saved."""
    connection, old, new = handover.connection, handover.old, handover.new
    theirs = select(saved.c.asset).where(saved.c.member == old)
    which = or_(assets.c.member == old, assets.c.sequence.in_(theirs))
    starred = saved.c.member == old
    if within is not None:
        which &= assets.c.team == within
        starred &= saved.c.asset.in_(select(assets.c.sequence).where(assets.c.team == within))
    twice = select(saved.c.asset).where(saved.c.member == new)
    handover.marks(which, "member", "saved")
    connection.execute(saved.delete().where(saved.c.member == old, saved.c.asset.in_(twice)))
    connection.execute(update(saved).where(starred).values(member=new))


def _become_in_rules(connection: Connection, old: str, new: str) -> None:
    """Budgets of their own, and approvals that they give."""
    team = connection.execute(select(members.c.team).where(members.c.id == new)).scalar_one()
    given = {"old": old, "new": new, "team": team}
    has = "SELECT period FROM budgets WHERE team = :team AND scope = 'member' AND key = :new"
    connection.execute(
        text(f"DELETE FROM budgets WHERE team = :team AND scope = 'member' AND key = :old AND period IN ({has})"),  # noqa: S608
        given,
    )
    connection.execute(
        text("UPDATE budgets SET key = :new WHERE team = :team AND scope = 'member' AND key = :old"), given
    )
    rules = rules_of(connection, team)
    approvers = tuple(dict.fromkeys(new if each == old else each for each in rules.approvers))
    if approvers != rules.approvers:
        connection.execute(teams.update().where(teams.c.id == team).values(rules=rules.evolve(approvers=approvers)))
