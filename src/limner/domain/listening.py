"""How voice notes are treated: where they are heard, by which ear, and what becomes of them."""

from __future__ import annotations

from enum import StrEnum

from limner.domain.money import Micros
from limner.domain.record import Record


class Manner(StrEnum):
    """What becomes of a voice note."""

    OFF = "off"
    """It is not listened to."""
    CONFIRM = "confirm"
    """What was heard is shown, and waits for its member's word."""
    AT_ONCE = "at-once"
    """What was heard is done."""


class EarName(StrEnum):
    """Which ear listens."""

    GPT_AUDIO = "gpt-audio"
    """It hears and understands."""
    TRANSCRIBE = "transcribe"
    """It writes down; plain rules make a request of that. Cheaper."""


class VoiceRules(Record):
    """How a team wants voice notes treated. What is None is as the host configured it."""

    ear: EarName | None = None
    listen: Manner | None = None
    channels: dict[str, Manner] = {}
    """Channels with a manner of their own, by `Place.key`."""
    confirm_above: Micros | None = None
    """What costs more waits for a word also where notes are acted upon at once."""
    english: bool = False
    """Whether prompts are put into English, whatever is spoken."""
    keep_days: int = 0
    """How long the sound of notes is kept that were acted upon; 0: no longer than it is needed."""

    def manner(self, channel: str, host: Manner, hosts_limit: Micros | None) -> tuple[Manner, Micros | None]:
        """The manner of a channel, by its key, with the amount above which it confirms nevertheless; None: none. A host
        who hears nothing has the last word."""
        manner = host if host is Manner.OFF else self.channels.get(channel) or self.listen or host
        return manner, hosts_limit if self.confirm_above is None else self.confirm_above


class Preferences(Record):
    """What a member has chosen for themselves."""

    listens: bool = True
    """Whether their voice notes are heard."""
    aloud: bool = False
    """Whether they are answered aloud too."""
