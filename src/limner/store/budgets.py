"""A team's own budgets."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from limner.domain.budget import Budget, Scope
from limner.domain.money import Micros
from limner.store import audit, ledger
from limner.store.audit import Decision
from limner.store.database import Database, either, now
from limner.store.tables import budgets, members

FRESH_SECONDS = 3.0
"""How long another process may not know of a budget that was set."""
CACHED = 10_000
"""Teams whose budgets are remembered."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A budget, and how it stands."""

    budget: Budget
    spent: Micros
    """Of a budget that each member has for themselves: what the one spent who spent most."""


class Budgets:
    """Sets and finds budgets."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[str, tuple[float, tuple[Budget, ...]]] = OrderedDict()
        self._changes = 0

    async def of(self, team: str) -> tuple[Budget, ...]:
        """The team's budgets: those of `FRESH_SECONDS` ago at the latest, and at once what this process changed."""
        known = self._known.get(team)
        if known is not None and time.monotonic() - known[0] < FRESH_SECONDS:
            return known[1]
        asked, changes = time.monotonic(), self._changes
        found = await self._database.read(_of, team)
        if changes != self._changes:  # it may have been read before one of our own changes
            return await self.of(team)
        self._known[team] = asked, found
        self._known.move_to_end(team)
        if len(self._known) > CACHED:
            self._known.popitem(last=False)
        return found

    async def put(self, budget: Budget, since: datetime, decision: Decision) -> Standing:
        """Sets a budget in place of the one for the same, writes the decision down, and tells what of the budget is
        spent since then, all or nothing."""
        standing = await self._database.write(_put, budget, since, decision)
        self._changed(decision.team)
        return standing

    async def remove(self, budget: Budget, decision: Decision) -> bool:
        """Removes the budget for the same scope, key and period, and writes the decision down; False: there is none."""
        removed = await self._database.write(_remove, budget, decision)
        self._changed(decision.team)
        return removed

    def _changed(self, team: str) -> None:
        self._changes += 1
        self._known.pop(team, None)

    async def standing(self, team: str, asked: Iterable[tuple[Budget, datetime]]) -> tuple[Standing, ...]:
        """How budgets stand, each since its own moment, in one view of the ledger."""
        return await self._database.read(_standing, team, tuple(asked))

    async def roles(self, member: str) -> tuple[str, ...]:
        """The roles that a member holds, as far as we were told."""
        query = select(members.c.roles).where(members.c.id == member)
        return await self._database.read(lambda connection: connection.execute(query).scalar()) or ()


def _of(connection: Connection, team: str) -> tuple[Budget, ...]:
    rows = connection.execute(_OF_TEAM, {"its_team": team}).mappings()
    return tuple(Budget.model_validate(dict(row)) for row in rows)


def _put(connection: Connection, budget: Budget, since: datetime, decision: Decision) -> Standing:
    team = decision.team
    ledger.line_up(connection, team)
    connection.execute(_PUT[connection.dialect.name], {**budget.model_dump(), "team": team, "created": now()})
    audit.add(connection, decision)
    return _stands(connection, team, budget, since)


def _remove(connection: Connection, budget: Budget, decision: Decision) -> bool:
    gone = delete(budgets).where(
        budgets.c.team == decision.team,
        budgets.c.scope == budget.scope,
        budgets.c.key == budget.key,
        budgets.c.period == budget.period,
    )
    if connection.execute(gone.returning(budgets.c.team)).first() is None:
        return False
    audit.add(connection, decision)
    return True


def _standing(connection: Connection, team: str, asked: tuple[tuple[Budget, datetime], ...]) -> tuple[Standing, ...]:
    return tuple(_stands(connection, team, budget, since) for budget, since in asked)


def _stands(connection: Connection, team: str, budget: Budget, since: datetime) -> Standing:
    if budget.scope in {Scope.EVERYONE, Scope.ROLE}:
        spent = ledger.by_member(connection, team, since)
        if budget.scope is Scope.ROLE:
            held = connection.execute(select(members.c.id, members.c.roles).where(members.c.team == team))
            spent = {id: spent[id] for id, roles in held if id in spent and budget.key in roles}
        return Standing(budget=budget, spent=max(spent.values(), default=Micros(0)))
    cap = ledger.Cap(
        whose="",
        period="",
        team=team,
        member=budget.key if budget.scope is Scope.MEMBER else None,
        channel=budget.key if budget.scope is Scope.CHANNEL else None,
        since=since,
        limit=budget.amount,
    )
    return Standing(budget=budget, spent=ledger.sums(connection, (cap,))[0])


_FIELDS = [budgets.c[name] for name in Budget.model_fields]
_OF_TEAM = (
    select(*_FIELDS)
    .where(budgets.c.team == bindparam("its_team"))
    .order_by(budgets.c.scope, budgets.c.key, budgets.c.period)
)
_PUT = either(
    lambda insert: (adding := insert(budgets)).on_conflict_do_update(
        index_elements=[budgets.c.team, budgets.c.scope, budgets.c.key, budgets.c.period],
        set_={name: adding.excluded[name] for name in ("amount", "name", "set_by", "created")},
    )
)
