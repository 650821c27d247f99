"""Nobody speaks to the page but its own windows."""

from __future__ import annotations

import aiohttp
import pytest

from limner.config import Web, load
from limner.errors import ConfigError
from limner_web.guard import hosts
from limner_web.platform import platform
from tests.stages.web import WebStage, parse

POSTS = ("/ask", "/voice", "/sample", "/press", "/form")
GOOD = {"channel": "studio", "words": "a red fox"}


async def get(page: WebStage, path: str, **headers: str) -> tuple[int, str, aiohttp.ClientResponse]:
    async with page.browser.client.get(path, headers=headers) as answer:
        return answer.status, await answer.text(errors="replace"), answer


async def post(page: WebStage, path: str, data: dict[str, str], **headers: str) -> tuple[int, str]:
    async with page.browser.client.post(path, data=data, headers=headers, allow_redirects=False) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("path", POSTS)
async def test_a_post_without_the_token_is_refused(page: WebStage, path: str) -> None:
    status, text = await post(page, path, GOOD)

    assert status == 403
    assert "another page" in text
    assert page.limner.asks == []


async def test_a_token_of_another_browser_is_refused(page: WebStage) -> None:
    async with aiohttp.ClientSession(page.url) as stranger, stranger.get("/") as answer:
        foreign = parse(await answer.text()).by("input", name="csrf")[0].attributes["value"]

    assert foreign != page.browser.csrf
    assert (await post(page, "/ask", {**GOOD, "csrf": foreign}))[0] == 403
    assert (await post(page, "/ask", {**GOOD, "csrf": page.browser.csrf}))[0] == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
async def test_another_page_cannot_post_even_with_the_token(page: WebStage, headers: dict[str, str]) -> None:
    assert (await post(page, "/ask", {**GOOD, "csrf": page.browser.csrf}, **headers))[0] == 403
    assert page.limner.asks == []


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil"])
async def test_a_foreign_name_for_this_machine_gets_nothing(page: WebStage, host: str) -> None:
    for path in ("/", "/static/studio.css", "/events/studio", "/pictures/a41f/original/x.png"):
        status, text, _ = await get(page, path, Host=host.format(port=page.port))
        assert status == 421
        assert "csrf" not in text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"])
async def test_its_own_names_are_served(page: WebStage, host: str) -> None:
    assert (await get(page, "/", Host=f"{host}:{page.port}"))[0] == 200


async def test_health_is_told_under_any_name(page: WebStage) -> None:
    assert (await get(page, "/healthz", Host="pod-1"))[:2] == (200, "ok")
    assert (await get(page, "/readyz", Host="pod-1"))[:2] == (200, '{"state":"ok","reasons":[]}')


@pytest.mark.parametrize("path", ["/", "/healthz", "/static/studio.js", "/nowhere", "/pictures/zz99/original/x.png"])
async def test_every_answer_carries_the_policy(page: WebStage, path: str) -> None:
    _, _, answer = await get(page, path)

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "object-src 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "server" not in answer.headers


async def test_the_session_is_out_of_reach_of_scripts_and_other_sites(page: WebStage) -> None:
    _, html, answer = await get(page, "/")

    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=strict" in answer.headers["Set-Cookie"]
    assert answer.cookies["limner_session"].value not in html


async def test_the_page_has_nothing_inline_and_nothing_from_elsewhere(page: WebStage) -> None:
    _, html, _ = await get(page, "/")
    tree = parse(html)

    assert all(each.attributes.get("src", "").startswith("/static/") and not each.text for each in tree.by("script"))
    assert tree.by("style") == []
    assert (
        tree.find(lambda each: "style" in each.attributes or any(name.startswith("on") for name in each.attributes))
        == []
    )
    assert "http://" not in html
    assert "https://" not in html


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
async def test_links_need_an_address_that_others_know(host: str, page: WebStage) -> None:
    page.limner.settings = load(web={"host": host})

    with pytest.raises(ConfigError, match="set public_url"):
        await platform.open(page.limner)


def test_the_public_address_is_a_name_of_ours() -> None:
    assert "studio.example" in hosts(Web(public_url="https://Studio.example"), 8400)
    assert "studio.example" in hosts(Web(public_url="https://studio.example:443/limner"), 8400)
    assert "studio.example:8443" in hosts(Web(public_url="https://studio.example:8443"), 8400)
    assert "127.0.0.1:8400" in hosts(Web(), 8400)
    assert "127.0.0.1" not in hosts(Web(), 8400)


@pytest.mark.parametrize(("host", "name"), [("127.0.0.2", "127.0.0.2"), ("0:0::1", "[0:0::1]"), ("[::1]", "[::1]")])
def test_the_address_that_is_listened_on_is_a_name_of_ours(host: str, name: str) -> None:
    assert Web(host=host).alone
    assert f"{name}:8400" in hosts(Web(host=host), 8400)
    assert name in hosts(Web(host=host), 80)


async def test_a_taken_port_is_a_sentence(page: WebStage) -> None:
    with pytest.raises(ConfigError, match="choose another port"):
        await platform.serve(page.limner, page.limner.courier("web"))
