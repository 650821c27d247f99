"""The SDK's client, set up so that one request is one POST."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openai import AsyncOpenAI

CONNECT_SECONDS = 10.0
READ_SECONDS = 300.0
"""Between two pieces of an answer. Edits have been seen to take 150 seconds before the first."""


def connect(*, api_key: str, base_url: str | None = None, organization: str | None = None) -> AsyncOpenAI:
    """A client that never sends anything twice by itself; close it with `await client.close()`.

    The SDK's default is to try again twice, also after a timeout, when the first request may have been served and
    charged. It takes a second to import, so that happens here.
    """
    import httpx2
    from openai import AsyncOpenAI

    return AsyncOpenAI(
        api_key=api_key,
        base_url=base_url,
        organization=organization,
        max_retries=0,
        timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
    )
