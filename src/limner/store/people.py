"""Teams, members, and the identities by which the platforms know them."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Connection, func, select, update

from limner.domain.listening import Preferences
from limner.domain.place import LOCAL, Member, Person, Place
from limner.domain.text import one_line, shorten
from limner.errors import NotFound
from limner.store import ids
from limner.store.database import Database, either, now
from limner.store.tables import identities, members, spaces, teams

CACHED = 10_000
FRESH_SECONDS = 5.0
"""How long what is known of a member is not asked anew, where several processes share the database."""
NAME_LIMIT = 100


class People:
    """Finds the team of a place and the member that a person is there, making them at their first word."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._members: OrderedDict[tuple[str, str, str], tuple[float, Member]] = OrderedDict()

    async def member(self, place: Place, person: Person) -> Member:
        """The member, by the name, rights and language that the platform tells of now. A language that it does not tell
        of stays what it was. The page tells nothing of its own, nor do direct messages of no server: there they are who
        they were last in chat.

        Raises:
            NotFound: The page, or a card in direct messages, was asked for somebody who is not of its team.
        """
        if place.page_of is not None:
            return await self._of_page(place.page_of, person.id)
        if place.home is not None:
            if (met := await self.known(place, person.id)) is None:
                raise NotFound(what=person.name[:40])
            return met
        key = (*space_of(place), person.id)
        told: dict[str, object] = {
            "name": shorten(one_line(person.name), NAME_LIMIT) or "somebody",
            "admin": person.admin,
            "roles": person.roles,
        }
        if locale := shorten(one_line(person.locale or ""), 35):
            told["locale"] = locale
        asked, known = self._members.get(key, (0.0, None))
        # Another process may have had their team join another one.
        old = not self._database.sqlite and time.monotonic() - asked > FRESH_SECONDS
        if known is None or old or {name: getattr(known, name) for name in told} != told:
            asked, known = time.monotonic(), await self._database.write(_meet, *key, told)
        self._members[key] = asked, known
        self._members.move_to_end(key)
        if len(self._members) > CACHED:
            self._members.popitem(last=False)
        return known

    def forget_all(self) -> None:
        """Looks everybody up anew from now on."""
        self._members.clear()

    async def known(self, place: Place, person: str) -> Member | None:
        """The member whom the platform of this place knows by an id; None: they have not said a word here yet."""
        if place.page_of is not None:
            with suppress(NotFound):
                return await self._of_page(place.page_of, person)
            return None
        platform, space = space_of(place)
        query = (
            select(*(members.c[name] for name in Member.model_fields))
            .join(identities, identities.c.member == members.c.id)
            .join(spaces, func.coalesce(spaces.c.home, spaces.c.team) == identities.c.team)
            .where(
                spaces.c.platform == platform,
                spaces.c.space == space,
                identities.c.platform == platform,
                identities.c.person == person,
            )
        )
        found = await self._database.read(lambda connection: connection.execute(query).mappings().first())
        return Member.model_validate(dict(found)) if found else None

    async def met_in(self, member: str) -> tuple[tuple[str, str, str], ...]:
        """By which chats a member is known: each platform, space, and the platform's own id of theirs."""
        query = (
            select(identities.c.platform, spaces.c.space, identities.c.person)
            .join(
                spaces,
                (spaces.c.platform == identities.c.platform)
                & (func.coalesce(spaces.c.home, spaces.c.team) == identities.c.team),
            )
            .where(identities.c.member == member)
            .order_by(identities.c.platform, spaces.c.space)
        )
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return tuple((row.platform, row.space, row.person) for row in rows)

    async def stand(self, member: str, *, admin: bool, roles: tuple[str, ...]) -> Member | None:
        """Notes the rights that a member has now; gives the member, None when they were forgotten meanwhile."""
        fields = [members.c[name] for name in Member.model_fields]
        changed = update(members).where(members.c.id == member).values(admin=admin, roles=roles).returning(*fields)
        row = await self._database.write(lambda connection: connection.execute(changed).mappings().first())
        self.forget(member)
        return Member.model_validate(dict(row)) if row else None

    async def called(self, member: str, platform: str) -> str | None:
        """How a platform knows a member; None: it does not."""
        query = select(identities.c.person).where(identities.c.member == member, identities.c.platform == platform)
        return await self._database.read(lambda connection: connection.execute(query.limit(1)).scalar())

    async def spaces(self, team: str, platform: str) -> tuple[str, ...]:
        """Where a team is at home on a platform."""
        query = select(spaces.c.space).where(spaces.c.team == team, spaces.c.platform == platform)
        query = query.order_by(spaces.c.space)
        return await self._database.read(lambda connection: tuple(connection.execute(query).scalars()))

    def forget(self, member: str) -> None:
        """Knows a member no longer by heart."""
        for key in [key for key, (_, known) in self._members.items() if known.id == member]:
            del self._members[key]

    async def has(self, place: Place) -> bool:
        """Whether a place is of a team already."""
        platform, space = space_of(place)
        query = select(spaces.c.team).where(spaces.c.platform == platform, spaces.c.space == space)
        return await self._database.read(lambda connection: connection.execute(query).first() is not None)

    async def team(self, place: Place) -> str:
        """The id of the team that a place belongs to, made at its first word."""
        if place.page_of is not None:
            return place.page_of
        return (await self._database.write(_team, *space_of(place)))[1]

    async def _of_page(self, team: str, member: str) -> Member:
        fields = (members.c[name] for name in Member.model_fields)
        query = select(*fields).where(members.c.id == member, members.c.team == team)
        found = await self._database.read(lambda connection: connection.execute(query).mappings().first())
        if found is None:
            raise NotFound(what=member[:40])
        return Member.model_validate(dict(found))

    async def preferences(self, member: str) -> Preferences:
        """What a member has chosen for themselves."""
        query = select(members.c.preferences).where(members.c.id == member)
        chosen: Preferences | None = await self._database.read(lambda connection: connection.execute(query).scalar())
        return chosen or Preferences()

    async def prefer(self, member: str, edit: Callable[[Preferences], Preferences]) -> Preferences:
        """Changes what a member has chosen for themselves; gives it as it is then."""
        return await self._database.write(_prefer, member, edit)

    async def of_team(self, team: str) -> tuple[Member, ...]:
        """Everybody of a team, by name."""
        fields = (members.c[name] for name in Member.model_fields)
        query = select(*fields).where(members.c.team == team).order_by(members.c.name, members.c.id)
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(Member.model_validate(dict(row)) for row in rows)


def space_of(place: Place) -> tuple[str, str]:
    """The platform and the space by which a place's team is known."""
    # The command line and the demo's page of this machine are one team with one set of people.
    here = place.space == LOCAL and place.platform in {"web", "cli"}
    return (LOCAL if here else place.platform, place.team_space)


def _meet(connection: Connection, platform: str, space: str, person: str, told: dict[str, object]) -> Member:
    return _member(connection, *_team(connection, platform, space), platform, person, told)


def _team(connection: Connection, platform: str, space: str) -> tuple[str, str]:
    """The team that a space had to itself, by which its people are known, and the one that it is of now."""
    found = select(spaces.c.home, spaces.c.team).where(spaces.c.platform == platform, spaces.c.space == space)
    row = connection.execute(found).first()
    if row is None:
        team = ids.long()
        connection.execute(teams.insert().values(id=team, created=now()))
        connection.execute(_SPACE[connection.dialect.name], {"platform": platform, "space": space, "team": team})
        # Another process may have been quicker; then its team is the one.
        row = connection.execute(found).one()
    return row.home or row.team, row.team


def _member(
    connection: Connection, home: str, team: str, platform: str, person: str, told: dict[str, object]
) -> Member:
    found = select(identities.c.member).where(
        identities.c.team == home, identities.c.platform == platform, identities.c.person == person
    )
    member = connection.execute(found).scalar()
    if member is None:
        member = ids.long()
        connection.execute(members.insert().values(id=member, team=team, created=now(), **{"locale": "en"} | told))
        known = {"team": home, "platform": platform, "person": person, "member": member}
        connection.execute(_IDENTITY[connection.dialect.name], known)
        member = connection.execute(found).scalar_one()
    fields = [members.c[name] for name in Member.model_fields]
    changed = update(members).where(members.c.id == member).values(**told).returning(*fields)
    return Member.model_validate(dict(connection.execute(changed).mappings().one()))


def _prefer(connection: Connection, member: str, edit: Callable[[Preferences], Preferences]) -> Preferences:
    found = select(members.c.preferences).where(members.c.id == member).with_for_update()
    chosen = edit(connection.execute(found).scalar() or Preferences())
    connection.execute(update(members).where(members.c.id == member).values(preferences=chosen))
    return chosen


_SPACE = either(lambda insert: insert(spaces).on_conflict_do_nothing())
_IDENTITY = either(lambda insert: insert(identities).on_conflict_do_nothing())
