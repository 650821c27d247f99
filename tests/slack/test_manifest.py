"""The app's manifest, made from the table of actions."""

from __future__ import annotations

import pytest

from limner_slack.manifest import TAKEN, commands, manifest, usage
from tests import contracts
from tests.slack.table import TABLE


@pytest.mark.skipif(not contracts.PRESENT, reason="the platforms' descriptions are not here")
def test_the_manifest_is_what_slack_describes() -> None:
    assert [str(each) for each in contracts.validator("slack").check_manifest(manifest(TABLE))] == []


def test_every_command_of_the_table_is_there_but_those_that_slack_keeps_for_itself() -> None:
    assert commands(TABLE, "/paint") == {
        "/paint": "imagine",
        "/edit": "edit",
        "/show": "show",
        "/gallery": "gallery",
        "/share": "share",
        "/style": "style",
    }
    assert {"help", "status"} <= TAKEN


def test_the_message_shortcut_is_there_by_its_label() -> None:
    shortcut = manifest(TABLE)["features"]["shortcuts"][0]
    assert (shortcut["name"], shortcut["type"]) == ("Imagine from this", "message")
    assert shortcut["callback_id"] == "limner:from-message"


def test_the_hint_says_what_may_follow() -> None:
    assert usage(TABLE["imagine"]).startswith("prompt [--square|--wide|--tall] [--draft|")
    style = next(each for each in manifest(TABLE)["features"]["slash_commands"] if each["command"] == "/style")
    assert (style["description"], style["usage_hint"]) == ("Keep and list styles.", "save name | list")
    assert usage(TABLE["share"]) == "picture place [--note …]"
