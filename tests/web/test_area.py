"""Signed links: they lead their holder to one picture, for a while, once, and nobody else to anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from PIL import Image

from limner.app import Limner
from limner.config import load
from limner.domain.ask import Ask
from limner.domain.card import Link
from limner.domain.place import Address
from limner.errors import NotFound
from limner_web import platform
from limner_web.viewer import HERE
from tests.house import House
from tests.patience import PATIENCE
from tests.stages.visitor import Visitor, mask_of
from tests.stages.web import free_port, place_of, serving

PLACE = place_of("studio")
WAYS = {"open": "POST", "picture": "GET", "submit": "POST", "state": "GET", "result": "GET"}
SECRET = "a red fox in snow"


@dataclass
class Open:
    """A Limner that others reach."""

    limner: Limner
    house: House
    port: int
    ids: int = 0

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def take(self, action: str, **more: Any) -> Any:
        self.ids += 1
        address = Address(place=PLACE, extra={"session": "s"})
        return await self.limner.take(
            Ask(action=action, person=HERE, place=PLACE, event=f"e{self.ids}", address=address, **more)
        )

    async def painted(self, prompt: str = SECRET) -> str:
        """The id of a picture that is there."""
        card = await self.take("imagine", values={"prompt": prompt, "quality": "draft"})
        return await self.there(card.job)

    async def there(self, id: str) -> str:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    await self.limner.asset(id, place=PLACE, person=HERE)
                except NotFound:
                    await asyncio.sleep(0.05)
                else:
                    return id

    async def link(self, id: str) -> str:
        card = await self.take("area", target=id)
        (link,) = card.controls[0].buttons
        assert isinstance(link, Link)
        return link.url


@asynccontextmanager
async def opened(house: House, **web: Any) -> AsyncIterator[Open]:
    port = free_port()
    section = {"port": port, "public_url": f"http://localhost:{port}", **web}
    async with house.open(platforms=(platform,), web=section) as limner, serving(limner):
        yield Open(limner, house, port)


@pytest.fixture
async def page(house: House) -> AsyncIterator[Open]:
    async with opened(house) as page:
        yield page


# ── who comes without a right ───────────────────────────────────────────────────────────────────────────────


async def nobody(page: Open, visitor: Visitor) -> None:
    visitor.token = ""


async def tampered(page: Open, visitor: Visitor) -> None:
    id, _, signature = visitor.token.partition(".")
    visitor.token = f"{id[:-1]}{'A' if id[-1] != 'A' else 'B'}.{signature}"


async def another_key(page: Open, visitor: Visitor) -> None:
    visitor.token = visitor.token[:-2] + ("AA" if not visitor.token.endswith("AA") else "BB")


async def session_for_a_token(page: Open, visitor: Visitor) -> None:
    visitor.token = next(iter(visitor.client.cookie_jar)).value


async def expired(page: Open, visitor: Visitor) -> None:
    (row,) = page.house.rows("SELECT id, record FROM notes WHERE id LIKE 'p%'")
    year = row.record.partition('"expires":"')[2][:4]
    record = row.record.replace(f'"expires":"{year}', '"expires":"2001')
    page.house.rows("UPDATE notes SET record = :record WHERE id = :id", id=row.id, record=record)


async def forgotten(page: Open, visitor: Visitor) -> None:
    page.house.rows("DELETE FROM notes WHERE id LIKE 'p%'")


async def another_browser(page: Open, visitor: Visitor) -> None:
    visitor.client.cookie_jar.clear()


async def deleted(page: Open, visitor: Visitor) -> None:
    await page.take("delete", target=(await visitor.open())["asset"])


WITHOUT: dict[str, tuple[Callable[[Open, Visitor], Awaitable[None]], str]] = {
    "nobody": (nobody, "leads nowhere"),
    "a changed token": (tampered, "leads nowhere"),
    "another's signature": (another_key, "leads nowhere"),
    "a session's cookie": (session_for_a_token, "leads nowhere"),
    "too late": (expired, "time of this link is over"),
    "much too late": (forgotten, "time of this link is over"),
    "another browser": (another_browser, "in another browser"),
    "a deleted picture": (deleted, "There is no"),
}


@pytest.mark.parametrize("who", WITHOUT)
async def test_without_a_right_there_is_nothing(page: Open, who: str) -> None:
    id = await page.painted()
    become, why = WITHOUT[who]
    async with Visitor(await page.link(id), page.base) as visitor:
        told = await visitor.open()
        await become(page, visitor)
        mask = mask_of((told["width"], told["height"]), (0, 0, 50, 50))
        for what, method in WAYS.items():
            if what == "submit":
                status, body = await visitor.submit(mask, "a moon")
            else:
                status, answer = await visitor.ask(what, method)
                body = answer.decode()
            assert status == 404, what
            never_used = who == "a deleted picture" and what in {"state", "result"}
            never_opened = who == "another browser" and what != "open"
            assert why in body or never_used or (never_opened and "leads nowhere" in body)
            assert SECRET not in body
            assert who == "a deleted picture" or id not in body

    assert len(page.house.rows("SELECT id FROM jobs")) == 1
    assert page.house.rows("SELECT id FROM attempts WHERE outcome = 'open'") == []


async def test_a_used_link_shows_what_came_of_it_and_nothing_else(page: Open) -> None:
    id = await page.painted()
    async with Visitor(await page.link(id), page.base) as visitor:
        told = await visitor.open()
        mask = mask_of((told["width"], told["height"]), (0, 0, 50, 50))
        assert (await visitor.submit(mask, "a moon"))[0] == 202
        again = await visitor.open()
        assert again["outcome"]["state"] in {"waiting", "painting", "done"}
        assert "alt" not in again
        assert (await visitor.ask("picture"))[0] == 409
        assert (await visitor.submit(mask, "a moon"))[0] == 409
        await page.there(again["outcome"]["job"])
        status, data = await visitor.ask("result")
        assert (status, Image.open(BytesIO(data)).size) == (200, (told["width"], told["height"]))

        await page.take("delete", target=again["outcome"]["job"])
        assert (await visitor.ask("result"))[0] == 404
        state = (await visitor.open())["outcome"]
    assert (state["state"], state["said"]) == ("gone", [f"{state['job']} was deleted."])


async def test_two_submissions_at_once_make_one_job(page: Open) -> None:
    async with Visitor(await page.link(await page.painted()), page.base) as visitor:
        told = await visitor.open()
        mask = mask_of((told["width"], told["height"]), (0, 0, 50, 50))
        answers = await asyncio.gather(*(visitor.submit(mask, f"moon {number}") for number in range(6)))

    assert sorted(status for status, _ in answers) == [202, *[409] * 5]
    assert len(page.house.rows("SELECT id FROM jobs")) == 2


async def test_two_browsers_at_once_open_a_link_for_one_of_them(page: Open) -> None:
    link = await page.link(await page.painted())
    async with Visitor(link, page.base) as one, Visitor(link, page.base) as other:
        answers = await asyncio.gather(*(each.ask("open", "POST") for each in (one, other)))

    assert sorted(status for status, _ in answers) == [200, 404]


async def test_the_picture_comes_small_and_the_size_as_it_is(page: Open) -> None:
    async with Visitor(await page.link(await page.painted()), page.base) as visitor:
        told = await visitor.open()
        status, data = await visitor.ask("picture")

    assert told["for"] == "you"
    assert told["asset"]
    assert told["minutes"] in {59, 60}
    assert status == 200
    assert Image.open(BytesIO(data)).size == (told["width"], told["height"])


# ── where others come in ────────────────────────────────────────────────────────────────────────────────────

CLOSED = (
    *(("GET", each) for each in ("/", "/c/studio", "/events/studio", "/library/studio", "/suggest?words=/")),
    *(("GET", each) for each in ("/pictures/{id}/original/x.png", "/pictures/{id}/320/x.png", "/pieces/x/320/x.png")),
    *(("POST", each) for each in ("/ask", "/voice", "/sample", "/press", "/form")),
    *(("GET", each) for each in ("/area/result/x", "/area/../c/studio", "/area%2f..%2f", "/docs", "/openapi.json")),
)


@pytest.mark.parametrize("host", ["localhost:{port}", "127.0.0.1:{port}"])
async def test_the_page_is_closed_to_whoever_only_has_a_link(page: Open, host: str) -> None:
    id = await page.painted()
    async with Visitor(await page.link(id), page.base) as visitor:
        await visitor.open()  # with a session that this server gave
        for method, path in CLOSED:
            where = visitor.client.request(
                method, path.format(id=id), headers={"Host": host.format(port=page.port)}, data=None
            )
            async with where as answer:
                there_is_none = answer.url.path.startswith(("/area", "/docs", "/openapi"))
                assert answer.status == (404 if there_is_none else 401), path
                text = await answer.text()
            assert "csrf" not in text
            assert SECRET not in text
        async with visitor.client.get("/area", headers={"Host": host.format(port=page.port)}) as answer:
            assert answer.status == 200
        async with visitor.client.get("/healthz") as answer:
            assert answer.status == 200


@pytest.mark.parametrize("path", ["/area", "/area/picture", "/static/area.css"])
async def test_a_foreign_name_gets_nothing(page: Open, path: str) -> None:
    async with (
        aiohttp.ClientSession(page.base) as client,
        client.get(path, headers={"Host": f"evil.example:{page.port}"}) as answer,
    ):
        assert answer.status == 421


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_another_site_cannot_open_or_use_a_link(page: Open, headers: dict[str, str]) -> None:
    async with Visitor(await page.link(await page.painted()), page.base) as visitor:
        for what in ("open", "submit"):
            assert (await visitor.ask(what, "POST", headers=headers))[0] == 403
        assert (await visitor.open())["asset"]


async def test_the_page_itself_tells_nothing_and_its_address_goes_nowhere(page: Open) -> None:
    await page.painted()
    async with aiohttp.ClientSession(page.base) as client, client.get("/area") as answer:
        html = await answer.text()

    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.cookies == {}
    assert SECRET not in html
    assert "http://" not in html
    assert "https://" not in html


async def test_the_session_goes_over_encrypted_connections_alone_where_there_are_such(house: House) -> None:
    async with opened(house, public_url="https://limner.example") as page:
        async with Visitor(await page.link(await page.painted()), page.base) as visitor:
            headers = {"Authorization": f"Bearer {visitor.token}", "Host": "limner.example"}
            async with visitor.client.post("/area/open", headers=headers) as answer:
                kept = answer.headers["Set-Cookie"]
        assert all(each in kept for each in ("Secure", "HttpOnly", "SameSite=lax"))


async def test_the_token_is_written_down_nowhere(page: Open, capfd: pytest.CaptureFixture[str]) -> None:
    link = await page.link(await page.painted())
    async with Visitor(link, page.base) as visitor:
        told = await visitor.open()
        await visitor.submit(mask_of((told["width"], told["height"]), (0, 0, 50, 50)))
        await visitor.submit(b"nothing")

    token = link.partition("#")[2]
    said = capfd.readouterr()
    assert token not in said.out + said.err
    for table in ("notes", "jobs", "cards", "once", "audit"):
        assert token not in str(page.house.rows(f"SELECT * FROM {table}"))


# ── how members get one ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("web", "base"),
    [
        ({}, None),
        ({"public_url": "https://limner.example/"}, "https://limner.example"),
        ({"host": "192.168.1.5"}, "http://192.168.1.5:8400"),
        ({"host": "fd00::5", "port": 80}, "http://[fd00::5]:80"),
        ({"host": "0.0.0.0"}, None),
        ({"host": "0.0.0.0", "public_url": "http://studio.lan:8400"}, "http://studio.lan:8400"),
    ],
)
def test_the_address_for_others_is_the_one_that_reaches_it(web: dict[str, Any], base: str | None) -> None:
    section = load(web=web).web

    assert section is not None
    assert section.base == base
    assert section.alone is (web == {})


async def test_an_old_button_says_what_to_do_where_there_is_no_page_any_longer(house: House) -> None:
    async with opened(house) as page:
        id = await page.painted()
    async with house.open(platforms=(platform,)) as limner:
        card = await limner.take(
            Ask(action="area", target=id, person=HERE, place=PLACE, event="e", address=Address(place=PLACE))
        )

    assert card is not None
    assert "Use /edit instead" in card.lines[0].text


@pytest.mark.parametrize(
    ("sections", "ok", "says"),
    [
        ({"web": {}}, True, "for this machine alone"),
        (
            {"web": {}, "discord": {}},
            True,
            "with [web] public_url, members in chats get Edit area and public links too",
        ),
        (
            {"web": {"public_url": "https://limner.example"}},
            True,
            "links lead to https://limner.example; members sign in by /gallery",
        ),
        ({"web": {"public_url": "http://localhost:8400"}}, True, "links lead to http://localhost:8400"),
        ({"web": {"public_url": "http://limner.example"}}, False, "unencrypted"),
    ],
)
async def test_the_doctor_tells_who_reaches_the_page(sections: dict[str, Any], ok: bool, says: str) -> None:
    (finding,) = await platform.check(load(**sections))

    assert finding.ok is ok
    assert says in finding.what
    assert ok or "https://" in finding.mend
