"""The stand-in refuses what Slack refuses; without that it would prove nothing."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from tests import contracts
from tests.fakes.slack import FakeSlack, Unanswered

PNG = b"\x89PNG data"


async def call(slack: FakeSlack, method: str, token: str | None = None, **given: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token or slack.bot_token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(
            f"{slack.api_base}/{method}", data={key: _spelled(value) for key, value in given.items()}
        ) as answer,
    ):
        return dict(await answer.json())


def _spelled(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


async def upload(slack: FakeSlack, data: bytes, channel: str | None = "C0GENERAL0", name: str = "a.png") -> str:
    ticket = await call(slack, "files.getUploadURLExternal", filename=name, length=len(data))
    async with aiohttp.ClientSession() as session, session.post(ticket["upload_url"], data=data) as answer:
        assert answer.status == 200
    shared = {"channel_id": channel} if channel else {}
    await call(slack, "files.completeUploadExternal", files=[{"id": ticket["file_id"]}], **shared)
    return str(ticket["file_id"])


def image(file: str) -> list[dict[str, Any]]:
    return [{"type": "image", "slack_file": {"id": file}, "alt_text": "a"}]


GENERAL = "C0GENERAL0"


@pytest.mark.parametrize(
    ("method", "given", "error"),
    [
        ("chat.nothing", {}, "unknown_method"),
        ("chat.postMessage", {"channel": "C0NOWHERE", "text": "a"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "C0RANDOM00", "text": "a"}, "not_in_channel"),
        ("chat.postMessage", {"channel": "C0SECRET00", "text": "a"}, "channel_not_found"),
        ("chat.postMessage", {"channel": GENERAL}, "no_text"),
        ("chat.postMessage", {"channel": GENERAL, "text": "a", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ("chat.postMessage", {"channel": GENERAL, "text": "a", "blocks": image("F0UNKNOWN")}, "invalid_blocks"),
        ("chat.postMessage", {"channel": GENERAL, "text": "a", "thread_ts": "1700000000.000001"}, "thread_not_found"),
        ("chat.update", {"channel": GENERAL, "ts": "1.2", "text": "a"}, "message_not_found"),
        ("views.open", {"trigger_id": "1.2", "view": {}}, "exchanged_trigger_id"),
        ("files.info", {"file": "F0UNKNOWN"}, "file_not_found"),
    ],
)
async def test_it_refuses(method: str, given: dict[str, Any], error: str) -> None:
    async with FakeSlack() as slack:
        assert (await call(slack, method, **given))["error"] == error


async def test_it_wants_the_right_token() -> None:
    async with FakeSlack() as slack:
        assert (await call(slack, "auth.test", "xoxb-wrong"))["error"] == "invalid_auth"
        assert (await call(slack, "apps.connections.open"))["error"] == "not_allowed_token_type"


async def test_a_picture_may_be_shown_when_it_is_ready_shared_and_no_webp() -> None:
    async with FakeSlack() as slack:
        file = await upload(slack, PNG)
        assert (await call(slack, "chat.postMessage", channel=GENERAL, text="a", blocks=image(file)))["ok"] is False
        told = [(await call(slack, "files.info", file=file))["file"] for _ in range(3)]
        assert [bool(each["mimetype"] and each["shares"]) for each in told] == [False, False, True]
        assert (await call(slack, "chat.postMessage", channel=GENERAL, text="a", blocks=image(file)))["ok"]

        slack.workspace.polls = 0
        unshared = await upload(slack, PNG, channel=None)
        webp = await upload(slack, b"RIFF....WEBP")
        for each in (unshared, webp):
            assert (await call(slack, "chat.postMessage", channel=GENERAL, text="a", blocks=image(each)))["ok"] is False


async def test_an_event_that_nobody_acknowledges_is_unanswered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fakes.slack.server.DEADLINE", 0.05)
    async with FakeSlack() as slack:
        opened = await call(slack, "apps.connections.open", slack.app_token)
        async with aiohttp.ClientSession() as session, session.ws_connect(opened["url"]):
            with pytest.raises(Unanswered):
                await slack.slash("a fox")
        assert len(slack.unanswered) == 1


@pytest.mark.skipif(not contracts.PRESENT, reason="the platforms' descriptions are not here")
async def test_what_breaks_the_description_is_written_down() -> None:
    async with FakeSlack() as slack:
        await call(slack, "chat.postMessage", channel=GENERAL, text="<!channel>", surprise="1")
        assert [each for each in slack.breaches if "surprise" in each]
        assert [each for each in slack.breaches if "broadcast" in each]


async def test_a_conversation_is_told_by_pages_from_a_moment_on(slack: FakeSlack) -> None:
    ts = [(await call(slack, "chat.postMessage", channel=GENERAL, text=str(each)))["ts"] for each in range(5)]
    first = await call(slack, "conversations.history", channel=GENERAL, oldest=ts[1], limit="2")
    second = await call(
        slack,
        "conversations.history",
        channel=GENERAL,
        oldest=ts[1],
        limit="2",
        cursor=first["response_metadata"]["next_cursor"],
    )

    assert [each["ts"] for each in first["messages"] + second["messages"]] == [ts[4], ts[3], ts[2]]
    assert second["response_metadata"]["next_cursor"] == ""


async def test_a_member_may_take_no_direct_messages(slack: FakeSlack) -> None:
    ada = slack.workspace.member("ada")
    slack.workspace.closed_to_dms.add(ada)

    assert (await call(slack, "conversations.open", users=ada))["error"] == "cannot_dm_bot"
