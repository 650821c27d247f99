"""Whether what is said conforms to the platforms' descriptions is the other tests' business: here it would hold up the
stand-ins, which several processes talk to at once."""

from __future__ import annotations

import pytest

from tests import contracts


@pytest.fixture(autouse=True)
def _unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contracts, "PRESENT", False)
