"""Which model answers for a name."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from limner.errors import BadOption, ModelGone
from limner.models import Purpose
from limner.models.catalogue import Catalogue
from limner.models.roster import Roster, served
from limner.openai import connect
from tests.fakes.openai import KEY, FakeOpenAI

TODAY = date(2026, 11, 22)
CATALOGUE = Catalogue.load()


PRICE = "price = { text_in = 0, image_in = 0, image_out = 1 }\n"


def roster(*, own: bool = False, today: date = TODAY, catalogue: Catalogue = CATALOGUE) -> Roster:
    return Roster(catalogue, own_endpoint=own, today=lambda: today)


@pytest.fixture
def chain(tmp_path: Path) -> Catalogue:
    """Models that follow each other, and two that follow each other in a circle."""
    file = tmp_path / "models.toml"
    file.write_text(
        "\n".join(
            f'[{name}]\npurpose = "paint"\n{PRICE}ends = {ends}\nsuccessor = "{successor}"\n'
            for name, ends, successor in [
                ("first", "2026-01-01", "second"),
                ("second", "2026-06-01", "third"),
                ("third", "2026-12-01", "gpt-image-2"),
                ("round", "2026-01-01", "about"),
                ("about", "2026-01-01", "round"),
            ]
        )
        + f'[last]\npurpose = "paint"\n{PRICE}ends = 2026-01-01\n'
    )
    return Catalogue.load(file)


def test_a_living_model_answers_for_itself_without_a_word() -> None:
    resolved = roster().resolve("gpt-image-2")

    assert (resolved.model.name, resolved.asked, resolved.note) == ("gpt-image-2", "gpt-image-2", None)


@pytest.mark.parametrize("name", ["gpt-image-1", "GPT Image 1"])
def test_a_model_that_has_ended_gives_way_and_it_is_said(name: str) -> None:
    resolved = roster().resolve(name)

    assert resolved.model.name == "gpt-image-2.6-sunburst"
    assert resolved.note == "GPT Image 1 was shut down on 2026-10-23; GPT Image 2.6 Sunburst paints instead."


def test_the_ear_gives_way_too() -> None:
    resolved = roster().resolve("gpt-4o-audio", Purpose.HEAR)

    assert resolved.note == "GPT-4o Audio was shut down on 2026-05-07; GPT Audio 1.5 listens instead."


@pytest.mark.parametrize(("today", "lives"), [(date(2026, 10, 22), True), (date(2026, 10, 23), False)])
def test_a_model_ends_on_its_day(today: date, lives: bool) -> None:
    assert (roster(today=today).resolve("gpt-image-1").model.name == "gpt-image-1") == lives


@pytest.mark.parametrize("own", [False, True])
def test_what_the_endpoint_lists_runs_as_itself_whatever_its_end(own: bool) -> None:
    learned = roster(own=own)
    learned.learn({"gpt-image-1": None})

    assert learned.resolve("gpt-image-1").model.name == "gpt-image-1"


def test_the_endpoints_own_day_counts_before_the_catalogues() -> None:
    learned = roster()
    learned.learn({"gpt-image-1": date(2027, 1, 1), "gpt-image-2": date(2026, 11, 1)})

    assert learned.resolve("gpt-image-1").model.name == "gpt-image-1"
    with pytest.raises(ModelGone, match="GPT Image 2"):
        learned.resolve("gpt-image-2")


def test_a_model_that_has_ended_and_is_not_listed_gives_way() -> None:
    learned = roster(own=True)
    learned.learn({"gpt-image-2.6-sunburst": None})

    assert learned.resolve("gpt-image-1").model.name == "gpt-image-2.6-sunburst"


def test_a_new_model_that_the_list_lags_behind_runs_as_itself() -> None:
    learned = roster()
    learned.learn({"gpt-4.1": None})

    assert learned.resolve("gpt-image-2.6-flare").model.name == "gpt-image-2.6-flare"


def test_ones_own_endpoint_without_a_list_is_asked_for_what_was_said() -> None:
    assert roster(own=True).resolve("gpt-image-1").model.name == "gpt-image-1"


def test_what_the_first_call_finds_gone_gives_way_from_then_on() -> None:
    learned = roster(own=True)
    learned.learn({"gpt-image-1": None})
    learned.gone("gpt-image-1")
    resolved = learned.resolve("gpt-image-1")

    assert resolved.model.name == "gpt-image-2.6-sunburst"
    assert resolved.note is not None

    for model in CATALOGUE:
        learned.gone(model.name)
    with pytest.raises(ModelGone, match="GPT Image 1 "):
        learned.resolve("gpt-image-1")


def test_a_model_that_is_gone_before_its_day_is_said_to_be_not_served() -> None:
    learned = roster()
    learned.gone("gpt-image-1.5")

    assert learned.resolve("gpt-image-1.5").note == (
        "GPT Image 1.5 is not served here; GPT Image 2.6 Sunburst paints instead."
    )


@pytest.mark.parametrize(
    ("today", "name"),
    [
        (date(2025, 12, 31), "first"),
        (date(2026, 5, 31), "second"),
        (date(2026, 11, 30), "third"),
        (date(2026, 12, 1), "gpt-image-2"),
    ],
)
def test_successors_are_followed_to_the_first_that_lives(chain: Catalogue, today: date, name: str) -> None:
    assert roster(today=today, catalogue=chain).resolve("first").model.name == name


@pytest.mark.parametrize("name", ["round", "last"])
def test_where_nothing_that_lives_follows_the_model_is_gone(chain: Catalogue, name: str) -> None:
    with pytest.raises(ModelGone, match=f"{name} is no longer served"):
        roster(catalogue=chain).resolve(name)


def test_an_unknown_name_is_met_with_the_nearest_ones() -> None:
    with pytest.raises(BadOption) as raised:
        roster().resolve("gpt-image-25-flar")

    assert "gpt-image-2.5-flare" in raised.value.sentence
    assert "sketch" not in raised.value.sentence


@pytest.mark.parametrize(("name", "purpose"), [("gpt-audio-1.5", Purpose.PAINT), ("gpt-image-2", Purpose.HEAR)])
@pytest.mark.parametrize("own", [False, True])
def test_a_model_is_not_asked_for_what_it_is_not_for(name: str, purpose: Purpose, own: bool) -> None:
    with pytest.raises(BadOption, match="has this name"):
        roster(own=own).resolve(name, purpose)


def test_a_name_that_is_nothing_like_any_is_met_with_some() -> None:
    with pytest.raises(BadOption, match="gpt-image-2"):
        roster().resolve("🦊" * 500)


def test_a_deployment_of_ones_own_is_asked_only_for_what_every_model_takes() -> None:
    for learned in (roster(own=True), roster()):
        learned.learn({"our-painter": None})
        resolved = learned.resolve("our-painter")

        assert (resolved.model.name, resolved.note) == ("our-painter", None)
        assert resolved.model.qualities == ("low", "medium", "high")
        assert not resolved.model.flexible
        assert resolved.model.price.image_out >= max(each.price.image_out for each in CATALOGUE)


def test_a_snapshot_costs_what_its_model_does_and_a_stranger_what_the_dearest_does() -> None:
    names = roster(own=True)
    snapshot = names.named("gpt-6-luna-2026-09-22", Purpose.CONVERSE)
    stranger = names.named("our-own-model", Purpose.CONVERSE)

    assert snapshot.price.text_out == 0.5
    assert stranger.price == names.named("gpt-6-astra", Purpose.CONVERSE).price
    assert all(stranger.price.text_out >= each.price.text_out for each in CATALOGUE.of(Purpose.CONVERSE))


def test_a_deployment_that_turns_out_to_be_gone_is_gone() -> None:
    learned = roster(own=True)
    learned.gone("our-painter")
    with pytest.raises(ModelGone, match="our-painter"):
        learned.resolve("our-painter")


def test_only_what_lives_can_be_asked_for() -> None:
    painters = {model.name for model in roster().alive(Purpose.PAINT)}

    assert "gpt-image-1" not in painters
    assert {"gpt-image-1.5", "gpt-image-2.6-flare"} <= painters
    assert "gpt-audio-1.5" not in painters


async def test_the_endpoints_list_is_read_with_its_days(openai: FakeOpenAI) -> None:
    client = connect(api_key=KEY, base_url=openai.base_url)
    openai.served = {"gpt-image-2": None, "gpt-image-1.5": "2026-12-01"}

    assert await served(client) == {"gpt-image-2": None, "gpt-image-1.5": date(2026, 12, 1)}
    await client.close()


@asynccontextmanager
async def answering(answer: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/v1/models", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    await runner.cleanup()


@pytest.mark.parametrize(
    ("shutdown", "day"),
    [
        ({}, None),
        ({"shutdown_date": "2026-12-01T00:00:00Z"}, date(2026, 12, 1)),
        ({"shutdown_date": "soon"}, None),
        ({"shutdown_date": ""}, None),
        ({"shutdown_date": 1_796_083_200}, None),
        ({"shutdown_date": {"day": 1}}, None),
    ],
)
async def test_days_that_compatible_servers_leave_out_or_fill_as_they_like_do_no_harm(
    shutdown: dict[str, Any], day: date | None
) -> None:
    async def models(_: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": "mine", **shutdown}]})

    async with answering(models) as address:
        client = connect(api_key=KEY, base_url=address)
        assert await served(client) == {"mine": day}
        await client.close()


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (404, "application/json", "{}"),
        (500, "text/html", "<html>"),
        (200, "text/html", "<html>sign in</html>"),
        (200, "application/json", "{"),
        (200, "application/json", json.dumps({"object": "list"})),
        (200, "application/json", json.dumps(["gpt-image-2"])),
        (200, "application/json", json.dumps({"data": ["gpt-image-2"]})),
        (200, "application/json", json.dumps({"data": [{"object": "model"}]})),
        (200, "application/json", json.dumps({"data": "none"})),
        (200, "application/json", "null"),
    ],
)
async def test_a_list_that_cannot_be_had_is_none_at_all(status: int, kind: str, body: str) -> None:
    async def models(_: web.Request) -> web.Response:
        return web.Response(status=status, content_type=kind, text=body)

    async with answering(models) as address:
        client = connect(api_key=KEY, base_url=address)
        assert not await served(client)
        await client.close()
