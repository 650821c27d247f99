"""Eyes look. One verb: from a picture to words for what is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from limner.models import Model, Usage

__all__ = ["LOOKED_AT", "Eye", "Seen", "View", "answer_tokens"]

LOOKED_AT = 1024
"""Pixels each way of what is looked at: enough to tell what is there, and paid for by its size."""
ANSWER_TOKENS, PROMPT_TOKENS = 300, 250
"""Tokens that an answer may have: for its description and form, and for each prompt besides."""


def answer_tokens(prompts: int) -> int:
    """The most tokens that an answer may have."""
    return ANSWER_TOKENS + prompts * PROMPT_TOKENS


@dataclass(frozen=True, kw_only=True)
class View:
    """A picture to look at."""

    data: bytes
    """A JPEG, made small: what goes along is paid for by its size."""
    width: int
    height: int
    prompts: int = 0
    """How many prompts to write that would paint it again, besides the description."""
    language: str | None = None
    """The language to answer in, a BCP 47 tag; None: that of `made_from`, else English."""
    made_from: str | None = None
    """The prompt that it was painted from."""
    member: str = ""
    """A keyed hash of the member's id."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was seen. All of it is a model's words: nothing in it is to act."""

    description: str
    """A sentence or two for somebody who cannot see the picture; empty when none came that can be used."""
    prompts: tuple[str, ...] = ()
    """Those that can be used, no two alike, at most as many as were asked for."""
    declined: bool = False
    """The model would not describe this picture."""
    usage: Usage | None = None
    request_id: str | None = None


class Eye(Protocol):
    """Looks."""

    name: str

    async def look(self, view: View, model: Model) -> Seen:
        """What this model sees in a picture. Calls the provider once; whatever answer comes back is paid for.

        Raises:
            ProviderTrouble: As `Engine.paint`.
        """
        ...

    async def close(self) -> None: ...
