"""A workspace of Slack on the loopback: Web API, Socket Mode and file hosting, driven by the real SDK.

    async with FakeSlack() as slack:
        … [slack] api_base = slack.api_base, tokens slack.bot_token and slack.app_token
        await slack.slash("a red fox --wide", user="ada")
        slack.seen("general", by="ada")

It refuses what Slack refuses, holds what a member would see, and records every request; `breaches` has what in them
breaks the official descriptions.
"""

from tests.fakes.slack.members import FakeSlack, Unanswered
from tests.fakes.slack.workspace import File, Message

__all__ = ["FakeSlack", "File", "Message", "Unanswered"]
