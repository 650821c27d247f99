"""Days and months as a team counts them: they begin at midnight in its own time zone.

A day is what lies between two midnights of the calendar, so that every moment is in exactly one: days of 23 and 25
hours where clocks change, a day of no length where a date was left out (Samoa, 30 December 2011).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from limner.domain.text import one_line, shorten
from limner.errors import BadOption

ONE_DAY = timedelta(days=1)


class Period(StrEnum):
    """What a budget is for."""

    DAY = "day"
    MONTH = "month"

    @property
    def each(self) -> str:
        """As an adjective: a daily budget."""
        return {"day": "daily", "month": "monthly"}[self]

    @property
    def now(self) -> str:
        """The present one, in words."""
        return {"day": "today", "month": "this month"}[self]


def zone_named(name: str) -> ZoneInfo:
    """The time zone of an IANA name.

    Raises:
        BadOption: There is none of that name.
    """
    said = one_line(name)
    try:
        return ZoneInfo(said)
    except (KeyError, ValueError, OSError) as problem:  # a folder of zones (`America`) is an OSError
        why = "it has to be a time zone's name, such as Europe/Berlin, America/New_York or UTC"
        raise BadOption(name="zone", value=shorten(said, 40), why=why) from problem


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which this date begins there; of two midnights the first, for one that clocks leap over the moment
    of the leap."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The date to which a moment belongs there."""
    day = moment.astimezone(zone).date()
    while midnight(day, zone) > moment:
        day -= ONE_DAY
    while midnight(day + ONE_DAY, zone) <= moment:
        day += ONE_DAY
    return day


def began(period: Period, moment: datetime, zone: ZoneInfo) -> datetime:
    """When the day or month of this moment began, in UTC."""
    day = day_of(moment, zone)
    return midnight(day if period is Period.DAY else day.replace(day=1), zone)


def next_date(period: Period, moment: datetime, zone: ZoneInfo) -> date:
    """The date with which the next day or month begins."""
    day = day_of(moment, zone)
    if period is Period.MONTH:
        return (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    day += ONE_DAY
    while midnight(day, zone) <= moment:  # a date that was left out
        day += ONE_DAY
    return day


def ends(period: Period, moment: datetime, zone: ZoneInfo) -> datetime:
    """When the next day or month begins, in UTC."""
    return midnight(next_date(period, moment, zone), zone)


def last_days(count: int, moment: datetime, zone: ZoneInfo) -> tuple[date, ...]:
    """This many dates up to that of the moment, oldest first."""
    today = day_of(moment, zone)
    return tuple(today - timedelta(days=back) for back in range(count - 1, -1, -1))


def spell_date(day: date) -> str:
    """As members read it: `9 November`."""
    return f"{day.day} {MONTHS[day.month - 1]}"


MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
