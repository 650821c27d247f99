"""The settings, for admins: forms made of the very actions that the chats have, which also tell how things stand."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from limner.domain.action import Reply
from limner.domain.ask import Ask
from limner.domain.card import Card
from limner.domain.options import Parameter
from limner.domain.place import Address, Place
from limner.errors import NotFound
from limner_web import forms
from limner_web.pages.front import Front

PATH = "/settings"
FIELD = "set-"
"""What the names of fields begin with."""
CHANNEL = "in-channel"


@dataclass(frozen=True)
class Setting:
    """An action that sets something."""

    title: str
    action: str
    shows: str
    """The action that tells how it stands."""


SETTINGS = (
    Setting("Who may ask for what", "rules", "rules"),
    Setting("Budgets", "budget", "budget"),
    Setting("Which model paints", "model-use", "model-show"),
    Setting("Voice notes", "voice-set", "voice-show"),
    Setting("Styles of channels", "style-use", "style-use"),
    Setting("Who approves", "approval-approvers", "approval-approvers"),
    Setting("How long pictures are kept", "retention", "retention"),
    Setting("Models at work", "status", "status"),
)


@dataclass(frozen=True)
class Section:
    """A setting as the page shows it."""

    title: str
    action: str
    help: str
    stands: tuple[Card, ...]
    fields: tuple[Parameter, ...]
    values: Mapping[str, str]
    """What was typed and could not be."""
    channels: tuple[str, ...]
    """Where it may be set, if it is set in a channel."""
    answered: Card | None


class SettingsPage:
    """The endpoints."""

    def __init__(self, front: Front) -> None:
        self._front, self._limner = front, front.limner

    @property
    def routes(self) -> list[Route]:
        return [
            Route(PATH, self.page),
            Route(f"{PATH}/{{action}}", self.set, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """How everything stands, and the forms that change it."""
        return await self._page(request)

    async def set(self, request: Request) -> Response:
        """Sets something; the page as it is then, with the answer."""
        posted, viewer = await self._front.posted(request)
        posted.discard()
        self._for_admins(request)
        setting = next((each for each in SETTINGS if each.action == request.path_params["action"]), None)
        if setting is None:
            raise NotFound(what="setting")
        action = self._limner.table[setting.action]
        place = viewer.place(posted.fields.get(CHANNEL) or viewer.place().channel)
        values = forms.filled(action, posted.fields, FIELD)
        if action.reply is Reply.PRIVATE:
            card = await self._tell(request, setting.action, values, place)
        else:  # all of the channel are told
            card = await self._limner.take(self._ask(request, setting.action, values, place)) or Card()
        return await self._page(request, answered={setting.action: card}, values=values)

    async def _page(
        self, request: Request, *, answered: Mapping[str, Card] | None = None, values: Mapping[str, Any] | None = None
    ) -> Response:
        self._for_admins(request)
        sections = [await self._section(request, each, answered or {}, values or {}) for each in SETTINGS]
        person, place = self._front.viewer(request)
        sources = {field.completes or "" for each in sections for field in each.fields} - {"", "places"}
        names = {
            each: await self._limner.forms.complete(each, "", person=person, place=place) for each in sorted(sources)
        }
        return self._front.page(
            request,
            "settings.html",
            sections=sections,
            completions={
                field.name: names[field.completes]
                for each in sections
                for field in each.fields
                if field.completes in names
            },
        )

    async def _section(
        self, request: Request, setting: Setting, answered: Mapping[str, Card], values: Mapping[str, Any]
    ) -> Section:
        action, viewer = self._limner.table[setting.action], self._front.viewer(request)
        answer = answered.get(setting.action)
        spread = action.reply is not Reply.PRIVATE
        channels = tuple(self._front.channels(request)) if spread else ()
        places = [self._front.viewer(request, each)[1] for each in channels] or [viewer[1]]
        refused = answer is not None and answer.state == "refused"
        return Section(
            title=setting.title,
            action=setting.action,
            help=action.help,
            stands=tuple([await self._tell(request, setting.shows, {}, each) for each in places]),
            fields=forms.typable(action.parameters),
            values={name: str(value) for name, value in values.items()} if refused else {},
            channels=channels,
            answered=answer,
        )

    async def _tell(self, request: Request, action: str, values: Mapping[str, Any], place: Place) -> Card:
        return await self._limner.tell(self._ask(request, action, values, place))

    def _ask(self, request: Request, action: str, values: Mapping[str, Any], place: Place) -> Ask:
        person, _ = self._front.viewer(request)
        event = secrets.token_hex(12)
        return Ask(
            action=action, person=person, place=place, event=event, address=Address(place=place), values=dict(values)
        )

    def _for_admins(self, request: Request) -> None:
        """Lets admins pass; for others there is no such page."""
        if not self._front.viewer(request)[0].admin:
            raise NotFound(what="page")
