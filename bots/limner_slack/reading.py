"""Slack's people and places in our words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from limner.domain.action import Reply
from limner.domain.place import Address, Person, Place
from limner_slack.ephemeral import ANSWERS, BUTTON

RESPONSE_URL_LIFE = timedelta(minutes=29)
"""Slack gives thirty minutes."""


class Me(NamedTuple):
    """Who this app is in its workspace, by `auth.test`."""

    team: str
    user: str
    bot: str
    enterprise: str | None = None

    def place(self, channel: str, thread: str | None = None) -> Place:
        """A channel or a thread of this workspace."""
        return Place(platform="slack", space=self.team, channel=channel, thread=thread)

    def is_with(self, team: str | None) -> bool:
        """Whether that is this workspace, or its Enterprise Grid; what names none is."""
        return team is None or team in {self.team, self.enterprise}

    def is_foreign(self, team: str | None) -> bool:
        """Whether that is surely another company's: a channel may be shared with one. In an Enterprise Grid another
        workspace may be of the same company, which takes a look at the person."""
        return self.enterprise is None and not self.is_with(team)


def person_of(body: Mapping[str, Any]) -> Person:
    """Who acted."""
    user = body["user"]
    return Person(id=user["id"], name=user.get("name") or user.get("username") or user["id"])


def team_of(body: Mapping[str, Any]) -> str | None:
    """The workspace of whoever acted; the payload's own team may be the one where they did."""
    team = (body.get("user") or {}).get("team_id")
    return str(team) if team else None


def address_of(place: Place, person: Person, *, url: str | None = None, answers: str | None = None) -> Address:
    """Where an answer goes, a new message. `answers`: what the `url` belongs to."""
    # The member is remembered for what must be private to them, such as a refusal.
    until = datetime.now(UTC) + RESPONSE_URL_LIFE if url else None
    extra = {"member": person.id, **({ANSWERS: answers} if answers else {})}
    return Address(place=place, token=url, expires=until, extra=extra)


def pressed_at(body: Mapping[str, Any], person: Person, me: Me, reply: Reply) -> Address:
    """Where the answer to a button goes: its own message, a new one beside it, or the presser's eyes."""
    container, message = body.get("container") or {}, body.get("message") or {}
    channel = (body.get("channel") or {}).get("id") or container["channel_id"]
    place = me.place(channel, message.get("thread_ts") or container.get("thread_ts"))
    address = address_of(place, person, url=body.get("response_url"), answers=BUTTON)
    if reply is Reply.PRIVATE:
        return address.evolve(reader=person.id)
    if reply is Reply.SAME:
        reader = person.id if container.get("is_ephemeral") else None
        return address.evolve(message=container.get("message_ts") or message.get("ts"), reader=reader)
    return address
