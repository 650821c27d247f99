"""Each team's own rules."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from sqlalchemy import Connection, bindparam, select, update

from limner.domain.rules import TeamRules
from limner.store import audit
from limner.store.database import Database
from limner.store.tables import teams

FRESH_SECONDS = 3.0
"""How long rules are relied on without a look: another process may change them."""
CACHED = 1_000

Edit = Callable[[TeamRules], TeamRules]
"""A change: from the rules as they are to what they become. It may be run again, and may refuse by raising."""


class Rules:
    """Keeps the teams' rules."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, TeamRules]] = OrderedDict()
        self._changes = 0

    async def get(self, team: str) -> TeamRules:
        """The team's rules, at most some seconds old; changes made in this process are seen at once."""
        known = self._known.get(team)
        if known is not None and self._clock() - known[0] < FRESH_SECONDS:
            return known[1]
        asked, changes = self._clock(), self._changes
        rules = await self._database.read(rules_of, team)
        if changes != self._changes:  # it may have been read before one of our own changes
            return await self.get(team)
        return self._keep(team, rules, asked)

    async def change(self, team: str, edit: Edit, decision: audit.Decision | None = None) -> TeamRules:
        """Changes the rules and writes the decision down, all or nothing; gives them as they are then."""
        rules = await self._database.write(_change, team, edit, decision)
        self._changes += 1
        self._known.pop(team, None)
        return rules

    def _keep(self, team: str, rules: TeamRules, asked: float) -> TeamRules:
        self._known[team] = asked, rules
        self._known.move_to_end(team)
        if len(self._known) > CACHED:
            self._known.popitem(last=False)
        return rules


def rules_of(connection: Connection, team: str) -> TeamRules:
    """The team's rules as they are."""
    rules: TeamRules | None = connection.execute(_GET, {"its_id": team}).scalar()
    return rules or TeamRules()


def _change(connection: Connection, team: str, edit: Edit, decision: audit.Decision | None) -> TeamRules:
    current: TeamRules | None = connection.execute(_LOCKED, {"its_id": team}).scalar()
    changed = edit(current or TeamRules())
    connection.execute(_SET, {"its_id": team, "rules": changed})
    if decision is not None:
        audit.add(connection, decision)
    return changed


_GET = select(teams.c.rules).where(teams.c.id == bindparam("its_id"))
_LOCKED = _GET.with_for_update()
_SET = update(teams).where(teams.c.id == bindparam("its_id")).values(rules=bindparam("rules"))
