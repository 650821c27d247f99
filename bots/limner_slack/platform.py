"""The platform: Socket Mode by slack-bolt, on two connections.

Slack gives each event to one connection at random, and the SDK's client closes its old connection before it opens the
next: with two, one is always there. The SDK is imported when the platform runs, not before.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from limner.errors import ConfigError, HostTrouble, PlatformTrouble

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

    from limner.app import Limner
    from limner.config import Settings, Slack
    from limner.domain.courier import Courier, Finding
    from limner_slack.inbox import Inbox
    from limner_slack.reading import Me

log = structlog.get_logger(__name__)

CONNECTIONS = 2
PING_SECONDS = 10.0


class SlackPlatform:
    """As the port `Platform` says."""

    name = "slack"

    def configured(self, settings: Settings) -> bool:
        """Whether there is a `[slack]` section."""
        return settings.slack is not None

    def invitation(self, settings: Settings) -> str:
        """The app's manifest as JSON, to paste at api.slack.com/apps → Create New App → From a manifest."""
        from limner import actions
        from limner_slack.manifest import manifest

        command = settings.slack.command if settings.slack else "/imagine"
        return json.dumps(manifest(actions.table(), command), indent=2)

    async def check(self, settings: Settings) -> tuple[Finding, ...]:
        """Both tokens, and the scopes.

        Raises:
            ConfigError: A token is missing or not accepted.
            HostTrouble: Slack cannot be reached.
        """
        from limner.domain.courier import Finding
        from limner_slack.calls import connect, key_of, missing_scopes, tokens
        from limner_slack.manifest import SCOPES

        section = settings.slack
        assert section is not None
        bot, app = tokens(section)
        said = await _asked(connect(section, None, bot).auth_test, key=key_of(section, "bot_token"))
        told = [Finding(ok=True, what=f"Slack: the bot's token is accepted by {said.get('team') or said['team_id']}")]
        granted = said.headers.get("x-oauth-scopes")
        if granted is not None:
            lacking = missing_scopes(granted, wanted=SCOPES)
            told.append(
                Finding(ok=False, what="Slack: scopes are missing", mend=str(lacking.fields["why"]))
                if lacking
                else Finding(ok=True, what="Slack: the app has its scopes")
            )
        opening = connect(section, None)
        await _asked(partial(opening.apps_connections_open, app_token=app), key=key_of(section, "app_token"))
        told.append(Finding(ok=True, what="Slack: the app's token for Socket Mode is accepted"))
        return tuple(told)

    async def open(self, limner: Limner) -> Courier:
        """The courier, by the Web API alone.

        Raises:
            ConfigError: There is no bot token.
        """
        from limner_slack.courier import SlackCourier

        return SlackCourier(_settings(limner), limner)

    async def serve(self, limner: Limner, courier: Courier) -> None:
        """Listens until cancelled.

        Raises:
            ConfigError: A token is missing, or Slack refuses it; the sentence says how to mend that.
        """
        from limner_slack.courier import SlackCourier
        from limner_slack.inbox import Inbox

        if not isinstance(courier, SlackCourier):
            raise TypeError("another platform's courier")
        settings = _settings(limner)
        app_token = settings.app_token
        if app_token is None:
            raise ConfigError(
                where="slack.app_token_env", why=f"the environment variable {settings.app_token_env} is not set"
            )
        me = await _me(courier, settings)
        inbox = Inbox(limner, courier, me)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(inbox.close)
            for _ in range(CONNECTIONS):
                handler = await _connect(_app(courier, inbox, me), settings, app_token.get_secret_value())
                stack.push_async_callback(_disconnect, handler)
            await asyncio.Event().wait()


platform = SlackPlatform()


def _settings(limner: Limner) -> Slack:
    if limner.settings.slack is None:
        raise ConfigError(where="slack", why="there is no [slack] section")
    return limner.settings.slack


async def _asked(call: Callable[[], Awaitable[Any]], *, key: str) -> Any:
    """What Slack answers about a token, which the configuration's `key` names.

    Raises:
        ConfigError: It does not accept the token.
        HostTrouble: It cannot be reached.
    """
    from slack_sdk.errors import SlackApiError

    from limner_slack.calls import mend, patiently

    try:
        return await patiently(call, where="Slack")
    except SlackApiError as problem:
        raise mend(problem, key=key) from problem
    except PlatformTrouble as problem:
        raise HostTrouble(why="Slack cannot be reached; check the network and [slack] api_base.") from problem


async def _me(courier: Any, settings: Slack) -> Me:
    from limner_slack.calls import key_of, missing_scopes
    from limner_slack.manifest import SCOPES
    from limner_slack.reading import Me

    said = await _asked(courier.client.auth_test, key=key_of(settings, "bot_token"))
    granted = said.headers.get("x-oauth-scopes")
    if granted is not None and (lacking := missing_scopes(granted, wanted=SCOPES)):
        # Not the end: what works without them works, and the rest says so when it is tried.
        log.warning("slack", mend=lacking.sentence)
    return Me(said["team_id"], said["user_id"], said.get("bot_id") or "", said.get("enterprise_id"))


def _app(courier: Any, inbox: Inbox, me: Me) -> Any:
    import logging
    import re

    from slack_bolt.async_app import AsyncApp
    from slack_bolt.authorization import AuthorizeResult

    from limner_slack.calls import sdk_logger

    token = courier.client.token

    async def authorize() -> AuthorizeResult:
        # Known since the start: Bolt would otherwise ask Slack before it acknowledges the first event.
        return AuthorizeResult(
            enterprise_id=me.enterprise, team_id=me.team, bot_user_id=me.user, bot_id=me.bot, bot_token=token
        )

    logger = sdk_logger("bolt", logging.ERROR)
    # With process_before_response the acknowledgement goes out as soon as a listener returns, instead of when Bolt
    # next looks; listeners here return at once and leave the work to tasks of their own.
    app = AsyncApp(
        name="limner",
        logger=logger,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,
    )
    app.command(re.compile(r"^/"))(inbox.on_command)
    app.event("app_mention")(inbox.on_message)
    app.event("message")(inbox.on_message)
    app.event("member_joined_channel")(inbox.on_joined)
    app.event("user_change")(inbox.on_changed)
    app.shortcut(re.compile(r"^limner:"))(inbox.on_shortcut)
    app.action(re.compile(r"^limner:"))(inbox.on_press)
    app.view("limner")(inbox.on_form)
    return app


async def _connect(app: Any, settings: Slack, token: str) -> AsyncSocketModeHandler:
    from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
    from slack_sdk.errors import SlackApiError

    from limner_slack.calls import connect, key_of, mend

    # A client of its own: the bot's token is no business of the app's connection.
    handler = AsyncSocketModeHandler(app, token, web_client=connect(settings, None), ping_interval=PING_SECONDS)
    try:
        handler.client.wss_uri = await handler.client.issue_new_wss_url()
        await handler.client.connect()  # type: ignore[no-untyped-call]
    except SlackApiError as problem:
        await _disconnect(handler)
        raise mend(problem, key=key_of(settings, "app_token")) from problem
    except BaseException:  # whoever stops us while we connect leaves nothing open
        await _disconnect(handler)
        raise
    return handler


async def _disconnect(handler: AsyncSocketModeHandler) -> None:
    client = handler.client
    await client.close()  # type: ignore[no-untyped-call]
    # The SDK cancels its tasks and does not wait for them.
    tasks = (client.message_processor, client.current_session_monitor, client.message_receiver)
    await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
