"""Cards in Block Kit: within Slack's limits, and nothing of a member's words acts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from limner.domain.card import Button, ButtonStyle, Card, Controls, Line, Link, Picture, Progress, Role, State
from limner.domain.money import Micros
from limner_slack.cards import JSON_SIZE, PROGRESS_ID, escape, fallback, render, shown
from tests import contracts
from tests.slack.shapes import HOSTILE, cards

# Cards are big: shrinking one takes minutes and their repr is endless, so a failure is told as it was found.
QUICK = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")


def picture(number: int = 1, media_type: str = "image/png") -> Picture:
    return Picture(
        blob=f"blob{number}",
        name=f"limner-a41f-{number}.png",
        media_type=media_type,
        width=64,
        height=64,
        size=100,
        alt=f"AI-generated: a red fox {number}",
    )


def card(*lines: Line, **more: Any) -> Card:
    return Card(lines=lines, **more)


def texts(value: Any) -> list[dict[str, Any]]:
    """Every text object in what was rendered."""
    found: list[dict[str, Any]] = []
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            found.append(value)
        for each in value.values():
            found += texts(each)
    if isinstance(value, list):
        for each in value:
            found += texts(each)
    return found


@QUICK
@given(cards)
def test_any_card_stays_within_the_limits_of_block_kit(made: Card) -> None:
    files = {each.blob: f"F{number:09d}" for number, each in enumerate(shown(made))}
    message = render(made, files)
    assert 1 <= len(message.blocks) <= 50
    assert len(json.dumps(message.blocks, separators=(",", ":"), ensure_ascii=False)) <= JSON_SIZE
    assert 1 <= len(message.text) <= 4000
    if contracts.PRESENT:
        found = contracts.validator("slack").check_message({"text": message.text, "blocks": message.blocks})
        assert [str(each) for each in found if each.level != "warn"] == []


@QUICK
@given(cards)
def test_what_a_member_wrote_stands_in_texts_where_nothing_acts(made: Card) -> None:
    message = render(made, {each.blob: "F1" for each in shown(made)})
    assert {each["type"] for each in texts(message.blocks)} <= {"plain_text", "text", "button"}
    assert "mrkdwn" not in json.dumps([block.get("type") for block in message.blocks])
    assert "<" not in message.text
    assert ">" not in message.text


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("role", Role)
def test_hostile_words_are_inert_in_every_role(words: str, role: Role) -> None:
    message = render(card(Line(role=role, text=words), state=State.DONE))
    for block in texts(message.blocks):
        assert block["type"] in {"plain_text", "text"}
        assert not set(block["text"]) & set("\x00\x07\u202e\u2066\u200f")
    assert "<!" not in message.text


def test_the_three_control_characters_are_escaped_in_the_fallback() -> None:
    assert escape("<!channel> & co") == "&lt;!channel&gt; &amp; co"
    assert fallback(card(Line(role=Role.PROMPT, text="<!channel>"))) == "&lt;!channel&gt;"


def test_a_prompt_is_quoted_as_rich_text() -> None:
    block = render(card(Line(role=Role.PROMPT, text="a *red* fox"))).blocks[0]
    assert block == {
        "type": "rich_text",
        "elements": [{"type": "rich_text_quote", "elements": [{"type": "text", "text": "a *red* fox"}]}],
    }


def test_the_picture_stands_inside_the_message_by_its_file_with_its_alternative_text() -> None:
    message = render(card(state=State.DONE, pictures=(picture(),)), {"blob1": "F0001"})
    assert message.blocks == [{"type": "image", "slack_file": {"id": "F0001"}, "alt_text": "AI-generated: a red fox 1"}]


def test_several_pictures_stand_as_their_sheet() -> None:
    made = card(state=State.DONE, pictures=(picture(1), picture(2)), sheet=picture(9))
    assert [each.blob for each in shown(made)] == ["blob9"]


def test_a_button_says_what_it_will_cost() -> None:
    made = card(
        controls=(Controls(buttons=(Button(label="Reroll", action="reroll", target="a41f", estimate=Micros(40_000)),)),)
    )
    button = render(made).blocks[-1]["elements"][0]
    assert button["text"]["text"] == "Reroll ~$0.04"
    assert button["value"] == "limner:reroll:a41f:"
    assert button["action_id"] == "limner:0"


def test_a_dangerous_button_asks_first() -> None:
    made = card(controls=(Controls(buttons=(Button(label="Delete", action="delete", style=ButtonStyle.DANGER),)),))
    button = render(made).blocks[-1]["elements"][0]
    assert button["style"] == "danger"
    assert button["confirm"]["title"]["text"] == "Delete?"


def test_a_row_for_one_picture_is_labelled() -> None:
    row = Controls(label="Picture 2", buttons=(Button(label="Vary", action="vary", target="a41f.2"),))
    blocks = render(card(controls=(row,))).blocks
    assert [block["type"] for block in blocks] == ["context", "actions"]
    assert blocks[0]["elements"][0]["text"] == "Picture 2"


def test_a_link_is_a_button_that_opens_it_and_an_unsafe_one_is_left_out() -> None:
    row = Controls(buttons=(Link(label="Open", url="https://example.com"), Link(label="No", url="javascript:1")))
    elements = render(card(controls=(row,))).blocks[-1]["elements"]
    assert [(each["text"]["text"], each["url"]) for each in elements] == [("Open", "https://example.com")]


def test_a_forming_card_says_how_far_it_is_in_a_block_of_its_own() -> None:
    made = card(state=State.PAINTING, progress=Progress(stage="Painting", seconds=6))
    block = render(made).blocks[0]
    assert block["block_id"] == PROGRESS_ID
    assert block["elements"][0]["text"] == "Painting · 6 s"


def test_an_endless_prompt_is_cut_until_the_message_can_be_sent() -> None:
    message = render(
        card(Line(role=Role.PROMPT, text="fox " * 8000), Line(role=Role.FOOTER, text="gpt-image-1 · $0.04"))
    )
    assert message.blocks[0]["elements"][0]["elements"][0]["text"].endswith("…")
    assert message.blocks[-1]["elements"][0]["text"] == "gpt-image-1 · $0.04"
