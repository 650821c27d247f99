"""Public links: from a card to a page that anybody may open, until it is withdrawn."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import aiohttp
import pytest

from limner.domain.place import Person
from limner.errors import NotFound, NotYours
from limner.store import publications
from tests.conversations.conftest import STAGES
from tests.conversations.reading import id_of
from tests.house import House
from tests.stages import Seen, Stage
from tests.stages.visitor import OpenHouse, link_on

HOSTILE = 'a red fox "><script>alert(1)</script> @everyone'


@pytest.fixture(params=STAGES)
async def open_stage(request: pytest.FixtureRequest, keyed_house: House) -> AsyncIterator[Stage]:
    """One platform after the other, with the web page beside it."""
    module = import_module(f"tests.stages.{request.param}")
    async with getattr(module, STAGES[request.param])(OpenHouse(keyed_house)) as stage:
        yield stage


async def seen_at(stage: Any, address: str, **headers: str) -> tuple[int, str, bytes, Mapping[str, str]]:
    """What a browser that nobody knows gets: status, type, bytes, headers."""
    base = f"http://127.0.0.1:{stage.port}" if stage.platform == "web" else ""
    async with aiohttp.ClientSession() as client, client.get(base + address, headers=headers) as answer:
        return answer.status, answer.content_type, await answer.read(), answer.headers.copy()


async def made_public(stage: Stage, **options: Any) -> tuple[Seen, Seen, str]:
    """A picture's card, the answer, and the link's address."""
    first = await stage.settled(await stage.command("imagine", prompt=HOSTILE, quality="draft"))
    answer = await stage.command("publish", picture=id_of(first), **options)
    return first, answer, link_on(answer, "/p/")


async def test_whoever_has_the_link_sees_the_picture_until_it_is_withdrawn(
    open_stage: Stage, keyed_house: House
) -> None:
    first, answer, address = await made_public(open_stage)
    assert f"{id_of(first)} is public" in answer.text
    assert "until you withdraw it" in answer.text
    assert answer.private_to == "ada"
    word = address.rpartition("/")[2]
    assert len(word) >= 22  # 128 bits in base64
    assert word not in str(keyed_house.rows("SELECT * FROM publications"))

    status, kind, page, headers = await seen_at(open_stage, address)
    html = page.decode()
    assert (status, kind, headers["X-Robots-Tag"]) == (200, "text/html", "noindex")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert" not in html
    assert ('property="og:image"' in html) == address.startswith("http")
    assert (await seen_at(open_stage, f"{address}/download"))[2].startswith(b"\x89PNG")
    status, kind, _, headers = await seen_at(open_stage, f"{address}/800")
    assert (status, kind, headers["Cache-Control"]) == (200, "image/webp", "no-cache")
    known = {"If-None-Match": headers["ETag"]}
    assert (await seen_at(open_stage, f"{address}/800", **known))[0] == 304
    assert (await seen_at(open_stage, f"{address}/9999"))[0] == 404
    assert (await seen_at(open_stage, f"{address[:-1]}{'A' if address[-1] != 'A' else 'B'}"))[0] == 404

    listed = await open_stage.command("links")
    assert f"{id_of(first)}: public since" in listed.text
    withdrawn = await open_stage.press(listed, f"Withdraw {id_of(first)}")
    assert "leads nowhere any longer" in withdrawn.text
    for form in ("", "/800", "/download"):
        status, _, said, _ = await seen_at(open_stage, f"{address}{form}", **known)
        assert (status, said.startswith(b"There is no")) == (404, True)
    assert "no public links" in (await open_stage.command("links")).text


async def test_a_link_ends_with_its_time_and_with_its_picture(
    open_stage: Stage, keyed_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, answer, address = await made_public(open_stage, lasting="a-week")
    assert "until you withdraw it" not in answer.text
    assert (await seen_at(open_stage, address))[0] == 200
    with monkeypatch.context() as later:
        later.setattr(publications, "now", lambda: datetime.now(UTC) + timedelta(days=8))
        assert (await seen_at(open_stage, address))[0] == 404
    assert (await seen_at(open_stage, f"{address}/320"))[0] == 200

    await open_stage.press(first, "Delete")
    assert (await seen_at(open_stage, address))[0] == 404
    assert (await seen_at(open_stage, f"{address}/320"))[0] == 404
    assert keyed_house.rows("SELECT id FROM publications") == []


async def test_what_is_a_draft_is_not_made_public_and_others_withdraw_nothing(
    open_stage: Stage, keyed_house: House
) -> None:
    draft = await open_stage.settled(await open_stage.command("imagine", prompt="a red fox", private=True))
    refused = await open_stage.command("publish", picture=id_of(draft))
    assert "is a private draft" in refused.text
    assert "no public links" in (await open_stage.command("links")).text
    if open_stage.platform == "web":
        return  # there is one person on the page
    _, _, address = await made_public(open_stage)
    assert "no public links" in (await open_stage.command("links", member="bob")).text
    limner = open_stage.limner
    ((id,),) = keyed_house.rows("SELECT id FROM publications")
    bob = await limner._store.people.member(open_stage.place, Person(id="bob", name="Bob"))
    stranger = await limner._store.people.member(open_stage.place.evolve(space="another"), open_stage.person)
    for member, trouble in ((bob, NotYours), (stranger, NotFound)):
        with pytest.raises(trouble):
            await limner.publishing.withdraw(id, member)
    assert (await seen_at(open_stage, address))[0] == 200
    of_all = await open_stage.command("links", member="admin")
    assert "by ada" in of_all.text.lower()
    await open_stage.press(of_all, "Withdraw", member="admin")
    assert (await seen_at(open_stage, address))[0] == 404


async def test_where_there_is_no_page_for_others_there_is_no_link(stage: Stage) -> None:
    first = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    details = await stage.press(first, "Details")
    assert "Public link…" in details.buttons
    answer = await stage.fill(details, "Public link…", lasting="a-day")
    said = "is public" if stage.platform == "web" else "no address that others can open"
    assert said in answer.text
