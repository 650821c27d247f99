"""Who looks at the page, which every route asks first. On this machine alone it is whoever sits before it; where others
reach the page, the member of whom a session was opened, and nobody without one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from limner.app import Limner
from limner.domain.place import LOCAL, PAGE_OF, Person, Place
from limner.errors import NotFound, Refusal
from limner_web.guard import Sessions

CHANNELS = {"studio": "Where you paint", "showcase": "What is worth showing"}
"""The page's channels, and what each is for; each team has its own."""
MAIN_CHANNEL = next(iter(CHANNELS))
HERE = Person(id="you", name="you", admin=True)
"""Whoever sits at this machine."""


class NotSignedIn(Refusal):
    """Nobody is signed in here. Use /gallery in your team's chat: it gives you a private link that signs you in."""


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Whoever looks, as which person of which team, through which window."""

    person: Person
    """As Limner knows them in `place()`; `person.admin` tells whether they are one."""
    space: str = LOCAL
    """The page's space that they see: this machine's own, or their team's."""
    session: str = field(repr=False)
    """What tells the browser from others; a secret."""
    channels: Mapping[str, str] = field(default_factory=lambda: CHANNELS)
    """The channels of the page that they may see, and what each is for."""

    @property
    def member(self) -> str | None:
        """The signed-in member's id; None: whoever sits at this machine."""
        return None if self.space == LOCAL else self.person.id

    @property
    def window(self) -> str:
        """What tells the browser from others, and opens nothing."""
        return hashlib.sha256(f"window {self.session}".encode()).hexdigest()[:24]

    def place(self, channel: str = MAIN_CHANNEL) -> Place:
        """A channel of the page.

        Raises:
            NotFound: There is none of that name.
        """
        if channel not in self.channels:
            raise NotFound(what=f"#{channel}"[:60])
        return Place(platform="web", space=self.space, channel=channel)


def viewer_of(request: Request) -> Viewer:
    """Who asks, of those that were let in."""
    viewer: Viewer = request.state.viewer
    return viewer


class Viewers:
    """Tells who looks."""

    def __init__(self, limner: Limner, sessions: Sessions, *, alone: bool) -> None:
        """`alone`: only this machine reaches the page."""
        self._limner, self._sessions, self._alone = limner, sessions, alone

    async def of(self, request: Request) -> Viewer:
        """Who asks.

        Raises:
            NotSignedIn: Nobody that is known.
        """
        session = self._sessions.of(request)
        if self._alone:
            return Viewer(person=HERE, session=session or self._sessions.new())
        found = await self.signed_in(session)
        if found is None:
            raise NotSignedIn
        return found

    def let_in(self, route: Route) -> Route:
        """The route, for those that are known: its endpoint finds the viewer by `viewer_of`."""

        async def entered(request: Request) -> Response:
            request.state.viewer = await self.of(request)
            answer: Response = await route.endpoint(request)
            return answer

        return Route(route.path, entered, methods=list(route.methods or ()), name=route.name)

    async def signed_in(self, session: str | None) -> Viewer | None:
        """Whose session it is; None: nobody's, or it is over."""
        member = await self._limner.entrance.member(session) if session and not self._alone else None
        if session is None or member is None:
            return None
        fields = {"id", "name", "admin", "roles", "locale"}
        return Viewer(
            person=Person(**member.model_dump(include=fields)), space=f"{PAGE_OF}{member.team}", session=session
        )

    async def still(self, viewer: Viewer) -> bool:
        """Whether the viewer may still look."""
        return viewer.member is None or await self.signed_in(viewer.session) is not None
