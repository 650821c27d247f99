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
