"""The app's manifest: what a host pastes into api.slack.com/apps → Create New App → From a manifest.

Made from the table of actions, so that a new action's command and shortcut are there without another word. Schema:
slackapi/manifest-schema.
"""

from __future__ import annotations

from typing import Any

from limner.domain.action import Action, Table
from limner.domain.options import Kind
from limner.domain.text import shorten

MAIN = "imagine"
"""The action behind the configured command."""

SHORTCUT_ID = "limner:"
"""Before the action's name in a message shortcut's `callback_id`."""

SCOPES = {
    "app_mentions:read": "to be asked by @mention, in threads too",
    "channels:history": "to hear voice clips in public channels",
    "channels:join": "to come into a public channel where it is first asked",
    "channels:read": "to find the channel that a picture is shared to",
    "chat:write": "to post cards",
    "commands": "for the commands and the message shortcut",
    "files:read": "to fetch reference pictures and voice clips",
    "files:write": "to share the pictures",
    "groups:history": "to hear voice clips in private channels that it was invited to",
    "groups:read": "to find the private channel that a picture is shared to",
    "im:history": "to answer direct messages",
    "im:write": "to send private pictures",
    "mpim:history": "to answer in group messages",
    "users:read": "to know members' names, language, and who is an admin",
}
"""The bot's scopes, and what each is for."""

EVENTS = (
    *("app_mention", "message.channels", "message.groups", "message.im", "message.mpim"),
    "member_joined_channel",
    "user_change",
)

# Slack's own commands of these names come first, so ours would never be reached: they stay words after the main one.
TAKEN = frozenset(
    {"active", "apps", "archive", "away", "call", "collapse", "dm", "dnd", "expand", "feed", "feedback", "help"}
    | {"invite", "invite_people", "join", "keys", "leave", "me", "msg", "mute", "open", "part", "prefs", "remind"}
    | {"remove", "kick", "rename", "search", "shortcuts", "shrug", "star", "status", "topic", "who", "huddle"}
)


def commands(table: Table, command: str) -> dict[str, str]:
    """Every slash command with the name of its action or its group; those whose name Slack keeps for itself are left
    out."""
    named = {command: MAIN}
    for name in dict.fromkeys(action.group.name if action.group else action.name for action in table.commands):
        own = f"/{name}"
        if name != MAIN and name not in TAKEN and own not in named and len(own) <= 32:
            named[own] = name
    return named


def manifest(table: Table, command: str = "/imagine") -> dict[str, Any]:
    """The manifest as plain data, ready for JSON or YAML."""
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Limner",
            "description": "An image studio in your team's chat: say what you see, and it is painted here.",
            "background_color": "#2b2440",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Limner", "always_online": True},
            "slash_commands": [_command(slash, name, table) for slash, name in commands(table, command).items()],
            **_shortcuts(table),
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }


def _command(slash: str, name: str, table: Table) -> dict[str, Any]:
    group = next((each for each in table.groups if each.name == name), None)
    help, hint = (group.help, _words(table.within(group))) if group else (table[name].help, usage(table[name]))
    return {
        "command": slash,
        "description": shorten(help, 200) or name,
        **({"usage_hint": hint} if hint else {}),
        "should_escape": False,
    }


def _words(actions: tuple[Action, ...]) -> str:
    """What may follow a group's name: `save name … | list`."""
    needed = ((each.word, *(p.name for p in each.parameters if p.required)) for each in actions)
    return shorten(" | ".join(" ".join(words) for words in needed), 200)


def usage(action: Action, limit: int = 200) -> str:
    """What may follow the command, such as `prompt [--shape …] [-n 1-10]`; whole flags only."""
    said: list[str] = []
    for place, parameter in enumerate(action.parameters):
        if parameter.is_file:
            continue
        if place == 0 or parameter.required:
            word = parameter.name if parameter.needed else f"[{parameter.name}]"
        elif parameter.kind is Kind.SWITCH:
            word = f"[--{parameter.name}]"
        elif parameter.choices:
            word = f"[--{'|--'.join(parameter.choices)}]"
        else:
            word = f"[{f'-{parameter.short}' if parameter.short else f'--{parameter.name}'} …]"
        if len(" ".join([*said, word])) > limit:
            break
        said.append(word)
    return " ".join(said)


def _shortcuts(table: Table) -> dict[str, Any]:
    shortcuts = [
        {
            "name": shorten(action.menu or "", 24),
            "type": "message",
            "callback_id": f"{SHORTCUT_ID}{action.name}",
            "description": shorten(action.help, 150) or action.name,
        }
        for action in table.menus[:10]
    ]
    return {"shortcuts": shortcuts} if shortcuts else {}
