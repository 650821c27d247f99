"""Whatever the pieces in which an answer comes: the text and the pictures are those of the whole."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.engines import sieve
from limner.engines.sieve import Sieve, TooMuch

# The largest alphabet would seldom hit what matters here: names, quotes, backslashes, and what comes close to the key.
WORDS = st.one_of(
    st.text(max_size=12),
    st.text(alphabet='"\\b64_jsonu{}[]:, \n/é', max_size=24),
    st.sampled_from(["b64_json", '"b64_json"', '"b64_json":"QUJD"', "\\", '\\"b64_json": "', "b64_json\\"]),
)
PICTURES = st.binary(min_size=1, max_size=90).map(lambda data: {"b64_json": base64.b64encode(data).decode()})
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), WORDS, PICTURES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(WORDS.filter(lambda name: name != "b64_json"), inner, max_size=4),
        st.tuples(PICTURES, st.dictionaries(WORDS.filter(lambda name: name != "b64_json"), inner, max_size=3)).map(
            lambda both: {**both[1], **both[0]}
        ),
        inner.filter(lambda value: not isinstance(value, str)).map(lambda value: {"b64_json": value}),
    ),
    max_leaves=12,
)
SPELLINGS = st.fixed_dictionaries(
    {
        "indent": st.sampled_from([None, 0, 2]),
        "ensure_ascii": st.booleans(),
        "separators": st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", "\t: \r\n "), (",", "  :")]),
    }
)
ESCAPES = st.sampled_from([[], [("/", "\\/")], [("+", "\\u002B"), ("=", "\\u003d")], [("A", "\\u0041")]])


def pieces(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    """The data in pieces, cut at these places."""
    places = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
    for begin, end in pairwise(places):
        yield data[begin:end]


CUTS = st.one_of(st.lists(st.integers(0, 2000), max_size=30), st.just(list(range(2000))))


def sifted(data: list[bytes], folder: Path) -> tuple[bytes, Sieve]:
    sieve = Sieve(folder)
    text = b"".join([sieve.feed(piece) for piece in data]) + sieve.rest()
    sieve.write()
    sieve.close()
    return text, sieve


def put_back(said: Any, taken: Sieve) -> Any:
    """The value with every picture where it was."""
    if isinstance(said, list):
        return [put_back(each, taken) for each in said]
    if not isinstance(said, dict):
        return said
    values = {key: put_back(value, taken) for key, value in said.items()}
    if isinstance(name := said.get("b64_json"), str) and name:
        values["b64_json"] = base64.b64encode(taken.files[name].path.read_bytes()).decode()
    return values


@given(JSON, SPELLINGS, ESCAPES, CUTS)
def test_any_pieces_give_what_the_whole_gives(
    value: Any, spelling: dict[str, Any], escapes: list[tuple[str, str]], cuts: list[int]
) -> None:
    spelled = json.dumps(value, **spelling)
    for picture in set(pictures(value)):
        escaped = picture
        for plain, escape in escapes:
            escaped = escaped.replace(plain, escape)
        spelled = spelled.replace(f'"{picture}"', f'"{escaped}"')
    data = spelled.encode()
    expected = json.loads(data)

    with tempfile.TemporaryDirectory() as folder:
        text, taken = sifted(list(pieces(data, cuts)), Path(folder))
        assert all(each.sound for each in taken.files.values())
        assert put_back(json.loads(text), taken) == expected
        assert {each.path for each in taken.files.values()} == set(Path(folder).iterdir())
        assert all(each.size == each.path.stat().st_size for each in taken.files.values())


def pictures(value: Any) -> Iterator[str]:
    for inner in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        yield from pictures(inner)
    if isinstance(value, dict) and isinstance(value.get("b64_json"), str) and value["b64_json"]:
        yield value["b64_json"]


@given(st.binary(max_size=300), CUTS)
def test_any_bytes_at_all_pass_or_are_taken_without_a_fault(data: bytes, cuts: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        whole, _ = sifted([data], Path(folder))
        text, _ = sifted(list(pieces(data, cuts)), Path(folder))
        assert text == whole


@given(st.text(alphabet='"\\b64_json:QUJD= u0\n', max_size=80), CUTS)
def test_text_that_only_looks_like_pictures_is_judged_alike_in_any_pieces(text: str, cuts: list[int]) -> None:
    data = b'{"b64_json": "' + text.encode()
    with tempfile.TemporaryDirectory() as folder:
        whole, at_once = sifted([data], Path(folder))
        passed, taken = sifted(list(pieces(data, cuts)), Path(folder))
        assert passed == whole
        assert [each.sound for each in taken.files.values()] == [each.sound for each in at_once.files.values()]


@pytest.mark.parametrize("quote", ["Zm94", "Zm9", "Zm8=", "Zg=="])
def test_padding_that_was_left_out_is_forgiven(quote: str, tmp_path: Path) -> None:
    _, taken = sifted([f'{{"b64_json": "{quote.rstrip("=")}"}}'.encode()], tmp_path)

    assert [each.sound for each in taken.files.values()] == [True]
    assert (tmp_path / "sifted-1").read_bytes() == base64.b64decode(quote + "=" * (-len(quote) % 4))


def test_base64_that_is_broken_into_lines_is_joined(tmp_path: Path) -> None:
    data = bytes(range(256)) * 4
    _, taken = sifted([json.dumps({"b64_json": base64.encodebytes(data).decode()}).encode()], tmp_path)

    assert taken.files["sifted-1"].sound
    assert (tmp_path / "sifted-1").read_bytes() == data


@pytest.mark.parametrize("value", ["not base64!", "Zg==Zg==", "Z", "Zm94Zm94\\ud83d", "Zm94é"])
@pytest.mark.parametrize("step", [1, 3, 4, 100])
def test_a_string_that_is_no_base64_is_marked_as_unsound(value: str, step: int, tmp_path: Path) -> None:
    data = f'{{"b64_json": "{value}", "then": 1}}'.encode()
    text, taken = sifted([data[at : at + step] for at in range(0, len(data), step)], tmp_path)

    assert json.loads(text) == {"b64_json": "sifted-1", "then": 1}
    assert not taken.files["sifted-1"].sound


def test_a_picture_that_does_not_end_is_marked_as_unsound(tmp_path: Path) -> None:
    _, taken = sifted([b'{"b64_json": "Zm94Zm94'], tmp_path)

    assert not taken.files["sifted-1"].sound


def test_a_picture_beyond_the_limit_is_dropped_and_not_written_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sieve, "PICTURE_LIMIT", 1000)
    _, taken = sifted([b'{"b64_json": "', *[b"QUJD" * 100] * 10, b'"}'], tmp_path)

    assert not taken.files["sifted-1"].sound
    assert (tmp_path / "sifted-1").stat().st_size <= 1000


def test_text_beside_pictures_is_bounded(tmp_path: Path) -> None:
    with pytest.raises(TooMuch):
        sifted([b" " * 10_000] * (sieve.TEXT_LIMIT // 10_000 + 1), tmp_path)


def test_the_number_of_pictures_is_bounded(tmp_path: Path) -> None:
    with pytest.raises(TooMuch):
        sifted([b"[" + b'{"b64_json": "QUJD"},' * (sieve.PICTURES_LIMIT + 1)], tmp_path)


@given(st.lists(st.sampled_from(["result", "partial_image_b64", "image_url", "b64_json", "results"]), max_size=6), CUTS)
def test_each_of_several_keys_has_pictures_and_no_other(names: list[str], cuts: list[int]) -> None:
    keys = ("partial_image_b64", "result", "image_url")
    data = json.dumps([{name: "QUJDRA=="} for name in names]).encode()
    with tempfile.TemporaryDirectory() as folder:
        sieve = Sieve(Path(folder), keys)
        passed = b"".join([sieve.feed(piece) for piece in pieces(data, cuts)]) + sieve.rest()
        sieve.write()
        sieve.close()
        for name, said in zip(names, json.loads(passed), strict=True):
            if name in keys:
                assert sieve.files[said[name]].path.read_bytes() == b"ABCD"
            else:
                assert said == {name: "QUJDRA=="}
