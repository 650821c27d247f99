"""The servers: Web API, response URLs, uploads, file hosting and Socket Mode on one loopback port."""

from __future__ import annotations

import asyncio
import json
import urllib.parse
from collections import deque
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import WSMsgType, web

from tests import contracts
from tests.fakes.chat import Chat
from tests.fakes.slack.methods import Methods
from tests.fakes.slack.workspace import BOT_USER, Message, Refused, Workspace
from tests.patience import DEADLINE

LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Slack</title></head><body>Sign in to your workspace</body></html>"


class Unanswered(AssertionError):
    """An event was not acknowledged in time: the member reads "did not respond"."""


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    query: str
    arguments: dict[str, Any]
    body: bytes = b""

    @property
    def name(self) -> str:
        """`chat.postMessage` and its like; for others the path."""
        return self.path.removeprefix("/api/")


class Server(Chat):
    """The workspace, reachable."""

    def __init__(self) -> None:
        super().__init__()
        self.workspace = Workspace()
        self.requests: list[Request] = []
        self.breaches: list[str] = []
        self.unanswered: list[dict[str, Any]] = []
        self.acknowledged: list[tuple[str, Any]] = []
        """Envelope ids with the payload of the acknowledgement, as they came."""
        self.login_pages = False
        """Files are answered with the login page, as without the scope `files:read`."""
        self.scopes: str | None = None
        """What the app was installed with, when Slack tells."""
        self.sockets: list[web.WebSocketResponse] = []
        self._next = 0
        self._arranged: dict[str, deque[tuple[str, Any]]] = {}
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._methods = Methods(self.workspace, lambda: self.base)
        self._runner: web.AppRunner | None = None
        self.base = ""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=200_000_000)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/upload/v1/{file}", self._upload)
        app.router.add_get("/files-pri/{id}/download/{name}", self._download)
        app.router.add_post("/actions/{team}/{id}", self._respond)
        app.router.add_get("/link", self._socket)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        for socket in tuple(self.sockets):
            await socket.close()
        await self._runner.cleanup()

    @property
    def api_base(self) -> str:
        return f"{self.base}/api"

    @property
    def bot_token(self) -> str:
        return self.workspace.bot_token

    @property
    def app_token(self) -> str:
        return self.workspace.app_token

    # ── arranging ───────────────────────────────────────────────────────────────────────────────────────────

    def limit(self, method: str, times: int = 1, retry_after: int = 0) -> None:
        """The method's next calls are answered 429."""
        self._arranged.setdefault(method, deque()).extend([("limit", retry_after)] * times)

    def fail(self, method: str, error: str, times: int = 1, **more: Any) -> None:
        """The method's next calls are refused so."""
        self._arranged.setdefault(method, deque()).extend([("fail", (error, more))] * times)

    def lose_answer(self, method: str, times: int = 1) -> None:
        """The method's next calls are done, and the connection breaks before the answer."""
        self._arranged.setdefault(method, deque()).extend([("lose", None)] * times)

    def stumble(self, method: str, status: int = 503, times: int = 1, *, done: bool = False) -> None:
        """The method's next calls are answered with a page of this status, and not done, or (`done`) done before."""
        self._arranged.setdefault(method, deque()).extend([("stumble", (status, done))] * times)

    def cut(self, method: str, times: int = 1) -> None:
        """The method's next calls are not done: the connection breaks."""
        self._arranged.setdefault(method, deque()).extend([("cut", None)] * times)

    def calls(self, method: str) -> list[Request]:
        return [each for each in self.requests if each.name == method]

    # ── HTTP ────────────────────────────────────────────────────────────────────────────────────────────────

    async def _record(self, request: web.Request) -> Request:
        body = await request.read()
        arguments: dict[str, Any] = dict(urllib.parse.parse_qsl(request.query_string, keep_blank_values=True))
        if request.content_type == "application/json" and body:
            arguments.update(json.loads(body))
        elif request.content_type == "application/x-www-form-urlencoded":
            arguments.update(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
        headers = dict(request.headers.items())
        seen = Request(request.method, request.path, headers, request.query_string, arguments, body)
        self.requests.append(seen)
        if not request.path.startswith(("/upload/", "/files-pri/")):
            found = contracts.breaches("slack", request.method, request.path, headers, body, request.query_string)
            self.breaches += [f"{seen.name}: {each}" for each in found]
        self._changed.set()
        return seen

    async def _api(self, request: web.Request) -> web.StreamResponse:
        seen = await self._record(request)
        token = seen.headers.get("Authorization", "").removeprefix("Bearer ")
        wanted = self.app_token if seen.name == "apps.connections.open" else self.bot_token
        arranged = self._arranged.get(seen.name)
        kind, more = arranged.popleft() if arranged else ("", None)
        if kind == "limit":
            return web.json_response(
                {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(more)}
            )
        if kind == "cut" or (kind == "stumble" and not more[1]):
            return self._broken(request, more[0] if more else 0)
        try:
            if not token:
                raise Refused("not_authed")
            if token != wanted:
                raise Refused("not_allowed_token_type" if token in {self.app_token, self.bot_token} else "invalid_auth")
            if kind == "fail":
                raise Refused(more[0], **more[1])
            if seen.name == "apps.connections.open":
                answer = {"url": f"{self.base.replace('http', 'ws', 1)}/link?ticket={self.workspace.number()}"}
            else:
                answer = self._methods.call(seen.name, seen.arguments)
        except Refused as refused:
            return web.json_response({"ok": False, "error": refused.error, **refused.more})
        except KeyError as missing:
            return web.json_response({"ok": False, "error": "invalid_arguments", "missing": str(missing)})
        finally:
            self._changed.set()
        await self._held_back(seen.name, str(seen.arguments.get("channel", "")))
        if kind in {"lose", "stumble"}:
            return self._broken(request, more[0] if more else 0)
        headers = {"x-oauth-scopes": self.scopes} if self.scopes is not None else {}
        return web.json_response({"ok": True, **answer}, headers=headers)

    def _broken(self, request: web.Request, status: int) -> web.Response:
        """No answer (0), or the page of what stands before Slack's servers."""
        if status == 0 and request.transport is not None:
            request.transport.close()
        return web.Response(status=status or 503, text="<html>upstream error</html>", content_type="text/html")

    async def _upload(self, request: web.Request) -> web.Response:
        seen = await self._record(request)
        file = self.workspace.uploads.get(request.match_info["file"])
        if file is None or len(seen.body) != file.length:
            return web.Response(status=400, text="wrong length")
        if "Authorization" in seen.headers:
            self.breaches.append("upload: the token went to the upload address")
        file.data, file.uploaded = seen.body, True
        return web.Response(text=f"OK - {len(seen.body)}")

    async def _download(self, request: web.Request) -> web.Response:
        seen = await self._record(request)
        file = self.workspace.files.get(request.match_info["id"].split("-", 1)[-1])
        if seen.headers.get("Authorization") != f"Bearer {self.bot_token}" or self.login_pages:
            return web.Response(body=LOGIN_PAGE, content_type="text/html")
        if file is None or file.deleted:
            return web.Response(status=404)
        if file.redirect:
            return web.Response(status=302, headers={"Location": file.redirect})
        return web.Response(body=file.data, content_type=file.shape.get("mimetype") or file.mimetype)

    async def _respond(self, request: web.Request) -> web.Response:
        seen = await self._record(request)
        w = self.workspace
        url = w.urls.get(request.match_info["id"])
        if url is None or url.expired:
            return web.Response(status=404, text="expired_url")
        if url.uses >= 5:
            return web.Response(status=404, text="used_url")
        url.uses += 1
        given, channel = seen.arguments, w.channels[url.channel]
        try:
            w.check_blocks(given.get("blocks") or [], channel, url.user)
        except Refused as refused:
            return web.Response(status=400, text=refused.error)
        if given.get("replace_original") and url.source is not None and url.source in w.messages:
            message = url.source
            message.revision += 1
        else:
            reader = None if given.get("response_type") == "in_channel" else url.user
            message = Message(channel.id, w.ts(), BOT_USER, thread_ts=url.thread, reader=reader)
            w.messages.append(message)
            if not url.pressed:
                url.source = message
        message.text, message.blocks, message.raw = given.get("text", ""), given.get("blocks") or [], given
        self._changed.set()
        return web.Response(text="ok")

    # ── Socket Mode ─────────────────────────────────────────────────────────────────────────────────────────

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        hello = {"type": "hello", "num_connections": len(self.sockets) + 1, "connection_info": {"app_id": "A0LIMNER01"}}
        await socket.send_json(hello)
        self.sockets.append(socket)
        self._changed.set()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    answer = json.loads(message.data)
                    waiting = self._waiting.pop(answer.get("envelope_id"), None)
                    if waiting is not None and not waiting.done():
                        waiting.set_result(answer.get("payload"))
                    self.acknowledged.append((answer.get("envelope_id"), answer.get("payload")))
                    self._changed.set()
        finally:
            self.sockets.remove(socket)
            self._changed.set()
        return socket

    async def refresh(self) -> web.WebSocketResponse:
        """Slack asks one connection to be opened anew, as it does every few hours; gives the one that is to go."""
        old = self.sockets[0]
        await old.send_json({"type": "disconnect", "reason": "refresh_requested"})
        return old

    async def deliver(self, kind: str, payload: dict[str, Any], *, retry: int = 0, answers: bool = True) -> Any:
        """Sends an event to one of the connections, as Slack does; gives the acknowledgement's payload.

        Raises:
            Unanswered: It was not acknowledged in time.
        """
        id = f"envelope-{self.workspace.number()}"
        more = {"retry_attempt": retry, "retry_reason": "timeout"} if retry else {}
        envelope = {
            "envelope_id": id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": answers and kind != "events_api",
            **more,
        }
        await self.until(lambda: self.sockets)
        self._next += 1
        waiting = self._waiting[id] = asyncio.get_running_loop().create_future()
        await self.sockets[self._next % len(self.sockets)].send_json(envelope)
        try:
            return await asyncio.wait_for(waiting, DEADLINE)
        except TimeoutError:
            self.unanswered.append(envelope)
            raise Unanswered(f"{kind} was not acknowledged in {DEADLINE:.0f} s") from None
