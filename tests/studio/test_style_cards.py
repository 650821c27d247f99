"""A style's card holds, whatever the style says: within the platforms' limits, with its buttons."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limner.actions.style import shown
from limner.domain.card import Button, Picture, Press
from limner.domain.money import Micros
from limner.domain.reference import Reference
from limner.domain.style import COLOURS_LIMIT, NAME_LIMIT, TERMS_LIMIT, WORDS_LIMIT, Style
from limner.domain.text import clean
from limner_discord.cards import render

SHEET = Picture(
    blob="b" * 64, name="limner-styles.jpg", media_type="image/jpeg", width=768, height=640, size=9000, alt="A sheet."
)
REFERENCE = Reference(blob="c" * 64, media_type="image/png", width=1, height=1)
words = st.text(max_size=WORDS_LIMIT).map(clean) | st.text("a狐*\\@`<\n", max_size=WORDS_LIMIT)
names = st.text(min_size=1, max_size=NAME_LIMIT)
STYLES = st.builds(
    Style,
    id=st.sampled_from(["s0123456789abcdef0123", "product"]),
    name=names,
    title=st.sampled_from(["", "Product photography"]),
    before=words,
    after=words,
    references=st.integers(0, 16).map(lambda count: (REFERENCE,) * count),
    palette=st.lists(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True), max_size=COLOURS_LIMIT).map(tuple),
    banned=st.lists(st.text(max_size=60), max_size=TERMS_LIMIT).map(tuple),
    made_by=st.none() | st.just("m1"),
    made_by_name=st.text(max_size=100),
    asset=st.none() | st.just("a41f.2"),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(style=STYLES, extra=st.integers(0, 10**6), worn=st.booleans(), own=st.booleans(), told=st.none() | names)
def test_any_style_has_a_card_that_platforms_take(
    style: Style, extra: int, worn: bool, own: bool, told: str | None
) -> None:
    card = shown(style, picture=SHEET, extra=Micros(extra), worn=worn, own=own, told=told)

    assert sum(len(line.text) for line in card.lines) < 3_000, "the tightest platform has room for 4,000"
    buttons = [each for row in card.controls for each in row.buttons if isinstance(each, Button)]
    assert [each.action for each in buttons][:1] == ["style-use"]
    assert ("style-remove" in [each.action for each in buttons]) == (own and not style.ready)
    assert all(Press.read(each.code) for each in buttons)
    view = render(card).view
    assert view.total_children_count <= 40
    assert view.content_length() <= 4000
