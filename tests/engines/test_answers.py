"""Answers are read as what they are, JSON or events, in whatever pieces they come."""

from __future__ import annotations

import base64
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.engines.answers import AnswerReader, Garbled
from tests.engines.test_sieve import CUTS, pieces

PICTURE = base64.b64encode(bytes(range(256)) * 2).decode()


def read(data: list[bytes], folder: Path) -> tuple[list[dict[str, Any]], AnswerReader]:
    reader = AnswerReader(folder)
    try:
        said = [each for piece in data for each in reader.feed(piece)]
        reader.write()
        return [*said, *reader.end()], reader
    finally:
        reader.close()


EVENTS = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["image_generation.partial_image", "image_generation.completed", "\r\n\n data: x"])},
        optional={
            "b64_json": st.just(PICTURE),
            "words": st.text(alphabet='data: "\\\r\n:é', max_size=12),
            "usage": st.none() | st.just({"output_tokens": 3}),
        },
    ),
    max_size=5,
)
NOISE = st.lists(st.sampled_from([": keep-alive", ":", "id: 7", "retry: 10", "event: x", "database: no"]), max_size=3)


@given(
    EVENTS,
    NOISE,
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([None, 1]),
    st.sampled_from(["data: ", "data:"]),
    st.sampled_from(["", "\ufeff", "\n"]),
    CUTS,
)
def test_events_are_the_same_in_any_pieces_and_any_spelling(
    events: list[dict[str, Any]], noise: list[str], end: str, indent: int | None, data: str, begin: str, cuts: list[int]
) -> None:
    lines: list[str] = []
    for event in events:
        lines += [f"event: {json.dumps(event['type'])}", *noise]
        lines += [data + line for line in json.dumps(event, indent=indent).split("\n")]
        lines += [*noise, ""]
    lines += ["data: [DONE]", "", ""]
    stream = (begin + end.join(lines)).encode()

    with tempfile.TemporaryDirectory() as folder:
        said, reader = read(list(pieces(stream, cuts)), Path(folder))
        for each in said:
            if "b64_json" in each:
                each["b64_json"] = base64.b64encode(reader.files[each["b64_json"]].path.read_bytes()).decode()
    assert said == events


@given(st.sampled_from(["", " \n\n ", "\ufeff"]), CUTS)
def test_json_is_one_object_at_the_end(before: str, cuts: list[int]) -> None:
    whole = {"created": 1, "data": [{"b64_json": PICTURE}, {"b64_json": PICTURE}], "usage": None}
    with tempfile.TemporaryDirectory() as folder:
        data = (before + json.dumps(whole, indent=1)).encode()
        (said,), reader = read(list(pieces(data, cuts)), Path(folder))
        assert [each["b64_json"] for each in said["data"]] == list(reader.files)
        assert [each.size for each in reader.files.values()] == [512, 512]
    assert said["created"] == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"  \n",
        b"<html>busy</html>",
        b"OK",
        b"[]",
        b'"b64_json"',
        b"{",
        b'{"data": [{"b64_json": "QUJD',
        b'{"data": [}',
        b"data: nothing\n\n",
        b"data: [1]\n\n",
        b'{"a":' * 100_000,
        b"\xff\xfe{",
        b'{"a": "\xff"}',
    ],
)
def test_what_is_no_answer_is_garbled(answer: bytes, tmp_path: Path) -> None:
    with pytest.raises(Garbled):
        read([answer], tmp_path)


def test_an_event_that_was_cut_is_no_event(tmp_path: Path) -> None:
    said, _ = read([b'data: {"type": "one"}\n\ndata: {"type": "image_generation.completed"}\n'], tmp_path)

    assert said == [{"type": "one"}]
