"""What OpenAI tells of its limits is understood in all its spellings, and nonsense is nothing."""

from __future__ import annotations

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.errors import RateLimited
from limner.openai import connect, translate
from limner.openai.limits import Allowance, allowance, seconds
from tests.openai.test_errors import answering, server


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("1s", 1.0),
        ("6m0s", 360.0),
        ("120ms", 0.12),
        ("1h2m3.5s", 3723.5),
        ("1d", 86_400.0),
        ("0s", 0.0),
        ("12", 12.0),
        ("1.5", 1.5),
        (" 2S ", 2.0),
        ("", None),
        (None, None),
        ("soon", None),
        ("-1s", None),
        ("1s later", None),
        ("nan", None),
    ],
)
def test_durations_are_read(said: str | None, meant: float | None) -> None:
    assert seconds(said) == (None if meant is None else pytest.approx(meant))


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_nonsense_is_nothing(limit: str, left: str, reset: str) -> None:
    told = allowance(
        {
            "x-ratelimit-limit-images": limit,
            "x-ratelimit-remaining-images": left,
            "x-ratelimit-reset-images": reset,
        }
    )
    if told is not None:
        assert told.per_minute is None or told.per_minute > 0
        assert told.left is None or told.left >= 0
        assert told.reset is None or told.reset >= 0


def test_pictures_have_their_own_limit_and_that_of_requests_stands_in() -> None:
    requests = {
        "x-ratelimit-limit-requests": "500",
        "x-ratelimit-remaining-requests": "499",
        "x-ratelimit-reset-requests": "120ms",
    }
    assert allowance(requests) == Allowance(per_minute=500, left=499, reset=0.12)
    images = {**requests, "x-ratelimit-limit-images": "5", "x-ratelimit-remaining-images": "0"}
    assert allowance(images) == Allowance(per_minute=5, left=0, reset=None)
    assert allowance({}) is None


async def test_a_refusal_carries_what_it_told_and_waits_for_the_reset_where_it_names_no_delay() -> None:
    error = {"message": "Rate limit reached.", "type": "requests", "code": "rate_limit_exceeded"}
    told = {
        "x_ratelimit_limit_images": "5",
        "x_ratelimit_remaining_images": "0",
        "x_ratelimit_reset_images": "12s",
    }
    for headers, wait in (({}, 12.0), ({"retry_after": "3"}, 3.0)):
        async with server(answering(429, error, **told, **headers)) as (address, _):
            client = connect(api_key="sk-test", base_url=address)
            with pytest.raises(openai.APIStatusError) as raised:
                await client.images.generate(model="gpt-image-1", prompt="a fox")
            await client.close()
        trouble = translate(raised.value)
        assert isinstance(trouble, RateLimited)
        assert trouble.fields["allowance"] == Allowance(per_minute=5, left=0, reset=12.0)
        assert trouble.fields["retry_after"] == wait
