"""Pictures over HTTP: the right bytes, as what they are, to whoever may see them."""

from __future__ import annotations

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner_web.pictures import disposition
from tests.stages.web import WebStage


async def fetch(page: WebStage, path: str, **headers: str) -> tuple[aiohttp.ClientResponse, bytes]:
    async with page.browser.client.get(path, headers=headers) as answer:
        return answer, await answer.read()


async def test_the_original_is_byte_for_byte_and_can_be_saved(page: WebStage) -> None:
    answer, data = await fetch(page, "/pictures/a41f/download/limner-a41f.png")

    assert data == page.limner.blobs["picture"]
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="limner-a41f.png"')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


async def test_an_unchanged_picture_is_not_sent_again_and_a_deleted_one_not_at_all(page: WebStage) -> None:
    answer, _ = await fetch(page, "/pictures/a41f/800/x.png")
    tag = answer.headers["ETag"]

    again, data = await fetch(page, "/pictures/a41f/800/x.png", **{"If-None-Match": tag})
    assert (again.status, data) == (304, b"")
    page.limner.deleted.add("a41f")
    gone, _ = await fetch(page, "/pictures/a41f/800/x.png", **{"If-None-Match": tag})
    assert gone.status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/pictures/zz99/original/x.png",
        "/pictures/a41f/801/x.png",
        "/pictures/a41f/..%2f..%2fsecret.key/x",
        "/pieces/forged/original/x.png",
        "/static/%2e%2e/templates/studio.html",
        "/static/../inbox.py",
        "/static/..%2finbox.py",
        "/c/nowhere",
    ],
)
async def test_what_is_not_there_is_not_there(page: WebStage, path: str) -> None:
    answer, data = await fetch(page, path)

    assert answer.status == 404
    assert b"import" not in data


async def test_a_partial_picture_needs_its_token(page: WebStage) -> None:
    courier = page.limner.reach
    link = courier.links.original(page.limner.picture("partial", "x", asset=None))
    answer, data = await fetch(page, link)

    assert data == page.limner.blobs["partial"]
    assert answer.headers["Cache-Control"] == "no-store"
    token = link.split("/")[2]
    assert (await fetch(page, link.replace(token, token[:-2] + "xx")))[0].status == 404


async def test_what_is_no_plain_picture_is_only_handed_over_as_a_file(page: WebStage) -> None:
    odd = page.limner.picture("picture", "x", asset=None).evolve(media_type="image/svg+xml", name="a.svg")
    answer, _ = await fetch(page, page.limner.reach.links.original(odd))

    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/static/studio.css", "text/css"),
        ("/static/studio.js", "text/javascript"),
        ("/static/vendor/htmx.min.js", "text/javascript"),
        ("/static/icons.svg", "image/svg+xml"),
    ],
)
async def test_the_pages_own_files_say_what_they_are(page: WebStage, path: str, kind: str) -> None:
    answer, _ = await fetch(page, path)

    assert answer.headers["Content-Type"].startswith(kind)
    assert answer.headers["ETag"]


@given(st.text(max_size=80))
def test_a_file_name_cannot_break_out_of_its_header(name: str) -> None:
    said = disposition(name, saved=True)

    assert said.isascii()
    assert said.count('"') == 2
    assert "\n" not in said
    assert "\r" not in said
