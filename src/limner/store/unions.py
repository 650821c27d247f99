"""Teams that become one, and go apart again: a team joins another, to which from then on all belongs that was its own.

Everything is looked up by its team, so what joins is handed over, once, in one transaction; the team that it was
remains beside it, with its rules and budgets, and rests. A space remembers whose it was (`spaces.home`), and what is
made in a space belongs to it: by that it is told apart again.

What is handed over is written anew by its id in quotes: in JSON no text of a member's can hold that, for quotes in it
are escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import ColumnElement, Connection, func, or_, select, text, update

from limner.domain.place import Member, Place
from limner.domain.record import Record
from limner.domain.rules import TeamRules
from limner.domain.style import fold
from limner.errors import AlreadyJoined, AlreadyOne, BadCode, NotJoined, OtherTeam, OwnCode
from limner.store import audit, ids, search
from limner.store.database import Database, now
from limner.store.marks import mark
from limner.store.people import People, space_of
from limner.store.publications import digest
from limner.store.tables import (
    assets,
    collected,
    collections,
    identities,
    jobs,
    members,
    metadata,
    saved,
    spaces,
    styles,
    tags,
    teams,
    tickets,
    unions,
)
from limner.store.tickets import Sort

BATCH = 500
"""Pictures whose marks are written anew at a time."""
TEAMS = ("attempts", "ledger", "tags", "spoken", "tickets")
"""Tables whose rows are a team's."""
TEAMS_TOLD = ("jobs", "assets", "approvals", "publications", "notes")
"""The same, whose records say so too."""
MEMBERS = ("attempts", "ledger", "audit", "sessions", "tickets", "spoken")
MEMBERS_TOLD = ("jobs", "assets", "publications", "countdowns")
TOLD = ("approvals", "notes", "styles", "collections")
"""Tables whose records alone speak of members."""


class Joined(Record):
    """What a team brought that cannot be told by where it was made."""

    styles: dict[str, str] = {}
    """Ids, and the keys that they had."""
    collections: dict[str, str] = {}
    wears: tuple[str, ...] = ()
    """Channels that wore a style."""


class Unions:
    """Joins teams, and members."""

    def __init__(self, database: Database, people: People) -> None:
        self._database, self._people = database, people

    async def join(self, word: str, member: Member, place: Place, decision: audit.Decision) -> None:
        """Has a member's team join the one that an admin was given this code for, and uses the code up.

        Raises:
            BadCode: It is none of ours, was used, its time is over, or whoever was given it is no admin any longer.
            OwnCode: It was given out here.
            AlreadyOne: The two are one team.
        """
        await self._database.write(_join, digest(word), member, _key(place), decision)
        self._people.forget_all()

    async def part(self, member: Member, place: Place, decision: audit.Decision) -> int:
        """Takes apart what joined: in a space that joined, that one; else all that joined its team. Gives how many.

        Raises:
            NotJoined: Nothing did.
        """
        parted = await self._database.write(_part, member, place, decision)
        self._people.forget_all()
        return parted

    async def gather(self) -> None:
        """Hands over what came to a team that has joined another, from whoever did not know that yet."""
        await self._database.write(_gather)

    async def be(self, word: str, member: Member, place: Place, decision: audit.Decision) -> None:
        """Makes one member of two: of the one that was given this code, and of this one.

        Raises:
            BadCode: It is none of ours, was used, or its time is over.
            OtherTeam: It is another team's.
            AlreadyJoined: They are one, or whoever was given it is somebody else here.
        """
        await self._database.write(_be, digest(word), member, place, decision)
        self._people.forget_all()


def _key(place: Place) -> str:
    return "/".join(space_of(place))


def _join(connection: Connection, code: str, member: Member, place: str, decision: audit.Decision) -> None:
    ticket = _ticket(connection, code, Sort.TEAM)
    if ticket["place"] == place:
        raise OwnCode
    if ticket["team"] == member.team:
        raise AlreadyOne
    if not connection.execute(select(members.c.admin).where(members.c.id == ticket["member"])).scalar():
        raise BadCode
    connection.execute(tickets.delete().where(tickets.c.id == code))
    home, team = member.team, ticket["team"]
    for each in sorted((home, team)):  # nothing is accepted for either meanwhile
        connection.execute(select(teams.c.id).where(teams.c.id == each).with_for_update())
    renamed = _bring(connection, home, team)
    connection.execute(unions.update().where(unions.c.team == home).values(team=team))
    connection.execute(unions.insert().values(home=home, team=team, created=now(), record=renamed.model_dump_json()))
    mine = func.coalesce(spaces.c.home, spaces.c.team)
    connection.execute(update(spaces).where(spaces.c.team == home).values(home=mine, team=team))
    _hand_over(connection, home, team)
    for about in (home, team):
        audit.add(connection, decision.evolve(team=about))


def _gather(connection: Connection) -> None:
    for home, team in connection.execute(select(unions.c.home, unions.c.team)).all():
        _hand_over(connection, home, team)


def _hand_over(connection: Connection, home: str, team: str) -> None:
    """Makes one team's what is another's, but for what has names of its own, rules and budgets."""
    connection.execute(update(members).where(members.c.team == home).values(team=team))
    _learn_anew(connection, assets.c.team == home, _team_marks(home, team), team=(home, team))
    for table in TEAMS:
        connection.execute(text(f"UPDATE {table} SET team = :new WHERE team = :old"), {"old": home, "new": team})  # noqa: S608
    for table in TEAMS_TOLD:
        _tell_anew(connection, table, "team = :old", home, team, column="team")


def _ticket(connection: Connection, code: str, sort: Sort) -> Mapping[str, str]:
    query = select(tickets.c.team, tickets.c.member, tickets.c.place).where(
        tickets.c.id == code, tickets.c.sort == sort, tickets.c.expires > now()
    )
    found = connection.execute(query.with_for_update()).mappings().first()
    if found is None:
        raise BadCode
    return {name: str(found[name]) for name in ("team", "member", "place")}


def _tell_anew(
    connection: Connection, table: str, which: str, old: str, new: str, *, column: str | None = None, **given: str
) -> None:
    """Puts one id in place of another in a table's records, and in a column."""
    also = f"{column} = :new, " if column else ""
    statement = f"UPDATE {table} SET {also}record = REPLACE(record, :said, :says) WHERE {which}"  # noqa: S608
    connection.execute(text(statement), {"old": old, "new": new, "said": f'"{old}"', "says": f'"{new}"', **given})


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
    theirs, ours = _rules(connection, home), _rules(connection, team)
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


def _rules(connection: Connection, team: str) -> TeamRules:
    return connection.execute(select(teams.c.rules).where(teams.c.id == team)).scalar() or TeamRules()


def _take_back(connection: Connection, home: str, team: str, joined: Joined) -> None:
    for table, names in ((styles, joined.styles), (collections, joined.collections)):
        for id, name in names.items():
            record = connection.execute(select(table.c.record).where(table.c.id == id, table.c.team == team)).scalar()
            if record is not None:
                named = record.evolve(name=name)
                connection.execute(
                    table.update().where(table.c.id == id).values(team=home, key=named.key, record=named)
                )
    ours = _rules(connection, team)
    wears = {channel: key for channel, key in ours.wears.items() if channel not in joined.wears}
    connection.execute(teams.update().where(teams.c.id == team).values(rules=ours.evolve(wears=wears)))


# ── apart again ─────────────────────────────────────────────────────────────────────────────────────────────────


def _part(connection: Connection, member: Member, place: Place, decision: audit.Decision) -> int:
    platform, space = space_of(place)
    here = select(spaces.c.home).where(spaces.c.platform == platform, spaces.c.space == space)
    home = connection.execute(here).scalar()
    which = unions.c.home == home if home is not None else unions.c.team == member.team
    found = connection.execute(select(unions).where(which)).mappings().all()
    if home is not None and not found:  # it was the one that others joined
        found = connection.execute(select(unions).where(unions.c.team == member.team)).mappings().all()
    if not found:
        raise NotJoined
    for each in found:
        _let_go(connection, each["home"], each["team"], Joined.model_validate_json(each["record"]))
        for about in (each["home"], each["team"]):
            audit.add(connection, decision.evolve(team=about))
    return len(found)


def _let_go(connection: Connection, home: str, team: str, joined: Joined) -> None:
    connection.execute(select(teams.c.id).where(teams.c.id == team).with_for_update())
    own = connection.execute(select(spaces.c.platform, spaces.c.space).where(spaces.c.home == home)).all()
    prefixes = [f"{platform}/{space}/" for platform, space in own] + [f"web/team-{home}/"]
    connection.execute(unions.delete().where(unions.c.home == home))
    connection.execute(update(spaces).where(spaces.c.home == home).values(team=home, home=None))
    _take_back(connection, home, team, joined)
    within = _within(prefixes)
    given = {"old": team, "new": home, **{f"p{at}": prefix for at, prefix in enumerate(prefixes)}}
    _tell_anew(connection, "jobs", f"team = :old AND ({within})", team, home, column="team", **_said(prefixes))
    for table in ("attempts", "ledger"):
        connection.execute(text(f"UPDATE {table} SET team = :new WHERE team = :old AND ({within})"), given)  # noqa: S608
    moved = or_(assets.c.job.in_(select(jobs.c.id).where(jobs.c.team == home)))
    _learn_anew(connection, (assets.c.team == team) & moved, _team_marks(team, home), team=(team, home))
    there = "IN (SELECT sequence FROM assets WHERE job IN (SELECT id FROM jobs WHERE team = :new))"
    _tell_anew(
        connection,
        "assets",
        "team = :old AND job IN (SELECT id FROM jobs WHERE team = :new)",
        team,
        home,
        column="team",
    )
    connection.execute(text(f"UPDATE tags SET team = :new WHERE team = :old AND asset {there}"), given)  # noqa: S608
    for table in ("approvals", "publications"):
        _tell_anew(connection, table, f"team = :old AND asset {there}", team, home, column="team")
    _part_members(connection, home, team)
    _sort_out(connection)


def _within(prefixes: list[str]) -> str:
    return " OR ".join(f"substr(channel, 1, {len(each)}) = :p{at}" for at, each in enumerate(prefixes))


def _said(prefixes: list[str]) -> dict[str, str]:
    return {f"p{at}": prefix for at, prefix in enumerate(prefixes)}


def _part_members(connection: Connection, home: str, team: str) -> None:
    """Members go back with the space that knows them; whoever is known on both sides becomes two again."""
    theirs = set(connection.execute(select(identities.c.member).where(identities.c.team == home)).scalars())
    elsewhere = set(
        connection.execute(
            select(identities.c.member).where(identities.c.member.in_(theirs), identities.c.team != home)
        ).scalars()
    )
    for old in sorted(theirs - elsewhere):
        connection.execute(update(members).where(members.c.id == old).values(team=home))
        for table in ("tickets", "spoken"):
            anew = text(f"UPDATE {table} SET team = :new WHERE member = :member")  # noqa: S608
            connection.execute(anew, {"new": home, "member": old})
        connection.execute(
            text("UPDATE notes SET team = :new, record = REPLACE(record, :said, :says) WHERE record LIKE :of"),
            {"new": home, "said": f'"{team}"', "says": f'"{home}"', "of": f'%"member":"{old}"%'},
        )
    for old in sorted(theirs & elsewhere):
        row = dict(connection.execute(select(members).where(members.c.id == old)).mappings().one())
        new = ids.long()
        connection.execute(members.insert().values({**row, "id": new, "team": home}))
        connection.execute(
            update(identities).where(identities.c.member == old, identities.c.team == home).values(member=new)
        )
        _become(connection, old, new, within=home)


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


# ── members ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _be(connection: Connection, code: str, member: Member, place: Place, decision: audit.Decision) -> None:
    ticket = _ticket(connection, code, Sort.ME)
    one, other = ticket["member"], member.id
    if ticket["team"] != member.team:
        raise OtherTeam
    if one == other:
        raise AlreadyJoined(whom="you")
    platform, space = space_of(place)
    home = connection.execute(
        select(func.coalesce(spaces.c.home, spaces.c.team)).where(
            spaces.c.platform == platform, spaces.c.space == space
        )
    ).scalar()
    here = identities.c.team == home, identities.c.platform == platform
    taken = select(identities.c.person).where(*here, identities.c.member == one)
    if place.page_of is not None or connection.execute(taken).first() is not None:
        raise AlreadyJoined(whom="somebody else")
    connection.execute(tickets.delete().where(tickets.c.id == code))
    connection.execute(update(identities).where(identities.c.member == other).values(member=one))
    _become(connection, other, one)
    connection.execute(members.delete().where(members.c.id == other))
    audit.add(connection, decision.evolve(member=one))


def _become(connection: Connection, old: str, new: str, *, within: str | None = None) -> None:
    """Hands over what is a member's to another; `within`: of one team alone."""
    theirs = assets.c.team == within if within else None
    whose = [assets.c.member == old, assets.c.sequence.in_(select(saved.c.asset).where(saved.c.member == old))]
    which = or_(*whose) if theirs is None else or_(*whose) & theirs
    kept = select(saved.c.asset).where(saved.c.member == new)
    connection.execute(saved.delete().where(saved.c.member == old, saved.c.asset.in_(kept)))
    _learn_anew(connection, which, {mark(sort, old): mark(sort, new) for sort in ("member", "saved")})
    starred = update(saved).where(saved.c.member == old)
    if theirs is not None:
        starred = starred.where(saved.c.asset.in_(select(assets.c.sequence).where(theirs)))
    connection.execute(starred.values(member=new))
    given = {"old": old, "new": new, **({"team": within} if within else {})}
    for table in MEMBERS:
        if within is None or "team" in metadata.tables[table].c:
            of = " AND team = :team" if within else ""
            connection.execute(text(f"UPDATE {table} SET member = :new WHERE member = :old{of}"), given)  # noqa: S608
    more = {"team": within} if within else {}
    for table in MEMBERS_TOLD:
        if within is None or "team" in metadata.tables[table].c:
            of = " AND team = :team" if within else ""
            _tell_anew(connection, table, f"member = :old{of}", old, new, column="member", **more)
    for table in TOLD:
        of = " AND team = :team" if within else ""
        _tell_anew(connection, table, f"record LIKE :of{of}", old, new, of=f'%"{old}"%', **more)
    if within is None:
        _become_in_rules(connection, old, new)


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
    rules = _rules(connection, team)
    approvers = tuple(dict.fromkeys(new if each == old else each for each in rules.approvers))
    if approvers != rules.approvers:
        connection.execute(teams.update().where(teams.c.id == team).values(rules=rules.evolve(approvers=approvers)))


# ── the index ───────────────────────────────────────────────────────────────────────────────────────────────────


def _team_marks(old: str, new: str) -> dict[str, str]:
    return {mark("team", old): mark("team", new)}


def _learn_anew(
    connection: Connection, which: ColumnElement[bool], marks: Mapping[str, str], *, team: tuple[str, str] | None = None
) -> None:
    """Writes marks of pictures anew, those of tags too where their team changes."""
    query = select(assets.c.sequence).where(which)
    sequences = list(connection.execute(query.order_by(assets.c.sequence)).scalars())
    for some in _batches(sequences):
        rows = select(assets.c.sequence, assets.c.prompt, assets.c.marks)
        before = [search.Learned(*row) for row in connection.execute(rows.where(assets.c.sequence.in_(some))).all()]
        tagged: dict[str, str] = {}
        if team is not None:
            keys = connection.execute(select(tags.c.key).where(tags.c.asset.in_(some)).distinct()).scalars()
            tagged = {mark("tag", f"{team[0]} {key}"): mark("tag", f"{team[1]} {key}") for key in keys}
        become = {**marks, **tagged}
        after = [
            each._replace(marks=tuple(dict.fromkeys(become.get(said, said) for said in each.marks))) for each in before
        ]
        search.forget(connection, before)
        for each in after:
            connection.execute(assets.update().where(assets.c.sequence == each.sequence).values(marks=each.marks))
        search.learn(connection, after)


def _batches(sequences: list[int]) -> Iterator[Iterable[int]]:
    for start in range(0, len(sequences), BATCH):
        yield sequences[start : start + BATCH]
