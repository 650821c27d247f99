"""What members do on Slack, and the asks that come of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from limner.domain.ask import Ask
from limner.domain.card import Button, Card, Controls, Line, Role, State, says
from limner.domain.place import Address, Place
from tests.fakes.slack import FakeSlack, Message
from tests.fakes.slack.members import VOICE_SHAPES
from tests.fakes.slack.workspace import BOT_USER, TEAM
from tests.slack.desk import Desk

SOUND = b"OggS not decoded here"


async def card(desk: Desk, slack: FakeSlack, *buttons: Button, channel: str = "general") -> Message:
    """A card with buttons, as it stands in a channel."""
    place = Place(platform="slack", space=TEAM, channel=slack.place(channel, "ada"))
    shown = says("A picture.").evolve(controls=(Controls(buttons=buttons),))
    await desk.courier.show(Address(place=place), shown)
    return slack.cards(channel)[-1]


async def asked(desk: Desk, slack: FakeSlack, count: int = 1) -> None:
    await slack.until(lambda: len(desk.asks) >= count)


async def answered(slack: FakeSlack, count: int = 1, **where: str) -> list[Message]:
    await slack.until(lambda: len(slack.cards(**where)) >= count)
    return slack.cards(**where)


# ── commands ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_command_is_asked_in_its_channel_by_its_member(listening: Desk, slack: FakeSlack) -> None:
    await slack.slash("a red fox --wide -n 3", user="ada")
    [answer] = await answered(slack)

    [ask] = listening.asks
    assert (ask.action, ask.values) == ("imagine", {"prompt": "a red fox", "shape": "wide", "count": "3"})
    assert (ask.person.name, ask.person.admin, ask.person.locale) == ("ada", False, "en-GB")
    assert ask.place == Place(platform="slack", space=TEAM, channel=slack.place("general", "ada"))
    assert slack.text(answer) == "Here it is."


async def test_an_admin_is_known_as_one(listening: Desk, slack: FakeSlack) -> None:
    await slack.slash("a fox", user="admin")
    await asked(listening, slack)
    assert listening.asks[0].person.admin


async def test_a_member_who_cannot_be_looked_up_still_gets_an_answer(listening: Desk, slack: FakeSlack) -> None:
    slack.fail("users.info", "user_not_visible")
    await slack.slash("a fox", user="admin")
    await asked(listening, slack)
    assert (listening.asks[0].person.name, listening.asks[0].person.admin) == ("admin", False)


@pytest.mark.parametrize(
    ("command", "text", "action"),
    [
        ("/show", "a41f", "show"),
        ("/gallery", "", "gallery"),
        ("/imagine", "show a41f", "show"),
        ("/imagine", "help", "help"),
    ],
)
async def test_other_commands_are_there_by_their_own_names_and_after_the_main_one(
    listening: Desk, slack: FakeSlack, command: str, text: str, action: str
) -> None:
    await slack.slash(text, command=command)
    await asked(listening, slack)
    assert listening.asks[0].action == action


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a fox --wid", "Did you mean --wide"),
        ("a fox --shape banana", "no shape I can paint"),
        ("--wide", "Say what you see"),
    ],
)
async def test_what_cannot_be_is_refused_privately_without_an_ask(
    listening: Desk, slack: FakeSlack, text: str, sentence: str
) -> None:
    await slack.slash(text)
    [refusal] = await answered(slack)
    assert sentence in slack.text(refusal)
    assert slack.cards(by="bob") == []
    assert listening.asks == []


async def test_the_bare_command_opens_the_form_and_the_form_asks(listening: Desk, slack: FakeSlack) -> None:
    await slack.slash("")
    view = await slack.until(lambda: list(slack.workspace.views.values()))
    picture = {
        "id": "F1",
        "name": "fox.png",
        "mimetype": "image/png",
        "url_private_download": f"{slack.base}/files-pri/x",
    }
    answer = await slack.submit(view[0], {"prompt": "a red fox", "quality": "fine", "references": [picture]})

    assert answer is None
    await asked(listening, slack)
    values = dict(listening.asks[0].values)
    [reference] = values.pop("references")
    assert (reference.name, reference.id) == ("fox.png", "F1")
    assert values == {"prompt": "a red fox", "quality": "fine", "count": "1", "private": False}


async def test_a_form_that_cannot_be_stays_open_with_the_reason(listening: Desk, slack: FakeSlack) -> None:
    await slack.slash("")
    view = await slack.until(lambda: list(slack.workspace.views.values()))
    answer = await slack.submit(view[0], {"prompt": "a fox", "shape": "banana"})
    assert answer["response_action"] == "errors"
    assert "no shape I can paint" in next(iter(answer["errors"].values()))
    assert listening.asks == []


async def test_a_form_that_slack_no_longer_opens_gets_a_sentence(listening: Desk, slack: FakeSlack) -> None:
    slack.workspace.trigger_life = -1
    await slack.slash("")
    [refusal] = await answered(slack)
    assert "too slow to open the form" in slack.text(refusal)


# ── messages ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_mention_is_one_ask_though_it_arrives_twice(listening: Desk, slack: FakeSlack) -> None:
    payloads = await slack.say("@Limner a red fox --wide")
    assert len(payloads) == 2
    await answered(slack)
    await slack.again(payloads[0])
    await slack.slash("the end")
    await asked(listening, slack, 2)
    assert [ask.values for ask in listening.asks] == [{"prompt": "a red fox", "shape": "wide"}, {"prompt": "the end"}]


async def test_a_mention_in_a_thread_is_answered_there(listening: Desk, slack: FakeSlack) -> None:
    await slack.say("hello")
    root = slack.workspace.messages[-1].ts
    await slack.say("@Limner a red fox", thread=root)
    [answer] = await answered(slack)
    assert answer.thread_ts == root
    assert listening.asks[0].place.thread == root


async def test_what_is_said_in_the_thread_of_a_picture_is_said_to_us_unless_it_names_others(
    listening: Desk, slack: FakeSlack
) -> None:
    await slack.say("hello")
    other = slack.workspace.messages[-1].ts
    await slack.slash("a red fox")
    [card] = await answered(slack)
    root = card.ts
    listening.asks.clear()
    await slack.say("make it blue", thread=root)  # of no job
    listening.answerables |= {root, other}
    await slack.say("make it blue", thread=other)
    await slack.say("<@U0BOB> what do you say?", thread=root)
    await slack.say("", thread=root, files=(slack.workspace.new_file("fox.png", b"bytes"),))
    await slack.say("make it blue --wide", thread=root)
    await asked(listening, slack)
    await slack.slash("the end")
    await asked(listening, slack, 2)
    said = listening.asks[0]
    assert (said.action, said.values, said.place.thread) == ("say", {"prompt": "make it blue", "shape": "wide"}, root)


async def test_a_mention_without_words_gets_help(listening: Desk, slack: FakeSlack) -> None:
    await slack.say("@Limner")
    await asked(listening, slack)
    assert listening.asks[0].action == "help"


async def test_a_mentions_pictures_are_references(listening: Desk, slack: FakeSlack) -> None:
    fox = slack.workspace.new_file("fox.png", b"\x89PNG data")
    await slack.say("@Limner in winter &amp; snow", files=(fox,))
    await asked(listening, slack)
    [ask] = listening.asks
    assert ask.values == {"prompt": "in winter & snow"}
    assert [each.name for each in ask.pictures] == ["fox.png"]


async def test_a_direct_message_is_a_prompt(listening: Desk, slack: FakeSlack) -> None:
    await slack.say("a red fox", channel="dm")
    [answer] = await answered(slack, channel="dm")
    assert listening.asks[0].values == {"prompt": "a red fox"}
    assert slack.text(answer) == "Here it is."


async def test_what_members_say_among_themselves_is_let_pass(listening: Desk, slack: FakeSlack) -> None:
    await slack.say("a red fox")
    await slack.say("edited", channel="dm", subtype="message_changed")
    await slack.say("I am a bot", channel="dm", bot_id="B0OTHER")
    await slack.say("from another company @Limner", user_team="T0OTHER")
    await slack.say("a picture", files=(slack.workspace.new_file("fox.png", b"\x89PNG"),))
    await slack.slash("the end")
    await asked(listening, slack)
    assert [ask.values for ask in listening.asks] == [{"prompt": "the end"}]


@pytest.mark.parametrize("shape", VOICE_SHAPES)
async def test_a_voice_clip_is_heard_in_every_shape(listening: Desk, slack: FakeSlack, shape: str) -> None:
    fox = slack.workspace.new_file("fox.png", b"\x89PNG data")
    await slack.voice(SOUND, shape=shape, words="like this", pictures=(fox,))
    await asked(listening, slack)
    [ask] = listening.asks
    assert (ask.action, ask.words) == ("listen", "like this")
    assert ask.sound is not None
    assert [each.name for each in ask.pictures] == ["fox.png"]
    into = listening.spool / "heard"
    await listening.courier.fetch(ask.sound, into, 1000)
    assert into.read_bytes() == SOUND


async def test_a_voice_clip_with_the_older_subtype_is_heard(listening: Desk, slack: FakeSlack) -> None:
    await slack.voice(SOUND, subtype="slack_audio")
    await asked(listening, slack)
    assert listening.asks[0].action == "listen"


async def test_a_voice_clip_in_a_thread_is_answered_there(listening: Desk, slack: FakeSlack) -> None:
    await slack.say("hello")
    root = slack.workspace.messages[-1].ts
    await slack.voice(SOUND, thread=root)
    await asked(listening, slack)
    assert listening.asks[0].place.thread == root


async def test_a_voice_clip_is_heard_in_a_direct_message_and_once_where_it_names_us(
    listening: Desk, slack: FakeSlack
) -> None:
    await slack.voice(SOUND, shape="mp4", channel="dm")
    await asked(listening, slack, 1)
    await slack.voice(SOUND, shape="hidden", words="@Limner like this")  # told as a message and as a mention
    await asked(listening, slack, 2)
    await slack.slash("the end")
    await asked(listening, slack, 3)
    direct, named, end = listening.asks
    assert [each.values["voice"].claims_sound for each in (direct, named)] == [True, True]
    assert direct.place.channel.startswith("D")
    assert named.values["prompt"] == "like this"
    assert end.values == {"prompt": "the end"}


# ── shortcuts and buttons ───────────────────────────────────────────────────────────────────────────────────────


async def test_the_message_shortcut_takes_words_pictures_and_sound(listening: Desk, slack: FakeSlack) -> None:
    fox = slack.workspace.new_file("fox.png", b"\x89PNG data")
    await slack.say("a red &lt;fox&gt;", files=(fox,), user="bob")
    await slack.shortcut(slack.workspace.messages[-1], user="ada")
    await asked(listening, slack)
    [ask] = listening.asks
    assert (ask.action, ask.words, ask.person.name) == ("from-message", "a red <fox>", "ada")
    assert [each.name for each in ask.pictures] == ["fox.png"]


async def test_a_button_asks_for_its_action_beside_the_card(listening: Desk, slack: FakeSlack) -> None:
    shown = await card(listening, slack, Button(label="Reroll", action="reroll", target="a41f"))
    await slack.press(shown, "Reroll", user="bob")
    await answered(slack, 2)
    [ask] = listening.asks
    assert (ask.action, ask.target, ask.person.name, ask.address.message) == ("reroll", "a41f", "bob", None)


async def test_a_button_that_changes_its_card_is_answered_in_place(listening: Desk, slack: FakeSlack) -> None:
    shown = await card(listening, slack, Button(label="Delete", action="delete", target="a41f"))
    listening.answer = Card(state=State.GONE, lines=(Line(text="It was deleted."),))
    await slack.press(shown, "Delete")
    await slack.until(lambda: slack.text(shown) == "It was deleted.")
    assert len(slack.cards()) == 1


async def test_a_button_for_ones_own_eyes_is_answered_privately(listening: Desk, slack: FakeSlack) -> None:
    shown = await card(listening, slack, Button(label="Download", action="download", target="a41f"))
    listening.answer = says("The original.").evolve(private=True)
    await slack.press(shown, "Download", user="bob")
    await answered(slack, 2, by="bob")
    assert len(slack.cards(by="ada")) == 1


async def test_a_button_with_a_form_opens_it_and_the_answer_comes_in_place(listening: Desk, slack: FakeSlack) -> None:
    shown = await card(listening, slack, Button(label="Fix text", action="fix", target="n1", form=True))
    await slack.press(shown, "Fix text")
    view = await slack.until(lambda: list(slack.workspace.views.values()))
    await slack.submit(view[0], {"prompt": "a blue fox"})
    await slack.until(lambda: slack.text(shown) == "Here it is.")
    assert (listening.asks[0].action, listening.asks[0].target) == ("fix", "n1")


async def test_a_form_for_what_is_gone_is_a_private_sentence(listening: Desk, slack: FakeSlack) -> None:
    shown = await card(listening, slack, Button(label="Fix text", action="fix", target="gone", form=True))
    await slack.press(shown, "Fix text")
    await answered(slack, 2)
    assert "There is no “gone” here" in slack.text(slack.cards()[-1])
    assert len(slack.cards(by="bob")) == 1


async def test_the_same_press_delivered_again_is_one_ask(listening: Desk, slack: FakeSlack) -> None:
    shown = await card(listening, slack, Button(label="Reroll", action="reroll", target="a41f"))
    payload = await slack.press(shown, "Reroll")
    await slack.again(payload)
    await slack.press(shown, "Reroll")
    await asked(listening, slack, 2)
    assert len({ask.event for ask in listening.asks}) == len(listening.asks) == 2


async def test_a_button_pressed_from_another_company_is_refused(listening: Desk, slack: FakeSlack) -> None:
    shown = await card(listening, slack, Button(label="Reroll", action="reroll", target="a41f"))
    slack.workspace.member("eve")
    original = slack._interaction
    slack._interaction = lambda *given: _foreign(original(*given))  # type: ignore[method-assign]
    await slack.press(shown, "Reroll", user="eve")
    await answered(slack, 2, by="eve")
    assert "another workspace" in slack.text(slack.cards(by="eve")[-1])
    assert listening.asks == []


THEIRS = "T0OTHER"


@pytest.fixture(params=[None, "E0OURS"])
def enterprise(request: pytest.FixtureRequest, slack: FakeSlack) -> str | None:
    slack.workspace.enterprise = request.param
    return slack.workspace.enterprise


@pytest.fixture
def elsewhere(slack: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever eve does, she does as a member of another workspace."""
    deliver, eve = slack.deliver, slack.workspace.member("eve")

    async def delivered(kind: str, payload: dict[str, Any], **more: Any) -> Any:
        if payload.get("user_id") == eve:
            payload = {**payload, "team_id": THEIRS}
        if payload.get("user", {}).get("id") == eve:
            payload = {**payload, "user": {**payload["user"], "team_id": THEIRS}}
        if payload.get("event", {}).get("user") == eve:
            payload = {**payload, "event": {**payload["event"], "team": THEIRS, "user_team": THEIRS}}
        return await deliver(kind, payload, **more)

    monkeypatch.setattr(slack, "deliver", delivered)


async def _does_everything(desk: Desk, slack: FakeSlack) -> None:
    """A command, its form, a shortcut, a button, its form, and a mention, all by eve."""
    await desk.courier.show(  # a card to press on
        Address(place=Place(platform="slack", space=TEAM, channel=slack.place("general", "ada"))),
        says("A picture.").evolve(
            controls=(
                Controls(
                    buttons=(
                        Button(label="Reroll", action="reroll", target="a41f"),
                        Button(label="Fix text", action="fix", target="n1", form=True),
                    )
                ),
            )
        ),
    )
    shown = slack.cards()[-1]
    await slack.slash("", user="ada")
    view = await slack.until(lambda: list(slack.workspace.views.values()))
    await slack.slash("a fox", user="eve")
    await slack.slash("", user="eve")
    await slack.submit(view[0], {"prompt": "a red fox"}, user="eve")
    await slack.shortcut(shown, user="eve")
    await slack.press(shown, "Reroll", user="eve")
    await slack.press(shown, "Fix text", user="eve")
    await slack.say("@Limner a red fox", user="eve")


async def test_nothing_that_a_member_of_another_company_does_is_done(
    enterprise: str | None, elsewhere: None, listening: Desk, slack: FakeSlack
) -> None:
    slack.workspace.users[slack.workspace.member("eve")]["enterprise_user"] = {"enterprise_id": "E0OTHERS"}
    await _does_everything(listening, slack)
    await slack.until(
        lambda: len([each for each in slack.cards(by="eve") if "another workspace" in slack.text(each)]) == 6
    )
    await slack.slash("the end", user="ada")
    await asked(listening, slack)
    assert [ask.values for ask in listening.asks] == [{"prompt": "the end"}]
    assert len(listening.filled) == 1


@pytest.mark.parametrize("enterprise", ["E0OURS"], indirect=True)
async def test_other_workspaces_of_our_own_enterprise_are_served(
    enterprise: str, elsewhere: None, listening: Desk, slack: FakeSlack
) -> None:
    slack.workspace.users[slack.workspace.member("eve")]["enterprise_user"] = {"enterprise_id": enterprise}
    await _does_everything(listening, slack)
    await asked(listening, slack, 5)
    assert sorted(ask.action for ask in listening.asks) == ["from-message", "imagine", "imagine", "reroll", "say"]
    await slack.until(lambda: len(listening.filled) == 3)


def _foreign(payload: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {**payload, "user": {**payload["user"], "team_id": "T0OTHER"}}


# ── the edge ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_whatever_breaks_the_member_reads_a_sentence_with_an_id(
    listening: Desk, slack: FakeSlack, capsys: pytest.CaptureFixture[str]
) -> None:
    listening.answer = RuntimeError("xoxb-secret inside")
    await slack.slash("a fox")
    [told] = await answered(slack)
    sentence = slack.text(told)
    ref = sentence.split("quote ")[1].split(" ")[0]
    assert "Something went wrong on our side" in sentence
    assert "xoxb-secret" not in sentence
    assert ref in capsys.readouterr().out


async def test_an_event_is_acknowledged_though_its_answer_waits(listening: Desk, slack: FakeSlack) -> None:
    slack.limit("users.info", retry_after=3)
    await slack.slash("a fox")
    assert slack.acknowledged
    assert listening.asks == []
    await asked(listening, slack)


async def test_what_is_on_record_is_acknowledged_at_once_and_not_before(
    listening: Desk, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, let = asyncio.Event(), asyncio.Event()

    async def slow(ask: Ask, noted: Callable[[], None]) -> Card | None:
        await record.wait()
        noted()
        await let.wait()
        return None

    monkeypatch.setattr(listening, "take", slow)
    monkeypatch.setattr("limner_slack.edge.ACKNOWLEDGE_SECONDS", 60)
    typing = asyncio.create_task(slack.slash("a fox"))
    await asyncio.sleep(0.2)
    assert not slack.acknowledged
    record.set()
    await typing
    assert len(slack.acknowledged) == 1
    let.set()


async def test_what_slack_tells_of_again_is_not_acknowledged_before_it_is_on_record_either(
    listening: Desk, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, record = asyncio.Event(), asyncio.Event()
    told: list[dict[str, Any]] = []
    deliver = slack.deliver

    async def slow(ask: Ask, noted: Callable[[], None]) -> Card | None:
        begun.set()
        await record.wait()
        noted()
        return None

    async def noting(kind: str, payload: dict[str, Any], **more: Any) -> Any:
        told.append(payload)
        return await deliver(kind, payload, **more)

    monkeypatch.setattr(listening, "take", slow)
    monkeypatch.setattr(slack, "deliver", noting)
    monkeypatch.setattr("limner_slack.inbox.MESSAGE_SECONDS", 60)
    saying = asyncio.create_task(slack.say("@Limner a red fox"))
    await begun.wait()
    again = asyncio.create_task(deliver("events_api", told[0], retry=1))
    await asyncio.sleep(0.2)
    assert not slack.acknowledged
    record.set()
    await asyncio.gather(saying, again)
    assert len(slack.acknowledged) == 3


async def test_a_hundred_commands_at_once_are_acknowledged_before_any_is_answered(
    listening: Desk, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    let = asyncio.Event()
    take = listening.take

    async def slow(ask: Ask, noted: Callable[[], None]) -> Card | None:
        await let.wait()
        return await take(ask, noted)

    monkeypatch.setattr(listening, "take", slow)
    listening.answer = None
    await asyncio.gather(*(slack.slash(f"fox {number}") for number in range(100)))
    assert len(slack.acknowledged) == 100
    assert listening.asks == []
    let.set()
    await asked(listening, slack, 100)


async def test_a_closed_channel_is_told_to_the_member(listening: Desk, slack: FakeSlack) -> None:
    await slack.slash("a fox", channel="secret")
    [told] = await answered(slack, channel="secret")
    assert "I may not post in" in slack.text(told)
    assert told.reader == slack.workspace.member("ada")


async def test_prompts_reach_no_one_by_name(listening: Desk, slack: FakeSlack) -> None:
    listening.answer = Card(lines=(Line(role=Role.PROMPT, text=f"<!channel> <@{BOT_USER}> *x* <https://e.example|y>"),))
    await slack.slash("a fox")
    [shown] = await answered(slack)
    assert "<!" not in shown.text
    assert "<@" not in shown.text
    assert {block["type"] for block in shown.blocks} == {"rich_text"}
