"""Ears listen. One verb: from sound to the request in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from limner.media.sound import Sound
from limner.models import Usage

__all__ = ["Context", "Ear", "Heard", "Shown", "Sound", "Why"]


class Why(StrEnum):
    """Why a note asks for nothing."""

    SILENCE = "silence"
    MUSIC = "music"
    TALK = "talk"
    """It was said to others."""
    NOT_YET = "not-yet"
    """The speaker wants nothing done, or not now."""
    BEYOND = "beyond"
    """It asks for something that no note can ask for."""
    UNCLEAR = "unclear"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A picture, or several of one request, that a note may speak of."""

    ids: tuple[str, ...]
    """As people say them, in order; none yet while it waits."""
    words: str
    """What it was asked for by."""
    own: bool = False
    """Whether the speaker asked for it."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the note is about, besides its sound."""

    words: str | None = None
    """Text beside the note."""
    pictures: int = 0
    """How many pictures are attached."""
    replies_to: str | None = None
    """The prompt of the picture it answers."""
    answered: tuple[str, ...] = ()
    """The ids of the pictures on the card that it answers, in order."""
    versions: tuple[Shown, ...] = ()
    """The versions before the picture that it answers, and that itself, oldest first."""
    earlier: tuple[Shown, ...] = ()
    """What was asked for before in the same place, newest first."""
    styles: tuple[str, ...] = ()
    """Names of styles that the note may speak of."""
    english: bool = False
    """Whether prompts are to be in English, whatever is spoken."""
    member: str = ""
    """A keyed hash of the member's id."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What was understood."""

    words: str
    """As spoken, in the speaker's language; empty when there was no speech."""
    language: str
    """A BCP 47 tag, `und` when unknown."""
    action: str | None
    """The name of the action asked for; None: nothing was asked for."""
    values: dict[str, Any] = field(default_factory=dict)
    """The action's options, not checked yet."""
    why: Why = Why.TALK
    """Why it asks for nothing, where it does not."""
    usage: Usage | None = None
    request_id: str | None = None
    label: str | None = None
    """A note for the card, such as that a bundled sample was recognised."""


class Ear(Protocol):
    """Listens."""

    name: str
    takes: tuple[str, ...]
    """The format of short notes, and that of long ones; see `limner.media.sound`."""

    async def hear(self, sound: Sound, context: Context, functions: tuple[dict[str, Any], ...]) -> Heard:
        """The request in the sound, as one of the functions (see `Action.function`). Calls the provider once.

        Raises:
            ProviderTrouble: As `Engine.paint`.
            HearingNeedsKey: This ear knows no such note, and there is no key for another.
        """
        ...

    async def close(self) -> None: ...
