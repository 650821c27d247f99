"""Forms as modals: within Discord's limits whatever their fields are."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limner.domain.card import Form, Press
from limner.domain.options import Kind, Parameter
from limner_discord.forms import modal
from tests.contracts import breaches
from tests.discord.test_cards import words

names = st.from_regex(r"[a-z][a-z_]{0,20}", fullmatch=True)
fields = st.builds(
    Parameter,
    name=names,
    help=words,
    kind=st.sampled_from(Kind),
    required=st.booleans(),
    default=st.none() | st.just("a"),
    choices=st.just(("a", "b", "c")) | st.just(tuple(f"choice-{n}" for n in range(40))),
    minimum=st.just(1),
    maximum=st.sampled_from([1, 4, 10, 16, 100, 32_000]),
)


@st.composite
def forms(draw: Any) -> Form:
    chosen = draw(st.lists(fields, min_size=1, max_size=9, unique_by=lambda each: each.name))
    filled = {each.name: draw(words) for each in chosen if draw(st.booleans())}
    return Form(action="fix", target="n1", title=draw(words), submit="Go", fields=tuple(chosen), values=filled)


@given(forms())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_form_stays_within_discords_limits_and_keeps_what_it_stands_for(form: Form) -> None:
    press = Press(action="fix", target="n1", options={"shape": "wide"}, form=True, private=True)
    made = modal(form, press).to_dict()

    assert 1 <= len(made["components"]) <= 5
    assert Press.read(made["custom_id"]) == press.evolve(form=False)
    needed = [each.name for each in form.fields if each.required]
    there = [each["component"]["custom_id"] for each in made["components"]]
    assert set(there) >= set(needed[:5])
    body = json.dumps({"type": 9, "data": made}).encode()
    headers = {"content-type": "application/json"}
    assert breaches("discord", "POST", "/api/v10/interactions/1/t/callback", headers, body) == []
