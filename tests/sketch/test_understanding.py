"""What is understood of a prompt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.engines.sketch import vocabulary
from limner.engines.sketch.things import kinds
from limner.engines.sketch.understanding import understand

PROMPTS = [
    ("a red fox in snow", "red fox; snow"),
    ("three blue birds over a small house at sunset", "3 × blue bird; small house; sunset"),
    ("A RED FOX, in the snow!", "red fox; snow"),
    ("red and blue birds", "3 × red and blue bird"),
    ("a dozen yellow balloons", "12 × yellow balloon"),
    ("12 yellow balloons", "12 × yellow balloon"),
    ("many mice", "9 × mouse"),
    ("a huge whale and a tiny boat", "huge whale; tiny boat; water"),
    ("an orange", "orange; room"),
    ("an orange cat", "orange cat"),
    ("three oranges on a table", "3 × orange; table; room"),
    ("a castle on a mountain at dawn", "castle; mountain; dawn"),
    ("a hot air balloon at golden hour", "airballoon; golden"),
    ("palm trees on the beach", "3 × palm; beach"),
    ("a city at night in the rain", "city; night; rain"),
    ("a lighthouse without birds", "lighthouse; water"),
    ("fireflies in a forest", "forest; night; sparkle"),
    ('a shop sign that says "OPEN LATE"', "“OPEN LATE”"),
    ("a cake with “Happy Birthday” on it", "cake; room; “Happy Birthday”"),
    ("portrait of a woman", "face"),
    ("ein roter Fuchs im Schnee", "red fox; snow"),
    ("zwei schwarze Katzen auf einem roten Stuhl", "2 × black cat; red chair"),
    ("drei blaue Vögel über einem Haus bei Sonnenuntergang", "3 × blue bird; house; sunset"),
    ("un renard rouge dans la neige", "red fox; snow"),
    ("deux oiseaux bleus et une maison blanche", "2 × blue bird; white house"),
    ("un gato negro y una casa blanca", "black cat; white house"),
    ("tres mariposas amarillas en el bosque", "3 × yellow butterfly; forest"),
    ("seven stars", "7 × star; night"),
    ("the idea of justice", "shapes and colours"),
    ("", "shapes and colours"),
]


@pytest.mark.parametrize(("prompt", "words"), PROMPTS)
def test_what_a_prompt_says_is_understood(prompt: str, words: str) -> None:
    assert understand(prompt).words == f"understood: {words}"


def test_a_coloured_thing_that_nobody_knows_becomes_a_form_in_its_colour() -> None:
    (form,) = understand("a green gizmo").things
    assert (form.kind, form.colours) == ("form", ("#4f9d51",))


def test_a_coloured_detail_belongs_to_the_thing_before_it() -> None:
    (robot,) = understand("a robot wearing a red scarf").things
    assert (robot.kind, robot.accent) == ("robot", "#d63f33")


def test_a_coloured_sky_colours_the_sky_and_nothing_else() -> None:
    understood = understand("a white horse under a green sky")
    assert understood.sky == "#4f9d51"
    assert [each.words for each in understood.things] == ["white horse"]


def test_a_preposition_says_how_a_thing_stands_to_the_next() -> None:
    cat, chair = understand("a cat on a chair").things
    assert (cat.relation, chair.relation) == ("on", "")


def test_everything_that_has_a_word_has_a_drawing() -> None:
    named = {line.partition(":")[0] for line in vocabulary.THINGS.strip().splitlines() if not line.startswith(" ")}
    assert named | {"form"} == set(kinds())
    assert len(named) >= 40


def test_no_word_says_two_things() -> None:
    seen: dict[str, str] = {}
    for line in vocabulary.THINGS.strip().replace("\n    ", " ").splitlines():
        meaning, _, words = line.partition(": ")
        for word in words.partition(";")[0].split():
            assert seen.setdefault(word, meaning) == meaning, word


@given(st.text(max_size=300))
def test_every_text_is_understood_somehow(prompt: str) -> None:
    understood = understand(prompt)
    assert understood == understand(prompt)
    assert "\n" not in understood.words
    assert sum(each.count for each in understood.things) <= 7 * 24
    assert all(len(each) <= 80 for each in understood.letters)
