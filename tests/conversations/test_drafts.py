"""Private drafts: their author alone sees them, until Send makes them everybody's, once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from limner.domain.ask import Ask
from limner.domain.place import Address, Person
from limner.ears.samples import samples
from tests.conversations.reading import id_of, paintings
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.stages import Chat, Seen, Stage
from tests.stages.discord import DiscordStage
from tests.stages.slack import SlackStage

OWN = ["Send", "Shuffle", "Edit prompt…", "Cancel"]
SECRET = "a secret fox"


async def drafted(stage: Stage, prompt: str = SECRET, **more: object) -> Seen:
    return await stage.settled(
        await stage.command("imagine", prompt=prompt, quality="draft", private=True, **more)  # type: ignore[arg-type]
    )


def names(seen: Seen) -> list[str]:
    return [label.split(" ~")[0] for label in seen.buttons]


def person_id(stage: Stage, name: str) -> str:
    if isinstance(stage, DiscordStage):
        return str(stage.fake.person(name)["id"])
    return stage.fake.workspace.member(name) if isinstance(stage, SlackStage) else name


async def everywhere(stage: Stage, member: str) -> list[Seen]:
    """All cards that a member sees, in the channel, elsewhere and in direct messages."""
    seen = [*await stage.cards(member=member), *await stage.cards(member=member, place=stage.elsewhere)]
    return [*seen, *(await stage.direct(member=member) if isinstance(stage, DiscordStage | SlackStage) else ())]


async def standing(stage: Stage, seen: Seen) -> Seen:
    """What stands now where this card stood."""
    return next(each for each in await stage.cards() if each.message == seen.message)


async def public(stage: Stage, words: str = SECRET) -> list[Seen]:
    """The cards with these words that all see."""
    if stage.platform == "web":
        return [each for each in await stage.cards() if words in each.text and each.private_to is None]
    return [each for each in await stage.cards(member="bob") if words in each.text]


async def test_a_draft_is_for_its_authors_eyes_with_its_own_buttons(stage: Stage, openai: FakeOpenAI) -> None:
    draft = await drafted(stage)

    assert len(draft.pictures) == 1
    assert names(draft)[:4] == OWN
    assert not {"Reroll", "Delete", "Share…"} & set(names(draft))
    assert "nobody else sees it" in draft.text
    assert "Shuffle ~$0.012" in draft.buttons
    if stage.platform != "web":
        assert draft.private_to == "ada"
        assert not [each for each in await everywhere(stage, "bob") if "fox" in each.text or each.pictures]


async def test_send_posts_it_once_with_credit_and_its_usual_buttons(stage: Stage, openai: FakeOpenAI) -> None:
    draft = await drafted(stage)
    await stage.press(draft, "Send")
    told = await standing(stage, draft)

    (there,) = await public(stage)
    assert len(there.pictures) == 1
    assert "By " in there.text
    assert "sent from a private draft" in there.text
    assert "nobody else sees it" not in there.text
    assert {"Reroll", "Delete"} <= set(names(there))
    assert not {"Send", "Shuffle"} & set(names(there))
    assert "Sent to #" in told.text
    assert told.buttons == ()
    assert paintings(openai) == 1

    again = await stage.settled(await stage.press(there, "Reroll", member="bob"))
    assert SECRET in again.text
    assert again.private_to is None


async def test_send_twice_is_once(stage: Stage, openai: FakeOpenAI) -> None:
    draft = await drafted(stage)
    await stage.press(draft, "Send")
    await stage.press(draft, "Send")

    assert len(await public(stage)) == 1
    assert "Sent to #" in (await standing(stage, draft)).text


async def test_sent_twice_at_the_same_time_it_is_posted_once(stage: Stage, openai: FakeOpenAI) -> None:
    draft = await drafted(stage)
    address = Address(place=stage.place, extra={"member": stage.person.id})
    asks = [
        Ask(
            action="send",
            person=stage.person,
            place=stage.place,
            event=f"press-{number}",
            address=address.evolve(reader=stage.person.id),
            target=id_of(draft),
        )
        for number in range(4)
    ]
    await asyncio.gather(*(stage.limner.take(each) for each in asks))

    assert len(await public(stage)) == 1
    assert paintings(openai) == 1


async def test_after_send_others_find_it(stage: Stage, openai: FakeOpenAI) -> None:
    draft = await drafted(stage)
    before = await stage.settled(await stage.command("gallery", member="bob"))
    await stage.press(draft, "Send")
    after = await stage.settled(await stage.command("gallery", member="bob"))
    found = await stage.settled(await stage.command("gallery", words="secret", member="bob"))

    if stage.platform != "web":
        assert id_of(draft) not in before.text
    assert id_of(draft) in after.text
    assert id_of(draft) in found.text
    shown = await stage.settled(await stage.command("show", picture=id_of(draft), member="bob"))
    assert len(shown.pictures) == 1
    left = await stage.command("drafts")
    assert id_of(draft) not in left.text


async def test_shuffle_puts_another_draft_in_its_place(stage: Stage, openai: FakeOpenAI) -> None:
    draft = await drafted(stage)
    other = await stage.settled(await stage.press(draft, "Shuffle"))

    assert other.message == draft.message
    assert id_of(other) != id_of(draft)
    assert names(other)[:4] == OWN
    assert await public(stage) == [] or stage.platform == "web"
    assert paintings(openai) == 2
    listed = await stage.settled(await stage.command("drafts"))
    assert listed.text.index(id_of(other)) < listed.text.index(id_of(draft))


async def test_edit_asks_for_other_words(stage: Stage, openai: FakeOpenAI) -> None:
    draft = await drafted(stage)
    assert (await stage.filled(draft, "Edit prompt"))["prompt"] == SECRET
    other = await stage.settled(await stage.fill(draft, "Edit prompt", prompt="a secret owl"))

    assert "a secret owl" in other.text
    assert names(other)[:4] == OWN
    assert openai.requests[-1].parsed["quality"] == "low"
    if stage.platform != "web":
        assert other.private_to == "ada"
        assert not [each for each in await everywhere(stage, "bob") if "secret" in each.text]


async def test_cancel_takes_it_out_of_the_chat_and_loses_nothing(stage: Stage, openai: FakeOpenAI) -> None:
    draft = await drafted(stage)
    away = await stage.press(draft, "Cancel")

    assert "Put away" in away.text
    assert away.pictures == () or stage.platform == "slack"  # whose direct messages keep the file
    assert names(away) == ["Bring it back", "Delete"]
    listed = await stage.settled(await stage.command("drafts"))
    assert id_of(draft) in listed.text

    back = await stage.settled(await stage.press(away, "Bring it back"))
    assert names(back)[:4] == OWN
    away = await stage.press(back, "Cancel")
    await stage.press(away, "Delete")
    gone = await stage.command("drafts")
    assert "You have no drafts" in gone.text
    if isinstance(stage, SlackStage):
        assert not [each for each in stage.fake.workspace.files.values() if not each.deleted]


async def test_drafts_brings_them_up_again_newest_first(stage: Stage, openai: FakeOpenAI) -> None:
    first = await drafted(stage)
    second = await drafted(stage, "a secret owl", count=2)
    await stage.settled(await stage.command("imagine", prompt="a public fox", quality="draft"))
    await stage.restart()
    listed = await stage.settled(await stage.command("drafts"))

    assert listed.text.index(id_of(second)) < listed.text.index(id_of(first))
    assert "a public fox" not in listed.text
    assert len(listed.pictures) >= 1
    opened = await stage.settled(await stage.press(listed, id_of(first)))
    assert names(opened)[:4] == OWN
    assert len(opened.pictures) == 1
    await stage.press(opened, "Send")
    assert "Sent to #" in (await standing(stage, opened)).text
    assert len(await public(stage)) == 1


async def test_without_drafts_there_is_a_sentence(stage: Stage) -> None:
    assert "You have no drafts" in (await stage.command("drafts")).text


async def test_what_comes_of_a_draft_stays_a_draft(stage: Stage, openai: FakeOpenAI) -> None:
    draft = await drafted(stage)
    varied = await stage.settled(await stage.press(draft, "Vary"))
    finer = await stage.settled(await stage.press(draft, "Finer"))
    changed = await stage.settled(await stage.command("edit", prompt="a secret hat", picture=id_of(draft)))

    for seen in (varied, finer, changed):
        assert names(seen)[:4] == OWN, seen.text
    if stage.platform != "web":
        assert {varied.private_to, finer.private_to, changed.private_to} == {"ada"}
        assert not [each for each in await everywhere(stage, "bob") if "secret" in each.text]


async def test_what_is_sent_tells_nothing_of_the_drafts_that_it_comes_from(stage: Stage, openai: FakeOpenAI) -> None:
    draft = await drafted(stage)
    changed = await stage.settled(await stage.fill(draft, "Edit…", prompt="a hat"))
    assert id_of(draft) in changed.text
    await stage.press(changed, "Send")

    (there,) = await public(stage, "a hat")
    assert id_of(draft) not in there.text
    assert "secret" not in there.text
    assert "Back" not in " ".join(there.buttons)
    found = await stage.settled(await stage.command("gallery", words="secret", member="bob"))
    assert id_of(changed) not in found.text or stage.platform == "web"
    again = await stage.settled(await stage.press(there, "Vary"))
    assert not {"Send", "Shuffle"} & set(names(again))


async def test_to_share_a_draft_is_to_send_it_there(stage: Stage, openai: FakeOpenAI) -> None:
    draft = await drafted(stage)
    told = await stage.settled(
        await stage.command("share", picture=id_of(draft), place=stage.elsewhere, note="Look at this!")
    )

    assert "no draft any longer" in told.text
    (there,) = await stage.cards(member="bob", place=stage.elsewhere)
    assert "Look at this!" in there.text
    assert "sent from a private draft" in there.text
    assert "Reroll" in names(there)
    await stage.press(draft, "Send")
    assert "Sent to" in (await standing(stage, draft)).text
    assert len(await stage.cards(member="bob", place=stage.elsewhere)) == 1


async def test_a_private_voice_note_becomes_a_draft(stage: Stage, openai: FakeOpenAI) -> None:
    spoken = {"heard": "a fox, for me alone", "language": "en", "prompt": "a fox", "quality": "draft", "private": True}
    openai.hears.append(("imagine", spoken))
    heard = await stage.settled(await stage.voice(samples()[0].path.read_bytes()))
    painted = await stage.settled(await stage.press(heard, "Generate"))

    assert names(painted)[:4] == OWN
    if stage.platform != "web":
        assert painted.private_to == "ada"
        left = next(each for each in await stage.cards(member="bob") if each.message == heard.message)
        assert left.buttons == ()
        assert left.pictures == ()


async def test_a_forged_press_on_somebody_elses_draft_finds_nothing(stage: Stage, openai: FakeOpenAI) -> None:
    draft = await drafted(stage)
    mallory = Person(id=person_id(stage, "mallory"), name="Mallory")
    for action, values in (
        *(("send", {}), ("shuffle", {}), ("put-away", {}), ("bring-back", {}), ("open", {}), ("vary", {})),
        *(("reroll", {}), ("delete", {}), ("download", {}), ("describe", {}), ("finer", {}), ("details", {})),
        *(("save", {}), ("cancel", {}), ("redraft", {"prompt": "mine"}), ("edit", {"prompt": "mine"})),
        ("share", {"picture": id_of(draft), "place": stage.elsewhere}),
    ):
        ask = Ask(
            action=action,
            values=values,
            person=mallory,
            place=stage.place,
            event=f"forged-{action}",
            address=Address(place=stage.place, reader=mallory.id),
            target=id_of(draft),
        )
        card = await stage.limner.take(ask)
        assert "There is no" in card.lines[0].text, (action, card.lines[0].text)
    assert paintings(openai) == 1
    assert await stage.limner.forms.complete("assets", "", person=mallory, place=stage.place) == ()


async def test_the_audit_log_says_that_it_was_sent_and_by_whom(stage: Stage) -> None:
    draft = await drafted(stage)
    await stage.press(draft, "Send")
    told = await stage.settled(await stage.command("audit", member="admin", job=id_of(draft)))

    assert "sending a private draft" in told.text
    assert "to #" in told.text
    assert SECRET not in told.text


async def test_a_draft_waits_in_the_queue_without_its_words_for_others(stage: Stage, openai: FakeOpenAI) -> None:
    if stage.platform == "web":
        pytest.skip("there is one person on the page")
    openai.hold = asyncio.Event()
    waiting = await stage.command("imagine", prompt=SECRET, private=True)
    listed = await stage.command("queue", member="bob")
    assert "a private job" in listed.text
    assert SECRET not in listed.text
    openai.hold.set()
    await stage.settled(waiting)


@pytest.mark.parametrize("stage", ["discord", "slack"], indirect=True)
async def test_a_week_later_it_is_sent_all_the_same(stage: Stage, openai: FakeOpenAI) -> None:
    draft = await drafted(stage)
    if isinstance(stage, DiscordStage):
        stage.fake.advance(timedelta(days=7).total_seconds())
    if isinstance(stage, SlackStage):
        for url in stage.fake.workspace.urls.values():
            url.expired = True
    await stage.restart()
    await stage.press(draft, "Send")

    assert len(await public(stage)) == 1
    assert "Sent to #" in (await standing(stage, draft)).text


async def test_a_draft_that_is_done_too_late_for_a_private_answer_comes_directly(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    async with DiscordStage(keyed_house) as stage:
        openai.hold = asyncio.Event()
        await stage.command("imagine", prompt=SECRET, private=True, quality="draft")
        for sent in stage.fake.interactions.values():
            sent.sent -= 16 * 60
        openai.hold.set()
        await stage.fake.until(lambda: stage.fake.seen_by("ada", stage.fake.dm(stage.fake.person("ada"))))
        (card,) = await stage.direct()
        assert len(card.pictures) == 1
        assert "/drafts brings it up with its buttons" in card.text
        assert card.buttons == ()
        assert await stage.cards(member="bob") == ()

        listed = await stage.settled(await stage.command("drafts"))
        opened = await stage.settled(await stage.press(listed, id_of(card)))
        await stage.press(opened, "Send")
        assert len(await public(stage)) == 1


@pytest.mark.parametrize("stage", ["discord", "slack"], indirect=True)
async def test_into_a_closed_channel_it_is_not_sent_and_stays_a_draft(stage: Chat, openai: FakeOpenAI) -> None:
    draft = await drafted(stage)
    stage.shut()
    await stage.press(draft, "Send")
    told = [each.text for each in await everywhere(stage, "ada")]
    assert any("was not sent and stays your private draft" in each for each in told), told
    assert not [each for each in await everywhere(stage, "bob") if SECRET in each.text]

    stage.reopen()
    await stage.press(draft, "Send")
    assert len(await public(stage)) == 1


@pytest.mark.parametrize("stage", ["discord", "slack"], indirect=True)
async def test_where_the_platforms_answer_is_lost_it_is_posted_once(stage: Chat, openai: FakeOpenAI) -> None:
    draft = await drafted(stage)
    stage.stumble(1, done=True)
    await stage.press(draft, "Send")
    await stage.settled((await public(stage))[0])

    assert len(await public(stage)) == 1


async def test_what_it_costs_too_much_is_told_beside_the_draft(stage: Stage, openai: FakeOpenAI) -> None:
    draft = await drafted(stage)
    await stage.command("budget", amount="0.001", scope="everyone", member="admin")
    told = await stage.press(draft, "Shuffle")

    assert names(await standing(stage, draft))[:4] == OWN
    assert any("of your daily budget" in each.text for each in (told, *await stage.cards()))
    assert paintings(openai) == 1
