"""`limner job ID` tells a job's whole story, beside a Limner that runs on the same data."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from limner.domain.card import State
from limner.errors import NotFound
from limner.store.books import open_books
from limner.store.story import Story
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.jobs.channel import Channel, ask
from tests.patience import PATIENCE
from tests.test_cli import limner


async def told(house: House, id: str | None) -> Story:
    async with open_books(house.settings().data) as books:
        return await books.story(id or "")


def spoken(story: Story) -> str:
    from limner.cli.story import lines

    return "\n".join(lines(story))


async def test_the_story_of_a_picture_has_every_call_and_every_cent(keyed_house: House, openai: FakeOpenAI) -> None:
    openai.faults.append("rate_limit")
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        card = await limner.take(ask(prompt="a red fox", quality="draft"))
        assert card is not None
        await channel.settled()
        async with asyncio.timeout(PATIENCE):
            while (story := await told(keyed_house, card.job)).job.delivered is None:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    assert [each.outcome for each in story.attempts] == ["free", "paid"]
    assert sum(each.amount for each in story.ledger if each.target == "paid") == openai.billed
    first, said = story.attempts[0], spoken(story)
    for part in (
        f"{card.job}: done",
        "“a red fox”",
        "asked for by Ada in channel/team/general",
        "reserved (budget → reserved)",
        f"call {first.id}: gpt-image-2.6-sunburst was asked by {first.worker}",
        "failed, surely not charged",
        "answered, ",
        "request req_",
        "its last card was shown in channel/team/general",
        "went back into the queue 1 times",
        "cost: $0.0",
    ):
        assert part in said, part


async def test_the_story_says_what_a_job_waits_for_and_why_its_card_could_not_be_shown(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    async with keyed_house.open(platforms=(channel,), openai={"concurrency": 1}) as limner:
        first = await limner.take(ask(prompt="a red fox", quality="draft"))
        await channel.until(State.PAINTING)
        second = await limner.take(ask(prompt="an owl", quality="draft", later=True))
        assert first is not None
        assert second is not None
        assert "waits in the queue" in spoken(await told(keyed_house, second.job))
        assert "when nobody else waits" in spoken(await told(keyed_house, second.job))
        assert "is being painted" in spoken(await told(keyed_house, f"#{first.job}.1"))
        channel.closed = True
        openai.hold.set()
        async with asyncio.timeout(PATIENCE):
            while not (story := await told(keyed_house, first.job)).job.undelivered:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    assert "its last card could not be shown (1 times): I may not post in general" in spoken(story)


async def test_a_job_that_is_not_there_is_a_sentence(house: House) -> None:
    async with house.open():
        for said in ("zz99", "", "../../etc", "a" * 500):
            with pytest.raises(NotFound):
                await told(house, said)


def test_the_command_tells_a_story_in_words_and_as_json(tmp_path: Path) -> None:
    painted = limner(tmp_path, "imagine", "a red fox", "--draft")
    id = painted.stdout.split()[-1]
    words = limner(tmp_path, "job", id)
    assert words.returncode == 0, words.stderr
    assert f"{id}: done" in words.stdout
    assert "by sketch" not in words.stdout
    story = json.loads(limner(tmp_path, "job", id, "--json").stdout)
    assert story["job"]["id"] == id
    assert story["job"]["address"]["token"] is None
    assert len(story["attempts"]) == 1
    unknown = limner(tmp_path, "job", "zz99")
    assert unknown.returncode == 1
    assert "There is no “zz99” here" in unknown.stderr
