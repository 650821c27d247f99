"""Another team's pictures: by id, by forged buttons, by forged forms. None of it is there, and none of it costs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest

from limner.domain.place import Address, Place
from tests.conversations.conftest import STAGES
from tests.conversations.forging import forged
from tests.conversations.reading import id_of, paintings
from tests.conversations.test_listening import NOTE
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.jobs.channel import Channel, ask
from tests.stages import Seen, Stage
from tests.stages.discord import DiscordStage
from tests.stages.slack import SlackStage
from tests.stages.web import WebStage

SECRET = "the secret lighthouse"


@dataclass(frozen=True)
class Neighbours:
    """A stage, and what another team of the same platform has in the same house: a picture alone, three of one request,
    and what waits in its line."""

    stage: Stage
    alone: str
    several: str
    style: str


@pytest.fixture(params=STAGES)
async def neighbours(request: pytest.FixtureRequest, keyed_house: House) -> AsyncIterator[Neighbours]:
    """The other team is another server, another workspace, another page: the stage's platform, in another space."""
    platform = request.param
    channel = Channel()
    channel.name = channel.platform = platform
    theirs = Place(platform=platform, space="another", channel="studio")
    there = {"place": theirs, "address": Address(place=theirs)}
    ids = []
    async with keyed_house.open(platforms=(channel,)) as limner:
        for count in (1, 3):
            channel.shown.clear()
            await limner.take(ask(prompt=SECRET, quality="draft", count=count).evolve(**there))
            ids.append((await channel.settled()).job)
        await limner.take(ask("style-save", name="beacon", before="Beams of light:").evolve(**there))
    ((style,),) = keyed_house.rows("SELECT id FROM styles WHERE key = 'beacon'")
    module = import_module(f"tests.stages.{platform}")
    async with getattr(module, STAGES[platform])(keyed_house) as stage:
        yield Neighbours(stage, str(ids[0]), str(ids[1]), style)


def books(house: House) -> tuple[Any, ...]:
    """What would show that something was done: calls, jobs, pictures, styles, what was saved."""
    return tuple(
        house.rows(f"SELECT count(*) FROM {table}")[0][0]
        for table in ("attempts", "jobs", "assets", "styles", "saved", "ledger", "blobs")
    )


def not_there(stage: Stage, told: Seen, id: str, what: str) -> None:
    """It says that there is none, to the asker alone, and shows nothing of it."""
    said = told.text.replace("\\", "")
    assert any(f"There is no “{each}” here" in said for each in (id, id.partition(".")[0])), (what, said)
    assert told.private_to == "ada" or stage.platform == "web", what
    assert SECRET not in told.text
    assert told.pictures == () or stage.platform == "web", what  # on the page the pressed card may be the answer's own


async def test_another_teams_picture_is_not_there_by_its_id(
    neighbours: Neighbours, openai: FakeOpenAI, keyed_house: House
) -> None:
    stage, alone, second = neighbours.stage, neighbours.alone, f"{neighbours.several}.2"
    before = books(keyed_house)
    for name, values in (
        ("show", {"picture": alone}),
        ("show", {"picture": second}),
        ("edit", {"picture": second, "prompt": "mine"}),
        ("extend", {"picture": alone}),
        ("cutout", {"picture": alone}),
        ("describe", {"picture": alone}),
        ("upscale", {"picture": second}),
        ("blend", {"pictures": f"{alone} {second}"}),
        ("share", {"picture": alone, "place": stage.elsewhere}),
        ("style-save", {"name": "mine", "picture": alone}),
    ):
        told = await stage.settled(await stage.command(name, **values))
        not_there(stage, told, alone if values.get("picture", alone) == alone else second, name)
    assert SECRET not in (await stage.settled(await stage.command("gallery"))).text
    assert books(keyed_house) == before
    assert paintings(openai) == 2

    place = stage.elsewhere.removeprefix("#")
    for function, asked in (
        ("share", {"picture": alone, "place": place}),
        ("edit", {"picture": alone, "prompt": "it"}),
    ):
        openai.hears.append((function, {"heard": "share their picture with us", "language": "en", **asked}))
        heard = await stage.settled(await stage.voice(NOTE))
        assert f"There is no “{alone}” here" in heard.text.replace("\\", "")
        assert SECRET not in heard.text
        assert not any(each.startswith(("Share ", "Generate")) for each in heard.buttons)
    assert await stage.cards(place=stage.elsewhere) == ()
    assert paintings(openai) == 2


async def test_another_teams_picture_is_not_there_by_a_forged_button_or_form(
    neighbours: Neighbours, openai: FakeOpenAI, keyed_house: House
) -> None:
    stage, alone, several = neighbours.stage, neighbours.alone, neighbours.several
    first = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    before, made = books(keyed_house), paintings(openai)
    for action, options in (
        *(("vary", "strength=strong"), ("cutout", ""), ("finer", ""), ("reroll", ""), ("as-png", ""), ("back", "")),
        *(("open", ""), ("save", ""), ("details", ""), ("download", ""), ("describe", ""), ("delete", "")),
        ("aloud", ""),
        *(("send", ""), ("shuffle", ""), ("put-away", ""), ("bring-back", ""), ("cancel", ""), ("first", "")),
        *(("form.edit", ""), ("form.extend", ""), ("form.style-save", ""), ("form.share", "")),
    ):
        target = f"{several}.3" if action in {"vary", "form.edit", "open", "details", "describe"} else alone
        told = await stage.settled(await forged(stage, first, f"limner:{action}:{target}:{options}"))
        not_there(stage, told, target, action)
    named = {} if stage.platform == "discord" else {"picture": alone}  # there the form has no room for it
    for label, values in (
        ("Edit…", {"prompt": "mine"}),
        ("Extend…", {}),
        ("Share…", {"place": stage.elsewhere}),
        ("Style from this", {"name": "mine", **named}),
    ):
        told = await stage.settled(await forged_form(stage, first, label, alone, **values))
        not_there(stage, told, alone, label)
    assert await stage.cards(place=stage.elsewhere) == ()
    for code in (f"limner:style-use:{neighbours.style}:", f"limner:style-show:{neighbours.style}:"):
        told = await forged(stage, first, code)
        assert "beacon" not in told.text
        assert "Beams" not in told.text
    assert books(keyed_house) == before
    assert paintings(openai) == made == 3
    assert id_of(first) in (await stage.command("show", picture=id_of(first))).text


async def forged_form(stage: Any, seen: Seen, label: str, target: str, **values: str) -> Seen:
    """Opens a form of one's own picture, and sends it off as another's."""
    own = id_of(seen)
    if isinstance(stage, DiscordStage):
        await stage.press(seen, label)
        assert stage._opened is not None
        code = str(stage._opened.data["custom_id"])
        assert f":{own}:" in code
        stage._opened.data["custom_id"] = code.replace(f":{own}:", f":{target}:")
        return await stage.submit(**values)
    if isinstance(stage, SlackStage):
        view = await stage._form(seen, label, "ada")
        assert own in view["private_metadata"]
        view = {**view, "private_metadata": json.dumps({**json.loads(view["private_metadata"]), "target": target})}
        before = stage._now("ada")
        assert not await stage.fake.submit(view, values, user="ada")
        return await stage._handed_over(f"form:{view['id']}", seen, "ada", before)
    assert isinstance(stage, WebStage)
    opened = await stage._opened(seen, label)
    (code,) = [each.attributes["value"] for each in opened.by("input", name="code")]
    assert f":{own}:" in code
    form = stage._form()
    said = {"code": code.replace(f":{own}:", f":{target}:"), "message": seen.message.removeprefix("card-")}
    for name, value in {**said, **{f"field-{name}": value for name, value in values.items()}}.items():
        form.add_field(name, value)
    return await stage._posted("/form", form, pressed=seen)
