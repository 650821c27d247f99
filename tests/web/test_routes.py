"""Every route, and everybody who is not to see what is behind it: nothing leaks, and nothing is done.

The routes are the application's own. A new one fails here until it has a row.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from starlette.routing import Mount, Route
from yarl import URL

from limner.domain.card import Link
from limner.store import sessions
from limner_web.application import app
from limner_web.guard import COOKIE, Sessions
from limner_web.inbox import Inbox
from tests.house import House
from tests.stages.web import parse
from tests.web.town import ADA, BOB, CHAT, EVE, SECRET, Town, opened

LINKED = "linked"
"""What a secret of its own permits, whoever has it."""
ROOM = "room"
"""For members who are signed in."""
OPEN = "open"
"""The same for everybody."""
PRESS = {"channel": "studio", "event": "abcdefgh12345678", "message": ""}


@dataclass(frozen=True)
class Row:
    """How a route is asked for. `{id}` and the like are what is to stay secret."""

    kind: str
    path: str
    fields: dict[str, str] = field(default_factory=dict)
    streams: bool = False
    admins: bool = False
    """It is there for admins alone; nobody here is one."""


ROWS = {
    "GET /": Row(ROOM, "/"),
    "GET /c/{channel}": Row(ROOM, "/c/studio"),
    "GET /events/{channel}": Row(ROOM, "/events/studio", streams=True),
    "GET /library/{channel}": Row(ROOM, "/library/studio"),
    "GET /suggest": Row(ROOM, "/suggest?words=/show+"),
    "GET /gallery": Row(ROOM, "/gallery?words=lighthouse"),
    "GET /collections": Row(ROOM, "/collections"),
    "GET /collections/{collection}": Row(ROOM, "/collections/{collection}"),
    "GET /queue": Row(ROOM, "/queue"),
    "GET /spending": Row(ROOM, "/spending"),
    "GET /settings": Row(ROOM, "/settings", admins=True),
    "POST /settings/{action}": Row(ROOM, "/settings/rules", {**PRESS, "set-zone": "Europe/Berlin"}, admins=True),
    "GET /asset/{asset}": Row(ROOM, "/asset/{id}"),
    "POST /asset/{asset}/save": Row(ROOM, "/asset/{id}/save"),
    "POST /asset/{asset}/order/{what}": Row(ROOM, "/asset/{id}/order/tag", {**PRESS, "field-tags": "mine"}),
    "GET /pictures/{asset}/{form}/{name}": Row(ROOM, "/pictures/{id}/320/x.webp"),
    "GET /pieces/{token}/{form}/{name}": Row(ROOM, "/pieces/{piece}/320/x.webp"),
    "POST /ask": Row(ROOM, "/ask", {**PRESS, "words": "/vary {id}"}),
    "POST /voice": Row(ROOM, "/voice", PRESS),
    "POST /sample": Row(ROOM, "/sample", {**PRESS, "sample": "x"}),
    "POST /press": Row(ROOM, "/press", {**PRESS, "code": "limner:form.edit:{id}:"}),
    "POST /form": Row(ROOM, "/form", {**PRESS, "code": "limner:form.nonsense:{id}:"}),
    "POST /leave": Row(ROOM, "/leave"),
    "GET /enter/{word}": Row(LINKED, "/enter/{enter}"),
    "POST /enter/{word}": Row(LINKED, "/enter/{enter}"),
    "GET /sign-in/{platform}": Row(LINKED, "/sign-in/discord"),
    "GET /sign-in/{platform}/back": Row(LINKED, "/sign-in/discord/back?code=x&state=y"),
    "POST /sign-in/choose": Row(LINKED, "/sign-in/choose", {"offer": "x", "member": "y"}),
    "GET /p/{word}": Row(LINKED, "/p/{public}"),
    "GET /p/{word}/{form}": Row(LINKED, "/p/{public}/320"),
    "POST /archive/download": Row(LINKED, "/archive/download", {"token": "{archive}"}),
    "POST /area/open": Row(LINKED, "/area/open"),
    "GET /area/picture": Row(LINKED, "/area/picture"),
    "POST /area/submit": Row(LINKED, "/area/submit"),
    "GET /area/state": Row(LINKED, "/area/state"),
    "GET /area/result": Row(LINKED, "/area/result"),
    "GET /area": Row(OPEN, "/area"),
    "GET /archive": Row(OPEN, "/archive"),
    "GET /healthz": Row(OPEN, "/healthz"),
    "GET /readyz": Row(OPEN, "/readyz"),
    "GET /static": Row(OPEN, "/static/studio.css"),
}


@pytest.fixture
async def town(house: House) -> AsyncIterator[Town]:
    async with opened(house) as town:
        yield town


def routes_of(town: Town) -> set[str]:
    """The application's routes, each with its method."""
    courier: Any = town.limner.courier("web")
    built = app(town.limner, courier, Inbox(town.limner, courier), web=town.limner.settings.web, port=1)  # type: ignore[arg-type]
    found = set()
    for route in built.routes:
        assert isinstance(route, Route | Mount)
        methods = (route.methods or set()) - {"HEAD"} if isinstance(route, Route) else {"GET"}
        found |= {f"{method} {route.path}" for method in methods}
    return found


async def secrets_of(town: Town) -> dict[str, str]:
    """What Ada's team has: a picture, a collection, a piece of a card, a public link."""
    id = await town.painted()
    card = await town.take("collection-add", values={"picture": id, "name": 'sea ../"\r\nX: y'})
    shown = await town.take("publish", target=id)
    url = next(each.url for row in shown.controls for each in row.buttons if isinstance(each, Link))
    handed = await town.take("collection-download", values={"name": 'sea ../"\r\nX: y'})
    archive = next(each.url for row in handed.controls for each in row.buttons if isinstance(each, Link))
    member = await town.limner._store.people.member(CHAT, ADA)
    ((collection, _),) = await town.limner._studio.collecting.of(member)
    asset = await town.limner.asset(id, place=CHAT, person=ADA)
    links: Any = town.limner.courier("web")
    piece = links.links.within(f"team-{member.team}").preview(asset.evolve(asset=None), 320).split("/")[2]
    enter = await town.limner.entrance.link(member, town.base)
    assert card is not None
    return {
        "id": id,
        "collection": collection.id,
        "piece": piece,
        "public": url.rpartition("/")[2],
        "archive": archive.partition("#")[2],
        "enter": enter.rpartition("/")[2],
    }


async def asked(
    client: aiohttp.ClientSession, name: str, row: Row, known: dict[str, str], **headers: str
) -> tuple[int, str, Any]:
    """The answer to a request for a route."""
    method, path = name.partition(" ")[0], row.path.format(**known)
    fields = {key: value.format(**known) for key, value in row.fields.items()}
    more: dict[str, Any] = {"data": fields or {"x": "y"}} if method == "POST" else {}
    async with client.request(method, path, headers=headers, allow_redirects=False, **more) as answer:
        if row.streams and answer.status == 200:
            return 200, "", answer
        return answer.status, (await answer.read()).decode("utf-8", "replace"), answer


def books(house: House) -> tuple[Any, ...]:
    tables = ("jobs", "assets", "saved", "tags", "collected", "publications", "ledger", "audit")
    return tuple(house.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables)


async def csrf_of(client: aiohttp.ClientSession) -> str:
    async with client.get("/") as answer:
        return parse(await answer.text()).by("input", name="csrf")[0].attributes["value"]


async def test_every_route_has_a_row(town: Town) -> None:
    assert routes_of(town) == set(ROWS)


async def test_a_room_is_closed_to_whoever_is_not_signed_in(
    town: Town, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, before = await secrets_of(town), books(house)
    ended, expired, tampered, nobody = [await town.enter(ADA) for _ in range(4)]
    nobody.cookie_jar.clear()
    cookie = next(each for each in tampered.cookie_jar if each.key == COOKIE)
    tampered.cookie_jar.clear()
    tampered.cookie_jar.update_cookies({COOKIE: f"{cookie.value[:-2]}xx"}, URL(town.base))
    kept = next(each for each in ended.cookie_jar if each.key == COOKIE).value
    await town.limner.entrance.end(str(Sessions(town.limner.secret)._cookie.loads(kept)))
    for name, row in ROWS.items():
        if row.kind != ROOM:
            continue
        for which, client in (("nobody", nobody), ("ended", ended), ("tampered", tampered)):
            status, text, answer = await asked(client, name, row, known)
            assert status == 401, (which, name, status)
            assert SECRET not in text
            assert known["id"] not in text
            assert "Set-Cookie" not in answer.headers
        with monkeypatch.context() as later:
            later.setattr(sessions, "now", lambda: datetime.now(UTC) + timedelta(days=31))
            status, text, _ = await asked(expired, name, row, known)
            assert (status, SECRET in text) == (401, False), name
    assert books(house) == before


async def test_another_teams_member_finds_nothing(town: Town, house: House) -> None:
    known, before = await secrets_of(town), books(house)
    eve = await town.enter(EVE, CHAT.evolve(space="another"))
    csrf = await csrf_of(eve)
    for name, row in ROWS.items():
        if row.kind != ROOM or name == "POST /leave":
            continue
        script = {"X-CSRF": csrf, "HX-Request": "true"}
        status, text, _ = await asked(eve, name, row, known, **script)
        about = any(f"{{{key}}}" in row.path for key in known)
        hidden = about or row.admins
        assert status == 404 if hidden else status in {200, 202, 400, 404, 422}, (name, status, text)
        assert SECRET not in text, name
        if not about and not row.fields:
            assert known["id"] not in text, name
    await town.limner.rest(30)
    assert books(house) == before


async def test_another_member_finds_no_draft(town: Town, house: House) -> None:
    draft = await town.painted(private=True, prompt=f"{SECRET} of Ada alone")
    known = dict.fromkeys(("id", "collection", "piece", "public", "archive", "enter"), draft)
    before = books(house)
    bob = await town.enter(BOB)
    csrf = await csrf_of(bob)
    for name, row in ROWS.items():
        if row.kind != ROOM or name == "POST /leave":
            continue
        status, text, _ = await asked(bob, name, row, known, **{"X-CSRF": csrf, "HX-Request": "true"})
        if "{id}" in row.path or row.admins:
            assert status == 404, (name, status)
        assert SECRET not in text, name
    await town.limner.rest(30)
    assert books(house) == before


async def test_what_was_deleted_is_found_by_nobody(town: Town) -> None:
    known = await secrets_of(town)
    ada = await town.enter(ADA)
    csrf = await csrf_of(ada)
    for name in ("GET /asset/{asset}", "GET /pictures/{asset}/{form}/{name}", "GET /p/{word}", "GET /p/{word}/{form}"):
        assert (await asked(ada, name, ROWS[name], known))[0] == 200, name
    await town.take("delete", target=known["id"])
    for name, row in ROWS.items():
        if "{id}" in row.path or "{public}" in row.path or "{piece}" in row.path:
            status, text, _ = await asked(ada, name, row, known, **{"X-CSRF": csrf, "HX-Request": "true"})
            assert (status, SECRET in text) == (404, False), (name, status)


async def test_a_secret_that_was_tampered_with_opens_nothing(town: Town, house: House) -> None:
    known = await secrets_of(town)
    wrong = {key: f"{value[:-2]}{'zz' if value[-2:] != 'zz' else 'yy'}" for key, value in known.items()}
    before = books(house)
    async with aiohttp.ClientSession(town.base, cookie_jar=aiohttp.CookieJar(unsafe=True)) as stranger:
        for name, row in ROWS.items():
            if row.kind != LINKED:
                continue
            status, text, answer = await asked(stranger, name, row, wrong, Authorization="Bearer tampered")
            refused = 403 if name in {"POST /enter/{word}", "POST /sign-in/choose"} else 404
            assert status == refused, (name, status)
            assert SECRET not in text
            assert "Set-Cookie" not in answer.headers
    assert books(house) == before


async def test_a_post_is_taken_from_the_pages_own_windows_alone(town: Town, house: House) -> None:
    known, before = await secrets_of(town), books(house)
    ada, bob = await town.enter(ADA), await town.enter(BOB)
    token, foreign = await csrf_of(ada), await csrf_of(bob)
    for name, row in ROWS.items():
        if not name.startswith("POST") or row.kind != ROOM:
            continue
        for headers in (
            {},
            {"X-CSRF": foreign},
            {"X-CSRF": token, "Origin": "https://evil.example"},
            {"X-CSRF": token, "Sec-Fetch-Site": "cross-site"},
        ):
            assert (await asked(ada, name, row, known, **headers))[0] == 403, (name, headers)
    assert books(house) == before
    assert (await asked(ada, "GET /", ROWS["GET /"], known))[0] == 200  # still signed in


async def test_a_foreign_name_gets_nothing_from_any_route(town: Town) -> None:
    known = await secrets_of(town)
    ada = await town.enter(ADA)
    for name, row in ROWS.items():
        status, text, _ = await asked(ada, name, row, known, Host="evil.example")
        assert status == (200 if name in {"GET /healthz", "GET /readyz"} else 421), name
        assert SECRET not in text


async def test_what_is_sent_says_what_it_is(town: Town) -> None:
    known = await secrets_of(town)
    ada = await town.enter(ADA)
    kinds = {
        "GET /events/{channel}": "text/event-stream",
        "GET /pictures/{asset}/{form}/{name}": "image/webp",
        "GET /pieces/{token}/{form}/{name}": "image/webp",
        "GET /p/{word}/{form}": "image/webp",
        "GET /healthz": "text/plain",
        "GET /readyz": "application/json",
        "GET /static": "text/css",
    }
    for name, row in ROWS.items():
        if not name.startswith("GET") or name.startswith(("GET /area/", "GET /sign-in/")):
            continue
        status, _, answer = await asked(ada, name, row, known)
        if row.admins:
            assert status == 404
            continue
        assert status == 200, name
        assert answer.content_type == kinds.get(name, "text/html"), name
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if answer.content_type.startswith("image/"):
            assert answer.headers["Content-Disposition"].startswith("inline; filename="), name
    archive = ROWS["POST /archive/download"]
    status, _, answer = await asked(ada, "POST /archive/download", archive, known)
    named = answer.headers["Content-Disposition"]
    assert (status, answer.content_type) == (200, "application/zip")
    assert named.startswith("attachment; filename=")
    plain = named.partition('filename="')[2].partition('"')[0]
    assert plain.endswith(".zip")
    assert not set(plain) & set('/\\"\r\n:')
    assert "X" not in answer.headers
    with suppress(aiohttp.ClientError):
        answer.close()
