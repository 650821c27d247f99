"""Reading what a member saw."""

from __future__ import annotations

import asyncio
import re

from tests.fakes.openai import FakeOpenAI
from tests.patience import PATIENCE
from tests.stages import Seen, Stage

PAINTING = {"/v1/images/generations", "/v1/images/edits", "/v1/responses"}


def id_of(seen: Seen) -> str:
    """The job's id, the last word of the card's small print."""
    found = re.findall(r"· ([a-z0-9]{4,6})\b(?!\s*·)", seen.text)
    assert found, seen.text
    return str(found[-1])


def paintings(openai: FakeOpenAI) -> int:
    """How many times a picture was asked of OpenAI."""
    return sum(1 for each in openai.requests if each.path in PAINTING)


def whole_words(seen: Seen) -> set[str]:
    """Its words, each whole: a job's id may have any letters within it."""
    return set(re.findall(r"\w+", seen.text))


async def sounds(stage: Stage, seen: Seen) -> tuple[bytes, ...]:
    """What was said aloud with a card; on Discord it comes as a message of its own, a moment after it."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if said := await stage.sounds(seen):
                return said
            await asyncio.sleep(0.05)
