"""Buttons that no card has: what a member can send by other means than a press."""

from __future__ import annotations

import json
from dataclasses import replace

from tests.conversations.reading import id_of
from tests.stages import Seen, Stage
from tests.stages.web import WebStage


async def forged(stage: Stage, seen: Seen, code: str) -> Seen:
    """Presses Reroll with another code on it; gives what answers."""
    if isinstance(stage, WebStage):
        return await stage._press(seen, code)
    own, raw = f"limner:reroll:{id_of(seen)}:", json.dumps(seen.raw)
    assert own in raw, "there is no button whose code could be forged"
    return await stage.press(replace(seen, raw=json.loads(raw.replace(own, code))), "Reroll")
