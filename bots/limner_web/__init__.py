"""Limner on a web page of its own: requests in, server-sent events out."""

from limner_web.platform import platform

__all__ = ["platform"]
