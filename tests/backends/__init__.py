"""What a Limner may keep its things in besides a file and a folder: real servers, started for the tests."""

from __future__ import annotations

import os
import re


class Missing(Exception):
    """A server cannot be started here; the text says why, in one sentence."""


def required(part: str) -> bool:
    """Whether `TESTS_REQUIRE` (such as "browser postgresql s3") says that this part's tests must not be skipped."""
    return part in re.split(r"[\s,]+", os.environ.get("TESTS_REQUIRE", ""))
