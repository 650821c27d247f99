"""The table of actions is whole, and everything that is made of it is too."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner import actions
from limner.actions.audit import ASKED
from limner.actions.imagine import PaintOptions
from limner.cli import ASKS, GROUPS
from limner.domain.action import Action, Group, On, Table, action
from limner.domain.card import Button, Press
from limner.domain.options import Options
from limner.domain.request import Request
from limner.errors import UnknownCommand
from limner.store.audit import What

TABLE = tuple(actions.table())


@pytest.mark.parametrize("action", TABLE, ids=lambda each: each.name)
def test_every_action_says_what_it_does(action: Action) -> None:
    assert action.help
    assert len(action.help) <= 100, "Discord shows at most 100 characters"
    assert set(action.name) <= set(string.ascii_lowercase + "-")
    for parameter in action.parameters:
        assert 0 < len(parameter.help) <= 100


@pytest.mark.parametrize("action", [each for each in TABLE if each.button], ids=lambda each: each.name)
@pytest.mark.parametrize("private", [False, True])
def test_every_button_can_be_read_back(action: Action, private: bool) -> None:
    button = Button(label=str(action.button), action=action.name, target="a41f.10", form=action.form, private=private)

    press = Press.read(button.code)

    assert press is not None
    assert (press.action, press.target, press.form, press.private) == (action.name, "a41f.10", action.form, private)
    assert len(button.code) <= 100


@pytest.mark.parametrize(
    "code", ["", "limner:", "other:vary:a:", "limner:vary:a b:", "limner:vary:../../etc:", "limner:VARY:a:", "x" * 500]
)
def test_a_forged_code_is_none_of_ours(code: str) -> None:
    assert Press.read(code) is None


def test_every_action_is_in_the_order_of_help_or_hidden() -> None:
    assert {each.name for each in TABLE if each.command or (each.button and each.on is not On.NOTE)} <= set(
        actions.ORDER
    )


def test_the_log_has_words_for_whatever_is_decided_about() -> None:
    assert set(ASKED) == set(What)


def test_the_terminal_offers_actions_that_exist() -> None:
    assert set(ASKS) <= {each.typed for each in TABLE if each.command}
    assert {each.name: each.help for each in actions.table().groups if each.name in GROUPS} == GROUPS
    assert {typed.split()[0] for typed in ASKS if " " in typed} == set(GROUPS)


def test_a_voice_function_names_its_parameters_as_the_options() -> None:
    function = actions.table()["imagine"].function

    assert set(function["parameters"]["properties"]) == {
        "prompt", "shape", "quality", "count", "style", "background", "format", "frames", "duration", "private",
    }  # fmt: skip
    assert function["parameters"]["required"] == ["prompt"]


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "Vary"},
        {"action": "vary", "target": "a b"},
        {"action": "vary", "target": "x" * 41},
        {"action": "vary", "options": {"words": "狐" * 7}},
        {"action": "vary", "options": {"words": ""}},
        {"action": "x" * 24, "target": "y" * 30, "options": {"z": "z" * 40}},
    ],
)
def test_a_button_whose_code_cannot_be_read_back_is_none(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="cannot be read back"):
        Button(label="Older", **fields)


LIST = Group(name="style", help="Styles.", bare="style-list")


async def _unused(asked: Any, studio: Any) -> Any:
    raise AssertionError("nothing is run here")


GROUPED = Table(
    (
        action(Options, name="style-list", command=True, group=LIST)(_unused),
        action(Options, name="style-save", command=True, group=LIST)(_unused),
        action(Options, name="show", command=True)(_unused),
        action(Options, name="hidden")(_unused),
    )
)


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("style save spring", ("style-save", "spring")),
        ("Style  SAVE\nspring  rain", ("style-save", "spring  rain")),
        ("style", ("style-list", "")),
        (" style list ", ("style-list", "")),
        ("show a41f", ("show", "a41f")),
        ("save spring", None),
        ("style-save spring", None),
        ("style of Monet", None),
        ("hidden", None),
        ("", None),
    ],
)
def test_words_name_a_command_by_its_name_or_after_its_groups(typed: str, named: tuple[str, str] | None) -> None:
    found = GROUPED.named(typed)

    assert (None if found is None else (found[0].name, found[1].strip())) == named
    if named is None:
        with pytest.raises(UnknownCommand):
            GROUPED.command(typed)


@given(st.text(max_size=60))
def test_any_words_name_a_command_or_get_a_sentence(words: str) -> None:
    found = GROUPED.named(words)
    if found is not None:
        assert GROUPED.command(words) == found
    else:
        with pytest.raises(UnknownCommand, match="/help shows what there is"):
            GROUPED.command(words)


def test_a_form_is_filled_in_with_all_that_a_request_says() -> None:
    said = PaintOptions.read({"prompt": "a fox", "format": "gif", "frames": 4, "duration": 80, "model": "gpt-image-2"})
    request = Request(prompt=said.prompt, **said.chosen())

    again = PaintOptions.read(PaintOptions.of(request))
    assert {name: getattr(again, name) for name in said.model_fields_set} == said.model_dump(exclude_unset=True)
