"""The outer edge: whatever breaks behind it, there is a sentence, and an id by which the log has the rest."""

from __future__ import annotations

import asyncio

import pytest

from limner.domain.card import Card
from limner.edge import guarded, outcome
from limner.errors import NotFound, Trouble


class Told:
    def __init__(self, breaks: Exception | None = None) -> None:
        self.cards: list[Card] = []
        self._breaks = breaks

    async def __call__(self, card: Card) -> None:
        self.cards.append(card)
        if self._breaks is not None:
            raise self._breaks


async def gives(what: str) -> str:
    return what


async def breaks(problem: BaseException) -> None:
    raise problem


async def test_what_goes_well_is_given_and_nobody_is_told() -> None:
    told = Told()
    assert await outcome(gives("a fox"), about="a try") == "a fox"
    await guarded(gives("a fox"), told, about="a try")
    assert told.cards == []


async def test_a_trouble_is_told_in_its_own_sentence() -> None:
    told = Told()
    await guarded(breaks(NotFound(what="a41f")), told, about="a try")
    [card] = told.cards
    assert card.private
    assert card.lines[0].text == NotFound(what="a41f").sentence


async def test_whatever_else_breaks_is_told_by_an_id_and_the_log_has_the_rest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = Told()
    await guarded(breaks(RuntimeError("a secret detail")), told, about="a try")
    sentence = told.cards[0].lines[0].text
    ref = sentence.split("quote ")[1].split(" ")[0]
    logged = capsys.readouterr().out
    assert "secret" not in sentence
    assert ref in logged
    assert "a secret detail" in logged


@pytest.mark.parametrize("problem", [Trouble(ref="1"), OSError("gone")])
async def test_a_member_who_cannot_be_told_ends_nothing(problem: Exception) -> None:
    told = Told(breaks=problem)
    await guarded(breaks(RuntimeError()), told, about="a try")
    assert len(told.cards) == 1


async def test_what_is_to_pass_and_being_cut_off_are_no_trouble() -> None:
    with pytest.raises(KeyError):
        await outcome(breaks(KeyError()), about="a try", passing=(KeyError,))
    with pytest.raises(asyncio.CancelledError):
        await guarded(breaks(asyncio.CancelledError()), Told(), about="a try")
