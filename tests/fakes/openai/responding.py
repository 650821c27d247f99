"""Responses as the API keeps them: each with its events, its output and what it counts, whoever is listening."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from limner.models import Model, Usage
from tests.fakes.openai import painting
from tests.fakes.openai.conversing import Asked
from tests.fakes.openai.painting import IMAGE_TOKENS, Work

SEEN_TOKENS = 765
"""Input tokens of one picture that the leading model is shown."""
OVER = {"completed", "failed", "incomplete", "cancelled"}
STOPPED = {"incomplete": "max_output_tokens", "incomplete_filter": "content_filter"}
"""Faults that end a response before its picture, with the reason that it tells."""
WORDS = "I would rather describe it: a fox, red, in <b>snow</b>. @everyone"
BLOCKED = {
    "code": "moderation_blocked",
    "message": "Your request was rejected by the safety system.",
    "param": None,
    "type": "image_generation_user_error",
}
BROKEN_TOOL = {"code": "server_error", "message": "The image could not be made.", "param": None, "type": "server_error"}
FAILED = {"code": "server_error", "message": "The server had an error while processing your request."}


@dataclass(eq=False)
class Response:
    """One response: what was asked, how far it is, what it told so far."""

    asked: Asked
    work: Work
    fault: str | None
    id: str = field(default_factory=lambda: f"resp_{secrets.token_hex(24)}")
    item: str = field(default_factory=lambda: f"ig_{secrets.token_hex(24)}")
    created: int = field(default_factory=lambda: int(time.time()))
    status: str = "queued"
    events: list[bytes] = field(default_factory=list)
    output: list[dict[str, Any]] = field(default_factory=list)
    error: dict[str, Any] | None = None
    painted: bool = False
    counted: bool = False
    """Whether it tells what it used."""
    task: asyncio.Task[None] | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def over(self) -> bool:
        return self.status in OVER

    # ── what it counts ──────────────────────────────────────────────────────────────────────────────────────

    @property
    def revised(self) -> str:
        """The prompt in the leading model's words."""
        return f"In detail: {self.asked.prompt}"

    @property
    def lead(self) -> Usage:
        """The leading model's tokens: what went before is read from its cache by half."""
        before = self.asked.before
        history = before.lead.text_in + before.lead.text_out + SEEN_TOKENS if before is not None else 0
        own = ceil((len(self.asked.instructions) + len(self.asked.prompt)) / 4) + self.asked.shown * SEEN_TOKENS
        cached = history // 2
        return Usage(
            text_in=own + history - cached,
            text_cached=cached,
            text_written=own // 3,
            text_out=20 + ceil(len(self.revised) / 4) if self.output else 0,
        )

    @property
    def tool(self) -> Usage:
        """The painting model's tokens."""
        if not self.painted:
            return Usage()
        return Usage(
            text_in=ceil(len(self.revised) / 4),
            image_in=self.asked.pictures * IMAGE_TOKENS,
            image_out=self.work.picture_tokens,
        )

    # ── what it tells ───────────────────────────────────────────────────────────────────────────────────────

    def told(self) -> dict[str, Any]:
        """The response as an object."""
        counts = self.counted and self.fault != "no_usage"
        reason = STOPPED.get(self.fault or "") if self.status == "incomplete" else None
        return {
            **self.asked.echo,
            "id": self.id,
            "object": "response",
            "created_at": self.created,
            "status": self.status,
            "error": self.error,
            "incomplete_details": {"reason": reason} if reason else None,
            "output": self.output,
            "usage": _usage(self.lead) if counts else None,
            **({"tool_usage": _tool_usage(self.tool)} if counts and self.fault != "no_tool_usage" else {}),
        }

    def tell(self, kind: str, **more: Any) -> None:
        """Adds an event."""
        said = {"type": kind, "sequence_number": len(self.events), **more}
        self.events.append(f"event: {kind}\ndata: {json.dumps(said)}\n\n".encode())
        self._news.set()

    def tell_state(self, kind: str) -> None:
        """Adds an event with the whole response."""
        self.tell(f"response.{kind}", response=self.told())

    async def follow(self, after: int = -1) -> AsyncIterator[bytes]:
        """The events after that number, as they come, until its end."""
        position = after + 1
        while True:
            while position < len(self.events):
                yield self.events[position]
                position += 1
            if self.over:
                return
            self._news.clear()
            await self._news.wait()

    # ── how it goes ─────────────────────────────────────────────────────────────────────────────────────────

    def begin(self) -> None:
        self.tell_state("created")
        self.tell_state("queued")

    def start(self) -> None:
        self.status = "in_progress"
        self.tell_state("in_progress")

    def call(self) -> None:
        """The leading model calls the tool."""
        self.tell("response.output_item.added", output_index=0, item=self._call("in_progress"))
        self._about("in_progress")
        self._about("generating")

    def partial(self, index: int) -> None:
        data = painting.encoded(self.work, f"{self.work.partials - index} strokes from done")
        self._about("partial_image", partial_image_index=index, partial_image_b64=data)

    def finish(self) -> None:
        """The picture is there, or what the fault has in its place."""
        match self.fault:
            case "words":
                self._say(WORDS)
            case "stream_moderated":
                self._put(self._call("failed", error=BLOCKED))
            case "tool_failed":
                self._put(self._call("failed", error=BROKEN_TOOL))
            case "empty" | "incomplete" | "incomplete_filter" | "failed" | "stream_error":
                pass
            case _:
                self.painted = True
                self._about("completed")
                result = painting.encoded(self.work)
                self._put(self._call("completed", result=result, revised_prompt=self.revised))
                self._say("There it is.")
        self._end()

    def cancel(self) -> None:
        """It is stopped where it is."""
        self.status, self.counted = "cancelled", True
        self.tell_state("cancelled")

    def _end(self) -> None:
        self.counted = True
        if self.fault in {"failed", "stream_error"}:
            self.status, self.error, self.counted = "failed", FAILED, False
            self.tell_state("failed")
        elif self.fault in STOPPED:
            self.status = "incomplete"
            self.tell_state("incomplete")
        else:
            self.status = "completed"
            self.tell_state("completed")

    def _about(self, what: str, **more: Any) -> None:
        self.tell(f"response.image_generation_call.{what}", output_index=0, item_id=self.item, **more)

    def _put(self, item: dict[str, Any]) -> None:
        self.output.append(item)
        self.tell("response.output_item.done", output_index=len(self.output) - 1, item=item)

    def _say(self, words: str) -> None:
        part = {"type": "output_text", "text": words, "annotations": [], "logprobs": []}
        name = f"msg_{secrets.token_hex(24)}"
        said = {"id": name, "type": "message", "role": "assistant", "status": "completed", "content": [part]}
        self._put(said)

    def _call(self, status: str, **more: Any) -> dict[str, Any]:
        work = self.work
        return {
            "id": self.item,
            "type": "image_generation_call",
            "status": status,
            "action": "edit" if work.edit else "generate",
            "background": work.background,
            "output_format": work.format,
            "quality": work.quality,
            "size": f"{work.width}x{work.height}",
            "result": None,
            "revised_prompt": None,
            **({"svg_usage": painting.written()} if work.format == "svg" and "result" in more else {}),
            **more,
        }


def work(asked: Asked, model: Model, *, most: int | None, padded: int | None, fault: str | None) -> Work:
    """What the tool paints."""
    tool = asked.tool
    size = tool.get("size") or "auto"
    width, height = (1024, 1024) if size == "auto" else (int(side) for side in size.split("x"))
    partials = tool.get("partial_images") or 0
    return Work(
        model=model,
        edit=asked.pictures > 0 and tool.get("action") != "generate",
        prompt=asked.prompt,
        width=width,
        height=height,
        quality="medium" if tool.get("quality") in (None, "auto") else tool["quality"],
        background="transparent" if tool.get("background") == "transparent" else "opaque",
        format=painting.given(tool.get("output_format") or "png", fault),
        frames=tool.get("frame_count") or 9,
        frame_ms=tool.get("frame_duration_ms") or 200,
        count=1,
        partials=partials if most is None else min(most, partials),
        images=asked.pictures,
        stream=asked.stream,
        safety_identifier=asked.echo.get("safety_identifier"),
        padded=padded,
        fault=fault,
    )


def _usage(counted: Usage) -> dict[str, Any]:
    into = counted.text_in + counted.text_cached + counted.text_written
    return {
        "input_tokens": into,
        "input_tokens_details": {
            "cached_tokens": counted.text_cached,
            "cache_write_tokens": counted.text_written,
        },
        "output_tokens": counted.text_out,
        "output_tokens_details": {"reasoning_tokens": min(10, counted.text_out)},
        "total_tokens": into + counted.text_out,
    }


def _tool_usage(counted: Usage) -> dict[str, Any]:
    into = counted.text_in + counted.image_in
    return {
        "image_gen": {
            "input_tokens": into,
            "input_tokens_details": {"text_tokens": counted.text_in, "image_tokens": counted.image_in},
            "output_tokens": counted.image_out,
            "output_tokens_details": {"text_tokens": 0, "image_tokens": counted.image_out},
            "total_tokens": into + counted.image_out,
        },
        "web_search": {"num_requests": 0},
    }
