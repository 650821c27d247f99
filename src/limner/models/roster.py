"""Which model answers for a name: today, at this endpoint.

A name that the endpoint lists runs as itself, whatever the catalogue says of its end: Azure and gateways serve models
longer. A name that has ended and is not listed gives way to its successor. A name that has not ended but is missing
from the list still runs as itself, because OpenAI's list lags behind new models; if it is gone, the first call says so.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from limner.errors import BadOption, ModelGone
from limner.models import Model, Purpose
from limner.models.catalogue import Catalogue

if TYPE_CHECKING:
    from openai import AsyncOpenAI

OFFLINE = "sketch"
SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")
VERBS = {
    Purpose.PAINT: "paints",
    Purpose.HEAR: "listens",
    Purpose.TRANSCRIBE: "transcribes",
    Purpose.CONVERSE: "answers",
}
"""What a model does, in a card's words."""


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """The model that answers."""

    model: Model
    asked: str
    note: str | None
    """The sentence for the card and the log, when another model stands in."""


class Roster:
    """Resolves names. What it learns of the endpoint it keeps for as long as the process runs."""

    def __init__(self, catalogue: Catalogue, *, own_endpoint: bool, today: Callable[[], date]) -> None:
        """`own_endpoint`: the address is not OpenAI's own, so that unknown names may be served there."""
        self.catalogue = catalogue
        self._own_endpoint = own_endpoint
        self._today = today
        self._served: Mapping[str, date | None] | None = None
        self._gone: set[str] = set()

    def elsewhere(self) -> Roster:
        """A roster of the same catalogue for another server than OpenAI's own."""
        return Roster(self.catalogue, own_endpoint=True, today=self._today)

    def learn(self, served: Mapping[str, date | None] | None) -> None:
        """Takes the endpoint's list: model ids with the day on which each is shut down. None: it could not be had."""
        self._served = served

    def gone(self, name: str) -> None:
        """The endpoint said that it serves no such model."""
        self._gone.add(name)

    def resolve(self, name: str, purpose: Purpose = Purpose.PAINT) -> Resolved:
        """The living model for a name, following successors; `purpose` says what it is for.

        Raises:
            BadOption: Nobody knows the name; the nearest known ones are said.
            ModelGone: It has ended, and nothing that lives follows it.
        """
        asked = self.catalogue.get(name)
        if asked is None:
            return self._unknown(name, purpose)
        if asked.purpose is not purpose:
            raise self._no_such(name, purpose)
        model, passed = asked, {asked.name}
        while not self._lives(model):
            following = self.catalogue.get(model.successor) if model.successor else None
            if following is None or following.name in passed:
                raise ModelGone(model=asked.title)
            model = following
            passed.add(model.name)
        return Resolved(model=model, asked=name, note=self._note(asked, model))

    def named(self, name: str, purpose: Purpose = Purpose.PAINT) -> Model:
        """The model of an API name, whether it lives or not: for what was begun, or is to be accounted for."""
        # A provider says by which of its snapshots it answered.
        return self.catalogue.get(name) or self.catalogue.get(SNAPSHOT.sub("", name)) or _stranger(name, purpose)

    def _unknown(self, name: str, purpose: Purpose) -> Resolved:
        if name in self._gone:
            raise ModelGone(model=name)
        if self._own_endpoint or (self._served is not None and name in self._served):
            # Nothing is known of it: only what every GPT Image model takes is asked of it, and it costs what the
            # dearest known model costs until its usage tells.
            return Resolved(model=_stranger(name, purpose), asked=name, note=None)
        raise self._no_such(name, purpose)

    def _no_such(self, name: str, purpose: Purpose) -> BadOption:
        names = [model.name for model in self.catalogue.of(purpose) if model.name != OFFLINE]
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.3) or names[:3]
        why = f"no model that {VERBS[purpose]} has this name; there are {', '.join(near)}"
        return BadOption(name="model", value=name[:60], why=why)

    def _lives(self, model: Model) -> bool:
        if model.name in self._gone:
            return False
        if self._served is not None and model.name in self._served:
            ends = self._served[model.name]
            return ends is None or ends > self._today()
        if self._served is None and self._own_endpoint:
            return True
        return model.ends is None or model.ends > self._today()

    def _note(self, asked: Model, model: Model) -> str | None:
        if asked.name == model.name:
            return None
        verb = VERBS[model.purpose]
        if asked.ends and asked.ends <= self._today():
            return f"{asked.title} was shut down on {asked.ends.isoformat()}; {model.title} {verb} instead."
        return f"{asked.title} is not served here; {model.title} {verb} instead."

    def alive(self, purpose: Purpose) -> tuple[Model, ...]:
        """The models that can be asked for."""
        return tuple(model for model in self.catalogue.of(purpose) if self._lives(model))


DEAREST = {
    Purpose.PAINT: {"text_in": 5, "image_in": 10, "image_out": 40, "text_out": 10},
    Purpose.HEAR: {"text_in": 5, "audio_in": 40, "text_out": 10, "audio_out": 80},
    Purpose.TRANSCRIBE: {"audio_minute": 0.006},
    Purpose.CONVERSE: {"text_in": 10, "text_cached": 1, "text_written": 12.5, "text_out": 50},
}
"""What the dearest known model of a purpose costs: an unknown one is counted so, and no cap is passed unseen."""


def _stranger(name: str, purpose: Purpose) -> Model:
    return Model.model_validate(
        {
            "name": name,
            "title": name,
            "purpose": purpose,
            "price": DEAREST[purpose],
            "tokens": {
                "low": {"1024x1024": 272, "1024x1536": 408, "1536x1024": 408},
                "medium": {"1024x1024": 1756, "1024x1536": 1756, "1536x1024": 1756},
                "high": {"1024x1024": 7024, "1024x1536": 7024, "1536x1024": 7024},
            },
        }
    )


def _day(said: Any) -> date | None:
    """The day in a `shutdown_date`, which compatible servers leave out or fill as they like."""
    try:
        return datetime.fromisoformat(said).date() if said else None
    except (ValueError, TypeError):
        return None


async def served(client: AsyncOpenAI) -> Mapping[str, date | None] | None:
    """What `GET /models` lists, with the day on which each is shut down; None when no list can be had.

    The SDK's own reading of it takes any answer for a list, and stumbles over it later.
    """
    import openai

    try:
        answer = await client.models.with_raw_response.list()
        told = json.loads(answer.http_response.content)
    except (openai.OpenAIError, ValueError):
        return None
    models = told.get("data") if isinstance(told, dict) else None
    if not isinstance(models, list):
        return None
    found = [each for each in models if isinstance(each, dict) and isinstance(each.get("id"), str)]
    return {each["id"]: _day(each.get("shutdown_date")) for each in found} or None
