"""Approvals: what was asked and decided about pictures. The first decision stands."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, and_, or_, select

from limner.domain.approval import Approval, Standing
from limner.domain.request import Asset
from limner.store import audit, search
from limner.store.database import Database
from limner.store.marks import mark
from limner.store.saved import place_of
from limner.store.tables import approvals, assets


class Approvals:
    """Keeps them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, some: Iterable[Asset]) -> dict[str, Approval]:
        """Those of pictures, by the pictures' ids."""
        named = {(each.job, each.number): each.id for each in some}
        if not named:
            return {}
        of_these = or_(*(and_(assets.c.job == job, assets.c.number == number) for job, number in named))
        query = select(assets.c.job, assets.c.number, approvals.c.record).join(assets).where(of_these)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return {named[row[0], row[1]]: row[2] for row in rows}

    async def ask(self, asset: Asset, asked: Approval, decision: audit.Decision) -> tuple[Approval, bool]:
        """Asks for a picture's approval, with a line in the audit log; gives it, and whether it was asked now. What is
        asked or approved already stays as it is.

        Raises:
            NotFound: The picture was deleted.
        """
        return await self._database.write(_change, asset, asked, decision)

    async def decide(self, asset: Asset, decided: Approval, decision: audit.Decision) -> tuple[Approval, bool]:
        """Decides about a picture whose approval was asked for; gives what stands, and whether this was the decision.

        Raises:
            NotFound: The picture was deleted.
        """
        return await self._database.write(_change, asset, decided, decision)


def _change(connection: Connection, asset: Asset, wanted: Approval, decision: audit.Decision) -> tuple[Approval, bool]:
    place = place_of(connection, asset)
    query = select(approvals.c.record).where(approvals.c.asset == place).with_for_update()
    known: Approval | None = connection.execute(query).scalar()
    if known is not None:
        # A decision needs a question; a question may be put again after a change was asked for.
        before = Standing.CHANGE if wanted.state is Standing.ASKED else Standing.ASKED
        if known.state is not before:
            return known, False
    row = {"asset": place, "team": asset.team, "state": wanted.state, "record": wanted}
    if known is None:
        connection.execute(approvals.insert().values(row))
    else:
        connection.execute(approvals.update().where(approvals.c.asset == place).values(row))
    states = {each: mark("approval", each) for each in Standing}
    others = (each for state, each in states.items() if state is not wanted.state)
    search.change(connection, (place,), add=(states[wanted.state],), drop=tuple(others))
    audit.add(connection, decision)
    return wanted, True
