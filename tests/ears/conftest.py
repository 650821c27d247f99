"""A server that gives one answer, whatever it is: for the answers that a well-made fake of the provider never gives."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from tests.contracts import breaches


@dataclass
class Oracle:
    """Answers every chat completion with `answer`, or with `message` in a usual one; records what was asked."""

    base_url: str = ""
    status: int = 200
    answer: dict[str, Any] | str | None = None
    message: dict[str, Any] = field(default_factory=dict)
    finish_reason: str = "tool_calls"
    usage: dict[str, Any] | None = None
    requests: list[dict[str, Any]] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)

    def calls(self, *calls: tuple[str, dict[str, Any] | str]) -> None:
        """The functions that the model calls, with their arguments."""
        self.message = {
            "tool_calls": [
                {
                    "id": f"call_{number}",
                    "type": "function",
                    "function": {"name": name, "arguments": said if isinstance(said, str) else json.dumps(said)},
                }
                for number, (name, said) in enumerate(calls)
            ]
        }

    async def respond(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.breaches += breaches("openai", request.method, request.path, request.headers, body)
        self.requests.append(json.loads(body))
        headers = {"x-request-id": "req_ear"}
        if isinstance(self.answer, str):
            return web.Response(text=self.answer, status=self.status, content_type="text/html", headers=headers)
        told = self.answer or {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "gpt-audio-1.5",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": self.finish_reason,
                    "message": {"role": "assistant", "content": None, "refusal": None, **self.message},
                }
            ],
            "usage": self.usage,
        }
        return web.json_response(told, status=self.status, headers=headers)


@pytest.fixture
async def oracle() -> AsyncIterator[Oracle]:
    """The server; what reached it has to conform to the provider's description."""
    oracle = Oracle()
    app = web.Application(client_max_size=64_000_000)
    app.router.add_post("/v1/chat/completions", oracle.respond)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    oracle.base_url = f"http://{host}:{port}/v1"
    yield oracle
    await runner.cleanup()
    assert oracle.breaches == []
