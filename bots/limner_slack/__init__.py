"""Limner on Slack: Socket Mode in, the Web API out."""

from limner_slack.platform import platform

__all__ = ["platform"]
