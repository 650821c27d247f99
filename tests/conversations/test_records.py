"""What stays: a job's record, the library's files, and nothing of the keys and permissions that were used."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from limner.ears.samples import samples
from limner.store.tables import metadata
from tests.conversations.hostile import plain
from tests.conversations.reading import id_of
from tests.fakes.discord import TOKEN
from tests.fakes.openai import FakeOpenAI
from tests.house import KEY, House
from tests.stages import Stage
from tests.stages.discord import DiscordStage
from tests.stages.slack import SlackStage

NOTE = samples()[0].path.read_bytes()


@pytest.mark.parametrize("stage", ["discord"], indirect=True)
async def test_a_record_says_what_by_whom_where_when_from_what_and_for_how_much(
    stage: Stage, keyed_house: House
) -> None:
    first = await stage.settled(
        await stage.command("imagine", prompt="a red fox", quality="draft", shape="wide", style="storybook")
    )
    varied = await stage.settled(await stage.press(first, "Vary", member="bob"))

    assets = {name: json.loads(record) for name, record in keyed_house.rows("SELECT job, record FROM assets")}
    jobs = {name: json.loads(record) for name, record in keyed_house.rows("SELECT id, record FROM jobs")}
    original, copy = id_of(first), id_of(varied)
    request = jobs[original]["request"]
    assert (request["prompt"], request["shape"], request["quality"], request["style"]) == (
        "a red fox",
        "wide",
        "draft",
        "storybook",
    )
    assert jobs[original]["model"] == "gpt-image-2.6-sunburst"
    assert jobs[original]["place"] == stage.place.model_dump()
    assert jobs[original]["created"] < jobs[original]["started"] <= jobs[original]["ended"]
    assert (assets[original]["member_name"], assets[copy]["member_name"]) == ("Ada", "Bob")
    assert assets[original]["parents"] == []
    assert assets[copy]["parents"] == [original]
    assert assets[copy]["cost"] == jobs[copy]["cost"] > 0
    assert keyed_house.rows("SELECT parent FROM parents") == [(original,)]
    assert jobs[copy]["request"]["references"][0]["asset"] == original
    outcomes = keyed_house.rows("SELECT outcome, model, request_id FROM attempts ORDER BY id")
    assert [(outcome, model) for outcome, model, _ in outcomes] == [("paid", "gpt-image-2.6-sunburst")] * 2
    assert all(request_id.startswith("req_") for _, _, request_id in outcomes)


@pytest.mark.parametrize("stage", ["discord"], indirect=True)
async def test_delete_removes_the_files_that_nothing_else_uses(stage: Stage, keyed_house: House) -> None:
    first = await stage.settled(await stage.command("imagine", prompt="boats", quality="draft", count=2))
    varied = await stage.settled(await stage.press(first, "Vary 1"))
    keys = dict(keyed_house.rows("SELECT job || '.' || number, blob FROM assets"))
    one, two = keys[f"{id_of(first)}.1"], keys[f"{id_of(first)}.2"]
    assert {one, two} <= {name.partition(".")[0] for name in keyed_house.blobs()}

    await stage.press(first, "Delete")
    left = {name.partition(".")[0] for name in keyed_house.blobs()}
    assert one in left, "the variation was made from it"
    assert two not in left

    await stage.press(varied, "Delete")
    assert keyed_house.blobs() == set()
    assert keyed_house.rows("SELECT count(*) FROM blobs") == [(0,)]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that is logged at the lowest level, by Limner and by its libraries; what the stand-ins log is left out."""
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    handler.addFilter(lambda record: not record.name.startswith("aiohttp."))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(kept))
    yield kept
    structlog.reset_defaults()
    root.setLevel(level)
    root.removeHandler(handler)


async def test_no_key_token_or_permission_is_in_a_log_or_a_file(
    log: io.StringIO, stage: Stage, keyed_house: House, openai: FakeOpenAI
) -> None:
    painted = await stage.settled(
        await stage.command("imagine", prompt="a red fox", quality="draft", files=(("fox.png", plain()),))
    )
    openai.hears.append(("imagine", {"heard": "a fox", "language": "en", "prompt": "a fox", "quality": "draft"}))
    heard = await stage.settled(await stage.voice(NOTE))
    await stage.settled(await stage.press(heard, "Generate"))
    openai.faults.append("bad_key")
    await stage.settled(await stage.press(painted, "Reroll"))
    await stage.press(painted, "Download")
    await stage.command("show", picture="zz99")
    await stage.settled(await stage.command("imagine", prompt="an owl", quality="draft", private=True))
    await stage.restart()

    told = log.getvalue()
    assert "accepted" in told
    for what, secret in secrets(stage).items():
        assert secret not in told, what
        for name, content in kept(keyed_house):
            if name not in {"discord-token", "openai-key", "slack-bot", "slack-app"}:
                assert secret.encode() not in content, (what, name)


def secrets(stage: Stage) -> dict[str, str]:
    """What nobody may read anywhere, by what it is."""
    found = {"OpenAI's key": KEY}
    if isinstance(stage, DiscordStage):
        found["the bot's token"] = TOKEN
        found["an interaction's token"] = "token-"
    if isinstance(stage, SlackStage):
        found["the bot's token"] = stage.fake.bot_token
        found["the app's token"] = stage.fake.app_token
        found["a response's address"] = "/actions/T0"
    return found


def kept(house: House) -> Iterator[tuple[str, bytes]]:
    """All that is kept: files, and tables too where the database is elsewhere, each with its name."""
    for file in house.folder.rglob("*"):
        if file.is_file():
            yield file.name, file.read_bytes()
    if not (house.folder / "limner.db").exists():
        for table in metadata.tables:
            yield table, str(house.rows(f"SELECT * FROM {table}")).encode()
