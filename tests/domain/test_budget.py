"""Amounts, days and mentions, as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from limner.domain.budget import read_amount
from limner.domain.calendar import ONE_DAY, Period, began, day_of, ends, last_days, midnight, zone_named
from limner.domain.mention import read_mention
from limner.domain.money import DOLLAR
from limner.errors import BadOption

ZONES = (
    *("UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Kolkata", "Asia/Kathmandu"),
    *("Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "America/Goose_Bay", "America/St_Johns"),
    *("Africa/Casablanca", "Asia/Beirut", "Atlantic/Azores", "America/Havana", "Antarctica/Troll"),
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2039, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))
SKIPPED = datetime(2011, 12, 30, 10, tzinfo=UTC)
"""When Samoa left out a date."""


@given(moment=MOMENTS, zone=st.sampled_from(ZONES).map(ZoneInfo), period=st.sampled_from(Period))
@example(moment=SKIPPED, zone=ZoneInfo("Pacific/Apia"), period=Period.DAY)
@example(moment=SKIPPED - timedelta(seconds=1), zone=ZoneInfo("Pacific/Apia"), period=Period.DAY)
@example(moment=datetime(2010, 11, 7, 3, 15, tzinfo=UTC), zone=ZoneInfo("America/Goose_Bay"), period=Period.DAY)
@example(moment=datetime(2018, 11, 4, 3, tzinfo=UTC), zone=ZoneInfo("America/Sao_Paulo"), period=Period.DAY)
def test_every_moment_is_in_exactly_one_day_and_month(moment: datetime, zone: ZoneInfo, period: Period) -> None:
    start, end = began(period, moment, zone), ends(period, moment, zone)

    assert start <= moment < end
    assert began(period, start, zone) == start
    assert began(period, end - timedelta(microseconds=1), zone) == start
    assert began(period, end, zone) == end
    assert began(Period.MONTH, moment, zone) <= began(Period.DAY, moment, zone)
    assert abs(day_of(moment, zone) - moment.astimezone(zone).date()) <= ONE_DAY


@given(moment=MOMENTS, zone=st.sampled_from(ZONES).map(ZoneInfo), count=st.integers(1, 40))
def test_the_last_days_follow_each_other_and_end_with_today(moment: datetime, zone: ZoneInfo, count: int) -> None:
    days = last_days(count, moment, zone)
    starts = [midnight(day, zone) for day in days]

    assert len(days) == count
    assert starts == sorted(starts)
    assert starts[-1] == began(Period.DAY, moment, zone)


def test_days_have_23_and_25_hours_where_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")

    def hours(day: date) -> float:
        return (midnight(day + ONE_DAY, berlin) - midnight(day, berlin)).total_seconds() / 3600

    assert hours(date(2026, 3, 29)) == 23
    assert hours(date(2026, 10, 25)) == 25
    assert hours(date(2026, 6, 1)) == 24


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "America", "../../etc/passwd", "/etc/localtime", "Eu\x00", "5"])
def test_zones_that_there_are_not_get_a_sentence(name: str) -> None:
    with pytest.raises(BadOption, match="a time zone's name, such as Europe/Berlin"):
        zone_named(name)


@given(micros=st.integers(0, 1_000_000 * DOLLAR))
def test_an_amount_is_read_as_it_is_written(micros: int) -> None:
    written = f"{micros // DOLLAR}.{micros % DOLLAR:06d}"

    for form in (written, f"${written}", f"{written} USD", f" $ {written} ", f"{written}000"):
        assert read_amount(form) == micros


@given(words=st.text(max_size=30))
def test_any_words_are_an_amount_or_a_sentence(words: str) -> None:
    try:
        amount = read_amount(words)
    except BadOption:
        return
    assert amount is None or 0 <= amount <= 1_000_000 * DOLLAR


@pytest.mark.parametrize(
    ("words", "micros"),
    [("$5", 5_000_000), ("5.50", 5_500_000), (".5", 500_000), ("1,000", 1_000_000_000), ("0", 0), ("none", None)],
)
def test_amounts_as_people_write_them(words: str, micros: int | None) -> None:
    assert read_amount(words) == micros


@pytest.mark.parametrize(
    ("words", "sort", "id", "name"),
    [
        ("<@123>", "member", "123", "123"),
        ("<@!123>", "member", "123", "123"),
        ("<@U1|ada>", "member", "U1", "ada"),
        ("<@&9>", "role", "9", "9"),
        ("<!subteam^S1|@painters>", "role", "S1", "painters"),
        ("<#C1|general>", "channel", "C1", "general"),
        ("#general", "channel", None, "general"),
        ("@Ada L", None, None, "Ada L"),
        ("<script>", None, None, "<script>"),
    ],
)
def test_mentions_are_read_as_every_platform_writes_them(words: str, sort: str, id: str, name: str) -> None:
    said = read_mention(words)

    assert (said.sort, said.id, said.name) == (sort, id, name)
