"""Forms as modals, there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.domain.action import Action
from limner.domain.card import Form
from limner_slack.forms import attachment, refused, remembered, values, view
from tests import contracts
from tests.fakes.slack.members import _state
from tests.slack.table import TABLE


def form(action: Action, **filled: str) -> Form:
    return Form(
        action=action.name,
        target="a41f",
        title=action.help * 3,
        submit="Paint",
        fields=action.parameters,
        values=filled,
    )


@pytest.mark.skipif(not contracts.PRESENT, reason="the platforms' descriptions are not here")
@pytest.mark.parametrize("action", [each for each in TABLE if each.parameters], ids=lambda each: each.name)
def test_the_form_of_every_action_is_a_view_that_slack_takes(action: Action) -> None:
    made = view(form(action, prompt="<!channel> " * 400, quality="fine", private="True"), {"channel": "C1"})
    assert [str(each) for each in contracts.validator("slack").check_view(made) if each.level != "warn"] == []


def test_a_form_remembers_where_it_was_asked_for() -> None:
    made = view(form(TABLE["imagine"]), {"channel": "C1", "thread": "1.2"})
    assert remembered(made) == {"channel": "C1", "thread": "1.2", "action": "imagine", "target": "a41f"}


@given(
    prompt=st.text(min_size=1, max_size=50),
    quality=st.sampled_from(("draft", "fine")),
    count=st.integers(1, 10),
    private=st.booleans(),
)
def test_what_is_filled_in_comes_back(prompt: str, quality: str, count: int, private: bool) -> None:
    made = view(form(TABLE["imagine"]), {"channel": "C1"})
    filled = {"prompt": prompt, "quality": quality, "count": str(count), "private": private}
    state = {
        block["block_id"]: {"value": _state(block["element"], filled.get(block["block_id"]))}
        for block in made["blocks"]
    }
    found = values({"state": {"values": state}})
    assert found == {"prompt": prompt, "quality": quality, "count": str(count), "private": private}


def test_what_was_filled_in_before_stands_in_the_form() -> None:
    made = view(form(TABLE["fix"], prompt="a fox", quality="fine", private="True"), {})
    filled = {block["block_id"]: block["element"] for block in made["blocks"]}
    assert filled["prompt"]["initial_value"] == "a fox"
    assert filled["quality"]["initial_option"]["value"] == "fine"
    assert filled["private"]["initial_options"] == filled["private"]["options"]


def test_a_refusal_stands_at_the_field_that_it_names() -> None:
    made = view(form(TABLE["imagine"]), {})
    assert refused(made, "shape cannot be “x”: choose wide.") == {"shape": "shape cannot be “x”: choose wide."}
    assert refused(made, "Say what you see.") == {"prompt": "Say what you see."}


def test_a_file_is_described_by_hearsay() -> None:
    told = {
        "id": "F1",
        "name": "a.webm",
        "mimetype": "audio/webm",
        "url_private": "https://files.slack.com/x.mp4",
        "duration_ms": 2500,
    }
    assert attachment(told).seconds == 2.5
    assert attachment(told).url == "https://files.slack.com/x.mp4"
    assert attachment(told).claims_sound
