"""Any job's card, with the buttons that the table itself puts on it, as each platform shows it: within the limits, and
with every button there and good for something."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from limner.domain.card import Button, Card, Controls, Link, Picture, Press, State
from limner.domain.money import Micros
from limner.domain.options import Background, Format, Quality
from limner.domain.place import Address, Place
from limner.domain.request import Asset, Job, JobState, Request
from limner.domain.style import Style, Wearing
from limner.errors import OutcomeUnknown
from limner.studio.buttons import Buttons
from limner.studio.cards import job_card
from limner_discord.cards import render as on_discord
from limner_discord.markup import length
from limner_discord.uploads import REQUEST_LIMIT
from limner_slack.cards import JSON_SIZE, shown
from limner_slack.cards import render as on_slack
from limner_web.cards import render as on_page
from limner_web.pictures import Links
from tests import contracts
from tests.discord.test_cards import texts, walk
from tests.house import House
from tests.stages.web import parse

QUICK = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a card is big: to shrink one takes minutes
)
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

BORN = datetime(2026, 11, 27, tzinfo=UTC)
LANGUAGES = (
    "a red fox in snow",
    "Ein Füchslein, das über die Straße läuft",
    "雪の中の赤い狐",
    "ثعلب أحمر في الثلج",
    "बर्फ में लाल लोमड़ी",
    "🦊" * 40,
    "@everyone <!channel> <@U1> **b** [l](http://evil.example) <script>alert(1)</script> {{7*7}}",
    "\u202eevil\u2066x \x00\x1b[31m a\r\nforged: line",
    "word " * 6_400,
    "x" * 32_000,
    "\n\n>\n" * 500,
)
words = st.one_of(st.sampled_from(LANGUAGES), st.text(min_size=1, max_size=200))
names = st.one_of(st.just("Ada"), st.text(max_size=100), st.just("@everyone" * 20))
ids = st.text("abcdefghjkmnpqrstuvwxyz23456789", min_size=4, max_size=6)
styles = st.builds(
    Style, id=st.just("s1d2"), name=st.text(min_size=1, max_size=40), before=words, palette=st.just(("#000080",))
)
requests = st.builds(
    Request,
    prompt=words,
    shape=st.sampled_from(["square", "wide", "tall", "21:9", "1536x864"]),
    quality=st.sampled_from(Quality),
    count=st.integers(1, 10),
    wearing=st.none() | st.builds(Wearing, style=st.none() | styles, by_channel=st.booleans()),
    background=st.sampled_from(Background),
    format=st.sampled_from(Format),
    model=st.sampled_from([None, "gpt-image-2", "gpt-image-1", "sketch", "gone-long-ago"]),
    engine=st.sampled_from([None, "responses", "sketch"]),
    heard=st.none() | words,
    told=st.none() | st.just("A subtle variation of a41f"),
)
STATES = (JobState.ACCEPTED, JobState.PAINTING, JobState.PAINTED, JobState.DELIVERED, JobState.ENDED)


@st.composite
def jobs(draw: st.DrawFn, state: JobState, private: bool) -> Job:
    """Any job at a stage of its life, on any platform."""
    request = draw(requests).evolve(private=private)
    place = Place(platform=draw(st.sampled_from(["discord", "slack", "web"])), space="1", channel="2")
    over = state not in {JobState.ACCEPTED, JobState.PAINTING}
    return Job(
        id=draw(ids),
        team="t",
        member="m",
        member_name=draw(names),
        place=place,
        address=Address(place=place),
        event="e",
        request=request,
        state=state,
        model=draw(st.sampled_from(["gpt-image-2.6-sunburst", "gpt-image-2", "sketch", "x" * 60])),
        engine=draw(st.sampled_from(["openai", "responses", "sketch"])),
        width=draw(st.integers(16, 3840)),
        height=draw(st.integers(16, 3840)),
        notes=tuple(draw(st.lists(st.text(min_size=1, max_size=300), max_size=6))),
        estimate=Micros(draw(st.integers(0, 10_000_000))),
        cost=Micros(draw(st.integers(0, 10_000_000))) if over else None,
        trouble=draw(st.sampled_from([OutcomeUnknown().sentence, "x" * 900])) if state is JobState.ENDED else None,
        charged=draw(st.sampled_from([True, False, None])),
        created=BORN,
        started=BORN if over else None,
        ended=BORN + timedelta(seconds=draw(st.integers(0, 4_000))) if over else None,
        sheet=_piece(draw, "sheet") if request.count > 1 else None,
    )


def _piece(draw: st.DrawFn, name: str) -> Picture:
    said = {"name": f"{name}.png", "media_type": "image/png", "width": 900, "height": 900, "alt": draw(words)}
    return Picture(blob=name, size=draw(st.integers(1, 9_000_000)), **said)


@st.composite
def finished(draw: st.DrawFn, job: Job, alone: bool) -> tuple[Asset, ...]:
    """What came of a job: as many pictures as it says, or a few less; `alone`: one."""
    if job.state not in {JobState.PAINTED, JobState.DELIVERED}:
        return ()
    many = 1 if alone else draw(st.integers(1, job.request.count))
    kinds = ["image/png", "image/jpeg", "image/webp", "image/gif", "image/svg+xml"]
    before = draw(st.sampled_from([None, "b7c2", "b7c2.10"])) if many == 1 else None
    return tuple(
        Asset(
            id=job.id if many == 1 else f"{job.id}.{number}",
            job=job.id,
            number=number,
            team=job.team,
            member=job.member,
            member_name=job.member_name,
            blob=f"blob{number}",
            media_type=draw(st.sampled_from(kinds)),
            width=job.width,
            height=job.height,
            size=draw(st.integers(1, 30_000_000)),
            prompt=job.request.prompt,
            revised_prompt=draw(st.none() | words),
            model=job.model,
            quality=job.request.quality,
            cost=Micros(1),
            private=job.request.private,
            version_of=before,
            version=2 if before else 1,
            origin=before,
            created=BORN,
        )
        for number in range(1, many + 1)
    )


async def test_any_jobs_card_is_within_every_platforms_limits_and_its_buttons_are_good(keyed_house: House) -> None:
    async with keyed_house.open() as limner:
        studio, table = limner._studio, limner.table
        buttons = Buttons(table=table, desk=studio.desk, page=lambda place: "https://limner.example")
        links = Links(b"secret")
        seen: set[str] = set()

        @QUICK
        @given(data=st.data())
        def holds(data: Any, state: JobState, private: bool, alone: bool) -> None:
            job = data.draw(jobs(state, private))
            assets = data.draw(finished(job, alone))
            strip = _piece(data.draw, "strip") if len(assets) == 1 and assets[0].version > 1 else None
            card = job_card(
                job,
                model=studio.desk.title(job.model),
                assets=assets,
                sheet=job.sheet if len(assets) > 1 else None,
                strip=strip,
                controls=buttons.of(job, assets),
                spent=data.draw(st.none() | st.just("you: $1.20 of $5 today")),
            )
            codes = _codes(card)
            assert len(codes) == len(set(codes))
            for code in codes:
                press = Press.read(code)
                assert press is not None
                action = table[press.action]
                assert press.form == action.form
                assert set(press.options) <= {each.name for each in action.parameters}
                if not action.form:
                    action.options.read(press.options)
                seen.add(action.name)
            for told in (_discord(card), _slack(card), _page(card, links)):
                assert told == codes

        for state, private, alone in product(STATES, (False, True), (False, True)):
            holds(state=state, private=private, alone=alone)
        assert {"vary", "edit", "open", "cancel", "reroll", "delete", "send"} <= seen


def _codes(card: Card) -> list[str]:
    every = [each for row in card.controls for each in row.buttons]
    return sorted(each.code for each in every if isinstance(each, Button))


def _discord(card: Card) -> list[str]:
    """What can be pressed there, after a look at Discord's limits."""
    message = on_discord(card)
    components = message.view.to_components()
    every = walk(components)
    assert len(every) <= 40
    assert sum(length(text) for text in texts(components)) <= 4000
    assert len(message.uploads) <= 10
    assert sum(each.limit for each in message.uploads) < REQUEST_LIMIT
    body = json.dumps({"components": components, "flags": 1 << 15, "allowed_mentions": {"parse": []}}).encode()
    headers = {"content-type": "application/json", "authorization": "Bot x"}
    assert contracts.breaches("discord", "POST", "/api/v10/channels/1/messages", headers, body) == []
    pressed = [each["custom_id"] for each in every if each["type"] == 2 and "custom_id" in each]
    return sorted([*pressed, *(option["value"] for each in every for option in each.get("options", ()))])


def _slack(card: Card) -> list[str]:
    """The same in Slack."""
    message = on_slack(card, {each.blob: f"F{number:09d}" for number, each in enumerate(shown(card))})
    assert 1 <= len(message.blocks) <= 50
    assert len(json.dumps(message.blocks, separators=(",", ":"), ensure_ascii=False)) <= JSON_SIZE
    if contracts.PRESENT:
        found = contracts.validator("slack").check_message({"text": message.text, "blocks": message.blocks})
        assert [str(each) for each in found if each.level != "warn"] == []
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    assert all(len(row) <= 25 for row in rows)
    return sorted(each["value"] for row in rows for each in row if "value" in each)


def _page(card: Card, links: Links) -> list[str]:
    """The same on the page, where nothing of a member's words is markup."""
    article = parse(on_page(card, message="m0123456789ab", channel="studio", links=links))
    assert article.by("script") == []
    assert len(article.by("article")) == 1
    assert all(not name.startswith("on") for each in article.find(lambda _: True) for name in each.attributes)
    assert {each.attributes["src"].split("/")[1] for each in article.by("img")} <= {"pictures", "pieces"}
    return sorted(each.attributes["value"] for each in article.by("button", name="code"))


def test_a_link_on_a_card_is_no_button() -> None:
    card = Card(state=State.DONE, controls=(Controls(buttons=(Link(label="There", url="https://a.example"),)),))
    assert _codes(card) == _discord(card) == _slack(card) == []
