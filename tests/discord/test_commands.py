"""Slash commands, their options and completions, and commands on messages."""

from pathlib import Path

import pytest

from limner.domain.card import State, says
from limner_discord.inbox import Turnstile
from tests.discord.front import FrontDoor, listening
from tests.fakes.discord import Acting, FakeDiscord


async def test_the_table_becomes_commands_with_options_of_the_right_kinds(
    front: FrontDoor, discord: FakeDiscord
) -> None:
    imagine = next(each for each in discord.commands if each["name"] == "imagine")

    options = {each["name"]: each for each in imagine["options"]}
    assert imagine["description"] == "Paint a picture from words."
    assert next(iter(options)) == "prompt"
    assert not options["prompt"]["required"]  # a voice note can stand in for it
    assert options["prompt"]["max_length"] == 6000
    assert [each["value"] for each in options["quality"]["choices"]] == ["draft", "standard", "fine", "finer", "finest"]
    assert (options["count"]["min_value"], options["count"]["max_value"]) == (1, 10)
    assert options["shape"]["autocomplete"]
    assert options["style"]["autocomplete"]
    assert [name for name, each in options.items() if each["type"] == 11] == [
        *("reference", "reference_2", "reference_3", "reference_4"),
        "mask",
        "voice",
    ]
    assert options["private"]["type"] == 5
    assert {each["name"] for each in discord.commands if each["type"] == 3} == {"Imagine from this"}


async def test_commands_are_registered_only_when_they_changed(discord: FakeDiscord, tmp_path: Path) -> None:
    async with listening(discord, tmp_path):
        pass
    async with listening(discord, tmp_path):
        assert len(discord.paths("PUT")) == 1
    discord.commands[0]["description"] = "Something older"
    async with listening(discord, tmp_path):
        assert len(discord.paths("PUT")) == 2


async def test_a_command_is_acknowledged_and_its_options_reach_the_front_door(
    front: FrontDoor, discord: FakeDiscord, ada: Acting
) -> None:
    files = (("fox.png", b"one"), ("snow.png", b"two"))
    sent = await ada.slash("imagine", prompt="a red fox", quality="fine", count=3, shape="21:9", files=files)
    await discord.until(lambda: front.addresses)

    (ask,) = front.asks
    assert sent.kind == 5
    assert ask.action == "imagine"
    references = ask.values["references"]
    assert {**ask.values, "references": ()} == {
        "prompt": "a red fox",
        "quality": "fine",
        "count": 3,
        "shape": "21:9",
        "references": (),
    }
    assert [each.name for each in references] == ["fox.png", "snow.png"]
    assert ask.event == sent.id
    assert (ask.place.space, ask.place.channel) == (discord.guild, discord.channel)
    assert (ask.person.name, ask.person.admin) == ("Ada", False)
    assert [each.text for each in ada.sees()] == ["imagine of Ada"]
    assert front.addresses[0].message == ada.sees()[0].id


async def test_commands_that_share_a_word_are_one_command_with_several_within(
    front: FrontDoor, discord: FakeDiscord, ada: Acting
) -> None:
    style = next(each for each in discord.commands if each["name"] == "style")
    assert [(each["type"], each["name"]) for each in style["options"]] == [(1, "save"), (1, "list")]

    await ada.slash("style save", name="spring", files=(("fox.png", b"one"),))
    await discord.until(lambda: front.addresses)

    assert front.asks[0].action == "style-save"
    assert front.asks[0].values["name"] == "spring"
    assert [each.name for each in front.asks[0].values["references"]] == ["fox.png"]
    assert (await ada.complete("style save", "name", "spr"))[0] == "styles-spr-0"


async def test_who_may_manage_the_server_is_an_admin(front: FrontDoor, discord: FakeDiscord, bob: Acting) -> None:
    discord.admins.add("bob")
    sent = await bob.slash("status")
    await discord.until(lambda: sent.shown)

    assert front.asks[0].person.admin


async def test_an_impossible_option_is_refused_at_once_and_privately(
    front: FrontDoor, discord: FakeDiscord, ada: Acting, bob: Acting
) -> None:
    sent = await ada.slash("imagine", prompt="a red fox", shape="potato")

    assert sent.kind == 4
    assert "“potato” is no shape I can paint" in ada.private()[0].text
    assert bob.sees() == []
    assert front.asks == []


@pytest.mark.parametrize(("command", "values"), [("status", {}), ("imagine", {"prompt": "a fox", "private": True})])
async def test_a_private_command_is_answered_to_its_member_alone(
    front: FrontDoor, discord: FakeDiscord, ada: Acting, bob: Acting, command: str, values: dict[str, object]
) -> None:
    sent = await ada.slash(command, **values)
    await discord.until(lambda: sent.shown)

    assert len(ada.private()) == 1
    assert bob.sees() == []
    assert front.asks[0].address.reader == ada.user["id"]


async def test_a_refusal_after_a_public_acknowledgement_takes_it_back_and_is_private(
    front: FrontDoor, discord: FakeDiscord, ada: Acting, bob: Acting
) -> None:
    async def refuse(ask: object) -> object:
        return says("Over budget.").evolve(state=State.REFUSED, private=True)

    front.answer = refuse  # type: ignore[assignment]
    sent = await ada.slash("imagine", prompt="a red fox")
    await discord.until(lambda: sent.shown)

    assert [each.text for each in ada.sees()] == ["Over budget."]
    assert ada.private() == ada.sees()
    assert bob.sees() == []


async def test_styles_and_shapes_complete_while_typing(front: FrontDoor, ada: Acting) -> None:
    assert (await ada.complete("imagine", "style", "wat"))[:2] == ["styles-wat-0", "styles-wat-1"]
    assert await ada.complete("imagine", "shape", "wi") == ["wide"]


async def test_places_complete_with_the_channels_of_the_server(front: FrontDoor, ada: Acting) -> None:
    here, *others = await ada.complete("share", "place", "ar")
    assert here == "#art"
    assert not [each for each in others if each.startswith("#")]  # those of other chats, and people


async def test_a_command_on_a_message_hands_over_its_words_and_pictures(
    front: FrontDoor, discord: FakeDiscord, ada: Acting, bob: Acting
) -> None:
    said = await bob.say("a fox like this", files=(("fox.png", b"x"), ("notes.txt", b"y")))
    sent = await ada.menu("Imagine from this", said)
    await discord.until(lambda: sent.shown)

    (ask,) = front.asks
    assert (ask.action, ask.words, ask.answers) == ("from-message", "a fox like this", said.id)
    assert [each.name for each in ask.pictures] == ["fox.png"]


async def test_a_command_on_a_voice_message_hands_over_its_sound(
    front: FrontDoor, discord: FakeDiscord, ada: Acting, bob: Acting
) -> None:
    said = await bob.say(voice=b"OggS", seconds=3.5)
    await discord.until(lambda: front.asks)
    sent = await ada.menu("Imagine from this", said)
    await discord.until(lambda: sent.shown)

    sound = front.asks[1].sound
    assert sound is not None
    assert (sound.name, sound.seconds) == ("voice-message.ogg", 3.5)


async def test_a_command_that_discords_app_remembers_from_before_says_so(
    front: FrontDoor, discord: FakeDiscord, ada: Acting
) -> None:
    discord.commands.append({**discord.commands[0], "name": "dream", "options": []})
    sent = await ada.slash("dream")

    assert sent.kind == 4
    assert "has just changed" in ada.private()[0].text


async def test_a_failure_of_ours_is_told_with_an_id_to_quote(
    front: FrontDoor, discord: FakeDiscord, ada: Acting
) -> None:
    async def break_down(ask: object) -> object:
        raise RuntimeError("secret detail")

    front.answer = break_down  # type: ignore[assignment]
    sent = await ada.slash("imagine", prompt="a red fox")
    await discord.until(lambda: sent.shown)

    (told,) = ada.sees()
    assert "Something went wrong on our side" in told.text
    assert "secret" not in told.text
    assert told.private_to == ada.user["id"]


async def test_a_hundred_commands_at_once_are_all_acknowledged_before_any_work_begins(
    front: FrontDoor, discord: FakeDiscord, ada: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Turnstile, "LONGEST", 30.0)  # however slow the machine is
    acknowledged: list[int] = []

    async def count(ask: object) -> object:
        acknowledged.append(sum(1 for each in discord.calls if each.path.endswith("/callback")))
        return says("Painting")

    front.answer = count  # type: ignore[assignment]
    sent = [await ada.slash("imagine", prompt=f"fox {number}", wait=False) for number in range(100)]
    await discord.until(lambda: all(each.shown for each in sent))

    assert acknowledged[0] >= 90
