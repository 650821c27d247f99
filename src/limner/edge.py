"""The outer edge of whatever somebody waits for: it ends in what they wanted, or in a sentence that they can read."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from limner.domain.card import Card, Controls, Line, Role, State
from limner.errors import Trouble

log = structlog.get_logger(__name__)

T = TypeVar("T")


def refusal(trouble: Trouble) -> Card:
    """A trouble as its one kind sentence, for the asking member's eyes."""
    return Card(
        state=State.REFUSED,
        lines=(Line(role=Role.WARNING, text=trouble.sentence),),
        controls=(Controls(buttons=trouble.ways),) if trouble.ways else (),
        private=True,
    )


async def outcome(work: Awaitable[T], *, about: str, passing: tuple[type[Exception], ...] = ()) -> T | Trouble:
    """What comes of the work, or the trouble to tell of: where anything else went wrong, one with an id, by which the
    log has the rest and what the work was `about`. Those of `passing` are raised as they are."""
    try:
        return await work
    except passing:
        raise
    except Trouble as trouble:
        return trouble
    except Exception:  # whatever it was, a member must read a sentence
        ref = secrets.token_hex(4)
        log.exception("something broke", ref=ref, about=about)
        return Trouble(ref=ref)


async def guarded(work: Awaitable[object], tell: Callable[[Card], Awaitable[object]], *, about: str) -> None:
    """Does the work. Where it goes wrong, the member is told, if anything reaches them still."""
    if isinstance(trouble := await outcome(work, about=about), Trouble):
        unreachable = await outcome(tell(refusal(trouble)), about=about)
        if isinstance(unreachable, Trouble):
            log.warning("a member could not be told", why=unreachable.sentence)
