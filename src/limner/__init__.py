"""Limner: an image studio that lives in a team's chat."""

__version__ = "0.1.0"
