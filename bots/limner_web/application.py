"""The application: every page and signed link, behind the guard, and what is said when something goes wrong."""

from __future__ import annotations

import secrets

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from limner.app import Limner
from limner.config import Web
from limner.errors import LinkUsed, NoTeam, NotFound, Refusal, SignInFailed, Trouble
from limner_web import uploads
from limner_web.archive import ArchivePage
from limner_web.area import AreaPage
from limner_web.cards import templates
from limner_web.courier import WebCourier
from limner_web.entering import Entering, Leaving
from limner_web.guard import ForeignPage, Guard, Sessions, hosts
from limner_web.inbox import Inbox
from limner_web.pages.asking import Asking
from limner_web.pages.asset import AssetPage
from limner_web.pages.collections import CollectionsPage
from limner_web.pages.files import Files
from limner_web.pages.front import Front
from limner_web.pages.gallery import GalleryPage
from limner_web.pages.queue import QueuePage
from limner_web.pages.settings import SettingsPage
from limner_web.pages.spending import SpendingPage
from limner_web.pages.studio import StudioPage
from limner_web.public import PublicPage
from limner_web.signing import SigningIn
from limner_web.viewer import NotSignedIn, Viewers

log = structlog.get_logger(__name__)


def app(limner: Limner, courier: WebCourier, inbox: Inbox, *, web: Web, port: int) -> Starlette:
    """The application, behind its guard. Rooms are for viewers who are known; what a link permits is for its holder."""
    secure = (web.base or "").startswith("https://")
    sessions = Sessions(limner.secret, secure=secure, followed=not web.alone)
    viewers = Viewers(limner, sessions, alone=web.alone)
    front = Front(limner=limner, courier=courier, inbox=inbox, sessions=sessions, viewers=viewers)
    studio, files = StudioPage(front), Files(front)
    rooms = (
        *(studio, Asking(front, studio), AssetPage(front), GalleryPage(front), CollectionsPage(front)),
        *(SpendingPage(front), QueuePage(front), SettingsPage(front), Leaving(front), files),
    )
    linked = (
        Entering(limner, sessions),
        AreaPage(limner, inbox, sessions, viewers),
        ArchivePage(limner),
        PublicPage(limner, base=web.base),
    )
    signing = SigningIn(limner, sessions, web=web)
    built = Starlette(
        routes=[
            *(viewers.let_in(route) for room in rooms for route in room.routes),
            *(route for room in (*linked, signing) for route in room.routes),
            *files.open,
        ],
        middleware=[Middleware(Guard, hosts=hosts(web, port))],
        exception_handlers={Trouble: _trouble, Exception: _broken},
    )
    built.state.ways = signing.ways
    return built


OUTSIDE = (NotSignedIn, SignInFailed, NoTeam)
"""What is told to whoever is not in, with the ways in."""
STATUS = {NotFound: 404, ForeignPage: 403, NotSignedIn: 401, LinkUsed: 409, uploads.TooMuch: 413}


async def _trouble(request: Request, trouble: Exception) -> Response:
    """What a member can cause, as its sentence."""
    assert isinstance(trouble, Trouble)
    status = next((code for kind, code in STATUS.items() if isinstance(trouble, kind)), None)
    if isinstance(trouble, OUTSIDE) and "text/html" in request.headers.get("accept", ""):
        html = templates().get_template("nobody.html").render(said=trouble.sentence, ways=request.app.state.ways)
        return HTMLResponse(html, status_code=status or 400)
    return PlainTextResponse(trouble.sentence, status_code=status or (400 if isinstance(trouble, Refusal) else 500))


async def _broken(request: Request, problem: Exception) -> Response:
    """What nobody should meet."""
    ref = secrets.token_hex(3)
    log.error("web_request_failed", path=request.url.path, ref=ref, exc_info=problem)
    return PlainTextResponse(Trouble(ref=ref).sentence, status_code=500)
