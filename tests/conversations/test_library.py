"""/show, /gallery and /share."""

from __future__ import annotations

from tests.conversations.reading import id_of
from tests.stages import Stage


async def test_show_brings_a_picture_up_with_live_buttons(stage: Stage) -> None:
    first = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    shown = await stage.settled(await stage.command("show", picture=f"#{id_of(first).upper()}", member="bob"))

    assert "a red fox" in shown.text
    assert shown.buttons == first.buttons
    assert len(shown.pictures) == 1


async def test_an_id_that_is_not_there_gets_a_sentence(stage: Stage) -> None:
    seen = await stage.command("show", picture="zz99")

    assert "There is no “zz99” here" in seen.text


async def test_the_gallery_lists_the_newest_first_and_finds_by_words(stage: Stage) -> None:
    fox = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    owl = await stage.settled(await stage.command("imagine", prompt="a snow owl", quality="draft"))

    every = await stage.settled(await stage.command("gallery"))
    assert every.text.index(id_of(owl)) < every.text.index(id_of(fox))
    found = await stage.settled(await stage.command("gallery", words="owl"))
    assert id_of(owl) in found.text
    assert id_of(fox) not in found.text


async def test_share_posts_once_with_credit(stage: Stage) -> None:
    first = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    told = await stage.settled(await stage.command("share", picture=id_of(first), place=stage.elsewhere, note="Look!"))

    assert "is now in" in told.text
    there = await stage.cards(place=stage.elsewhere)
    assert len(there) == 1
    assert "Shared by" in there[0].text
    assert "Look!" in there[0].text
    assert len(there[0].pictures) == 1


async def test_show_tells_and_draws_where_a_picture_comes_from_and_what_came_of_it(stage: Stage) -> None:
    first = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    alone = await stage.settled(await stage.command("show", picture=id_of(first)))
    assert len(alone.pictures) == 1
    second = await stage.settled(await stage.reply(first, "make the sky orange"))
    branch = await stage.settled(await stage.press(first, "Vary subtly", member="bob"))
    await stage.restart()

    shown = await stage.settled(await stage.command("show", picture=id_of(first), member="bob"))
    assert f"{id_of(second)}: v2 of {id_of(first)}, “make the sky orange”" in shown.text
    assert f"{id_of(branch)}: from {id_of(first)}" in shown.text
    assert len(shown.pictures) == 2
    assert any("a tree of 3 pictures" in alt for alt in shown.alts)

    await stage.press(second, "Delete")
    left = next(card for card in await stage.cards(member="bob") if card.message == shown.message)
    assert len(left.pictures) == 1
    assert "make the sky orange" not in left.text
    again = await stage.settled(await stage.command("show", picture=id_of(first)))
    assert id_of(second) not in again.text
    assert id_of(branch) in again.text


async def test_a_contact_sheet_of_a_collection_or_a_search_is_handed_over(stage: Stage) -> None:
    fox = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    await stage.settled(await stage.command("imagine", prompt="ein Uhu im Schnee 雪", quality="draft"))
    await stage.command("collection-add", picture=id_of(fox), name="spring")
    shown = await stage.settled(await stage.command("collection-show", name="spring"))
    sheet = await stage.settled(await stage.press(shown, "Contact sheet"))
    assert "The contact sheet of 1 picture: The collection spring." in sheet.text
    assert any(each.startswith(b"%PDF-1.4") for each in sheet.pictures)

    sheet = await stage.settled(await stage.command("contact-sheet", words="Uhu", sort="png", member="bob"))
    assert "The contact sheet of 1 picture" in sheet.text
    assert any(each.startswith(b"\x89PNG") for each in sheet.pictures)
    none = await stage.settled(await stage.command("contact-sheet", words="nowhere"))
    assert "no picture to put on a contact sheet" in none.text
