"""The provider's SDK, as engines and ears share it: one way to connect, one translation of what goes wrong."""

from limner.openai.client import connect
from limner.openai.errors import translate

__all__ = ["connect", "translate"]
