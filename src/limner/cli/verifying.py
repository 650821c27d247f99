"""`limner verify`: every file checked against its hash, while another process may be at work on the same data."""

from __future__ import annotations

import json
from contextlib import aclosing
from pathlib import Path

from limner.cli.settings import settings_for
from limner.store.verifying import Fault, Finding, Tally, open_verifying

TOLD = {
    Fault.MISSING: "missing",
    Fault.DAMAGED: "damaged: its bytes are not what they were",
    Fault.UNOWNED: "needed by nothing; the next sweep takes it",
}


async def run_verify(config: Path | None, *, as_json: bool) -> int:
    """Prints what it finds, then the sum; 1 when something is missing or damaged."""
    async with open_verifying(settings_for(config).data) as verifying:
        async with aclosing(verifying.findings()) as findings:
            async for finding in findings:
                print(finding.model_dump_json() if as_json else _line(finding), flush=True)
        tally = verifying.tally
    print(_sum_as_json(tally) if as_json else _sum(tally))
    return 0 if tally.sound else 1


def _line(finding: Finding) -> str:
    owners = f" ({', '.join(finding.owners)})" if finding.owners else ""
    return f"✗ {finding.key}{owners}: {TOLD[finding.fault]}"


def _sum(tally: Tally) -> str:
    looked = f"{tally.files:,} files looked at, {tally.bytes / 1e6:,.1f} MB"
    found = [f"{number:,} {fault}" for fault, number in tally.faults.items() if number]
    return f"{looked}: {', '.join(found) if found else 'all are there, and as they were'}."


def _sum_as_json(tally: Tally) -> str:
    counts = {str(fault): number for fault, number in tally.faults.items()}
    return json.dumps({"files": tally.files, "bytes": tally.bytes, **counts, "sound": tally.sound})
