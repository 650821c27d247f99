"""Buttons and forms: they work however old the card is, and whoever posted it."""

from pathlib import Path
from typing import Any

import pytest

from limner.domain.ask import Ask
from limner.domain.card import Button, Card, Controls, State, says
from limner_discord import inbox
from tests.discord.front import FrontDoor, done, listening
from tests.fakes.discord import Acting, FakeDiscord, Message

REROLL = Button(label="Reroll", action="reroll", target="a41f", options={"shape": "wide"})
DELETE = Button(label="Delete", action="delete", target="a41f")
FIX = Button(label="Fix text", action="fix", target="n1", form=True)
CARD = done(controls=(Controls(buttons=(REROLL, DELETE, FIX)),))


def shows(card: Card) -> Any:
    async def answer(ask: Ask) -> Card:
        return card if ask.action == "imagine" else says(f"{ask.action} {ask.target}")

    return answer


async def card(front: FrontDoor, discord: FakeDiscord, ada: Acting, shown: Card = CARD, **values: Any) -> Message:
    front.answer = shows(shown)
    sent = await ada.slash("imagine", prompt="a red fox", **values)
    message: Message = await discord.until(lambda: sent.shown)
    return message


async def test_a_button_asks_for_its_action_on_its_target_in_a_message_of_its_own(
    front: FrontDoor, discord: FakeDiscord, ada: Acting, bob: Acting
) -> None:
    message = await card(front, discord, ada)
    pressed = await bob.press(message, "Reroll")
    await discord.until(lambda: pressed.shown)

    ask = front.asks[-1]
    assert (ask.action, ask.target, dict(ask.values)) == ("reroll", "a41f", {"shape": "wide"})
    assert ask.person.name == "Bob"
    assert [each.text for each in bob.sees()] == ["> a red fox", "reroll a41f"]


async def test_a_button_that_answers_in_place_replaces_its_card(
    front: FrontDoor, discord: FakeDiscord, ada: Acting
) -> None:
    message = await card(front, discord, ada)
    pressed = await ada.press(message, "Delete")
    await discord.until(lambda: pressed.shown)

    assert pressed.kind == 6
    assert [each.text for each in ada.sees()] == ["delete a41f"]
    assert front.asks[-1].address.message == message.id


async def test_a_refusal_of_a_button_that_answers_in_place_leaves_the_card_alone(
    front: FrontDoor, discord: FakeDiscord, ada: Acting, bob: Acting
) -> None:
    message = await card(front, discord, ada)
    front.answer = shows(CARD)

    async def refuse(ask: Ask) -> Card:
        return says("Only its author can delete this.").evolve(state=State.REFUSED, private=True)

    front.answer = refuse
    pressed = await bob.press(message, "Delete")
    await discord.until(lambda: pressed.shown)

    assert [each.text for each in ada.sees()] == ["> a red fox"]
    assert [each.text for each in bob.private()] == ["Only its author can delete this."]


async def test_buttons_outlive_a_restart(discord: FakeDiscord, tmp_path: Path, ada: Acting) -> None:
    async with listening(discord, tmp_path) as front:
        message = await card(front, discord, ada)
    async with listening(discord, tmp_path) as front:
        pressed = await ada.press(message, "Reroll")
        await discord.until(lambda: pressed.shown)

        assert front.asks[-1].action == "reroll"


async def test_a_button_of_an_action_that_is_no_more_says_so(
    front: FrontDoor, discord: FakeDiscord, ada: Acting
) -> None:
    old = Button(label="Upscale", action="upscale", target="a41f")
    message = await card(front, discord, ada, done(controls=(Controls(buttons=(old,)),)))
    pressed = await ada.press(message, "Upscale")

    assert pressed.kind == 4
    assert "no longer works" in ada.private()[0].text


async def test_a_choice_among_many_pictures_works_like_a_button(
    front: FrontDoor, discord: FakeDiscord, ada: Acting
) -> None:
    rows = tuple(
        Controls(
            label=f"Picture {number}",
            buttons=tuple(
                Button(label=label, action="reroll", target=f"a41f.{number}", options={"n": label}) for label in "wxyz"
            ),
        )
        for number in range(1, 11)
    )
    message = await card(front, discord, ada, done(controls=rows))
    pressed = await ada.press(message, "Picture 7 · x")
    await discord.until(lambda: pressed.shown)

    assert (front.asks[-1].target, dict(front.asks[-1].values)) == ("a41f.7", {"n": "x"})


async def test_a_form_opens_filled_in_and_what_is_sent_reaches_the_front_door(
    front: FrontDoor, discord: FakeDiscord, ada: Acting
) -> None:
    message = await card(front, discord, ada)
    opened = await ada.press(message, "Fix text")
    assert opened.modal["title"] == "Mend the words"
    assert [each["label"] for each in opened.modal["components"]] == [
        *("Prompt", "Quality", "Count", "References", "Private"),
    ]
    assert opened.modal["components"][0]["component"]["value"] == "a fox"

    sent = await ada.submit(
        opened, prompt="a blue fox", quality="fine", count=4, private=True, files=(("snow.png", b"x"),)
    )
    await discord.until(lambda: front.asks[-1].action == "fix")

    ask = front.asks[-1]
    assert sent.kind == 6
    assert ask.target == "n1"
    assert [each.name for each in ask.values["references"]] == ["snow.png"]
    assert {key: value for key, value in ask.values.items() if key != "references"} == {
        "prompt": "a blue fox",
        "quality": "fine",
        "count": "4",
        "private": True,
    }


async def test_a_form_that_was_opened_before_a_restart_can_be_sent_after_it(
    discord: FakeDiscord, tmp_path: Path, ada: Acting
) -> None:
    async with listening(discord, tmp_path) as front:
        opened = await ada.press(await card(front, discord, ada), "Fix text")
    async with listening(discord, tmp_path) as front:
        await ada.submit(opened, prompt="a blue fox")
        await discord.until(lambda: front.asks)

        assert front.asks[-1].values["prompt"] == "a blue fox"


async def test_a_form_that_takes_too_long_to_fill_asks_to_press_again(
    front: FrontDoor, discord: FakeDiscord, ada: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "FORM_SECONDS", 0.05)
    message = await card(front, discord, ada)
    front.slow_form = 60
    pressed = await ada.press(message, "Fix text")

    assert pressed.kind == 4
    assert "press it again" in ada.private()[0].text


async def test_a_button_on_a_private_card_that_answers_in_place_stays_private(
    front: FrontDoor, discord: FakeDiscord, ada: Acting, bob: Acting
) -> None:
    message = await card(front, discord, ada, CARD.evolve(private=True), private=True)
    pressed = await ada.press(message, "Delete")
    await discord.until(lambda: pressed.shown)

    assert [each.text for each in ada.private()] == ["delete a41f"]
    assert bob.sees() == []
