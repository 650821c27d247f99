"""`limner usage`: what was spent, as a table for people or as CSV for spreadsheets."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.table import Table

from limner.cli.settings import settings_for
from limner.domain.money import DOLLAR, spell
from limner.domain.text import one_line, shorten
from limner.errors import BadOption
from limner.store.books import Entry, Team, open_books

COLUMNS = (
    *("day", "zone", "team", "member", "name", "channel", "job or call", "model", "purpose"),
    *("estimate", "reserved", "paid", "possibly charged"),
)
FORMULAS = tuple("=+-@\t\r\n|%")
"""What a spreadsheet takes for the beginning of a formula, or of a command."""
YEARS = range(2000, 2200)
WIDE = 200
"""Characters of a line that goes to no terminal."""


def read_day(name: str, words: str | None) -> date | None:
    """A date as it is typed, `2026-11-09`.

    Raises:
        BadOption: It is none.
    """
    if words is None:
        return None
    try:
        day = date.fromisoformat(words.strip())
    except ValueError as problem:
        raise BadOption(
            name=name, value=shorten(one_line(words), 40), why="write a date such as 2026-11-09"
        ) from problem
    if day.year not in YEARS:
        raise BadOption(name=name, value=day.isoformat(), why="Limner was not there, nor will it be")
    return day


async def print_usage(
    config: Path | None, *, as_csv: bool, first: str | None, last: str | None, team: str | None
) -> int:
    """Prints what was spent, while another process may be at work on the same data."""
    since, until = read_day("from", first), read_day("to", last)
    if since and until and since > until:
        raise BadOption(name="from", value=since.isoformat(), why=f"it is after --to, {until.isoformat()}")
    async with open_books(settings_for(config).data) as books:
        chosen = _chosen(await books.teams(), team)
        entries = [each for one in chosen for each in await books.entries(one, first=since, last=until)]
    if as_csv:
        write_csv(entries)
    else:
        _print_table(entries, chosen)
    return 0


def _chosen(teams: tuple[Team, ...], said: str | None) -> tuple[Team, ...]:
    if said is None:
        return teams
    found = tuple(each for each in teams if said in {each.id, *each.spaces, *(_last(space) for space in each.spaces)})
    if not found:
        raise BadOption(name="team", value=shorten(one_line(said), 40), why=_known(teams))
    return found


def _known(teams: tuple[Team, ...]) -> str:
    names = [name for each in teams for name in each.spaces]
    return f"there are {', '.join(names[:5])}" if names else "there is none yet"


def _last(space: str) -> str:
    return space.partition("/")[2]


def write_csv(entries: Iterable[Entry]) -> None:
    """RFC 4180, in UTF-8, on standard output: a line for each job or call, amounts in dollars."""
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    out = csv.writer(sys.stdout, lineterminator="\r\n")
    out.writerow(COLUMNS)
    for each in entries:
        words = (each.zone, each.team, each.member, each.name, each.channel, each.reference, each.model, each.purpose)
        amounts = (each.estimate, each.reserved, each.paid, each.unknown)
        out.writerow((each.day.isoformat(), *map(harmless, words), *map(_dollars, amounts)))


def harmless(words: str) -> str:
    """Words that no spreadsheet takes for a formula: members choose their names."""
    return f"'{words}" if words.startswith(FORMULAS) else words


def _dollars(micros: int) -> str:
    return f"{Decimal(micros) / DOLLAR:.6f}"


def _print_table(entries: list[Entry], teams: tuple[Team, ...]) -> None:
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
    if not entries:
        console.print("Nothing was spent.")
        return
    homes = {each.id: ", ".join(each.spaces) or each.id for each in teams}
    table = Table("team", "day", "member", box=None, pad_edge=False)
    for title in ("jobs and calls", "paid", "reserved", "possibly charged"):
        table.add_column(title, justify="right")
    groups: dict[tuple[str, date, str, str], list[Entry]] = {}
    for each in entries:
        groups.setdefault((homes[each.team], each.day, each.member, each.name), []).append(each)
    for (home, day, _, name), of_day in sorted(groups.items()):
        table.add_row(_plain(home), day.isoformat(), _plain(name), *_sums(of_day))
    table.add_section()
    table.add_row("all", "", "", *_sums(entries), style="bold")
    console.print(table)


def _plain(words: str) -> str:
    """A member's own words without markup."""
    return shorten(one_line(words), 40).replace("[", "\\[")


def _sums(entries: list[Entry]) -> tuple[str, ...]:
    def amount(name: str) -> str:
        total = sum(int(getattr(each, name)) for each in entries)
        return spell(total) if total else "-"

    return (str(len(entries)), amount("paid"), amount("reserved"), amount("unknown"))
