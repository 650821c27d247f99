"""Limner on Discord: the gateway in, REST out."""

from limner_discord.platform import platform

__all__ = ["platform"]
