"""Where others reach the page, it is for members who are signed in: their own team's, and of it what they may see."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.house import House
from tests.stages.web import Browser, parse
from tests.web.town import ADA, BOB, CHAT, EVE, SECRET, Town, opened


@pytest.fixture
async def town(house: House) -> AsyncIterator[Town]:
    async with opened(house) as town:
        yield town


async def get(client: aiohttp.ClientSession, path: str) -> tuple[int, str]:
    async with client.get(path) as answer:
        return answer.status, await answer.text(errors="replace")


async def test_a_member_sees_their_own_teams_library_and_others_do_not(town: Town) -> None:
    id = await town.painted()
    bob, eve = await town.enter(BOB), await town.enter(EVE, CHAT.evolve(space="another"))

    status, html = await get(bob, "/")
    assert status == 200
    assert id in html
    assert id in (await get(bob, "/gallery?channel=discord:studio"))[1]
    assert id not in (await get(bob, "/gallery?channel=%23studio"))[1]
    assert SECRET in (await get(bob, f"/asset/{id}"))[1]
    assert (await get(bob, f"/pictures/{id}/320/x.webp"))[0] == 200

    for path in ("/", f"/asset/{id}", f"/pictures/{id}/320/x.webp", "/library/studio"):
        status, html = await get(eve, path)
        assert status == (404 if id in path else 200)
        assert SECRET not in html


async def test_nobody_is_told_how_to_come_in_and_nothing_else(town: Town) -> None:
    id = await town.painted()
    async with aiohttp.ClientSession(town.base) as nobody:
        for path in ("/", f"/asset/{id}", "/asset/zz99"):
            async with nobody.get(path, headers={"Accept": "text/html"}) as answer:
                html = await answer.text()
            assert (answer.status, answer.content_type) == (401, "text/html")
            assert "Use /gallery" in html
            assert id not in html
            assert "Set-Cookie" not in answer.headers


async def test_what_is_said_on_a_teams_page_is_seen_by_that_team(town: Town) -> None:
    ada, bob = [Browser(await town.enter(each)) for each in (ADA, BOB)]
    eve = Browser(await town.enter(EVE, CHAT.evolve(space="another")))
    for browser in (ada, bob, eve):
        await browser.open()
    try:
        for words in ("/help", "a red fox --draft", "a secret owl --draft --private"):
            event = secrets.token_hex(12)
            await ada.post("/ask", {"channel": "studio", "words": words, "event": event})
            await ada.until(lambda event=event: event in ada.answered)  # type: ignore[misc]
        await ada.until(lambda: sum(each.attributes["data-state"] == "done" for each in ada.cards.values()) == 2)
        await bob.until(lambda: any(each.attributes["data-state"] == "done" for each in bob.cards.values()))
        seen = [card.text for card in bob.cards.values()]
        assert len(seen) == 1
        assert "a red fox" in seen[0]
        assert "by Ada" in seen[0]
        assert not eve.cards
        drafts = [parse((await get(each.client, "/"))[1]).text.count("a secret owl") for each in (ada, bob, eve)]
        assert [bool(each) for each in drafts] == [True, False, False]
    finally:
        for browser in (ada, bob, eve):
            await browser.close()


async def test_a_session_that_was_ended_sees_nothing_any_longer(town: Town) -> None:
    id = await town.painted()
    ada = Browser(await town.enter(ADA))
    await ada.open()
    member = await town.limner._store.people.member(CHAT, ADA)

    assert await town.limner.entrance.end_all(member) == 1

    assert (await get(ada.client, f"/asset/{id}"))[0] == 401
    assert (await ada.post("/ask", {"channel": "studio", "words": "a red fox"}))[0] == 401
    await town.painted(place=CHAT)
    assert not ada.cards
    await ada.close()


async def test_settings_are_for_admins_and_spending_is_ones_own(town: Town) -> None:
    await town.painted()
    bob = await town.enter(BOB)
    boss = await town.enter(BOB.evolve(id="boss", name="Boss", admin=True))

    assert (await get(bob, "/settings"))[0] == 404
    assert "/settings" not in (await get(bob, "/gallery"))[1]
    assert "What you spent" in (await get(bob, "/spending?whose=team"))[1]
    assert (await get(boss, "/settings"))[0] == 200
    status, html = await get(boss, "/spending")
    assert status == 200
    assert "What the team spent" in html
    assert "Ada" in html
