"""Styles: saved from words, pictures and assets, worn by requests and channels, shown, removed, and kept by what was
painted in them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from limner.domain.reference import PICTURES_LIMIT
from limner.ears.samples import samples
from limner.errors import StyleGone, UnknownStyle
from tests.conversations.reading import id_of, paintings, whole_words
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai.received import Received
from tests.house import House
from tests.stages import Seen, Stage
from tests.stages.discord import DiscordStage
from tests.stages.web import WebStage

NOTE = samples()[0].path.read_bytes()


def png(colour: str = "#2b6cb0", size: tuple[int, int] = (512, 512)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def plain(seen: Seen) -> str:
    """The text without the platform's way to write it."""
    return seen.text.replace("\\", "").replace("&amp;", "&")


def private(seen: Seen, stage: Stage, member: str = "ada") -> bool:
    """Whether this member alone sees it; the page has one person."""
    return stage.platform == "web" or seen.private_to == member


def admin(stage: Stage) -> str:
    return "ada" if stage.platform == "web" else "admin"


def asked(openai: FakeOpenAI) -> list[Received]:
    """The pictures that were asked of OpenAI."""
    return [each for each in openai.requests if each.path.startswith("/v1/images/")]


def prompt(openai: FakeOpenAI) -> str:
    """The prompt of the newest picture, as OpenAI got it."""
    return str(asked(openai)[-1].parsed["prompt"])


def pictures(openai: FakeOpenAI) -> int:
    """How many pictures went with the newest one."""
    return len([each for each in asked(openai)[-1].files if each.field.startswith("image")])


async def save(stage: Stage, name: str = "spring", **values: Any) -> Seen:
    return await stage.command("style-save", name=name, **values)


async def paint(stage: Stage, said: str = "a red fox", **values: Any) -> Seen:
    return await stage.settled(await stage.command("imagine", prompt=said, quality="draft", **values))


# ── saved ──


async def test_a_style_of_words_is_worn_by_a_request_and_shown_on_its_card(stage: Stage, openai: FakeOpenAI) -> None:
    saved = await save(
        stage, before="Soft watercolour:", after="pale sky", palette="#2b6cb0, navy", banned="neon, lens flare"
    )
    assert private(saved, stage)
    for words in ("spring", "Soft watercolour:", "pale sky", "steel blue (#2b6cb0) and navy (#000080)", "lens flare"):
        assert words in plain(saved)

    card = await paint(stage, style="Spring")

    assert "style spring" in plain(card)
    assert "the channel's" not in plain(card)
    assert prompt(openai) == (
        "Soft watercolour:\n\na red fox\n\npale sky\n\nKeep to these colours: steel blue (#2b6cb0) and navy (#000080)."
        "\n\nLeave out, whatever else is said: neon, lens flare."
    )
    assert asked(openai)[-1].path == "/v1/images/generations"


async def test_a_style_of_attached_pictures_has_their_colours_and_shows_them_to_the_model(
    stage: Stage, openai: FakeOpenAI
) -> None:
    saved = await save(stage, files=(("one.png", png("#102040")), ("two.png", png("#f0c020"))))
    assert "#102040" in plain(saved)
    assert "#f0c020" in plain(saved)
    assert "2 pictures go with each request" in plain(saved)

    bare = await paint(stage)
    card = await paint(stage, style="spring")

    assert asked(openai)[-1].path == "/v1/images/edits"
    assert pictures(openai) == 2
    assert "The 2 attached pictures show the style to paint in" in prompt(openai)
    assert "v2" not in whole_words(card)
    reroll = [next(each for each in seen.buttons if each.startswith("Reroll")) for seen in (bare, card)]
    prices = [float(label.split("$")[1]) for label in reroll]
    assert prices[1] - prices[0] >= 0.032, "two pictures of 2,000 tokens at $8 for a million"


async def test_a_style_is_made_from_a_picture_by_its_button(stage: Stage, openai: FakeOpenAI) -> None:
    first = await paint(stage, "a red fox in snow, soft watercolour, pale light")
    filled = await stage.filled(first, "Style from this")
    assert filled["name"] == "red-fox"
    assert filled["after"] == "soft watercolour, pale light"
    assert filled["palette"].startswith("#")

    saved = await stage.fill(first, "Style from this", name="winter")

    assert private(saved, stage)
    for words in ("winter", "soft watercolour, pale light", f"from {id_of(first)}", "Its picture goes with each"):
        assert words in plain(saved)
    await paint(stage, "a barn", style="winter")
    assert pictures(openai) == 1
    assert "a barn\n\nsoft watercolour, pale light" in prompt(openai)


async def test_a_form_that_is_emptied_takes_away_what_it_said(stage: Stage, openai: FakeOpenAI) -> None:
    saved = await save(stage, before="Soft watercolour:", after="pale sky", palette="navy")
    assert await stage.filled(saved, "Edit") == {
        "name": "spring",
        "before": "Soft watercolour:",
        "after": "pale sky",
        "palette": "#000080",
    }

    changed = await stage.fill(saved, "Edit", after="", palette="", before="Oil paint:")

    assert "Oil paint:" in plain(changed)
    assert "pale sky" not in plain(changed)
    assert "navy" not in plain(changed)
    await paint(stage, style="spring")
    assert prompt(openai) == "Oil paint:\n\na red fox"


async def test_what_is_not_said_of_a_style_stays_as_it_was(stage: Stage, openai: FakeOpenAI) -> None:
    await save(stage, before="Soft watercolour:", files=(("one.png", png()),))
    changed = await save(stage, after="pale sky", palette="none")

    assert "Soft watercolour:" in plain(changed)
    assert "pale sky" in plain(changed)
    assert "Colours" not in plain(changed)
    await paint(stage, style="spring")
    assert pictures(openai) == 1
    await save(stage, picture="none")
    await paint(stage, style="spring")
    assert asked(openai)[-1].path == "/v1/images/generations"


async def test_a_ready_style_can_be_made_the_teams_own(stage: Stage, openai: FakeOpenAI) -> None:
    shown = await stage.command("style-show", name="storybook")
    assert "comes with Limner" in plain(shown)
    assert "Remove" not in " ".join(shown.buttons)

    saved = await stage.fill(shown, "Make it your own", after="a fox somewhere")

    assert "saved by" in plain(saved)
    await paint(stage, style="storybook")
    assert "Children's storybook illustration" in prompt(openai)
    assert "a fox somewhere" in prompt(openai)
    await stage.command("style-remove", name="storybook")
    await paint(stage, style="storybook")
    assert "a fox somewhere" not in prompt(openai)
    assert "Children's storybook illustration" in prompt(openai)


# ── worn ──


async def test_a_channel_wears_a_style_until_it_is_taken_off(stage: Stage, openai: FakeOpenAI) -> None:
    await save(stage, before="Soft watercolour:")
    told = await stage.command("style-use", name="spring")
    assert "This channel wears the style spring" in plain(told)
    assert stage.platform == "web" or told.private_to is None

    card = await paint(stage)
    assert "style spring (the channel's)" in plain(card)
    assert prompt(openai) == "Soft watercolour:\n\na red fox"

    await stage.restart()
    await paint(stage, "a blue fox")
    assert prompt(openai) == "Soft watercolour:\n\na blue fox"
    bare = await paint(stage, "a green fox", style="none")
    assert prompt(openai) == "a green fox"
    assert "style" not in plain(bare)
    other = await paint(stage, "a barn", style="storybook")
    assert "style storybook" in plain(other)
    assert "the channel's" not in plain(other)

    await stage.command("style-use", name="none")
    await paint(stage, "a grey fox")
    assert prompt(openai) == "a grey fox"
    assert "no style" in plain(await stage.command("style-use"))


async def test_a_style_is_put_on_a_channel_by_its_button(stage: Stage, openai: FakeOpenAI) -> None:
    saved = await save(stage, before="Soft watercolour:")
    told = await stage.press(saved, "Wear it in this channel")

    assert "This channel wears the style spring" in plain(told)
    await paint(stage)
    assert prompt(openai).startswith("Soft watercolour:")
    assert "worn by this channel" in plain(await stage.press(told, "Show it"))


async def test_a_voice_note_can_name_a_style(stage: Stage, openai: FakeOpenAI) -> None:
    await save(stage, before="Soft watercolour:")
    openai.hears.append(("imagine", {"heard": "a fox, spring", "language": "en", "prompt": "a fox", "style": "Spring"}))
    heard = await stage.settled(await stage.voice(NOTE))

    assert "style spring" in plain(heard)
    listened = next(each for each in openai.requests if each.path == "/v1/chat/completions")
    assert '"spring"' in str(listened.parsed["messages"])
    await stage.settled(await stage.press(heard, "Generate"))
    assert prompt(openai) == "Soft watercolour:\n\na fox"


async def test_a_wireframe_with_a_ready_style_becomes_the_finished_picture(stage: Stage, openai: FakeOpenAI) -> None:
    card = await paint(stage, "a login page", style="mockup", files=(("wireframe.png", png("white")),))

    assert "style mockup" in plain(card)
    assert pictures(openai) == 1
    assert "it is the composition: keep every element in its place" in prompt(openai)
    assert "high-fidelity interface" in prompt(openai)
    assert prompt(openai).startswith("Clean user-interface mock-up")


async def bring(stage: Stage, words: str, *files: tuple[str, bytes]) -> Seen:
    """Asks with more pictures than a command on Discord has options for: there they are attached to a message."""
    if not isinstance(stage, DiscordStage):
        return await stage.settled(await stage.command("imagine", prompt=words, files=files))
    said = await stage.act("ada").say(words, files=files, mention=True)
    return await stage.settled(stage.seen(await stage.fake.until(lambda: stage._reply(said, "ada"))))


async def test_what_does_not_fit_of_a_styles_pictures_is_left_out_and_said(stage: Stage, openai: FakeOpenAI) -> None:
    await save(stage, files=tuple((f"{number}.png", png(size=(64, 64))) for number in range(4)))
    own = tuple((f"own-{number}.png", png("red", (64, 64))) for number in range(PICTURES_LIMIT + 1))

    card = await bring(stage, "a red fox --draft --style spring", *own[:14])

    assert "2 of the style's 4 pictures were left out: 16 go with one request." in plain(card)
    assert pictures(openai) == PICTURES_LIMIT
    assert "The last 2 attached pictures show the style to paint in" in prompt(openai)
    refused = await bring(stage, "a red fox --draft --style spring", *own)
    assert "17 pictures, and 16 is the most" in plain(refused)
    assert private(refused, stage)
    assert paintings(openai) == 1


# ── listed ──


async def test_the_list_shows_the_teams_own_and_the_ready_ones(stage: Stage, openai: FakeOpenAI) -> None:
    await save(stage, before="Soft watercolour:")
    listed = await stage.command("style-list")

    assert private(listed, stage)
    for name in ("spring", "product", "marketing", "illustration", "concept", "mockup", "storybook", "logo", "icon"):
        assert name in plain(listed)
        assert any(label.startswith(name) for label in listed.buttons)
    assert "1. spring · by" in plain(listed)
    assert "This channel wears none" in plain(listed)
    assert any("UX and UI mock-up" in alt for alt in listed.alts)
    with Image.open(BytesIO(listed.pictures[0])) as sheet:
        assert sheet.width > sheet.height > 200
    shown = await stage.press(listed, "spring")
    assert "Soft watercolour:" in plain(shown)


@pytest.mark.parametrize("stage", ["discord"], indirect=True)
async def test_the_teams_own_styles_complete_while_typing(stage: Stage) -> None:
    assert isinstance(stage, DiscordStage)
    await save(stage, before="Soft watercolour:")
    ada = stage.act("ada")

    assert await ada.complete("imagine", "style", "spr") == ["spring"]
    assert await ada.complete("style use", "name", "s") == ["spring", "storybook", "illustration"]


# ── removed, and what stays ──


async def test_what_was_painted_in_a_style_is_painted_in_it_again_when_it_is_gone(
    stage: Stage, openai: FakeOpenAI, keyed_house: House
) -> None:
    await save(stage, before="Soft watercolour:", files=(("one.png", png()),))
    await stage.command("style-use", name="spring")
    card = await paint(stage)
    first = asked(openai)[-1]
    changed = await save(stage, before="Oil paint:", picture="none")
    removed = await stage.press(changed, "Remove")
    assert "The style spring is gone" in plain(removed)
    assert private(removed, stage)
    await stage.restart()
    await stage.limner._store.sweep()

    again = await stage.settled(await stage.press(card, "Reroll"))

    assert "style spring (the channel's)" in plain(again)
    assert prompt(openai) == first.parsed["prompt"]
    assert [each.data for each in asked(openai)[-1].files] == [each.data for each in first.files]
    await paint(stage, "a blue fox")
    assert prompt(openai) == "a blue fox"
    assert "no style “spring” here" in plain(await paint(stage, style="spring"))


async def test_a_style_keeps_its_picture_when_the_asset_is_deleted(
    stage: Stage, openai: FakeOpenAI, keyed_house: House
) -> None:
    first = await paint(stage)
    await stage.fill(first, "Style from this", name="winter")
    await stage.press(first, "Delete")
    keyed_house.rows("UPDATE blobs SET created = '2020-01-01 00:00:00+00:00'")
    await stage.limner._store.sweep()

    await paint(stage, "a barn", style="winter")

    assert pictures(openai) == 1
    assert "Its picture goes with each request" in plain(await stage.command("style-show", name="winter"))


async def test_a_style_goes_only_by_its_maker_or_an_admin(stage: Stage) -> None:
    if stage.platform == "web":
        pytest.skip("there is one person on the page")
    await save(stage, before="Soft watercolour:")

    for refused in (
        await stage.command("style-remove", name="spring", member="bob"),
        await save(stage, before="Oil paint:", member="bob"),
    ):
        assert "only they or an admin can" in plain(refused)
        assert private(refused, stage, "bob")
    assert "Soft watercolour:" in plain(await stage.command("style-show", name="spring", member="bob"))
    assert "is gone" in plain(await stage.command("style-remove", name="spring", member="admin"))
    log = plain(await stage.command("audit", member="admin"))
    assert "changing a style: refused. NotYourStyle" in log
    assert "changing a style: done. Saved the style “spring”." in log
    assert "changing a style: done. Removed the style “spring”." in log


# ── bad input: one kind private sentence, nothing charged ──


SENSELESS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"name": "none", "before": "x"}, "that is the word for wearing no style"),
    ({"name": "x" * 41, "before": "x"}, "at most 40 characters"),
    ({"name": "spring"}, "say at least one of them"),
    ({"name": "spring", "palette": "#12"}, "that is not a colour I know"),
    ({"name": "spring", "palette": "bleu"}, "did you mean blue?"),
    ({"name": "spring", "before": "x" * 1001}, "at most 1000 characters"),
    ({"name": "spring", "before": "neon light", "banned": "dusk, NEON"}, "“NEON” is among the words"),
    ({"name": "spring", "before": "some gore"}, "“gore” is on this team's list"),
    ({"name": "gore", "before": "x"}, "“gore” is on this team's list"),
    ({"name": "spring", "picture": "zz99"}, "There is no “zz99” here"),
)


async def test_styles_that_make_no_sense_get_a_sentence(stage: Stage) -> None:
    await stage.command("rules", banned="gore", member=admin(stage))

    for values, told in SENSELESS:
        if stage.platform == "discord" and (len(values["name"]) > 40 or len(values.get("before", "")) > 1000):
            continue  # Discord's app does not send so much
        refused = await stage.command("style-save", **values)
        assert told in plain(refused)
        assert private(refused, stage)
    assert "spring" not in plain(await stage.command("style-list"))


async def test_a_request_with_a_word_that_its_style_leaves_out_is_refused_with_a_way_on(
    stage: Stage, openai: FakeOpenAI, keyed_house: House
) -> None:
    await save(stage, before="Soft watercolour:", banned="neon")
    refused = await paint(stage, "a NEON fox", style="spring")

    assert "The style spring leaves “neon” out" in plain(refused)
    assert private(refused, stage)
    assert paintings(openai) == 0
    assert keyed_house.rows("SELECT id FROM ledger") == []
    assert len(asked(openai)) == 0
    card = await stage.settled(await stage.fill(refused, "Put it in other words", prompt="a glowing fox"))
    assert "style spring" in plain(card)
    assert prompt(openai) == "Soft watercolour:\n\na glowing fox\n\nLeave out, whatever else is said: neon."


async def test_a_style_with_a_word_that_the_team_bans_later_is_refused(stage: Stage, openai: FakeOpenAI) -> None:
    await save(stage, before="Gory watercolour:")
    await stage.command("rules", banned="gory", member=admin(stage))

    refused = await paint(stage, style="spring")

    assert "The style spring has “gory” in its words" in plain(refused)
    assert private(refused, stage)
    assert paintings(openai) == 0


async def test_an_unknown_style_names_the_nearest(stage: Stage, openai: FakeOpenAI) -> None:
    await save(stage, before="Soft watercolour:")
    refused = await paint(stage, style="sprint")

    assert "There is no style “sprint” here. Did you mean spring?" in plain(refused)
    assert private(refused, stage)
    assert "no style" in plain(await stage.command("style-use", name="sprint"))
    assert "no style" in plain(await stage.command("style-remove", name="sprint"))
    assert "comes with Limner and stays" in plain(await stage.command("style-remove", name="logo"))
    assert paintings(openai) == 0


async def test_a_styles_own_words_are_screened_like_any_members(stage: Stage, openai: FakeOpenAI) -> None:
    openai.flags = lambda words: "blood" in words
    await save(stage, before="Rivers of blood:")

    refused = await paint(stage, style="spring")

    assert "The safety check saw violence" in plain(refused)
    assert paintings(openai) == 0


async def test_a_button_of_a_style_that_is_gone_says_so(stage: Stage, openai: FakeOpenAI) -> None:
    saved = await save(stage, before="Soft watercolour:")
    await stage.command("style-remove", name="spring")

    for label in ("Wear it in this channel", "Edit", "Remove"):
        refused = await stage.press(saved, label)
        assert "That style was removed meanwhile." in plain(refused)
        assert private(refused, stage)


@pytest.mark.parametrize("stage", ["slack"], indirect=True)
async def test_a_style_that_is_saved_in_answer_to_a_picture_is_made_from_it(stage: Stage, openai: FakeOpenAI) -> None:
    first = await paint(stage)

    saved = await stage.reply(first, "style save winter soft light", mention=True)

    assert f"from {id_of(first)}" in plain(saved)
    assert "soft light" in plain(saved)
    assert "This channel wears no style" in plain(await stage.reply(first, "style use", mention=True))
    assert "say which" in plain(await stage.reply(first, "style show", mention=True))


async def test_another_teams_style_is_not_found(stage: Stage, openai: FakeOpenAI) -> None:
    await save(stage, before="Soft watercolour:")
    elsewhere = stage.place.evolve(space="another", channel="another")
    store, styles = stage.limner._store, stage.limner._studio.styles
    other = await store.people.member(elsewhere, stage.person)
    (own,) = await store.styles.of((await store.people.member(stage.place, stage.person)).team)

    assert [each.name for each in await styles.of(other)][:1] == ["product"]
    with pytest.raises(UnknownStyle):
        await styles.named("spring", other)
    with pytest.raises(StyleGone):  # as if it had never been, or were no longer
        await styles.get(own.id, other)


async def test_a_hostile_name_and_words_are_text(house: House) -> None:
    async with WebStage(house) as stage:
        name, words = '"@here <b>x</b>"', "</textarea><script>alert(1)</script> {{7*7}} @everyone"
        saved = await save(stage, name, before=words)

        assert saved.raw["card"].by("script") == []
        assert "<script>alert(1)</script>" in saved.text
        assert (await stage.filled(saved, "Edit"))["before"] == words
        listed = await stage.command("style-list")
        assert "@here <b>x</b>" in listed.text
        assert listed.raw["card"].by("b") == []
