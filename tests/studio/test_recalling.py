"""What an ear is told of before stays within the limits of tokens and of money."""

from __future__ import annotations

from pathlib import Path

import pytest

from limner.domain.money import dollars
from limner.ears import Shown
from limner.models import Price, Usage
from limner.rules.prices import cost, text_tokens, worth
from limner.studio.recalling import tokens
from tests.fakes.openai.refusals import CATALOGUE
from tests.house import House
from tests.jobs.channel import ADA, PLACE, Channel, ask

MODEL = CATALOGUE.get("gpt-audio-1.5")


def test_so_many_tokens_cost_no_more_than_the_limit() -> None:
    assert MODEL is not None
    for limit in (0.0001, 0.005, 0.25):
        most = worth(MODEL, dollars(limit))
        assert cost(MODEL, Usage(text_in=most)) <= dollars(limit) < cost(MODEL, Usage(text_in=most + 1))
    assert worth(MODEL.evolve(price=Price()), dollars(0)) > 100_000


def test_a_long_request_is_told_in_short() -> None:
    assert tokens((Shown(ids=("a41f",), words="狐" * 30_000),)) < 1_200
    assert text_tokens("a" * 1_000) == 500


@pytest.mark.parametrize(
    ("voice", "most"), [({}, 3), ({"context_tokens": 40}, 1), ({"context_tokens": 0}, 0), ({"context_cost": 0.0001}, 1)]
)
async def test_the_newest_go_first_and_as_many_as_there_is_room_for(
    tmp_path: Path, voice: dict[str, float], most: int
) -> None:
    channel = Channel()
    async with House(tmp_path / "data", voice=voice).open(platforms=(channel,)) as limner:
        for words in ("a red fox in the snow", "a blue bird in a tree", "a green frog in a pond"):
            await limner.take(ask(prompt=words, quality="draft"))
        await limner.take(ask(prompt="my secret", private=True))
        member = await limner._store.people.member(PLACE, ADA)
        earlier = await limner._studio.hearing._recalling.earlier(PLACE, member, MODEL)
        other = await limner._studio.hearing._recalling.earlier(PLACE.evolve(channel="other"), member, MODEL)

    told = [each.words for each in earlier]
    assert told == ["a green frog in a pond", "a blue bird in a tree", "a red fox in the snow"][:most]
    assert other == ()
