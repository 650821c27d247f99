"""The tree of troubles: each has its sentence, and each says whether money was spent."""

from __future__ import annotations

import string

import pytest

from limner import errors
from limner.errors import ProviderTrouble, Trouble

CLASSES = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Trouble)]


@pytest.mark.parametrize("trouble", CLASSES, ids=lambda each: each.__name__)
def test_every_trouble_is_a_sentence_for_people(trouble: type[Trouble]) -> None:
    names = {name for _, name, _, _ in string.Formatter().parse(trouble.__doc__ or "") if name}
    fields = {name: 3 if name in {"length", "limit", "count"} else "something" for name in names}

    sentence = trouble(**fields).sentence

    assert sentence
    assert "{" not in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    "trouble", [each for each in CLASSES if issubclass(each, ProviderTrouble)], ids=lambda each: each.__name__
)
def test_a_provider_trouble_tells_of_money(trouble: type[ProviderTrouble]) -> None:
    told = (trouble.__doc__ or "").lower()

    assert "charged" in told
    assert ("nothing was charged" in " ".join(told.split())) == (trouble.charged is False) or trouble.charged is None
