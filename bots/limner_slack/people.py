"""Members as Slack knows them: a name to credit, an admin or not, a language."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from limner.domain.place import Person
from limner.domain.text import one_line, shorten
from limner.errors import PlatformTrouble
from limner_slack.calls import BROKEN, reason

log = structlog.get_logger(__name__)

FRESH_SECONDS = 600
REMEMBERED = 10_000


class People:
    """Looks members up, and remembers them for ten minutes: who becomes an admin is one soon."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._known: OrderedDict[str, tuple[float, Person, str | None]] = OrderedDict()

    async def person(self, id: str, name: str = "") -> Person:
        """The member; when Slack does not tell, one without rights and by the name at hand."""
        return (await self._look_up(id, name))[0]

    async def enterprise(self, id: str) -> str | None:
        """The Enterprise Grid that somebody belongs to, as Slack tells."""
        return (await self._look_up(id, ""))[1]

    def forget(self, id: str) -> None:
        """Looks somebody up anew from now on."""
        self._known.pop(id, None)

    async def _look_up(self, id: str, name: str) -> tuple[Person, str | None]:
        known = self._known.get(id)
        if known and time.monotonic() - known[0] < FRESH_SECONDS:
            return known[1:]
        try:
            user = (await self._client.users_info(user=id, include_locale=True))["user"]
        except (SlackApiError, *BROKEN) as problem:
            why = reason(problem) if isinstance(problem, SlackApiError) else type(problem).__name__
            log.warning("a member could not be looked up", why=why)
            return known[1:] if known else (Person(id=id, name=shorten(one_line(name), 80) or id), None)
        person = _person(id, user, name)
        enterprise = (user.get("enterprise_user") or {}).get("enterprise_id")
        self._known[id] = (time.monotonic(), person, enterprise)
        self._known.move_to_end(id)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return person, enterprise


async def stands(client: AsyncWebClient, id: str) -> Person | None:
    """What somebody is in the workspace now; None: no member, or no longer.

    Raises:
        PlatformTrouble: Slack does not tell.
    """
    try:
        user = (await client.users_info(user=id))["user"]
    except SlackApiError as problem:
        if reason(problem) == "user_not_found":
            return None
        raise PlatformTrouble(platform="Slack") from problem  # what we may not see tells nothing of them
    except BROKEN as problem:
        raise PlatformTrouble(platform="Slack") from problem
    return None if user.get("deleted") else _person(id, user, "")


def _person(id: str, user: Mapping[str, Any], name: str) -> Person:
    profile = user.get("profile") or {}
    called = profile.get("display_name") or profile.get("real_name") or user.get("name") or name or id
    return Person(
        id=id,
        name=shorten(one_line(str(called)), 80) or id,
        admin=bool(user.get("is_admin") or user.get("is_owner")),
        locale=str(user["locale"]) if user.get("locale") else None,
    )
