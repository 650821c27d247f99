"""Styles' names: what people write, and what of it counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.domain.style import NAME_LIMIT, fold, read_name
from limner.errors import BadOption


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Spring", "spring"),
        ("late spring", "Late-Spring"),
        ("late_spring", "late  spring "),
        ("STRASSE", "straße"),
        ("Ｓｐｒｉｎｇ", "spring"),
        ("spr\u200bing", "spring"),
        ("Frühling", "Fru\u0308hling"),
    ],
)
def test_names_that_people_take_for_the_same_are(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(st.text(max_size=60))
def test_any_name_is_read_or_refused_with_a_sentence(words: str) -> None:
    try:
        name = read_name(words)
    except BadOption as trouble:
        assert "\n" not in trouble.sentence  # noqa: PT017 either way it is well
    else:
        assert 0 < len(name) <= NAME_LIMIT
        assert fold(name) not in {"", "none"}
        assert len(fold(name)) <= 128  # the column's


@pytest.mark.parametrize("words", ["", "  ", "\u200b", "---", "None", "n_o_n_e" * 20, "\ufdfa" * 40])
def test_what_is_no_name_is_refused(words: str) -> None:
    with pytest.raises(BadOption, match="name cannot be"):
        read_name(words)
