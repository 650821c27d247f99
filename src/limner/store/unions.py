"""Teams that become one, and go apart again: a team joins another, to which from then on all belongs that was its own.

Everything is looked up by its team, so what joins is handed over, once, in one transaction; the team that it was
remains beside it, with its rules and budgets, and rests. A space remembers whose it was (`spaces.home`), and what is
made in a space belongs to it: by that it is told apart again.

Most of the work is the index, which has to learn each picture anew. So pictures bear both teams' marks first, a few at
a time, which shows them to nobody else, for what the index finds has to be the team's; and are rid of the old ones
afterwards, in the same way. A crash in between leaves marks too many, and a note of that among what is to go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from limner.domain.place import Member, Place
from limner.domain.record import Record
from limner.domain.style import fold
from limner.errors import AlreadyOne, BadCode, NotJoined, OwnCode
from limner.store import audit, ids, search, tickets
from limner.store.database import Database, now
from limner.store.erasing import Doomed, doom
from limner.store.handover import Handover
from limner.store.identities import become
from limner.store.marks import mark
from limner.store.people import People, space_of
from limner.store.rules import rules_of
from limner.store.tables import (
    assets,
    collected,
    collections,
    doomed,
    identities,
    jobs,
    members,
    spaces,
    styles,
    teams,
    unions,
)
from limner.store.tickets import Sort

NOW, BEGUN = timedelta(0), timedelta(hours=1)
"""When old marks may go: once a library has changed hands, and when that was begun and never came to its end."""
TEAMS = ("attempts", "ledger", "tags", "spoken", "tickets")
"""Tables whose rows are a team's."""
TEAMS_TOLD = ("jobs", "assets", "approvals", "publications", "notes")
"""The same, whose records say so too."""


class Joined(Record):
    """What a team brought that cannot be told by where it was made."""

    styles: dict[str, str] = {}
    """Ids, and the keys that they had."""
    collections: dict[str, str] = {}
    wears: tuple[str, ...] = ()
    """Channels that wore a style."""


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
    renamed = _bring(connection, home, team)
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


# ── what has names of its own ───────────────────────────────────────────────────────────────────────────────────


def _bring(connection: Connection, home: str, team: str) -> Joined:
    """Hands styles and collections over; one whose name is taken there gets another."""
    kept, keys = {}, {}
    for id, style in connection.execute(select(styles.c.id, styles.c.record).where(styles.c.team == home)).all():
        taken = set(connection.execute(select(styles.c.key).where(styles.c.team == team)).scalars())
        named = style.evolve(name=_free(style.name, taken))
        connection.execute(styles.update().where(styles.c.id == id).values(team=team, key=named.key, record=named))
        kept[id], keys[style.key] = style.name, named.key
    owned = {}
    found = select(collections.c.id, collections.c.record).where(collections.c.team == home)
    for id, collection in connection.execute(found).all():
        taken = set(connection.execute(select(collections.c.key).where(collections.c.team == team)).scalars())
        named = collection.evolve(name=_free(collection.name, taken))
        connection.execute(
            collections.update().where(collections.c.id == id).values(team=team, key=named.key, record=named)
        )
        owned[id] = collection.name
    theirs, ours = rules_of(connection, home), rules_of(connection, team)
    wears = {channel: keys.get(key, key) for channel, key in theirs.wears.items()}
    voices = ours.voice.evolve(channels={**theirs.voice.channels, **ours.voice.channels})
    joined = ours.evolve(wears={**wears, **ours.wears}, voice=voices, names={**theirs.names, **ours.names})
    connection.execute(teams.update().where(teams.c.id == team).values(rules=joined))
    return Joined(styles=kept, collections=owned, wears=tuple(wears))


def _free(name: str, taken: set[str]) -> str:
    said, number = name, 2
    while fold(said) in taken:
        said, number = f"{name[:50]} {number}", number + 1
    return said


def _take_back(connection: Connection, home: str, team: str, joined: Joined) -> None:
    for table, names in ((styles, joined.styles), (collections, joined.collections)):
        for id, name in names.items():
            record = connection.execute(select(table.c.record).where(table.c.id == id, table.c.team == team)).scalar()
            if record is not None:
                named = record.evolve(name=name)
                connection.execute(
                    table.update().where(table.c.id == id).values(team=home, key=named.key, record=named)
                )
    ours = rules_of(connection, team)
    wears = {channel: key for channel, key in ours.wears.items() if channel not in joined.wears}
    connection.execute(teams.update().where(teams.c.id == team).values(rules=ours.evolve(wears=wears)))


# ── apart again ─────────────────────────────────────────────────────────────────────────────────────────────────


def _begin_to_part(connection: Connection, member: Member, place: Place) -> list[tuple[str, str, ColumnElement[bool]]]:
    found: list[tuple[str, str, ColumnElement[bool]]] = []
    for each in _to_part(connection, member, place):
        home, team = each["home"], each["team"]
        _note(connection, home, team, BEGUN)
        made = or_(*(func.substr(jobs.c.channel, 1, len(said)) == said for said in _prefixes(connection, home)))
        theirs = select(jobs.c.id).where(jobs.c.id == assets.c.job, made).exists()
        found.append((home, team, and_(assets.c.team == team, theirs)))
    return found


def _to_part(connection: Connection, member: Member, place: Place) -> Sequence[Mapping[str, str]]:
    platform, space = space_of(place)
    here = select(spaces.c.home).where(spaces.c.platform == platform, spaces.c.space == space)
    home = connection.execute(here).scalar()
    which = unions.c.home == home if home is not None else unions.c.team == member.team
    found = connection.execute(select(unions).where(which)).mappings().all()
    if home is not None and not found:  # it was the one that others joined
        found = connection.execute(select(unions).where(unions.c.team == member.team)).mappings().all()
    if not found:
        raise NotJoined
    return [{name: each[name] for name in ("home", "team", "record")} for each in found]


def _part(connection: Connection, member: Member, place: Place, decision: audit.Decision) -> int:
    found = _to_part(connection, member, place)
    for each in found:
        _let_go(connection, each["home"], each["team"], Joined.model_validate_json(each["record"]))
        for about in (each["home"], each["team"]):
            audit.add(connection, decision.evolve(team=about))
    return len(found)


def _prefixes(connection: Connection, home: str) -> list[str]:
    """What the channels begin with in which what is a team's own is made."""
    own = connection.execute(select(spaces.c.platform, spaces.c.space).where(spaces.c.home == home)).all()
    return [f"{platform}/{space}/" for platform, space in own] + [f"web/team-{home}/"]


def _let_go(connection: Connection, home: str, team: str, joined: Joined) -> None:
    connection.execute(select(teams.c.id).where(teams.c.id == team).with_for_update())
    prefixes = _prefixes(connection, home)
    connection.execute(unions.delete().where(unions.c.home == home))
    connection.execute(update(spaces).where(spaces.c.home == home).values(team=home, home=None))
    _take_back(connection, home, team, joined)
    handover = Handover(connection, team, home)
    within = " OR ".join(f"substr(channel, 1, {len(each)}) = :p{at}" for at, each in enumerate(prefixes))
    given = {f"p{at}": each for at, each in enumerate(prefixes)}
    handover.record("jobs", f"team = :old AND ({within})", column="team", **given)
    for table in ("attempts", "ledger"):
        handover.column(table, "team", f"team = :old AND ({within})", **given)
    handover.team_marks((assets.c.team == team) & assets.c.job.in_(select(jobs.c.id).where(jobs.c.team == home)))
    handover.record("assets", "team = :old AND job IN (SELECT id FROM jobs WHERE team = :new)", column="team")
    there = "asset IN (SELECT sequence FROM assets WHERE job IN (SELECT id FROM jobs WHERE team = :new))"
    handover.column("tags", "team", f"team = :old AND {there}")
    for table in ("approvals", "publications"):
        handover.record(table, f"team = :old AND {there}", column="team")
    _part_members(handover)
    _sort_out(connection)
    _note(connection, home, team, NOW)


def _part_members(handover: Handover) -> None:
    """Members go back with the space that knows them; whoever is known on both sides becomes two again."""
    connection, home = handover.connection, handover.new
    theirs = set(connection.execute(select(identities.c.member).where(identities.c.team == home)).scalars())
    known = select(identities.c.member).where(identities.c.member.in_(theirs), identities.c.team != home)
    elsewhere = set(connection.execute(known).scalars())
    for old in sorted(theirs - elsewhere):
        connection.execute(update(members).where(members.c.id == old).values(team=home))
        for table in ("tickets", "spoken"):
            handover.column(table, "team", "member = :member", member=old)
        handover.record("notes", "record LIKE :of", column="team", of=f'%"member":"{old}"%')
    for old in sorted(theirs & elsewhere):
        row = dict(connection.execute(select(members).where(members.c.id == old)).mappings().one())
        new = ids.long()
        connection.execute(members.insert().values({**row, "id": new, "team": home}))
        connection.execute(
            update(identities).where(identities.c.member == old, identities.c.team == home).values(member=new)
        )
        become(connection, old, new, within=home)


def _sort_out(connection: Connection) -> None:
    """Takes what is another team's now out of collections."""
    crossing = (
        select(collected.c.collection, collected.c.asset)
        .join(collections, collections.c.id == collected.c.collection)
        .join(assets, assets.c.sequence == collected.c.asset)
        .where(collections.c.team != assets.c.team)
    )
    for collection, asset in connection.execute(crossing).all():
        connection.execute(collected.delete().where(collected.c.collection == collection, collected.c.asset == asset))
        search.change(connection, (asset,), drop=(mark("collection", collection),))
