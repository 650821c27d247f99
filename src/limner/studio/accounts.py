"""Accounts: what was spent, by days, in words and as a small plot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from limner.domain.calendar import last_days, midnight, spell_date
from limner.domain.card import Picture
from limner.domain.money import Micros, spell
from limner.domain.place import Member
from limner.media import plot
from limner.store import Blob, Store
from limner.store.ledger import Spending
from limner.studio.budgets import Budgets

WINDOW = 31
"""Days that are looked at: the whole of any month is among them."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """What a member or a team spent lately."""

    days: tuple[tuple[date, Micros], ...]
    """Oldest first, up to today."""
    zone: ZoneInfo
    spending: Spending

    @property
    def today(self) -> Micros:
        return self.days[-1][1]

    @property
    def this_month(self) -> Micros:
        month = self.days[-1][0].replace(day=1)
        return Micros(sum(amount for day, amount in self.days if day >= month))


class Accounts:
    """Adds up."""

    def __init__(self, *, store: Store, budgets: Budgets, now: Callable[[], datetime]) -> None:
        self._store = store
        self._budgets = budgets
        self._now = now

    async def of(self, member: Member, *, team: bool) -> Account:
        """What the member, or all of the team, spent in the days of `WINDOW`."""
        zone = await self._budgets.zone(member.team)
        dates = last_days(WINDOW, self._now(), zone)
        spending = await self._store.ledger.account(
            team=member.team, member=None if team else member.id, days=tuple(midnight(day, zone) for day in dates)
        )
        return Account(days=tuple(zip(dates, spending.days, strict=True)), zone=zone, spending=spending)

    async def plot(self, title: str, days: tuple[tuple[date, Micros], ...]) -> Picture:
        """The days as a picture. Only whoever asked is shown it, so it is kept no longer than its platform needs to
        fetch it: the sweeper takes what nothing uses."""
        most = max(amount for _, amount in days)
        ticks = plot.scale(most)
        bars = [plot.Bar(label=_label(day, days[0][0]), value=amount, said=spell(amount)) for day, amount in days]
        data = await plot.bars(title, bars, ticks, [spell(each) for each in ticks.ticks])
        width, height = plot.SIZE
        key = await self._store.blobs.put(data)
        blob = Blob(key=key, media_type="image/png", width=width, height=height, size=len(data))
        await self._store.library.add_blob(blob)
        self._store.blobs.claimed(key)
        return Picture(
            blob=key,
            name="limner-usage.png",
            media_type="image/png",
            width=width,
            height=height,
            size=len(data),
            alt=f"{title}. {told(days)}",
        )


def told(days: tuple[tuple[date, Micros], ...]) -> str:
    """The days on which something was spent, in words."""
    spent = [f"{spell_date(day)}: {spell(amount)}" for day, amount in days if amount]
    return f"{'; '.join(spent)}." if spent else f"Nothing was spent in {len(days)} days."


def _label(day: date, first: date) -> str:
    return f"{day.day} {spell_date(day).split()[1][:3]}" if day == first or day.day == 1 else str(day.day)
