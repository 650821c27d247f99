"""What the provider does wrong, one after the other, to a process under the auditor's eyes: the sums hold."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.auditor import audit
from tests.chaos.load import Load
from tests.chaos.rounds import rest
from tests.chaos.stage import Stage, until

AGAIN = ("rate_limit", "slow_down", "rate_limit_bare")
"""Refused before any work: painted a moment later."""
FREE = ("insufficient_quota", "moderation_blocked")
DOUBTFUL = (
    *("server_error", "unavailable", "hang", "reset_before", "reset_after", "half_json", "cut_stream", "empty"),
    *("not_a_picture", "bad_base64", "damaged", "html", "bad_gateway_html", "stream_error"),
)
"""Nobody knows what these were charged."""
IMPATIENT = "import limner.openai.client as client; client.READ_SECONDS = 8; from limner.cli import main; main()"


async def test_after_every_fault_of_the_provider_the_sums_hold(tmp_path: Path) -> None:
    async with Stage(tmp_path, launch=IMPATIENT) as stage:
        load = Load(stage, seed=1)
        await stage.start()
        for number, fault in enumerate((*AGAIN, *FREE, *DOUBTFUL)):
            stage.till.faults.append(fault)
            await load.ask(("discord", "slack")[number % 2])
            await until(lambda: not stage.till.faults, f"“{fault}” strikes")
        await load.stop()
        await rest(stage, load)
        found = audit(stage, load)
        await stage.stop()

    assert found.violations == []
    assert found.jobs == len(AGAIN) + len(FREE) + len(DOUBTFUL)
    assert (found.painted, found.unknown) == (len(AGAIN), len(DOUBTFUL))
