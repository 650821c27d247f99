"""/describe: four prompts for any picture, each to paint from; for the asking member's eyes, at their cost."""

from __future__ import annotations

import pytest

from limner.domain.ask import Ask
from limner.domain.place import Address
from tests.conversations.hostile import LOGIN, bomb, cut, plain
from tests.conversations.reading import id_of
from tests.conversations.test_hostile_words import HOSTILE, inert
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai.looking import Declines
from tests.house import House
from tests.stages import Seen, Stage
from tests.stages.discord import DiscordStage
from tests.stages.slack import SlackStage

LOOKING = "/v1/chat/completions"
PROMPTS = ["a red fox in snow", "a fox from above", "a fox at dusk", "a fox in oil"]
SEEN = {"description": "A red fox sits in the snow.", "prompts": PROMPTS}


def looks(openai: FakeOpenAI) -> int:
    return sum(each.path == LOOKING for each in openai.requests)


async def painted(stage: Stage, prompt: str = "a red fox", **more: object) -> Seen:
    return await stage.settled(await stage.command("imagine", prompt=prompt, quality="draft", **more))


async def test_a_picture_of_the_library_gets_four_prompts_for_the_asking_members_eyes(
    stage: Stage, openai: FakeOpenAI
) -> None:
    first = await painted(stage)
    openai.sees.append(SEEN)
    seen = await stage.settled(await stage.command("describe", picture=id_of(first), member="bob"))

    assert f"Four prompts for {id_of(first)}" in seen.text
    assert "A red fox sits in the snow." in seen.text
    assert all(f"{number} · {prompt}" in seen.text for number, prompt in enumerate(PROMPTS, 1))
    assert [label.split(" ~")[0] for label in seen.buttons] == ["Use 1", "Use 2", "Use 3", "Use 4", "Read aloud"]
    assert all("~$" in label for label in seen.buttons)
    assert "GPT-6 Luna · $0.000" in seen.text
    assert seen.private_to == ("ada" if stage.platform == "web" else "bob")


async def test_use_paints_from_that_prompt_for_all_to_see(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage, shape="wide")
    openai.sees.append(SEEN)
    described = await stage.settled(await stage.command("describe", picture=id_of(first)))
    used = await stage.settled(await stage.press(described, "Use 3"))

    assert "a fox at dusk" in used.text
    assert f"From a description of {id_of(first)}" in used.text
    assert "1536×1024" in used.text
    assert used.private_to is None
    assert len(used.pictures) == 1
    assert openai.requests[-1].parsed["prompt"] == "a fox at dusk"


async def test_an_attached_picture_is_described_too(stage: Stage, openai: FakeOpenAI) -> None:
    seen = await stage.settled(await stage.command("describe", files=(("fox.png", plain()),)))

    assert "Four prompts for this picture" in seen.text
    assert "a 512 by 512 picture of the colour" in seen.text
    used = await stage.settled(await stage.press(seen, "Use 1"))
    assert "a 512 by 512 picture" in used.text
    assert "1024×1024" in used.text


async def test_what_goes_along_is_small(stage: Stage, openai: FakeOpenAI) -> None:
    seen = await stage.settled(await stage.command("describe", files=(("fox.png", plain(size=(3000, 1500))),)))

    assert "a 1024 by 512 picture" in seen.text
    assert len(openai.requests[-1].body) < 200_000


@pytest.mark.parametrize(
    ("file", "sentence"),
    [(b"GIF89" + LOGIN, "fox.png"), (cut("PNG"), "is damaged"), (bomb(), "more than I open safely")],
    ids=["words", "half", "bomb"],
)
async def test_what_is_no_picture_gets_a_sentence_and_costs_nothing(
    stage: Stage, openai: FakeOpenAI, file: bytes, sentence: str
) -> None:
    seen = await stage.settled(await stage.command("describe", files=(("fox.png", file),)))

    assert sentence in seen.text
    assert looks(openai) == 0


async def test_nothing_to_describe_gets_a_sentence(stage: Stage, openai: FakeOpenAI) -> None:
    seen = await stage.settled(await stage.command("describe"))
    missing = await stage.settled(await stage.command("describe", picture="zz99"))

    assert "attach the picture to describe, or say its id" in seen.text
    assert "There is no “zz99” here" in missing.text
    assert looks(openai) == 0


async def test_fewer_prompts_are_shown_as_they_are(stage: Stage, openai: FakeOpenAI) -> None:
    openai.sees.append({"description": "A fox.", "prompts": ["a fox", "", "a fox "]})
    seen = await stage.settled(await stage.command("describe", files=(("fox.png", plain()),)))

    assert "One prompt for this picture" in seen.text
    assert [label.split(" ~")[0] for label in seen.buttons] == ["Use 1", "Read aloud"]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Declines(), "The model would not describe this picture; $0.000"),
        ({"description": "A fox.", "prompts": []}, "without words that can be used; $0.000"),
        ("no JSON at all", "without words that can be used; $0.000"),
    ],
    ids=["declined", "none", "words"],
)
async def test_an_answer_that_is_of_no_use_says_what_it_cost(
    stage: Stage, openai: FakeOpenAI, keyed_house: House, answer: object, sentence: str
) -> None:
    openai.sees.append(answer)  # type: ignore[arg-type]
    seen = await stage.settled(await stage.command("describe", files=(("fox.png", plain()),)))

    assert sentence in seen.text
    assert "was charged" in seen.text
    ((outcome, cost),) = keyed_house.rows("SELECT outcome, cost FROM attempts WHERE purpose = 'describe'")
    assert (outcome, cost) == ("paid", openai.billed)


async def test_hostile_words_of_a_model_do_nothing(stage: Stage, openai: FakeOpenAI) -> None:
    openai.sees.append({"description": HOSTILE, "prompts": [HOSTILE]})
    seen = await stage.settled(await stage.command("describe", files=(("fox.png", plain()),)))
    inert(seen, stage)
    inert(await stage.settled(await stage.press(seen, "Use 1")), stage)


async def test_each_look_is_on_the_books(stage: Stage, openai: FakeOpenAI, keyed_house: House) -> None:
    await stage.settled(await stage.command("describe", files=(("fox.png", plain()),)))
    openai.faults.append("moderation_blocked")
    refused = await stage.settled(await stage.command("describe", files=(("fox.png", plain()),)))
    openai.faults.append("reset_after")
    unknown = await stage.settled(await stage.command("describe", files=(("fox.png", plain()),)))

    assert "Nothing was charged" in refused.text
    assert "may have been charged" in unknown.text
    rows = keyed_house.rows("SELECT outcome, job FROM attempts WHERE purpose = 'describe' ORDER BY id")
    assert [tuple(each) for each in rows] == [("paid", None), ("free", None), ("unknown", None)]
    assert looks(openai) == 3  # and not once more
    assert await stage.limner._store.ledger.balanced()


async def test_a_budget_holds_for_looking_too(stage: Stage, openai: FakeOpenAI) -> None:
    await stage.settled(await stage.command("budget", amount="none", scope="everyone", member="admin"))
    await stage.settled(await stage.command("budget", amount="0", scope="everyone", member="admin"))
    seen = await stage.settled(await stage.command("describe", files=(("fox.png", plain()),)))

    assert "of your daily budget" in seen.text
    assert looks(openai) == 0


async def test_the_model_that_follows_looks_where_one_is_gone(stage: Stage, openai: FakeOpenAI) -> None:
    del openai.served["gpt-6-luna"]
    seen = await stage.settled(await stage.command("describe", files=(("fox.png", plain()),)))

    assert "GPT-5.6 Luna · $0.00" in seen.text
    assert [each.parsed["model"] for each in openai.requests if each.path == LOOKING] == ["gpt-6-luna", "gpt-5.6-luna"]


async def test_a_description_outlives_a_restart_and_is_its_members_own(
    stage: Stage, openai: FakeOpenAI, keyed_house: House
) -> None:
    seen = await stage.settled(await stage.command("describe", files=(("fox.png", plain()),)))
    await stage.restart()
    used = await stage.settled(await stage.press(seen, "Use 2"))
    assert "a 512 by 512 picture" in used.text

    ((note,),) = keyed_house.rows("SELECT id FROM notes")
    forged = Ask(
        action="use",
        values={"number": "1"},
        person=stage.person.evolve(id="999", name="mallory"),
        place=stage.place,
        event="forged",
        address=Address(place=stage.place),
        target=note,
    )
    card = await stage.limner.take(forged)
    assert "There is no" in card.lines[0].text


async def test_without_a_key_there_is_a_kind_sentence_and_no_button(offline_stage: Stage) -> None:
    first = await offline_stage.settled(await offline_stage.command("imagine", prompt="a red fox"))
    seen = await offline_stage.settled(await offline_stage.command("describe", picture=id_of(first)))

    assert "Describing a picture needs an OpenAI key" in seen.text
    assert "/imagine" in seen.text
    assert not [each for each in first.buttons if each.startswith("Describe")]


@pytest.mark.parametrize("stage", ["discord", "slack"], indirect=True)
async def test_any_messages_picture_can_be_described(stage: Stage, openai: FakeOpenAI) -> None:
    seen = await by_menu(stage, files=(("fox.png", plain()),))
    assert "a 512 by 512 picture" in seen.text
    assert seen.private_to == "ada"
    assert not [each for each in await stage.cards(member="bob") if "picture" in each.text or "Looking" in each.text]

    first = await painted(stage)
    own = await by_menu(stage, card=first)
    assert f"Four prompts for {id_of(first)}" in own.text

    nothing = await by_menu(stage, words="no picture here")
    assert "attach the picture to describe" in nothing.text


async def by_menu(
    stage: Stage, words: str = "", files: tuple[tuple[str, bytes], ...] = (), card: Seen | None = None
) -> Seen:
    """Ada uses the command on a message: a card, or what Bob says."""
    if isinstance(stage, DiscordStage):
        said = stage.fake.messages[card.message] if card else await stage.act("bob").say(words, files=files)
        sent = await stage.act("ada").menu("Describe this picture", said)
        return await stage.settled(stage.seen(await stage.fake.until(lambda: sent.shown)))
    assert isinstance(stage, SlackStage)
    fake = stage.fake
    if card is None:
        held = tuple(fake.workspace.new_file(name, data) for name, data in files)
        await fake.say(words, user="bob", channel="general", files=held)
    there = [each for each in fake.workspace.messages if (each.ts == card.message if card else not each.by_bot)][-1]
    before = stage._now("ada")
    await fake.shortcut(there, "limner:describe", user="ada")
    return await stage.settled(await stage._answered("ada", before))


async def test_the_button_says_what_it_costs_and_answers_beside_the_card(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage)
    assert [each for each in first.buttons if each.startswith("Describe ~$0.00")]
    seen = await stage.settled(await stage.press(first, "Describe", member="bob"))

    assert f"Four prompts for {id_of(first)}" in seen.text
    left = next(card for card in await stage.cards() if card.message == first.message)
    assert left.text == first.text
    used = await stage.settled(await stage.press(seen, "Use 2", member="bob"))
    assert len(used.pictures) == 1
    assert used.private_to is None


async def test_of_somebody_elses_draft_there_is_nothing_to_describe(stage: Stage, openai: FakeOpenAI) -> None:
    if stage.platform == "web":
        pytest.skip("there is one person on the page")
    draft = await painted(stage, private=True)
    seen = await stage.settled(await stage.command("describe", picture=id_of(draft), member="bob"))
    assert "There is no" in seen.text
    assert looks(openai) == 0

    own = await stage.settled(await stage.command("describe", picture=id_of(draft)))
    used = await stage.settled(await stage.press(own, "Use 1"))
    assert used.private_to == "ada"
    assert not [card for card in await stage.cards(member="bob") if "a 1024 by" in card.text]
