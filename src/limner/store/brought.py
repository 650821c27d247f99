"""What a team brings that goes by names: its styles and collections, and what its channels have chosen. Where a name is
taken already, it gets another there, and has its own again when the two go apart."""

from __future__ import annotations

from sqlalchemy import Connection, select

from limner.domain.record import Record
from limner.domain.style import fold
from limner.store.rules import rules_of
from limner.store.tables import collections, styles, teams


class Joined(Record):
    """What a team brought that cannot be told by where it was made."""

    styles: dict[str, str] = {}
    """Ids, and the names that they had."""
    collections: dict[str, str] = {}
    wears: tuple[str, ...] = ()
    """Channels that wore a style."""


def bring(connection: Connection, home: str, team: str) -> Joined:
    """Hands it over."""
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


def take_back(connection: Connection, home: str, team: str, joined: Joined) -> None:
    """Gives back what was brought, as far as it is there still."""
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
