"""Teams, members, and the identities by which the platforms know them."""

from __future__ import annotations

from collections import OrderedDict

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from limner.domain.place import LOCAL, Member, Person, Place
from limner.domain.text import one_line, shorten
from limner.store import ids
from limner.store.database import Database, insert, now
from limner.store.tables import identities, members, spaces, teams

CACHED = 10_000
NAME_LIMIT = 100


class People:
    """Finds the team of a place and the member that a person is there, making them at their first word."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._members: OrderedDict[tuple[str, str, str], Member] = OrderedDict()

    async def member(self, place: Place, person: Person) -> Member:
        """The member, by the name, rights and language that the platform tells of now. A language that it does not tell
        of stays what it was."""
        key = (*_space(place), person.id)
        told: dict[str, object] = {
            "name": shorten(one_line(person.name), NAME_LIMIT) or "somebody",
            "admin": person.admin,
        }
        if locale := shorten(one_line(person.locale or ""), 35):
            told["locale"] = locale
        known = self._members.get(key)
        if known is None or {name: getattr(known, name) for name in told} != told:
            async with self._database.write() as connection:
                team = await _team(connection, *key[:2])
                known = await _member(connection, team, key[0], person.id, told)
        self._members[key] = known
        self._members.move_to_end(key)
        if len(self._members) > CACHED:
            self._members.popitem(last=False)
        return known


def _space(place: Place) -> tuple[str, str]:
    # The command line and the demo's page of this machine are one team with one set of people.
    here = place.space == LOCAL and place.platform in {"web", "cli"}
    return (LOCAL if here else place.platform, place.space)


async def _team(connection: AsyncConnection, platform: str, space: str) -> str:
    found = select(spaces.c.team).where(spaces.c.platform == platform, spaces.c.space == space)
    team = (await connection.execute(found)).scalar()
    if team is None:
        team = ids.long()
        await connection.execute(teams.insert().values(id=team, created=now()))
        await connection.execute(
            insert(connection, spaces).values(platform=platform, space=space, team=team).on_conflict_do_nothing()
        )
        # Another process may have been quicker; then its team is the one.
        team = (await connection.execute(found)).scalar_one()
    return str(team)


async def _member(
    connection: AsyncConnection, team: str, platform: str, person: str, told: dict[str, object]
) -> Member:
    found = select(identities.c.member).where(
        identities.c.team == team, identities.c.platform == platform, identities.c.person == person
    )
    member = (await connection.execute(found)).scalar()
    if member is None:
        member = ids.long()
        await connection.execute(
            members.insert().values(id=member, team=team, created=now(), **{"locale": "en"} | told)
        )
        await connection.execute(
            insert(connection, identities)
            .values(team=team, platform=platform, person=person, member=member)
            .on_conflict_do_nothing()
        )
        member = (await connection.execute(found)).scalar_one()
    fields = [members.c[name] for name in Member.model_fields]
    changed = update(members).where(members.c.id == member).values(**told).returning(*fields)
    return Member.model_validate(dict((await connection.execute(changed)).mappings().one()))
