"""Prompts, styles, file names and names of members are hostile text: they ping nobody and break nothing."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator

import pytest
import structlog

from limner.domain.place import Person
from tests.conversations.hostile import plain
from tests.conversations.reading import id_of
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.jobs.channel import Channel, ask
from tests.stages import Seen, Stage
from tests.stages.discord import DiscordStage
from tests.stages.slack import SlackStage
from tests.stages.web import WebStage

HOSTILE = (
    "@everyone @here <@123456789012345678> <@&1234> <!channel> <!subteam^S1> <@U1|x> <#C1> <http://evil.example|click> "
    "**b** __u__ ~~s~~ `c` ```cb``` > q # h [l](http://evil.example) ||s|| :fox: <:a:1> <t:1:R> </imagine:1> "
    '&lt;b&gt; <script>alert(1)</script> "><img src=x onerror=alert(1)> {{7*7}} {% raw %} ${x} %s {0} '
    "\u202eevil\u2066x\u2069 \u200bzero\u2060 \x00\x07\x1b[31mred\x7f a\r\nforged: line\u2028next"
)
ACTING = re.compile("[\u202a-\u202e\u2066-\u2069\u2028\u2029\x00-\x08\x0b-\x1f\x7f]")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What Limner logs, as JSON-free lines."""
    kept = io.StringIO()
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.dev.ConsoleRenderer(colors=False)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        logger_factory=structlog.PrintLoggerFactory(kept),
    )
    yield kept
    structlog.reset_defaults()


def inert(seen: Seen, stage: Stage) -> None:
    """Nothing on it acts."""
    for words in (seen.text, *seen.alts, *seen.buttons):
        assert not ACTING.search(words.replace("\n", " ").replace("\t", " ")), words
    if isinstance(stage, DiscordStage):
        for live in ("<@1", "<@&", "<#", "<t:", "</imagine", "<:a:"):
            assert not re.search(rf"(?<!\\){re.escape(live)}", seen.text.replace("\\<", "")), seen.text
        assert stage.fake.breaches == []
        for sent in stage.fake.messages.values():
            if sent.author is stage.fake.bot:
                assert sent.mentions == []
    if isinstance(stage, SlackStage):
        # Words of members stand in plain texts and rich text elements, in which Slack reads no control sequence.
        for block in seen.raw["blocks"]:
            assert "mrkdwn" not in str(block) or "<!channel>" not in str(block)
        assert "<!channel>" not in seen.raw["text"]
    if isinstance(stage, WebStage):
        card = seen.raw["card"]
        assert card.by("script") == []
        assert all("onerror" not in each.attributes for each in card.by("img"))
        assert card.by("a", href="http://evil.example") == []


async def test_hostile_prompts_styles_and_file_names_are_inert(
    log: io.StringIO, stage: Stage, openai: FakeOpenAI
) -> None:
    painted = await stage.settled(await stage.command("imagine", prompt=HOSTILE, quality="draft"))
    assert len(painted.pictures) == 1
    inert(painted, stage)
    assert "{{7*7}}" in painted.text.replace("\\", "")

    shown = await stage.settled(await stage.command("gallery"))
    inert(shown, stage)
    inert(await stage.command("imagine", prompt="a fox", style="<!channel> @everyone **b**"), stage)
    inert(await stage.command("show", picture="@everyone"), stage)
    # Discord itself leaves none of these characters in the name of a file, and Slack none in its address.
    name = {"discord": "everyone-b.png", "slack": "<!channel>.png"}.get(stage.platform, "@here <b> $(x) %s {0}.png")
    inert(await stage.settled(await stage.command("imagine", prompt="x", files=((name, b"no picture"),))), stage)
    edited = await stage.settled(await stage.command("imagine", prompt="winter", files=((name, plain()),)))
    assert len(edited.pictures) == 1
    (edit,) = [each for each in openai.requests if each.path == "/v1/images/edits"]
    assert all("/" not in (file.filename or "") and "\n" not in (file.filename or "") for file in edit.files)
    shared = await stage.settled(
        await stage.command("share", picture=id_of(painted), place=stage.elsewhere, note="@everyone <!here>")
    )
    inert(shared, stage)
    (there,) = await stage.cards(place=stage.elsewhere)
    inert(there, stage)
    for line in log.getvalue().splitlines():
        assert not line.startswith("forged")
        assert "next" not in line.split(" ")[:1]


async def test_a_members_name_is_text_too(log: io.StringIO, keyed_house: House) -> None:
    named = Person(id="mallory", name="Mallory\u202e @everyone <!channel>\nforged: line\x1b[31m")
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        await limner.take(ask(prompt="a fox", quality="draft").evolve(person=named))
        card = await channel.settled()

    said = "".join(line.text for line in card.lines)
    assert "by Mallory @everyone <!channel> forged:" in said
    assert not ACTING.search(said.replace("\n", " "))
    assert card.by is None or not ACTING.search(card.by)
    assert not any(line.startswith("forged") for line in log.getvalue().splitlines())


async def test_what_hostile_words_are_called_on_disk_is_ours(keyed_house: House) -> None:
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        await limner.take(ask(prompt="../../x\x00 \u202egnp.exe", quality="draft"))
        card = await channel.settled()

    assert re.fullmatch(r"limner-[a-z0-9]+\.png", card.pictures[0].name)
    assert re.fullmatch(r"AI-generated: \S.*", card.pictures[0].alt)
