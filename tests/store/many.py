"""A large library: as many pictures as one likes, with prompts as people write them, put in by the databases' own ways
of taking much at once."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, text

from limner.domain.look import Look
from limner.domain.money import Micros
from limner.domain.place import Address, Place
from limner.domain.request import Asset, Job, JobState, Request
from limner.store import marks, search
from limner.store.tables import identities, members, spaces, teams

BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
SMALL = 100
"""Pictures of the small team."""
OF_A_JOB = 10
AT_ONCE = 5_000
MEMBERS, CHANNELS = 100, 30

SUBJECTS = [
    "red fox",
    "snow owl",
    "old lighthouse",
    "paper boat",
    "sleeping cat",
    "city skyline",
    "mountain lake",
    "steam train",
    "market stall",
    "astronaut",
    "robot gardener",
    "wooden bridge",
    "tea house",
    "stone castle",
    "hummingbird",
    "sailing ship",
    "desert road",
    "polar bear",
    "bicycle",
    "violin player",
    "street musician",
    "vintage car",
    "hot air balloon",
    "waterfall",
    "orchid",
    "chess board",
    "bookshop",
    "library",
    "dragon",
    "samurai",
    "ballet dancer",
    "coffee cup",
    "fishing village",
    "windmill",
    "jellyfish",
    "elephant",
    "greenhouse",
    "clock tower",
    "kitchen table",
    "running shoe",
    "perfume bottle",
    "wrist watch",
    "logo for a bakery",
    "app icon",
    "landing page mock-up",
]
WHERE = [
    "in the snow",
    "at dawn",
    "under a yellow moon",
    "by the sea",
    "in a misty forest",
    "on a rainy street",
    "above the clouds",
    "in an empty hall",
    "at the end of a pier",
    "among wild flowers",
    "on a marble floor",
    "in zero gravity",
    "beside a river",
    "in a crowded market",
    "behind a shop window",
    "on a white background",
]
HOW = [
    "watercolour",
    "oil painting",
    "35mm photograph",
    "flat vector",
    "pencil sketch",
    "low poly",
    "isometric",
    "storybook illustration",
    "cinematic light",
    "golden hour",
    "macro",
    "long exposure",
    "studio lighting",
    "pastel colours",
    "high contrast",
    "soft shadows",
    "wide angle",
    "minimalist",
    "art nouveau",
    "ukiyo-e",
    "pixel art",
    "claymation",
    "blueprint",
    "stained glass",
]
RARE = [f"{a}{b}{c}" for a in ("zor", "quil", "vex", "mar", "tol") for b in ("an", "ib", "os", "ul") for c in range(50)]
MODELS = ("gpt-image-1", "gpt-image-1-mini", "gpt-image-2")
SIZES = ((1024, 1024), (1536, 1024), (1024, 1536))
COLOURS = ("#c0392b", "#e67e22", "#f1c40f", "#27ae60", "#16a085", "#2980b9", "#8e44ad", "#111111", "#eeeeee", "#888888")


class Teams(NamedTuple):
    """Whose pictures they are."""

    large: str = "large"
    small: str = "small"


def prompt(chance: random.Random) -> str:
    """As people write them: a thing, a place, a manner or two, and now and then a word that few use."""
    said = [f"a {chance.choice(SUBJECTS)}", chance.choice(WHERE), *chance.sample(HOW, chance.randint(1, 3))]
    if chance.random() < 0.3:
        said.insert(1, f"with a {chance.choice(SUBJECTS)}")
    if chance.random() < 0.05:
        said.append(chance.choice(RARE))
    return ", ".join(said)


def fill(connection: Connection, count: int) -> Teams:
    """Puts that many pictures into an empty library, those of the small team here and there among them."""
    these = Teams()
    _people(connection, these)
    every = count // SMALL
    pictures = _pictures(count, every, these)
    if connection.dialect.name == "postgresql":
        _copied(connection, pictures)
    else:
        _many(connection, pictures)
    return these


def _people(connection: Connection, these: Teams) -> None:
    connection.execute(insert(teams), [{"id": each, "created": BEGAN} for each in these])
    rows = [
        {"id": f"{team}{number}", "team": team, "name": f"{team} {number}", "admin": False, "locale": "en"}
        for team in these
        for number in range(MEMBERS)
    ]
    connection.execute(insert(members), [{**row, "created": BEGAN} for row in rows])
    connection.execute(insert(spaces), [{"platform": "discord", "space": each, "team": each} for each in these])
    known = [{"team": row["team"], "platform": "discord", "person": row["id"], "member": row["id"]} for row in rows]
    connection.execute(insert(identities), known)


class _Row(NamedTuple):
    """A picture as its tables have it; of a job's first one the job too."""

    job: tuple[Any, ...] | None
    asset: tuple[Any, ...]
    learned: search.Learned


def _pictures(count: int, every: int, these: Teams) -> Iterator[_Row]:
    chance = random.Random(20240101)
    place = Place(platform="discord", space="large", channel="c0")
    job = Job(
        id="JOB", team="TEAM", member="MEMBER", member_name="Ada", place=place, address=Address(place=place),
        event="EVENT", request=Request(prompt="PROMPT", count=OF_A_JOB), state=JobState.DELIVERED, model="gpt-image-1",
        engine="openai", width=1024, height=1024, estimate=Micros(40_000), created=BEGAN,
    )  # fmt: skip
    job_record = job.model_dump_json()
    template = Asset(
        id="", job="", number=1, team="", member="", member_name="Ada", blob="", media_type="image/png", width=1,
        height=1, size=1_500_000, prompt="", model="", quality="standard", cost=Micros(40_000), created=BEGAN,
    )  # fmt: skip
    plain = template.model_dump(mode="json")
    running: dict[str, tuple[Job, int]] = {}
    for number in range(1, count + 1):
        team = these.small if number % every == every // 2 else these.large
        at, fresh = BEGAN + number * timedelta(seconds=60), None
        ours, made = running.get(team, (job, OF_A_JOB))
        if made == OF_A_JOB:
            id = f"j{number:x}a"
            where = place.evolve(space=team, channel=f"c{chance.randrange(CHANNELS)}")
            member = f"{team}{int(MEMBERS * chance.random() ** 2)}"
            ours = job.model_copy(update={"id": id, "team": team, "member": member, "place": where})
            ours, made = ours.model_copy(update={"model": chance.choice(MODELS)}), 0
            record = job_record.replace("JOB", id).replace("TEAM", team).replace("MEMBER", member).replace("EVENT", id)
            fresh = (id, team, member, id, "delivered", False, at, record)
        made += 1
        running[team] = ours, made
        words, (width, height) = prompt(chance), chance.choice(SIZES)
        look = Look.model_construct(colours=tuple(chance.sample(COLOURS, 2)), likeness=f"{chance.getrandbits(64):016x}")
        blob = f"{number:064x}"
        asset = template.model_copy(
            update={
                "job": ours.id,
                "number": made,
                "team": team,
                "member": ours.member,
                "model": ours.model,
                "width": width,
                "height": height,
                "look": look,
            }
        )
        found = marks.of(asset, ours)
        said = {
            **plain,
            "id": f"{ours.id}.{made}",
            "job": ours.id,
            "number": made,
            "team": team,
            "member": ours.member,
            "blob": blob,
            "width": width,
            "height": height,
            "prompt": words,
            "model": ours.model,
            "created": at.isoformat(),
            "look": {"colours": look.colours, "likeness": look.likeness},
        }
        row = (
            number,
            ours.id,
            made,
            team,
            ours.member,
            blob,
            words,
            False,
            at,
            json.dumps(said),
            " ".join(found),
            look,
        )
        yield _Row(fresh, row, search.Learned(number, words, found))


_JOB = ("id", "team", "member", "event", "state", "deleted", "created", "record")
_ASSET = ("sequence", "job", "number", "team", "member", "blob", "prompt", "private", "created", "record", "marks")
_LOOK = ("colour", "likeness", "looked")


def _asset(row: tuple[Any, ...]) -> tuple[Any, ...]:
    *facts, look = row
    return (*facts, look.colours[0], look.likeness, True)


def _batches(pictures: Iterator[_Row]) -> Iterator[list[_Row]]:
    batch: list[_Row] = []
    for each in pictures:
        batch.append(each)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    yield batch


def _many(connection: Connection, pictures: Iterator[_Row]) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    driver = getattr(driver, "_conn", driver)

    def put(table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
        plain = [tuple(str(v)[:26] if isinstance(v, datetime) else v for v in row) for row in rows]
        names, holes = ", ".join(columns), ", ".join("?" * len(columns))
        driver.executemany(f"INSERT INTO {table} ({names}) VALUES ({holes})", plain)

    for batch in _batches(pictures):
        put("jobs", _JOB, [each.job for each in batch if each.job])
        put("assets", (*_ASSET, *_LOOK), [_asset(each.asset) for each in batch])
        search.learn(connection, [each.learned for each in batch])


def _copied(connection: Connection, pictures: Iterator[_Row]) -> None:
    driver: Any = connection.connection.driver_connection
    indexes = connection.execute(text("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_assets_search_words'"))
    definition = indexes.scalar_one()
    connection.execute(text("DROP INDEX ix_assets_search_words"))

    def put(table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    for batch in _batches(pictures):
        put("jobs", _JOB, [each.job for each in batch if each.job])
        put("assets", (*_ASSET, *_LOOK), [_asset(each.asset) for each in batch])
        learned = [(each.learned.sequence, search.tsvector(each.learned)) for each in batch]
        put("assets_search", ("sequence", "words"), learned)
    connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
    connection.execute(text(definition))
    connection.execute(text("SELECT setval(pg_get_serial_sequence('assets', 'sequence'), max(sequence)) FROM assets"))
