"""Signing in by Discord and Slack themselves: who they say it is, of the teams that Limner is in, and nobody else."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from limner.domain.place import Place
from limner_web import signing
from tests.fakes.oauth import CLIENT, SECRET, FakeOAuth
from tests.house import House
from tests.stages.web import parse
from tests.web.town import ADA, CHAT, Town, opened

WORKSPACE = Place(platform="slack", space="workspace", channel="studio")
PLATFORMS = ("discord", "slack")


@pytest.fixture
async def oauth() -> AsyncIterator[FakeOAuth]:
    async with FakeOAuth() as fake:
        fake.guilds = [{"id": "elsewhere", "name": "Elsewhere", "owner": True, "permissions": "8"}]
        yield fake


@pytest.fixture
async def town(house: House, oauth: FakeOAuth) -> AsyncIterator[Town]:
    (house.folder / "client").parent.mkdir(parents=True, exist_ok=True)
    (house.folder / "client").write_text(SECRET)
    own = {"client_id": CLIENT, "client_secret_file": house.folder / "client"}
    sections = {
        "discord": {"api_base": f"{oauth.base}/api/v10", **own},
        "slack": {"api_base": f"{oauth.base}/api", **own},
    }
    async with opened(house, **sections) as town:
        oauth.redirects = {f"{public(town)}/sign-in/{each}/back" for each in PLATFORMS}
        oauth.guilds.append({"id": "guild", "name": "The guild", "owner": False, "permissions": "0"})
        yield town


def public(town: Town) -> str:
    return str(town.limner.settings.web.public_url)  # type: ignore[union-attr]


@pytest.fixture
async def browser(town: Town) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(public(town), cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
        yield client


@pytest.fixture
async def other(town: Town) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(public(town), cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
        yield client


async def get(client: aiohttp.ClientSession, path: str, **more: Any) -> tuple[int, str, str]:
    async with client.get(path, headers={"Accept": "text/html"}, **more) as answer:
        return answer.status, await answer.text(), answer.headers.get("Location", "")


async def returned(client: aiohttp.ClientSession, platform: str) -> str:
    """Where the chat sends somebody back to, who has not gone there yet."""
    _, _, away = await get(client, f"/sign-in/{platform}", allow_redirects=False)
    return (await get(client, away, allow_redirects=False))[2]


async def known(town: Town, platform: str) -> str:
    """Ada is a member of a team there; the id of what it has."""
    id = await town.painted()
    if platform == "slack":
        await town.limner._store.people.member(WORKSPACE, ADA)
    return id


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_whom_the_chat_names_is_signed_in(
    town: Town, oauth: FakeOAuth, browser: aiohttp.ClientSession, platform: str
) -> None:
    id = await known(town, platform)
    status, html, _ = await get(browser, "/")
    assert status == 401
    assert f"/sign-in/{platform}" in html

    status, html, _ = await get(browser, f"/sign-in/{platform}")
    assert (status, "Ada" in html) == (200, True)
    assert (id in html) == (platform == "discord")
    assert (await get(browser, f"/asset/{id}"))[0] == (200 if platform == "discord" else 404)
    assert oauth.refusals == []


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_way_back_is_good_once_and_in_one_browser(
    town: Town,
    oauth: FakeOAuth,
    browser: aiohttp.ClientSession,
    other: aiohttp.ClientSession,
    platform: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await known(town, platform)
    back = await returned(browser, platform)
    own = await returned(other, platform)
    for wrong in (
        back.replace("state=", "state=x"),
        re.sub("state=[^&]+", "", back),
        re.sub("code=[^&]+", "code=guessed", back),
        re.sub("code=[^&]+", "", back),
        back.replace(f"/{platform}/", f"/{'slack' if platform == 'discord' else 'discord'}/"),
    ):
        status, html, _ = await get(browser, wrong)
        assert (status, "nobody was signed in" in html) == (400, True), wrong
    assert (await get(other, back))[0] == 400  # set out in another browser
    assert (await get(other, f"{own.partition('?')[0]}?{back.partition('?')[2]}"))[0] == 400
    with monkeypatch.context() as later:
        later.setattr(signing, "LIFE", -1)
        assert (await get(browser, back))[0] == 400
    assert (await get(browser, "/"))[0] == 401

    assert (await get(browser, back))[0] == 200
    assert (await get(browser, "/"))[0] == 200
    assert (await get(other, back))[0] == 400
    again = await returned(browser, platform)
    assert (await get(browser, again))[0] == 200
    status, html, _ = await get(browser, again)  # the session is another one now, and the code is used
    assert (status, "nobody was signed in" in html) == (400, True)


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_whoever_says_no_or_is_of_no_team_is_told_so(
    town: Town, oauth: FakeOAuth, browser: aiohttp.ClientSession, platform: str
) -> None:
    oauth.refuses = True
    assert (await get(browser, f"/sign-in/{platform}"))[0] == 400
    oauth.refuses = False
    status, html, _ = await get(browser, f"/sign-in/{platform}")
    assert (status, "You are in no team" in html) == (400, True)
    assert (await get(browser, "/"))[0] == 401
    oauth.redirects = set()
    assert (await get(browser, f"/sign-in/{platform}"))[0] == 400
    assert "invalid redirect_uri" in oauth.refusals


@pytest.mark.parametrize(
    "bent",
    [
        {"nonce": "another sign-in's"},
        {"aud": "another application"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"https://slack.com/team_id": None},
    ],
)
async def test_a_token_of_slacks_is_for_this_sign_in_alone(
    town: Town, oauth: FakeOAuth, browser: aiohttp.ClientSession, bent: dict[str, Any]
) -> None:
    await known(town, "slack")
    oauth.bent = bent
    assert (await get(browser, "/sign-in/slack"))[0] == 400
    assert (await get(browser, "/"))[0] == 401


async def test_a_token_that_is_not_slacks_lets_nobody_in(
    town: Town, oauth: FakeOAuth, browser: aiohttp.ClientSession
) -> None:
    await known(town, "slack")
    oauth.forged = True
    assert (await get(browser, "/sign-in/slack"))[0] == 400


async def test_whoever_is_of_several_teams_chooses_one_of_theirs(
    town: Town, oauth: FakeOAuth, browser: aiohttp.ClientSession, other: aiohttp.ClientSession
) -> None:
    id = await known(town, "discord")
    people = town.limner._store.people
    await people.member(CHAT.evolve(space="elsewhere"), ADA)
    stranger = await people.member(CHAT.evolve(space="third"), ADA)
    status, html, _ = await get(browser, "/sign-in/discord")
    page = parse(html)
    assert status == 200
    offered = {each.text: each.attributes["value"] for each in page.by("button", name="member")}
    assert set(offered) == {"Elsewhere", "The guild"}
    fields = {each.attributes["name"]: each.attributes["value"] for each in page.by("input")}
    _, theirs, _ = await get(other, "/sign-in/discord")
    csrf = parse(theirs).by("input", name="csrf")[0].attributes["value"]
    for client, said in (
        (browser, {**fields, "member": stranger.id}),
        (browser, {**fields, "member": offered["The guild"], "offer": f"{fields['offer'][:-2]}xx"}),
        (other, {**fields, "member": offered["The guild"], "csrf": csrf}),
    ):
        async with client.post("/sign-in/choose", data=said) as answer:
            assert answer.status == 400
    async with browser.post("/sign-in/choose", data={**fields, "member": offered["The guild"]}) as answer:
        assert answer.status == 200
        assert id in await answer.text()


async def test_rights_are_those_that_discord_tells(
    town: Town, oauth: FakeOAuth, browser: aiohttp.ClientSession
) -> None:
    await town.painted()
    oauth.guilds[-1]["permissions"] = str(1 << 5)
    assert (await get(browser, "/sign-in/discord"))[0] == 200
    member = await town.limner._store.people.known(CHAT, "ada")
    assert member is not None
    assert member.admin


async def test_without_the_hosts_doing_there_is_no_such_way(house: House) -> None:
    async with opened(house) as town, aiohttp.ClientSession(town.base) as client:
        for path in ("/sign-in/discord", "/sign-in/slack/back?code=x&state=y", "/sign-in/elsewhere"):
            assert (await get(client, path, allow_redirects=False))[0] == 404
        assert "/sign-in/" not in (await get(client, "/"))[1]


async def test_the_stand_in_refuses_what_the_real_ones_refuse(oauth: FakeOAuth) -> None:
    oauth.redirects = {"http://localhost/back"}
    asks = {"client_id": CLIENT, "redirect_uri": "http://localhost/back", "response_type": "code", "scope": "identify"}
    async with aiohttp.ClientSession(f"{oauth.base}/") as client:
        for bad in ({"redirect_uri": "http://evil/"}, {"client_id": "x"}, {"scope": "bot"}, {"response_type": "token"}):
            async with client.get("/api/v10/oauth2/authorize", params={**asks, **bad}, allow_redirects=False) as answer:
                assert answer.status == 400
        async with client.get("/api/v10/oauth2/authorize", params=asks, allow_redirects=False) as answer:
            code = answer.headers["Location"].partition("code=")[2]
        given = {"client_id": CLIENT, "client_secret": SECRET, "grant_type": "authorization_code"}
        given |= {"code": code, "redirect_uri": "http://localhost/back"}
        async with client.post("/api/v10/oauth2/token", data={**given, "client_secret": "x"}) as answer:
            assert answer.status == 401
        async with client.post("/api/v10/oauth2/token", data=given) as answer:
            token = (await answer.json())["access_token"]
        async with client.post("/api/v10/oauth2/token", data=given) as answer:
            assert answer.status == 400
        async with client.get("/api/v10/users/@me/guilds", headers={"Authorization": f"Bearer {token}"}) as answer:
            assert answer.status == 403
