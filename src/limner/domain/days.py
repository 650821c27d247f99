"""Days as people say them: `today`, `2026-11-03`, `3 November`, `last week`, `two weeks ago`."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from limner.domain.calendar import MONTHS
from limner.domain.text import one_line

EARLIEST, LATEST = 1970, 9000
"""Years that are understood; beyond, there is no room for a time zone."""
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2}))?(?:[-/.](\d{1,2}))?", re.ASCII)
_AGO = re.compile(r"(\d{1,4}|[a-z]+) (day|week|month|year)s?(?: ago)?", re.ASCII)
_NAMED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?\.? )?([a-z]{3,9})\.?(?: (\d{1,2})(?:st|nd|rd|th)?)?,?(?: (\d{4}))?", re.ASCII
)

Span = tuple[date, date]
"""The first day and the last."""


def days_said(words: str, today: date) -> Span | None:
    """The days that these words mean, at most until today's year ends where no year is said; None: they mean none."""
    said = one_line(words).lower()
    try:
        return _plain(said, today) or _iso(said) or _ago(said, today) or _month(said, today)
    except (ValueError, OverflowError):  # a 31st of June, a year 0
        return None


def _plain(said: str, today: date) -> Span | None:
    back = {"today": 0, "yesterday": 1}.get(said)
    if back is not None:
        return _one(today - timedelta(days=back))
    day = said.removeprefix("last ")
    if day in _DAYS:
        return _one(today - timedelta(days=(today.weekday() - _DAYS.index(day)) % 7 or 7 * said.startswith("last ")))
    monday = today - timedelta(days=today.weekday())
    match said:
        case "this week":
            return monday, today
        case "last week":
            return monday - timedelta(days=7), monday - timedelta(days=1)
        case "this month":
            return today.replace(day=1), today
        case "last month":
            return _whole(today.replace(day=1) - timedelta(days=1))
        case "this year":
            return today.replace(month=1, day=1), today
        case "last year":
            return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
        case _:
            return None


def _iso(said: str) -> Span | None:
    match = _ISO.fullmatch(said)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    if not EARLIEST <= year <= LATEST:
        return None
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    return _whole(date(year, month, 1)) if day is None else _one(date(year, month, day))


def _ago(said: str, today: date) -> Span | None:
    match = _AGO.fullmatch(said)
    if match is None:
        return None
    count = int(match[1]) if match[1].isdecimal() else _NUMBERS.get(match[1])
    if count is None:
        return None
    if match[2] in {"day", "week"}:
        day = today - timedelta(days=count * (7 if match[2] == "week" else 1))
    else:
        months = today.year * 12 + today.month - 1 - count * (12 if match[2] == "year" else 1)
        year, month = divmod(months, 12)
        day = date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))
    return _one(day) if day.year >= EARLIEST else None


def _month(said: str, today: date) -> Span | None:
    match = _NAMED.fullmatch(said)
    if match is None:
        return None
    number = next((at for at, name in enumerate(MONTHS, 1) if name.lower().startswith(match[2])), None)
    if number is None or (match[1] and match[3]):
        return None
    day, year = match[1] or match[3], int(match[4] or today.year)
    if not EARLIEST <= year <= LATEST:
        return None
    first = date(year, number, int(day or 1))
    if not match[4] and first > today:  # what is looked for has been
        first = date(year - 1, number, int(day or 1))
    return _one(first) if day else _whole(first)


def _one(day: date) -> Span:
    return day, day


def _whole(day: date) -> Span:
    """Its month."""
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])
