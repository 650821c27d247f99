"""Twenty phrases become the requests that they mean, and their cards say what was understood."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from limner.actions.carrying import paints, request_of
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options
from limner.domain.place import Attachment, Member
from limner.domain.request import Request
from limner.ears.samples import samples
from tests.conversations.phrases import FOX, PHRASES, Phrase
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.jobs.channel import ADA, PLACE, Channel, ask

NOTE = Attachment(platform="channel", name="note.ogg", url=samples()[0].path.as_uri())


class Desk:
    """A Limner with a card of three pictures, to be spoken to."""

    def __init__(self, limner: Any, channel: Channel, openai: FakeOpenAI, job: str, message: str) -> None:
        self.limner, self.channel, self.openai, self.job, self.message = limner, channel, openai, job, message

    async def says(self, phrase: Phrase) -> tuple[Card, Request | None]:
        """The card that answers, and the request that it waits with."""
        name, values = phrase.call
        told = {key: self.filled(value) for key, value in values.items()}
        self.openai.hears.append((name, {"heard": phrase.said, "language": phrase.language, **told}))
        answers = self.message if phrase.answers else None
        asked = ask("listen").evolve(sound=NOTE, answers=answers)
        card = await self.limner.take(asked)
        assert card is not None
        member: Member = await self.limner._store.people.member(PLACE, ADA)
        studio = self.limner._studio
        ids = [each.target for row in card.controls for each in row.buttons if each.action == "generate"]
        if not ids:
            return card, None
        note = await studio.notes.waiting(ids[0], member)
        if not paints(studio.table[note.action]):
            return card, None
        return card, await request_of(note, Asked(ask=asked, member=member, options=Options()), studio)

    def filled(self, value: Any) -> Any:
        return value.replace("{job}", self.job) if isinstance(value, str) else value


@pytest.fixture
async def desk(tmp_path: Any, openai: FakeOpenAI) -> AsyncIterator[Desk]:
    channel = Channel()
    async with House(tmp_path / "data", openai).open(platforms=(channel,)) as limner:
        first = await limner.take(ask(prompt=FOX, count=3, quality="draft"))
        assert first is not None
        assert first.job
        await channel.settled()
        (message,) = channel.shown
        yield Desk(limner, channel, openai, first.job, message)


async def test_each_phrase_becomes_the_request_that_it_means(desk: Desk) -> None:
    assert len(PHRASES) == 20
    for phrase in PHRASES:
        card, request = await desk.says(phrase)
        text = "\n".join(line.text for line in card.lines)
        assert phrase.said in text, text
        for words in phrase.reads:
            assert desk.filled(words) in text, (phrase.said, text)
        for words in phrase.lacks:
            assert words not in text
        labels = [each.label for row in card.controls for each in row.buttons]
        assert tuple(labels[: len(phrase.buttons)]) == phrase.buttons, (phrase.said, labels)
        if phrase.request is None:
            assert request is None, phrase.said
            continue
        assert request is not None, (phrase.said, text)
        for name, value in phrase.request.items():
            assert getattr(request, name) == desk.filled(value), (phrase.said, name, getattr(request, name))
        assert request.heard == phrase.said
        assert request.language == phrase.language
        if phrase.about is not None:
            assert request.references[0].asset == f"{desk.job}.{phrase.about}"
        elif request.version_of is None and phrase.call[0] == "imagine":
            assert request.references == ()
    assert len([each for each in desk.openai.requests if each.path.startswith("/v1/images")]) == 1


async def test_the_ear_is_told_what_words_can_be_about(desk: Desk) -> None:
    await desk.says(PHRASES[1])
    body = next(each.parsed for each in reversed(desk.openai.requests) if each.path == "/v1/chat/completions")
    told = [part["text"] for part in body["messages"][1]["content"] if part["type"] == "text"]

    assert f'The note answers a picture that was made from: "{FOX}"' in told
    assert f"The card that it answers shows, in order: {desk.job}.1, {desk.job}.2, {desk.job}.3" in told
    (earlier,) = [each for each in told if each.startswith("What was asked for here before")]
    assert f'- {desk.job}.1, {desk.job}.2, {desk.job}.3 (the speaker\'s): "{FOX}"' in earlier
    names = {each["function"]["name"] for each in body["tools"]}
    assert {"imagine", "edit", "vary", "reroll", "finer", "extend", "share", "cancel", "show", "nothing"} <= names


async def test_prompts_are_in_english_only_where_the_team_wants_that(desk: Desk) -> None:
    admin = ADA.evolve(admin=True)

    async def system() -> str:
        await desk.says(PHRASES[8])
        body = next(each.parsed for each in reversed(desk.openai.requests) if each.path == "/v1/chat/completions")
        return str(body["messages"][0]["content"])

    assert "in the speaker's own language and words" in await system()
    await desk.limner.take(ask("voice-set", prompts="english").evolve(person=admin))
    assert "in English, translated" in await system()
