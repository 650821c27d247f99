"""One long conversation, with a restart between any two of its steps: buttons, replies, forms and drafts go on."""

from __future__ import annotations

from tests.conversations.reading import id_of, paintings
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.stages import Seen, Stage


async def test_whatever_was_begun_goes_on_after_a_restart(stage: Stage, openai: FakeOpenAI, keyed_house: House) -> None:
    async def over(seen: Seen) -> Seen:
        """The card at its end, seen by a Limner that has only just been started again."""
        seen = await stage.settled(seen)
        await stage.restart()
        return seen

    first = await over(await stage.command("imagine", prompt="a red fox", quality="draft"))
    varied = await over(await stage.press(first, "Vary subtly"))
    second = await over(await stage.reply(first, "make the sky orange"))
    assert f"v2 of {id_of(first)}" in second.text
    back = await over(await stage.press(second, "Back to v1"))
    assert id_of(back) == id_of(first)
    edited = await over(await stage.fill(varied, "Edit…", prompt="a blue fox"))
    assert "a blue fox" in edited.text
    finer = await over(await stage.press(edited, "Finer"))
    assert "standard" in finer.text
    described = await over(await stage.press(finer, "Describe"))
    used = await over(await stage.press(described, "Use 1"))
    assert used.pictures
    await over(await stage.fill(first, "Style from this", name="winter"))
    styled = await over(await stage.command("imagine", prompt="an owl", quality="draft", style="winter"))
    assert "winter" in styled.text
    await over(await stage.press(styled, "Save ☆"))
    assert id_of(styled) in (await over(await stage.command("gallery", saved=True))).text

    before = {each.message for each in await stage.cards(member="bob")}
    draft = await over(await stage.command("imagine", prompt="a secret boat", quality="draft", private=True))
    await over(await stage.press(draft, "Send"))
    sent = [each for each in await stage.cards(member="bob") if each.message not in before]
    assert len([each for each in sent if "a secret boat" in each.text and each.pictures]) == 1

    await over(await stage.press(first, "Delete"))
    assert "There is no" in (await over(await stage.command("show", picture=id_of(first)))).text
    assert paintings(openai) == 8
    reserved = keyed_house.rows(
        "SELECT coalesce(sum(CASE WHEN target = 'reserved' THEN amount WHEN source = 'reserved' THEN -amount END), 0) "
        "FROM ledger"
    )
    assert int(reserved[0][0]) == 0
