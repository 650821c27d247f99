"""Handing over: whatever speaks of one team or member is written anew, to speak of another.

In records an id is written anew with its quotes: in JSON no text of a member's can hold that, for quotes in it are
escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select, text

from limner.store import search
from limner.store.marks import mark
from limner.store.tables import assets, tags

BATCH = 500
"""Pictures whose marks are written anew at a time."""


@dataclass(frozen=True)
class Handover:
    """Puts one id in place of another, in one transaction."""

    connection: Connection
    old: str
    new: str

    def column(self, table: str, column: str, which: str, **given: str) -> None:
        """In a column of the rows that `which` tells, in SQL with these parameters; `:old` and `:new` are there too."""
        statement = f"UPDATE {table} SET {column} = :new WHERE {which}"  # noqa: S608
        self.connection.execute(text(statement), {"old": self.old, "new": self.new, **given})

    def record(self, table: str, which: str, *, column: str | None = None, **given: str) -> None:
        """In these rows' records, and in a column."""
        also = f"{column} = :new, " if column else ""
        statement = f"UPDATE {table} SET {also}record = REPLACE(record, :said, :says) WHERE {which}"  # noqa: S608
        quoted = {"said": f'"{self.old}"', "says": f'"{self.new}"'}
        self.connection.execute(text(statement), {"old": self.old, "new": self.new, **quoted, **given})

    def marks(self, which: ColumnElement[bool], *sorts: str) -> None:
        """In pictures' marks of these sorts; with `team`, in those of tags too, which say whose they are."""
        anew = {mark(sort, self.old): mark(sort, self.new) for sort in sorts}
        sequences = self.connection.execute(select(assets.c.sequence).where(which).order_by(assets.c.sequence))
        for some in _batches(list(sequences.scalars())):
            self._learn(some, {**anew, **self._of_tags(some)} if "team" in sorts else anew)

    def _of_tags(self, sequences: Sequence[int]) -> dict[str, str]:
        keys = self.connection.execute(select(tags.c.key).where(tags.c.asset.in_(sequences)).distinct()).scalars()
        return {mark("tag", f"{self.old} {key}"): mark("tag", f"{self.new} {key}") for key in keys}

    def _learn(self, sequences: Sequence[int], anew: Mapping[str, str]) -> None:
        rows = select(assets.c.sequence, assets.c.prompt, assets.c.marks).where(assets.c.sequence.in_(sequences))
        before = [search.Learned(*row) for row in self.connection.execute(rows).all()]
        after = [
            each._replace(marks=tuple(dict.fromkeys(anew.get(said, said) for said in each.marks))) for each in before
        ]
        search.forget(self.connection, before)
        for each in after:
            self.connection.execute(assets.update().where(assets.c.sequence == each.sequence).values(marks=each.marks))
        search.learn(self.connection, after)


def _batches(sequences: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(sequences), BATCH):
        yield sequences[start : start + BATCH]
