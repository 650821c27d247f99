"""A short cut of the soak. `make soak` takes an hour for each database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import contracts
from tests.backends.fixtures import BACKENDS
from tests.soak.soaking import soak, told

SECONDS = 12
SPARE = 80_000_000
"""Bytes: in so short a time a process is still loading what it needs and filling its pools."""


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_nothing_grows_with_what_was_done_and_all_of_it_adds_up(
    tmp_path: Path, backend: str, storage: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contracts, "PRESENT", False)  # it would hold up the stand-ins, and is the other tests' business
    split = backend == "postgresql"
    soaked = await soak(tmp_path, seconds=SECONDS, data=storage, split=split, spare=SPARE)

    assert soaked.wrong == [], told(backend, soaked)
    assert soaked.findings.painted
