"""What was spent, as a page shows it: a member's own, and for admins their team's."""

from __future__ import annotations

from datetime import date

from limner.actions.usage import told_left
from limner.domain.calendar import midnight
from limner.domain.money import Micros
from limner.domain.place import Person, Place
from limner.domain.record import Record
from limner.store import Store
from limner.studio import Studio

PERIODS = (7, 14, 30)
"""Days that can be looked back on."""


class Share(Record):
    """What a member, a channel or a model had of it."""

    name: str
    spent: Micros = Micros(0)
    made: int = 0
    """Pictures; of models, calls."""
    accepted: int = 0
    seconds: float | None = None
    """The median of its paintings."""


class Spent(Record):
    """What was spent in some days."""

    team: bool
    """Whether it is the whole team's."""
    days: tuple[tuple[date, Micros], ...]
    """Oldest first, up to today."""
    zone: str
    total: Micros
    reserved: Micros
    unknown: Micros
    """Possibly charged."""
    made: int
    """Pictures."""
    accepted: int
    """Of these: approved, saved by somebody, or put into a collection."""
    seconds: float | None
    """The median painting."""
    members: tuple[Share, ...] = ()
    channels: tuple[Share, ...] = ()
    models: tuple[Share, ...] = ()
    left: tuple[str, ...] = ()
    """What is left of the budgets that count, in sentences."""


class SpendingReading:
    """Reads the accounts."""

    def __init__(self, *, store: Store, studio: Studio) -> None:
        self._store, self._studio = store, studio

    async def of(self, days: int, *, team: bool, person: Person, place: Place) -> Spent:
        """What the member spent in the last days; all of the team for an admin who asks for that."""
        studio, member = self._studio, await self._store.people.member(place, person)
        team = team and member.admin
        account = await studio.accounts.of(member, team=team)
        shown = account.days[-days:]
        since = midnight(shown[0][0], account.zone)
        figures = await self._store.spending.since(since, team=member.team, member=None if team else member.id)
        names = {each.id: each.name for each in await studio.people.of_team(member)}
        called = await studio.people.names(member)
        spent, made = dict(figures.members), {id: (many, kept) for id, many, kept in figures.made}
        by = sorted({*spent, *made}, key=lambda id: (-spent.get(id, 0), -made.get(id, (0, 0))[0]))
        held = await studio.budgets.held(member, place)
        return Spent(
            team=team,
            days=shown,
            zone=account.zone.key,
            total=Micros(sum(amount for _, amount in shown)),
            reserved=account.spending.reserved,
            unknown=account.spending.unknown,
            made=sum(many for many, _ in made.values()),
            accepted=sum(kept for _, kept in made.values()),
            seconds=figures.seconds,
            members=tuple(
                Share(
                    name=names.get(id, "somebody who is gone"),
                    spent=spent.get(id, Micros(0)),
                    made=made.get(id, (0, 0))[0],
                    accepted=made.get(id, (0, 0))[1],
                )
                for id in by
            ),
            channels=tuple(Share(name=_channel(key, called), spent=amount) for key, amount in figures.channels),
            models=tuple(
                Share(name=studio.desk.title(each.name), spent=each.spent, made=each.calls, seconds=each.seconds)
                for each in figures.models
            ),
            left=tuple(told_left(each) for each in held if not team or each.cap.member is None),
        )


def _channel(key: str, called: dict[str, str]) -> str:
    """A channel's name, as well as it is known."""
    if key in called:
        return called[key]
    platform, _, channel = key.partition("/")
    channel = channel.rpartition("/")[2]
    if platform == "web":
        return f"#{channel} on the page"
    return f"{platform.title()}, {channel}" if channel else "elsewhere"
