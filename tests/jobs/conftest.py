"""The flow's tests run on both backends: SQLite and a folder, PostgreSQL and S3."""

from __future__ import annotations

import pytest

from tests.backends.fixtures import BACKENDS


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)
