"""Handing over: whatever speaks of one team or member is written anew, to speak of another.

In records an id is written anew with its quotes: in JSON no text of a member's can hold that, for quotes in it are
escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Text, select, text, type_coerce

from limner.store import search
from limner.store.marks import mark
from limner.store.tables import assets, tags

BATCH = 500
"""Pictures whose marks are written anew at a time."""
PIECE = 200
"""The same, where others may write in between."""
_MARKS = type_coerce(assets.c.marks, Text)


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
        """In pictures' marks of these sorts."""
        anew = {mark(sort, self.old): mark(sort, self.new) for sort in sorts}
        sequences = self.connection.execute(select(assets.c.sequence).where(which).order_by(assets.c.sequence))
        for some in _batches(list(sequences.scalars())):
            self._learn(some, anew)

    def team_marks(self, which: ColumnElement[bool]) -> None:
        """In pictures' marks of their team, and of tags, which say whose they are; not in those that bear both."""
        fresh = which & ~_MARKS.contains(mark("team", self.new))
        sequences = self.connection.execute(select(assets.c.sequence).where(fresh).order_by(assets.c.sequence))
        for some in _batches(list(sequences.scalars())):
            self._learn(some, self._of_team(some))

    def bear_both(self, which: ColumnElement[bool], after: int) -> int | None:
        """Has the next few pictures bear both teams' marks; gives the last one's place, None after the last."""
        return self._some(which & ~_MARKS.contains(mark("team", self.new)), after, both=True)

    def bear_new(self, which: ColumnElement[bool], after: int) -> int | None:
        """Has the next few pictures that bear the old one's marks bear the new one's alone; the same."""
        return self._some(which & _MARKS.contains(mark("team", self.old)), after, both=False)

    def _some(self, which: ColumnElement[bool], after: int, *, both: bool) -> int | None:
        next_ones = select(assets.c.sequence).where(which, assets.c.sequence > after)
        some = list(self.connection.execute(next_ones.order_by(assets.c.sequence).limit(PIECE)).scalars())
        if not some:
            return None
        self._learn(some, self._of_team(some), both=both)
        return int(some[-1])

    def _of_team(self, sequences: Sequence[int]) -> dict[str, str]:
        return {mark("team", self.old): mark("team", self.new), **self._of_tags(sequences)}

    def _of_tags(self, sequences: Sequence[int]) -> dict[str, str]:
        keys = self.connection.execute(select(tags.c.key).where(tags.c.asset.in_(sequences)).distinct()).scalars()
        return {mark("tag", f"{self.old} {key}"): mark("tag", f"{self.new} {key}") for key in keys}

    def _learn(self, sequences: Sequence[int], anew: Mapping[str, str], *, both: bool = False) -> None:
        rows = select(assets.c.sequence, assets.c.prompt, assets.c.marks).where(assets.c.sequence.in_(sequences))
        before = [search.Learned(*row) for row in self.connection.execute(rows).all()]
        after = [
            each._replace(marks=tuple(dict.fromkeys((*(each.marks if both else ()), *_anew(each.marks, anew)))))
            for each in before
        ]
        search.forget(self.connection, before)
        for each in after:
            self.connection.execute(assets.update().where(assets.c.sequence == each.sequence).values(marks=each.marks))
        search.learn(self.connection, after)


def _anew(marks: Iterable[str], anew: Mapping[str, str]) -> Iterator[str]:
    return (anew.get(said, said) for said in marks)


def _batches(sequences: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(sequences), BATCH):
        yield sequences[start : start + BATCH]
