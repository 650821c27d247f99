"""What is typed on Slack, read as an action with its options."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.errors import BadOption, UnknownCommand, UnknownFlag
from limner_slack.commands import is_bare, read, unmarked, without_mention
from tests.slack.table import TABLE


@pytest.mark.parametrize(
    ("text", "action", "values"),
    [
        ("a red fox --wide", "imagine", {"prompt": "a red fox", "shape": "wide"}),
        (
            "--wide -n 3 a red fox —fine",
            "imagine",
            {"prompt": "a red fox", "shape": "wide", "count": "3", "quality": "fine"},
        ),
        ("a fox --style “spring rain”", "imagine", {"prompt": "a fox", "style": "spring rain"}),
        ("show a41f", "show", {"picture": "a41f"}),
        ("show #A41F.2", "show", {"picture": "#A41F.2"}),
        ("show me a fox", "imagine", {"prompt": "show me a fox"}),
        ("show cats", "imagine", {"prompt": "show cats"}),
        ("gallery", "gallery", {}),
        ("gallery of foxes on a wall", "imagine", {"prompt": "gallery of foxes on a wall"}),
        ("share a41f #general", "share", {"picture": "a41f", "place": "#general"}),
        ("share a41f #general with thanks", "share", {"picture": "a41f", "place": "#general", "note": "with thanks"}),
        ("share your lunch", "imagine", {"prompt": "share your lunch"}),
        ("help", "help", {}),
        ("help is on its way", "imagine", {"prompt": "help is on its way"}),
        ("status quo", "imagine", {"prompt": "status quo"}),
        ("edit", "imagine", {"prompt": "edit"}),
        ("showing off", "imagine", {"prompt": "showing off"}),
        ("imagine dragons", "imagine", {"prompt": "imagine dragons"}),
        ("style list", "style-list", {}),
        ("Style Save spring soft light", "style-save", {"name": "spring", "before": "soft light"}),
        ("style of Monet", "imagine", {"prompt": "style of Monet"}),
    ],
)
def test_the_first_word_is_a_command_only_when_the_rest_fits(text: str, action: str, values: dict[str, str]) -> None:
    assert read(TABLE, text) == (action, values)


def test_a_command_of_its_own_takes_all_the_words() -> None:
    assert read(TABLE, "red fox", before="gallery") == ("gallery", {"words": "red fox"})
    assert read(TABLE, "zz", before="show") == ("show", {"picture": "zz"})
    assert read(TABLE, "a41f and more", before="show") == ("show", {"picture": "a41f and more"})


def test_a_command_of_several_words_means_one_of_them() -> None:
    assert read(TABLE, "save “late spring” soft light", before="style") == (
        "style-save", {"name": "late spring", "before": "soft light"},
    )  # fmt: skip
    assert read(TABLE, "", before="style") == ("style-list", {})
    with pytest.raises(UnknownCommand, match=r"I do not know /style lust\. Did you mean /style list"):
        read(TABLE, "lust", before="style")


def test_one_who_is_spoken_to_may_be_told_to_imagine() -> None:
    assert read(TABLE, "imagine a fox", spoken_to=True) == ("imagine", {"prompt": "a fox"})


def test_an_unknown_flag_is_named() -> None:
    with pytest.raises(UnknownFlag, match="Did you mean --wide"):
        read(TABLE, "a fox --wid")


def test_nothing_typed_is_bare() -> None:
    assert is_bare(" \u200f \n")
    assert not is_bare("a")


def test_entities_and_links_of_messages_are_undone() -> None:
    assert unmarked("a &lt;b&gt; &amp;amp; <https://example.com|example.com>") == "a <b> &amp; example.com"


def test_the_mention_is_no_word_of_the_prompt() -> None:
    assert without_mention("<@U0BOT> a fox <@U0ADA>", "U0BOT") == "a fox <@U0ADA>"
    assert without_mention("<@U0BOT|limner>: a fox", "U0BOT") == "a fox"


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    try:
        typed = read(TABLE, text)
    except BadOption:
        return
    assert TABLE.get(typed.action) is not None
