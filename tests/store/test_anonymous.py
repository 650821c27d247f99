"""Names taken out of what others have: only where a sentence of ours names somebody, never out of their own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.domain.card import Card, Line, Role
from limner.store.anonymous import NOBODY, nameless, without

ART = frozenset({"Art"})


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Cancelled by Art. Nothing was charged.", f"Cancelled by {NOBODY}. Nothing was charged."),
        ("By Art, sent from a private draft.", f"By {NOBODY}, sent from a private draft."),
        (
            "Art asks Bo, Art, Cy to approve this picture.",
            f"A former member asks Bo, {NOBODY}, Cy to approve this picture.",
        ),
        ("☑ Approval of a41f: approved by Art.", f"☑ Approval of a41f: approved by {NOBODY}."),
        ("Art approves pictures.", "A former member approves pictures."),
        ("by Art · GPT Image · $0.04 · a41f", f"by {NOBODY} · GPT Image · $0.04 · a41f"),
        ("to Art’s direct messages", f"to {NOBODY}’s direct messages"),
        ("Art style, by Artemis, state of the Art", "Art style, by Artemis, state of the Art"),
    ],
)
def test_a_name_goes_where_ours_name_people(said: str, left: str) -> None:
    assert nameless(said, ART) == left


@given(st.text(min_size=1, max_size=60), st.text(max_size=200))
def test_any_name_and_any_sentence_will_do(name: str, words: str) -> None:
    assert f"Cancelled by {NOBODY}." == nameless(f"Cancelled by {name}.", {name}) or not name.strip()
    assert isinstance(nameless(words, {name}), str)


def test_what_they_sent_along_goes_and_what_others_said_stays() -> None:
    shared = Line(text="Shared by Art, made by Bo.")
    note, prompt = Line(role=Role.PROMPT, text="Look, by Art"), Line(role=Role.PROMPT, text="a fox by Art")
    left = Line(text=f"Shared by {NOBODY}, made by Bo.")
    assert without(Card(lines=(shared, note, prompt)), ART).lines == (left, prompt)
    assert without(Card(lines=(shared, prompt)), ART).lines == (left, prompt)
    others = Line(text="Shared by Bo, made by Cy.")
    assert without(Card(lines=(others, note, prompt)), ART).lines == (others, note, prompt)
