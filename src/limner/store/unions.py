"""Teams that become one, and go apart again: a team joins another, to which from then on all belongs that was its own.

Everything is looked up by its team, so what joins is handed over, once, in one transaction; the team that it was
remains beside it, with its rules and budgets, and rests. A space remembers whose it was (`spaces.home`), and what is
made in a space belongs to it: by that it is told apart again.

Most of the work is the index, which has to learn each picture anew. So pictures bear both teams' marks first, a few at
a time, which shows them to nobody else, for what the index finds has to be the team's; and are rid of the old ones
afterwards, in the same way. A crash in between leaves marks too many, and a note of that among what is to go.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, func, select, update

from limner.domain.place import Member, Place
from limner.errors import AlreadyOne, BadCode, OwnCode
from limner.store import audit, tickets
from limner.store.brought import Joined, bring
from limner.store.database import Database, now
from limner.store.erasing import Doomed, doom
from limner.store.handover import Handover
from limner.store.parting import let_go, own_pictures, to_part
from limner.store.people import People, space_of
from limner.store.tables import assets, doomed, members, spaces, teams, unions
from limner.store.tickets import Sort

NOW, BEGUN = timedelta(0), timedelta(hours=1)
"""When old marks may go: once a library has changed hands, and when that was begun and never came to its end."""
TEAMS = ("attempts", "ledger", "tags", "spoken", "tickets")
"""Tables whose rows are a team's."""
TEAMS_TOLD = ("jobs", "assets", "approvals", "publications", "notes")
"""The same, whose records say so too."""


class Unions:
    """Joins teams, and parts them."""

    def __init__(self, database: Database, people: People) -> None:
        self._database, self._people = database, people

    async def join(self, word: str, member: Member, place: Place, decision: audit.Decision) -> None:
        """Has a member's team join the one that an admin was given this code for, and uses the code up.

        Raises:
            BadCode: It is none of ours, was used, its time is over, or whoever was given it is no admin any longer.
            OwnCode: It was given out here.
            AlreadyOne: The two are one team.
        """
        team = await self._database.write(_begin, word, member, place)
        await self._bear_both(member.team, team, assets.c.team == member.team)
        await self._database.write(_join, word, member, place, decision)
        self._people.forget_all()

    async def part(self, member: Member, place: Place, decision: audit.Decision) -> int:
        """Takes apart what joined: in a space that joined, that one; else all that joined its team. Gives how many.

        Raises:
            NotJoined: Nothing did.
        """
        for home, team, which in await self._database.write(_begin_to_part, member, place):
            await self._bear_both(team, home, which)
        parted = await self._database.write(_part, member, place, decision)
        self._people.forget_all()
        return parted

    async def _bear_both(self, old: str, new: str, which: ColumnElement[bool]) -> None:
        after: int | None = 0
        while after is not None:
            after = await self._database.write(_bear_both, old, new, which, after)

    async def settle(self, teams: str) -> None:
        """Has the pictures of two teams (`team/other`) bear their own team's marks alone."""
        one, other = teams.split("/")
        for old, new in ((one, other), (other, one)):
            after: int | None = 0
            while after is not None:
                after = await self._database.write(_bear_new, old, new, after)
        # Not what was noted anew meanwhile.
        done = doomed.delete().where(doomed.c.kind == Doomed.MARKS, doomed.c.key == teams, doomed.c.due <= now())
        await self._database.write(lambda connection: connection.execute(done) and None)

    async def gather(self) -> None:
        """Hands over what came to a team that has joined another, from whoever did not know that yet."""
        await self._database.write(_gather)


def _begin(connection: Connection, word: str, member: Member, place: Place) -> str:
    team = _wanted(connection, word, member, place)
    _note(connection, member.team, team, BEGUN)
    return team


def _note(connection: Connection, home: str, team: str, within: timedelta) -> None:
    """Notes that marks of both are on pictures of either, and when the wrong ones may go."""
    key = f"{home}/{team}"
    doom(connection, Doomed.MARKS, (key,))
    which = doomed.c.kind == Doomed.MARKS, doomed.c.key == key
    connection.execute(doomed.update().where(*which).values(due=now() + within))


def _bear_both(connection: Connection, old: str, new: str, which: ColumnElement[bool], after: int) -> int | None:
    return Handover(connection, old, new).bear_both(which, after)


def _bear_new(connection: Connection, old: str, new: str, after: int) -> int | None:
    return Handover(connection, old, new).bear_new(assets.c.team == new, after)


def _wanted(connection: Connection, word: str, member: Member, place: Place) -> str:
    """The team whose code this is, where the member's may join it."""
    ticket = tickets.shown(connection, word, Sort.TEAM)
    if ticket.place == "/".join(space_of(place)):
        raise OwnCode
    if ticket.team == member.team:
        raise AlreadyOne
    if not connection.execute(select(members.c.admin).where(members.c.id == ticket.member)).scalar():
        raise BadCode
    return ticket.team


def _join(connection: Connection, word: str, member: Member, place: Place, decision: audit.Decision) -> None:
    home, team = member.team, _wanted(connection, word, member, place)
    tickets.use(connection, word)
    for each in sorted((home, team)):  # nothing is accepted for either meanwhile
        connection.execute(select(teams.c.id).where(teams.c.id == each).with_for_update())
    renamed = bring(connection, home, team)
    connection.execute(unions.update().where(unions.c.team == home).values(team=team))
    connection.execute(unions.insert().values(home=home, team=team, created=now(), record=renamed.model_dump_json()))
    mine = func.coalesce(spaces.c.home, spaces.c.team)
    connection.execute(update(spaces).where(spaces.c.team == home).values(home=mine, team=team))
    _hand_over(connection, home, team)
    _note(connection, home, team, NOW)
    for about in (home, team):
        audit.add(connection, decision.evolve(team=about))


def _gather(connection: Connection) -> None:
    for home, team in connection.execute(select(unions.c.home, unions.c.team)).all():
        _hand_over(connection, home, team)


def _hand_over(connection: Connection, home: str, team: str) -> None:
    """Makes one team's what is another's, but for what has names of its own, rules and budgets."""
    connection.execute(update(members).where(members.c.team == home).values(team=team))
    handover = Handover(connection, home, team)
    handover.team_marks(assets.c.team == home)
    for table in TEAMS:
        handover.column(table, "team", "team = :old")
    for table in TEAMS_TOLD:
        handover.record(table, "team = :old", column="team")


def _begin_to_part(connection: Connection, member: Member, place: Place) -> list[tuple[str, str, ColumnElement[bool]]]:
    found: list[tuple[str, str, ColumnElement[bool]]] = []
    for each in to_part(connection, member, place):
        home, team = each["home"], each["team"]
        _note(connection, home, team, BEGUN)
        found.append((home, team, own_pictures(connection, home, team)))
    return found


def _part(connection: Connection, member: Member, place: Place, decision: audit.Decision) -> int:
    found = to_part(connection, member, place)
    for each in found:
        home, team = each["home"], each["team"]
        let_go(connection, home, team, Joined.model_validate_json(each["record"]))
        _note(connection, home, team, NOW)
        for about in (home, team):
            audit.add(connection, decision.evolve(team=about))
    return len(found)
