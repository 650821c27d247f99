"""A collection as one file: streamed to whoever has its link, and nothing to anybody else."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from limner.domain.card import Link
from limner.domain.place import Person
from limner.media.archive import Archive
from limner.store import tickets
from limner_web.viewer import HERE
from tests.house import House
from tests.store.making import NOON
from tests.web.test_area import PLACE, Open, opened

HOSTILE = "../../etc/passwd \u202e<script> a fox"


@pytest.fixture
async def page(house: House) -> AsyncIterator[Open]:
    async with opened(house) as page:
        yield page


async def linked(page: Open, name: str) -> str:
    """The token of a link to a collection of this name."""
    card = await page.take("collection-download", values={"name": name})
    link, _ = card.controls[0].buttons
    assert isinstance(link, Link)
    return link.url.partition("#")[2]


async def downloaded(page: Open, token: str, **headers: str) -> tuple[int, bytes, str]:
    async with aiohttp.ClientSession() as client:
        data = {"token": token}
        async with client.post(f"{page.base}/archive/download", data=data, headers=headers) as answer:
            return answer.status, await answer.read(), answer.headers.get("Content-Disposition", "")


async def test_a_collection_comes_whole_with_a_manifest_under_safe_names(page: Open) -> None:
    ids = [await page.painted(prompt) for prompt in (HOSTILE, "an owl")]
    for id in ids:
        await page.take("collection-add", values={"picture": id, "name": "Spring / launch"})
    async with aiohttp.ClientSession() as client, client.get(f"{page.base}/archive") as answer:
        assert answer.status == 200
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    status, data, disposition = await downloaded(page, await linked(page, "spring / launch"))

    assert status == 200
    assert 'filename="limner-spring-launch.zip"' in disposition
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
        assert {each["id"] for each in manifest["pictures"]} == set(ids)
        for each in manifest["pictures"]:
            assert set(each["file"]) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
            picture = await page.limner.asset(each["id"], place=PLACE, person=HERE)
            assert archive.read(each["file"]) == await page.limner.pictures.read(picture)
            assert "cost_dollars" in each
        assert len(archive.namelist()) == 3


async def test_without_the_link_there_is_nothing(page: Open) -> None:
    await page.take("collection-add", values={"picture": await page.painted(), "name": "spring"})
    token = await linked(page, "spring")
    for wrong in ("", "x", token[:-2] + "zz", token * 100):
        status, said, _ = await downloaded(page, wrong)
        assert status == 404
        assert b"This link to a download is over" in said
    status, _, _ = await downloaded(page, token, Origin="https://elsewhere.example")
    assert status == 403
    await page.take("collection-delete", values={"name": "spring"})
    status, said, _ = await downloaded(page, token)
    assert status == 404
    assert b"was deleted meanwhile" in said


async def test_an_archive_is_made_piece_by_piece() -> None:
    archive = Archive()
    pieces = [await archive.add(f"{number}.png", bytes([number]) * 100_000, NOON) for number in range(3)]
    assert all(len(each) > 100_000 for each in pieces)
    whole = b"".join([*pieces, archive.end()])
    with zipfile.ZipFile(io.BytesIO(whole)) as read:
        assert [read.read(f"{number}.png")[0] for number in range(3)] == [0, 1, 2]


async def test_an_export_has_all_that_is_its_members_and_nothing_of_anybody_else(page: Open) -> None:
    mine, other = [await page.painted(prompt) for prompt in (HOSTILE, "an owl")]
    await page.take("save", target=mine)
    card = await page.take("export")
    link, _ = card.controls[0].buttons
    assert isinstance(link, Link)
    token = link.url.partition("#")[2]
    status, data, disposition = await downloaded(page, token)
    assert status == 200
    assert "limner-export.zip" in disposition
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        told = {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}
        assert {each["id"] for each in told["manifest.json"]["pictures"]} == {mine, other}
        assert told["member.json"]["saved"] == [mine]
        assert told["member.json"]["identities"][0]["platform"] == "local"
        assert {each["request"]["prompt"] for each in told["requests-001.json"]} == {
            "../../etc/passwd <script> a fox",
            "an owl",
        }
        assert "word" not in str(told["member.json"]["public_links"])
    elsewhere = PLACE.evolve(platform="slack", space="another")
    studio = page.limner._studio
    stranger = await studio._store.people.member(elsewhere, Person(id="eve", name="Eve"))
    bundle = (await studio.archives.open(token)).evolve(team=stranger.team, member=stranger.id)
    empty = b"".join([piece async for piece in studio.archives.pieces(bundle)])
    with zipfile.ZipFile(io.BytesIO(empty)) as archive:
        assert not [name for name in archive.namelist() if not name.endswith(".json")]
        assert "owl" not in "".join(archive.read(name).decode() for name in archive.namelist())


async def test_a_link_ends_with_its_hour_and_when_its_member_says_so(
    page: Open, monkeypatch: pytest.MonkeyPatch, house: House
) -> None:
    await page.take("collection-add", values={"picture": await page.painted(), "name": "spring"})

    async def given() -> str:
        card = await page.take("export")
        link, end = card.controls[0].buttons
        assert "good for an hour" in card.lines[1].text
        assert (isinstance(link, Link), end.label) == (True, "End the link")
        return str(getattr(link, "url", "")).partition("#")[2]

    token, other = await given(), await linked(page, "spring")
    assert token not in str(house.rows("SELECT * FROM tickets"))
    assert [(await downloaded(page, each))[0] for each in (token, token, other)] == [200] * 3
    with monkeypatch.context() as later:
        later.setattr(tickets, "now", lambda: datetime.now(UTC) + timedelta(minutes=61))
        assert (await downloaded(page, token))[0] == 404
    for action in ("end-downloads", "sign-out", "forget-me-now"):
        token = await given()
        assert (await downloaded(page, token))[0] == 200
        await page.take(action)
        assert [(await downloaded(page, each))[0] for each in (token, other)] == [404] * 2, action
