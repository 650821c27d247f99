"""The named points of the flow: each a moment at which a process is killed.

Most are before or after something that the process does, and are told by the name of what does it; two are on the
provider's side, where the stand-in tells when they are reached.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from limner.domain.card import State

Call = tuple[tuple[Any, ...], dict[str, Any]]
"""What was called with, positional and by name; a method's `self` among the former."""


def _always(call: Call, result: Any) -> bool:
    return True


def _final(call: Call, result: Any) -> bool:
    """Whether the card that is shown is a job's last one."""
    card = next((each for each in (*call[0], *call[1].values()) if hasattr(each, "lines_of")), None)
    return card is not None and card.state in {State.DONE, State.FAILED}


def _claimed(call: Call, result: Any) -> bool:
    """Whether a worker got anything."""
    return bool(result.jobs)


def _of_journal(call: Call, result: Any) -> bool:
    """Whether a job's folder is removed, which is done piece by piece."""
    return "easel" in str(call[0][0])


@dataclass(frozen=True, kw_only=True)
class Point:
    """A moment of the flow."""

    name: str
    where: tuple[str, ...] = ()
    """`module:Class.method` of what does it; none for a point that the stand-in tells of."""
    after: bool = False
    """Whether it is when that returns, not when it is called."""
    counts: Callable[[Call, Any], bool] = _always
    """Which calls are meant, by what they were given and, `after`, what they gave."""
    worker: bool = True
    """Whether it is a worker's, where workers are processes of their own; else a front's."""


_SHOW = ("limner_discord.courier:DiscordCourier.show", "limner_slack.courier:SlackCourier.show")

POINTS: tuple[Point, ...] = (
    Point(name="before a job is accepted", where=("limner.store.jobs:Jobs.accept",), worker=False),
    Point(name="while a job is accepted", where=("limner.store.ledger:reserve",), after=True, worker=False),
    Point(name="after a job is accepted", where=("limner.store.jobs:Jobs.accept",), after=True, worker=False),
    Point(name="after its first card", where=_SHOW, after=True, worker=False),
    Point(name="before its card is noted", where=("limner.store.jobs:Jobs.shown",), worker=False),
    Point(name="after its card is noted", where=("limner.store.jobs:Jobs.shown",), after=True, worker=False),
    Point(name="after it is claimed", where=("limner.store.queue:Queue.claim",), after=True, counts=_claimed),
    Point(name="before an attempt is opened", where=("limner.store.jobs:Jobs.open_attempt",)),
    Point(name="after an attempt is opened", where=("limner.store.jobs:Jobs.open_attempt",), after=True),
    Point(name="call sent"),
    Point(name="answer half sent"),
    Point(name="answer whole", where=("limner.engines.openai_images:OpenAIImages.paint",), after=True),
    Point(name="after the journal", where=("limner.jobs.journal:Journal.write",), after=True),
    Point(name="after a picture is kept", where=("limner.store.blobs:Blobs.put_file",), after=True),
    Point(name="before settling", where=("limner.store.jobs:Jobs.settle",)),
    Point(name="while settling", where=("limner.store.ledger:settle",), after=True),
    Point(name="after settling", where=("limner.store.jobs:Jobs.settle",), after=True),
    Point(name="while the journal is cleared", where=("shutil:rmtree",), counts=_of_journal),
    Point(name="before the last card", where=_SHOW, counts=_final),
    Point(name="after the last card", where=_SHOW, counts=_final, after=True),
    Point(name="before delivery is noted", where=("limner.store.jobs:Jobs.delivered",)),
    Point(name="after delivery is noted", where=("limner.store.jobs:Jobs.delivered",), after=True),
)
_RESPONSES = "limner.engines.openai_responses:OpenAIResponses"
CONVERSING: tuple[Point, ...] = (
    Point(name="before the handle is noted", where=("limner.store.jobs:Jobs.known_as",)),
    Point(name="after the handle is noted", where=("limner.store.jobs:Jobs.known_as",), after=True),
    Point(name="while it is picked up", where=(f"{_RESPONSES}.resume",)),
    Point(name="answer half sent"),
    Point(name="conversation's answer whole", where=(f"{_RESPONSES}.paint",), after=True),
)
"""Those of a call that goes on at the provider; what is picked up has to have been left before."""
