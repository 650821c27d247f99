"""Token counts are taken as they are spelled, and doubted where they make no sense."""

from __future__ import annotations

from typing import Any

import pytest

from limner.engines.usages import mainline, read, tool, total
from limner.models import Usage

DETAILS = {"text_tokens": 10, "image_tokens": 40}


@pytest.mark.parametrize(
    ("said", "usage"),
    [
        (
            {"input_tokens": 50, "input_tokens_details": DETAILS, "output_tokens": 196, "total_tokens": 246},
            Usage(text_in=10, image_in=40, image_out=196),
        ),
        (
            {
                "input_tokens": 50,
                "input_tokens_details": DETAILS,
                "output_tokens": 200,
                "output_tokens_details": {"text_tokens": 4, "image_tokens": 196},
            },
            Usage(text_in=10, image_in=40, text_out=4, image_out=196),
        ),
        (
            {
                "input_tokens": 50,
                "input_tokens_details": {
                    **DETAILS,
                    "cached_tokens": 35,
                    "cached_tokens_details": {"text_tokens": 5, "image_tokens": 30},
                },
                "output_tokens": 1,
            },
            Usage(text_in=5, text_cached=5, image_in=10, image_cached=30, image_out=1),
        ),
        (
            {"input_tokens": 50, "input_tokens_details": {**DETAILS, "cached_tokens": 35}, "output_tokens": 1},
            Usage(text_in=0, text_cached=10, image_in=15, image_cached=25, image_out=1),
        ),
        ({"input_tokens": 50, "output_tokens": 1}, Usage(text_in=50, image_out=1)),
        (None, None),
        ("much", None),
        ({}, None),
        ({"input_tokens": 5}, None),
        ({"input_tokens": -5, "output_tokens": 1}, None),
        ({"input_tokens": True, "output_tokens": 1}, None),
        ({"input_tokens": "5", "output_tokens": 1}, None),
        ({"input_tokens": 5, "output_tokens": 1, "input_tokens_details": [1]}, Usage(text_in=5, image_out=1)),
    ],
)
def test_a_usage_object_becomes_counts(said: Any, usage: Usage | None) -> None:
    assert read(said) == usage


def test_pictures_that_complete_one_by_one_are_one_request() -> None:
    first, second = Usage(text_in=10, image_in=40, image_out=196), Usage(text_in=10, image_in=40, image_out=396)

    assert total([first, second]) == Usage(text_in=10, image_in=40, image_out=592)
    assert total([first, Usage(image_out=4)]) == Usage(text_in=10, image_in=40, image_out=200)
    assert total([]) is None


@pytest.mark.parametrize(
    ("said", "usage"),
    [
        (
            {
                "input_tokens": 100,
                "input_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 30},
                "output_tokens": 20,
                "output_tokens_details": {"reasoning_tokens": 10},
            },
            Usage(text_in=10, text_cached=60, text_written=30, text_out=20),
        ),
        ({"input_tokens": 100, "output_tokens": 20}, Usage(text_in=100, text_out=20)),
        (
            {
                "input_tokens": 5,
                "input_tokens_details": {"cached_tokens": 9, "cache_write_tokens": 9},
                "output_tokens": 1,
            },
            Usage(text_cached=5, text_out=1),
        ),
        ({"input_tokens": 5}, None),
        (None, None),
    ],
)
def test_what_leads_a_conversation_counts_words_new_cached_and_written(said: Any, usage: Usage | None) -> None:
    assert mainline(said) == usage


def test_what_a_tool_painted_is_counted_apart() -> None:
    told = {
        "input_tokens": 50,
        "input_tokens_details": DETAILS,
        "output_tokens": 196,
        "cached_tokens": 35,
        "cached_tokens_details": {"cached_text_tokens": 5, "cached_image_tokens": 30},
    }
    cached = Usage(text_in=5, text_cached=5, image_in=10, image_cached=30, image_out=196)

    assert tool({"image_gen": told, "web_search": {"num_requests": 0}}) == cached
    assert tool({"image_gen": {**told, "cached_tokens": None, "cached_tokens_details": None}}) == Usage(
        text_in=10, image_in=40, image_out=196
    )
    assert tool({"web_search": {"num_requests": 0}}) is None
    assert tool(None) is None
