"""Telling apart again what joined teams have: by the space in which it was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from limner.domain.place import Member, Place
from limner.errors import NotJoined
from limner.store import ids, search
from limner.store.brought import Joined, take_back
from limner.store.handover import Handover
from limner.store.identities import become
from limner.store.marks import mark
from limner.store.people import space_of
from limner.store.tables import assets, collected, collections, identities, jobs, members, spaces, teams, unions


def to_part(connection: Connection, member: Member, place: Place) -> Sequence[Mapping[str, str]]:
    """The unions that are meant in a place: in a space that joined, its own; else all with the member's team.

    Raises:
        NotJoined: There is none.
    """
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


def own_pictures(connection: Connection, home: str, team: str) -> ColumnElement[bool]:
    """Which pictures of a team are another's that has joined it."""
    made = or_(*(func.substr(jobs.c.channel, 1, len(said)) == said for said in _prefixes(connection, home)))
    return and_(assets.c.team == team, select(jobs.c.id).where(jobs.c.id == assets.c.job, made).exists())


def _prefixes(connection: Connection, home: str) -> list[str]:
    """What the channels begin with in which what is a team's own is made."""
    own = connection.execute(select(spaces.c.platform, spaces.c.space).where(spaces.c.home == home)).all()
    return [f"{platform}/{space}/" for platform, space in own] + [f"web/team-{home}/"]


def let_go(connection: Connection, home: str, team: str, joined: Joined) -> None:
    """Makes what is a team's own its own again, of all that the team has which it had joined."""
    connection.execute(select(teams.c.id).where(teams.c.id == team).with_for_update())
    prefixes = _prefixes(connection, home)
    connection.execute(unions.delete().where(unions.c.home == home))
    connection.execute(update(spaces).where(spaces.c.home == home).values(team=home, home=None))
    take_back(connection, home, team, joined)
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
