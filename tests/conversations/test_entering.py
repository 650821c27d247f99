"""Coming in to the web page from a chat: by a link for one member, once; and going out again."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import aiohttp
import pytest

from limner.store import sessions, tickets
from limner.studio import standings
from tests.conversations.conftest import STAGES
from tests.conversations.reading import id_of
from tests.conversations.test_direct_messages import demoted, left
from tests.house import House
from tests.stages import Stage
from tests.stages.visitor import OpenHouse, Visitor, link_on
from tests.stages.web import parse


@pytest.fixture(params=[each for each in STAGES if each != "web"])
async def chat(request: pytest.FixtureRequest, keyed_house: House) -> AsyncIterator[Stage]:
    """One chat after the other, with the web page beside it."""
    module = import_module(f"tests.stages.{request.param}")
    async with getattr(module, STAGES[request.param])(OpenHouse(keyed_house)) as stage:
        yield stage


@pytest.fixture
async def browsers() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def browser(browsers: AsyncExitStack) -> aiohttp.ClientSession:
    jar = aiohttp.CookieJar(unsafe=True)
    return await browsers.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))


def base_of(link: str) -> str:
    return link.partition("/enter/")[0]


async def seen(client: aiohttp.ClientSession, address: str) -> tuple[int, str]:
    async with client.get(address) as answer:
        return answer.status, await answer.text()


async def enter(client: aiohttp.ClientSession, link: str) -> tuple[int, str, Any]:
    """Opens the link and presses its button; gives what is seen then, and the cookies that were set."""
    _, html = await seen(client, link)
    fields = {each.attributes["name"]: each.attributes["value"] for each in parse(html).by("input")}
    async with client.post(link, data=fields) as answer:
        first = answer.history[0] if answer.history else answer
        return answer.status, await answer.text(), first.headers.getall("Set-Cookie", [])


async def leave(client: aiohttp.ClientSession, base: str, **fields: str) -> tuple[int, str]:
    _, html = await seen(client, f"{base}/")
    csrf = parse(html).by("input", name="csrf")[0].attributes["value"]
    async with client.post(f"{base}/leave", data={"csrf": csrf, **fields}) as answer:
        return answer.status, await answer.text()


async def test_the_gallery_lets_its_member_in_once(
    chat: Stage, keyed_house: House, browsers: AsyncExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await chat.settled(await chat.command("imagine", prompt="a red fox", quality="draft"))
    answer = await chat.command("gallery")
    assert answer.private_to == "ada"
    link = link_on(answer, "/enter/")
    word = link.rpartition("/")[2]
    assert len(word) >= 22  # 128 bits in base64
    for table in ("tickets", "cards"):
        assert word not in str(keyed_house.rows(f"SELECT * FROM {table}"))

    curious = await browser(browsers)  # looks at links in advance, and presses nothing
    for _ in range(3):
        status, html = await seen(curious, link)
        assert (status, "Ada" in html, "fox" in html) == (200, False, False)
        async with curious.head(link) as looked:
            assert looked.status == 200
    async with curious.post(link, data={"csrf": "guessed"}) as pressed:
        assert pressed.status == 403

    ada = await browser(browsers)
    status, html, cookies = await enter(ada, link)
    assert status == 200
    assert id_of(first) in html
    (cookie,) = [each for each in cookies if each.startswith("limner_session=")]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    kept = str(keyed_house.rows("SELECT * FROM sessions"))
    assert not any(secret in kept for secret in re.findall(r"[\w-]{40,}", cookie))
    status, html = await seen(ada, f"{base_of(link)}/asset/{id_of(first)}")
    assert (status, "a red fox" in html) == (200, True)

    again = await browser(browsers)
    status, html = await seen(again, link)
    assert (status, "over, was used already" in html) == (404, True)
    assert (await seen(again, f"{base_of(link)}/"))[0] == 401
    fresh = link_on(await chat.command("gallery"), "/enter/")
    with monkeypatch.context() as later:
        later.setattr(tickets, "now", lambda: datetime.now(UTC) + timedelta(minutes=16))
        assert (await seen(again, fresh))[0] == 404
    with monkeypatch.context() as later:
        later.setattr(sessions, "now", lambda: datetime.now(UTC) + timedelta(days=31))
        assert (await seen(ada, f"{base_of(link)}/"))[0] == 401
    mistyped = f"{fresh[:-1]}{'A' if fresh[-1] != 'A' else 'B'}"
    assert (await seen(again, mistyped))[0] == 404
    assert (
        "signing in on the page: done. by a link from chat"
        in (await chat.command("audit", member="admin")).text.lower()
    )


async def test_sessions_end_from_the_page_and_from_the_chat(chat: Stage, browsers: AsyncExitStack) -> None:
    assert "signed in nowhere" in (await chat.command("sessions")).text
    clients = [await browser(browsers) for _ in range(4)]
    for client in clients:
        link = link_on(await chat.command("gallery"), "/enter/")
        assert (await enter(client, link))[0] == 200
    base = base_of(link)
    bob = await browser(browsers)
    await enter(bob, link_on(await chat.command("gallery", member="bob"), "/enter/"))
    listed = await chat.command("sessions")
    assert "signed in in 4 browsers" in listed.text
    assert listed.private_to == "ada"

    status, html = await leave(clients[0], base)
    assert (status, "You are signed out" in html) == (200, True)
    assert [(await seen(each, f"{base}/"))[0] for each in clients] == [401, 200, 200, 200]
    assert (await leave(clients[1], base, every="yes"))[0] == 200
    assert [(await seen(each, f"{base}/"))[0] for each in clients] == [401] * 4

    pressed = await chat.press(await chat.command("help"), "Gallery")
    assert pressed.private_to == "ada"
    unused = link_on(pressed, "/enter/")
    await enter(clients[0], link_on(await chat.command("gallery"), "/enter/"))
    ended = await chat.press(await chat.command("sessions"), "Sign out everywhere")
    assert "You are signed out of 1 browser." in ended.text
    assert (await seen(clients[0], f"{base}/"))[0] == 401
    assert (await seen(clients[0], unused))[0] == 404
    assert (await seen(bob, f"{base}/"))[0] == 200


async def test_the_link_to_the_brush_is_its_members_where_they_are_signed_in(
    chat: Stage, browsers: AsyncExitStack
) -> None:
    first = await chat.settled(await chat.command("imagine", prompt="a red fox", quality="draft"))
    area = link_on(await chat.press(first, "Edit area"))
    ada, bob, other = [await browsers.enter_async_context(Visitor(area)) for _ in range(3)]
    await enter(bob.client, link_on(await chat.command("gallery", member="bob"), "/enter/"))
    await enter(ada.client, link_on(await chat.command("gallery"), "/enter/"))

    assert (await bob.ask("open", "POST"))[0] == 404
    assert (await other.open())["asset"] == id_of(first)  # whoever has the link, as long as its member does not come
    assert (await ada.open())["asset"] == id_of(first)
    assert (await ada.ask("picture"))[0] == 200
    assert (await bob.ask("picture"))[0] == 404
    assert (await other.ask("picture"))[0] == 404
    status, said = await other.ask("open", "POST")
    assert (status, b"another browser" in said) == (404, True)


async def test_without_an_address_the_gallery_says_who_gives_it_one(stage: Stage) -> None:
    answer = await stage.command("gallery")
    assert ("[web] public_url" in answer.text.replace("\\", "")) == (stage.platform != "web")
    assert "Sign in" not in answer.text


async def test_rights_that_are_lost_in_the_chat_are_lost_on_the_page(
    chat: Any, browsers: AsyncExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await browser(browsers)
    link = link_on(await chat.command("gallery", member="admin"), "/enter/")
    assert (await enter(client, link))[0] == 200
    settings = f"{base_of(link)}/settings"
    status, html = await seen(client, settings)
    assert status == 200
    csrf = parse(html).by("input", name="csrf")[0].attributes["value"]

    await demoted(chat, "admin")
    if chat.platform == "discord":  # Slack says so at once, Discord when it is asked
        assert (await seen(client, settings))[0] == 200
        monkeypatch.setattr(standings, "FRESH", timedelta(0))
        chat.limner._studio.standings._due.clear()
    assert (await seen(client, settings))[0] == 404
    async with client.post(f"{settings}/retention", data={"csrf": csrf, "set-days": "30"}) as answer:
        assert answer.status == 404
    assert (await seen(client, f"{base_of(link)}/"))[0] == 200

    await left(chat, "admin")
    if chat.platform == "discord":
        chat.fake.arrange("GET", r"/guilds/\d+", 403)
        assert (await seen(client, f"{base_of(link)}/"))[0] == 200  # what a chat cannot say stays as it was
        chat.limner._studio.standings._due.clear()
        chat.fake.arranged.clear()
    assert (await seen(client, f"{base_of(link)}/"))[0] == 401
