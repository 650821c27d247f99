"""`limner usage`, beside a Limner that runs on the same data."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from limner.cli.spending import COLUMNS, harmless, read_day
from limner.config import Data
from limner.domain.money import Micros
from limner.domain.place import Person, Place
from limner.domain.rules import TeamRules
from limner.errors import BadOption
from limner.models import Purpose
from limner.store import Outcome, Store
from tests.store.making import NOON, a_job, pictures
from tests.test_cli import limner

ADA = Person(id="1", name='=HYPERLINK("http://evil.example","Ada")')
BERLIN = Place(platform="discord", space="berlin", channel="general")


@pytest.fixture
async def running(tmp_path: Path) -> Path:
    """A folder with data that a Limner has open, in which some jobs were accepted."""
    store = await Store.open(Data(directory=tmp_path / "data"))
    try:
        painted = await a_job(store, person=ADA)
        painted, _ = await store.jobs.accept(painted)
        assets, blobs = pictures(painted, "a" * 64)
        await store.jobs.settle(painted, assets=assets, blobs=blobs, cost=Micros(30_001))
        unknown, _ = await store.jobs.accept(await a_job(store, person=ADA))
        await store.jobs.fail(unknown, trouble="It broke.", charged=None)
        late = NOON.replace(hour=23, minute=30)  # half past midnight in Berlin
        berlin, _ = await store.jobs.accept(await a_job(store, person=ADA, place=BERLIN, created=late))
        await store.rules.change(berlin.team, lambda rules: TeamRules(zone="Europe/Berlin"))
        call = await store.jobs.open_attempt(
            job=None,
            team=berlin.team,
            member=berlin.member,
            purpose=Purpose.HEAR,
            model="gpt-audio",
            engine="openai",
            estimate=Micros(5_000),
        )
        await store.jobs.close_attempt(call, outcome=Outcome.PAID, cost=Micros(4_000))
        done = limner(tmp_path, "usage", "--csv")  # it is open here
        assert done.returncode == 0, done.stderr
        (tmp_path / "out.csv").write_bytes(done.stdout.encode())
        (tmp_path / "table").write_text(limner(tmp_path, "usage").stdout)
    finally:
        await store.close()
    return tmp_path


async def test_every_job_and_call_is_a_line_of_csv(running: Path) -> None:
    text = (running / "out.csv").read_bytes().decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))

    assert list(rows[0]) == list(COLUMNS)
    by_cost = {row["paid"] + row["possibly charged"] + row["reserved"]: row for row in rows}
    paid = by_cost["0.030001" + "0.000000" * 2]
    assert (paid["day"], paid["zone"], paid["purpose"], paid["model"]) == ("2024-02-29", "UTC", "paint", "gpt-image-1")
    assert paid["name"] == f"'{ADA.name}"
    assert by_cost["0.000000" + "0.040000" + "0.000000"]["job or call"].startswith("job:")
    reserved = by_cost["0.000000" * 2 + "0.040000"]
    assert (reserved["day"], reserved["zone"]) == ("2024-03-01", "Europe/Berlin")
    heard = by_cost["0.004000" + "0.000000" * 2]
    assert (heard["job or call"][:8], heard["purpose"], heard["estimate"]) == ("attempt:", "hear", "0.005000")
    assert len(rows) == 4


async def test_the_table_names_who_and_when_and_adds_up(running: Path) -> None:
    table = (running / "table").read_text()

    assert "discord/berlin" in table
    assert "2024-03-01" in table
    assert table.strip().splitlines()[-1].split() == ["all", "4", "$0.034", "$0.04", "$0.04"]


async def test_days_and_teams_are_chosen(running: Path) -> None:
    first = limner(running, "usage", "--csv", "--to", "2024-02-29").stdout
    assert first.count("2024-02-29") == 2
    assert "Berlin" not in first
    berlin = limner(running, "usage", "--csv", "--from", "2024-03-01", "--team", "discord/berlin", "--to", "2024-03-01")
    assert berlin.stdout.count("job:") == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--from", "yesterday"), "write a date such as 2026-11-09"),
        (("--to", "2026-02-30"), "write a date"),
        (("--to", "9999-12-31"), "Limner was not there"),
        (("--from", "2026-02-02", "--to", "2026-02-01"), "it is after --to"),
        ((), "nothing was painted there yet"),
    ],
)
def test_what_makes_no_sense_is_a_sentence(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    done = limner(tmp_path, "usage", *arguments)

    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_words_that_a_spreadsheet_would_run_are_disarmed(words: str) -> None:
    assert harmless(words) == f"'{words}"
    assert harmless(f"Ada {words}") == f"Ada {words}"


def test_a_day_is_read_or_refused() -> None:
    day = read_day("from", " 2026-11-09 ")
    assert day is not None
    assert day.isoformat() == "2026-11-09"
    with pytest.raises(BadOption):
        read_day("from", "0001-01-01")
