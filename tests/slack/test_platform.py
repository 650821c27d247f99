"""The platform: two connections, told from the start what is wrong with the tokens."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from limner.config import load
from limner.domain.courier import Platform
from limner.errors import ConfigError
from limner_slack import platform
from limner_slack.calls import sdk_logger
from limner_slack.manifest import SCOPES
from tests.fakes.slack import FakeSlack
from tests.slack.desk import Desk


def test_it_is_a_platform() -> None:
    is_one: Platform = platform
    assert is_one.name == "slack"
    assert not platform.configured(load())


def test_importing_it_imports_no_sdk() -> None:
    code = "import sys, limner_slack; print([name for name in sys.modules if name.startswith(('slack_', 'aiohttp'))])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_the_invitation_is_the_manifest(tmp_path: Path) -> None:
    made = json.loads(platform.invitation(load(slack={"command": "/paint"})))
    assert made["features"]["slash_commands"][0]["command"] == "/paint"
    assert made["settings"]["socket_mode_enabled"]


async def test_two_connections_stay_while_one_is_renewed(listening: Desk, slack: FakeSlack) -> None:
    old = await slack.refresh()
    # The address of the new connection is asked for before the old one closes, and what Slack sends to that one in
    # between it sends again by itself: only when the old one is gone do both answer.
    await slack.until(lambda: old not in slack.sockets and len(slack.sockets) == 2)
    assert len(slack.calls("apps.connections.open")) == 3
    await slack.slash("a fox")
    await slack.slash("an owl")
    await slack.until(lambda: len(listening.asks) == 2)


async def test_the_apps_token_opens_connections_and_nothing_else(listening: Desk, slack: FakeSlack) -> None:
    await slack.slash("a fox")
    await slack.until(lambda: slack.cards())
    for request in slack.requests:
        expected = slack.app_token if request.name == "apps.connections.open" else slack.bot_token
        assert request.headers["Authorization"] == f"Bearer {expected}"
        assert "xox" not in request.query
        assert "xapp" not in request.query


@pytest.mark.parametrize(
    ("method", "error", "more", "sentence"),
    [
        ("auth.test", "invalid_auth", {}, "slack.bot_token_file: Slack answers invalid_auth. Copy the token anew"),
        ("auth.test", "missing_scope", {"needed": "chat:write"}, "lacks the scope chat:write"),
        ("apps.connections.open", "not_allowed_token_type", {}, "slack.app_token_file: this is another kind of token"),
    ],
)
async def test_a_refused_token_says_how_to_mend_it(
    desk: Desk, slack: FakeSlack, method: str, error: str, more: dict[str, str], sentence: str
) -> None:
    slack.fail(method, error, **more)
    with pytest.raises(ConfigError, match=sentence.replace(".", r"\.").replace("(", r"\(")):
        await platform.serve(desk, desk.courier)  # type: ignore[arg-type]


async def test_missing_scopes_are_named_at_the_start(
    desk: Desk, slack: FakeSlack, capsys: pytest.CaptureFixture[str]
) -> None:
    slack.scopes = ",".join(each for each in SCOPES if each != "files:read")
    serving = asyncio.create_task(platform.serve(desk, desk.courier))  # type: ignore[arg-type]
    await slack.until(lambda: len(slack.sockets) == 2)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert "lacks the scopes files:read. Paste the manifest again" in capsys.readouterr().out


def test_what_the_sdk_logs_holds_no_ticket(caplog: pytest.LogCaptureFixture) -> None:
    logger = sdk_logger("bolt", logging.ERROR)
    logger.error("Failed to connect (error: 408, url='wss://wss.slack.com/link/?ticket=abc-123&app_id=A1')")
    assert "abc-123" not in caplog.text
    assert "ticket=…" in caplog.text


async def _listen(desk: Desk) -> None:
    courier = await platform.open(desk)  # type: ignore[arg-type]
    try:
        await platform.serve(desk, courier)  # type: ignore[arg-type]
    finally:
        await courier.close()


@pytest.mark.parametrize("missing", ["bot_token", "app_token"])
async def test_a_missing_token_is_named(tmp_path: Path, slack: FakeSlack, missing: str) -> None:
    desk = Desk(tmp_path, slack, **{f"{missing}_file": None, f"{missing}_env": "NOT_SET"})
    with pytest.raises(ConfigError, match="NOT_SET"):
        await _listen(desk)


async def test_stopping_lets_what_was_acknowledged_be_handed_over(desk: Desk, slack: FakeSlack) -> None:
    serving = asyncio.create_task(platform.serve(desk, desk.courier))  # type: ignore[arg-type]
    await slack.until(lambda: len(slack.sockets) == 2)
    await slack.slash("a fox")
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert len(desk.asks) == 1
    assert slack.sockets == []
