"""A browser in which a member of a chat is signed in to the web page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie
from typing import Any

import aiohttp
from yarl import URL

from limner.domain.place import Person, Place
from limner_web.guard import COOKIE, Sessions


@asynccontextmanager
async def signed_in(limner: Any, base: str, place: Place, person: Person) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser with a session of the member that a person is in a chat's place."""
    member = await limner._store.people.member(place, person)
    cookie = str(Sessions(limner.secret)._cookie.dumps(await limner.entrance.begin(member.id)))
    jar = aiohttp.CookieJar(unsafe=True)
    jar.update_cookies(SimpleCookie({COOKIE: cookie}), URL(base))
    async with aiohttp.ClientSession(base, cookie_jar=jar) as client:
        yield client
