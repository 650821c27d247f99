"""Any card there can be, for property tests, with words as hostile as members' are."""

from __future__ import annotations

from hypothesis import strategies as st

from limner.domain.card import Button, ButtonStyle, Card, Controls, Line, Link, Picture, Progress, Role, State

HOSTILE = (
    "<!channel> <!here> <!everyone|all>",
    "<@U012ABCDEF> <#C012ABCDEF|general> <https://evil.example|click me>",
    "*bold* _it_ ~gone~ `code` ```block``` > quote",
    "&lt;!channel&gt; &amp;",
    "\u202eevil\u202c \u2066x\u2069 \x00\x07 \u200f",
    "👩‍👩‍👧 日本語 العربية é",
    "x" * 4000,
    "\n\n\n",
    "",
    '"}]},{"type":"section"',
)

words = st.one_of(
    st.sampled_from(HOSTILE), st.text(max_size=60), st.text(min_size=1, max_size=4).map(lambda word: word * 500)
)
ids = st.text("abcdefghjkmnpqrstuvwxyz23456789", min_size=2, max_size=10)

pictures = st.builds(
    Picture,
    blob=st.text("0123456789abcdef", min_size=8, max_size=8),
    name=st.just("limner-a41f.png"),
    media_type=st.sampled_from(("image/png", "image/jpeg", "image/webp")),
    width=st.integers(1, 4096),
    height=st.integers(1, 4096),
    size=st.integers(1, 10_000_000),
    alt=words,
)
buttons = st.builds(
    Button,
    label=words,
    action=st.sampled_from(("reroll", "delete", "vary")),
    target=st.one_of(st.none(), ids),
    estimate=st.one_of(st.none(), st.integers(0, 10_000_000)),
    style=st.sampled_from(ButtonStyle),
    form=st.booleans(),
)
links = st.builds(
    Link,
    label=words,
    url=st.sampled_from(("https://example.com/a", "javascript:alert(1)", "https://e.com/" + "y" * 4000)),
)
cards = st.builds(
    Card,
    state=st.sampled_from(State),
    lines=st.lists(st.builds(Line, role=st.sampled_from(Role), text=words), max_size=60).map(tuple),
    progress=st.one_of(
        st.none(),
        st.builds(Progress, stage=words, seconds=st.floats(0, 1e6)),
    ),
    pictures=st.lists(pictures, max_size=12).map(tuple),
    sheet=st.one_of(st.none(), pictures),
    strip=st.one_of(st.none(), pictures),
    controls=st.lists(
        st.builds(
            Controls,
            label=st.one_of(st.none(), words),
            buttons=st.lists(st.one_of(buttons, links), max_size=30).map(tuple),
        ),
        max_size=12,
    ).map(tuple),
    small=st.booleans(),
)
