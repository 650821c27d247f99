"""What a style makes of a request: its words around the member's, its pictures after theirs where there is room."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.domain.reference import PICTURES_LIMIT, Reference
from limner.domain.request import Request
from limner.domain.rules import TeamRules
from limner.domain.style import WORDS_LIMIT, Style, Wearing, fold, read_name
from limner.domain.text import clean
from limner.models.catalogue import Catalogue
from limner.rules import styles
from limner.rules.abilities import fit
from limner.rules.permissions import style_refusal

MODELS = {each.name: each for each in Catalogue.load()}
PAINTER, SKETCH = MODELS["gpt-image-2.6-sunburst"], MODELS["sketch"]


def pictures(count: int, of: str) -> tuple[Reference, ...]:
    return tuple(
        Reference(blob=f"{of}{number}", media_type="image/png", width=64, height=64) for number in range(count)
    )


def dressed(own: int = 0, shown: int = 0, **more: object) -> Request:
    style = Style(id="s1", name="spring", before="Soft light:", after="no people", references=pictures(shown, "style"))
    changes = {name: more.pop(name) for name in ("palette", "banned", "finish", "before") if name in more}
    wearing = Wearing(said="spring", style=style.evolve(made_by="m", **changes))
    return Request(prompt="a red fox", references=pictures(own, "own"), wearing=wearing, **more)


@given(own=st.integers(0, PICTURES_LIMIT), shown=st.integers(0, PICTURES_LIMIT))
def test_a_styles_pictures_follow_the_requests_own_as_far_as_there_is_room(own: int, shown: int) -> None:
    request = dressed(own, shown)
    fitted = fit(request, PAINTER)

    assert fitted.references[:own] == request.references
    assert [each.blob for each in fitted.references[own:]] == [f"style{n}" for n in range(min(shown, 16 - own))]
    left = max(shown + own - PICTURES_LIMIT, 0)
    said = [note for note in fitted.notes if "left out" in note]
    assert bool(said) == bool(left)
    assert not left or "16 go with one request" in said[0]
    words = styles.sent(request, len(fitted.references) - own)
    assert ("the style to paint in" in words) == bool(fitted.references[own:])
    assert ("last" in words) == bool(own and fitted.references[own:])


def test_the_members_words_stand_between_those_of_the_style() -> None:
    assert styles.sent(dressed(), 0) == "Soft light:\n\na red fox\n\nno people"
    assert styles.sent(dressed(guidance="Keep it."), 0) == "Keep it.\n\nSoft light:\n\na red fox\n\nno people"
    assert styles.sent(Request(prompt="a red fox"), 0) == "a red fox"


def test_a_palette_is_said_to_the_model() -> None:
    assert "Keep to these colours: navy (#000080) and red (#ff0000)." in styles.sent(
        dressed(palette=("#000080", "#ff0000")), 0
    )


def test_a_sketch_that_is_attached_becomes_a_finished_picture_of_the_style() -> None:
    mockup = styles.ready()["mockup"]
    request = Request(prompt="a login page", references=pictures(1, "own"), wearing=Wearing(style=mockup))

    words = styles.sent(request, 0)

    assert "If the picture to work from is a sketch or a wireframe, it is the composition" in words
    assert mockup.finish in words
    assert styles.FINISH in styles.sent(dressed(own=1), 0)
    for other in (dressed(), dressed(own=1, guidance="Vary it."), dressed(own=1, mask=pictures(1, "mask")[0])):
        assert "wireframe" not in styles.sent(other, 0)


def test_the_sketcher_is_shown_no_style_and_says_so() -> None:
    fitted = fit(dressed(1, 2), SKETCH)

    assert len(fitted.references) == 1
    assert "takes no pictures to show a style" in " ".join(fitted.notes)


@pytest.mark.parametrize("style", styles.ready().values(), ids=lambda each: each.name)
def test_the_ready_styles_say_something_and_are_limners(style: Style) -> None:
    assert style.ready
    assert style.title
    assert style.before.endswith(":")
    assert style.finish
    assert style.key == style.name == style.id


def test_what_a_style_leaves_out_the_model_is_told_too() -> None:
    assert styles.sent(dressed(banned=("fog", "lens flare")), 0).endswith(
        "Leave out, whatever else is said: fog, lens flare."
    )
    assert "Leave out" not in styles.sent(dressed(), 0)


def test_words_that_are_left_out_refuse_the_request() -> None:
    free, rules = TeamRules(), TeamRules(banned=("soft light",))

    assert style_refusal(free, dressed(banned=("wolf",))) is None
    refused = style_refusal(free, dressed(banned=("Red FOX",)))
    assert refused is not None
    assert "The style spring leaves “Red FOX” out" in refused.sentence
    refused = style_refusal(rules, dressed())
    assert refused is not None
    assert "has “soft light” in its words" in refused.sentence
    assert style_refusal(rules, Request(prompt="soft light")) is None


@pytest.mark.parametrize(
    ("prompt", "suggested"),
    [
        ("a red fox in snow, soft watercolour, pale light", ("red-fox", "soft watercolour, pale light")),
        ("the fox", ("fox", "")),
        ("一只红狐狸", ("一只红狐狸", "")),
        ("…", ("style", "")),
        ("None", ("style", "")),
    ],
)
def test_a_name_and_words_are_suggested_by_a_prompt(prompt: str, suggested: tuple[str, str]) -> None:
    assert styles.suggested(prompt, ()) == suggested
    assert styles.suggested(prompt, {suggested[0], f"{suggested[0]}-2"})[0] == f"{suggested[0]}-3"


@given(st.text(max_size=300), st.sets(st.text(max_size=5), max_size=3))
def test_what_is_suggested_for_any_prompt_can_be_saved(prompt: str, taken: set[str]) -> None:
    name, after = styles.suggested(clean(prompt), {fold(each) for each in taken})

    assert read_name(name) == name
    assert fold(name) not in taken
    assert len(after) <= WORDS_LIMIT
