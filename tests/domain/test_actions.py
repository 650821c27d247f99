"""The table of actions is whole, and everything that is made of it is too."""

from __future__ import annotations

import string

import pytest

from limner import actions
from limner.cli import ASKS
from limner.domain.action import Action, On
from limner.domain.card import Button, Press

TABLE = tuple(actions.table())


@pytest.mark.parametrize("action", TABLE, ids=lambda each: each.name)
def test_every_action_says_what_it_does(action: Action) -> None:
    assert action.help
    assert len(action.help) <= 100, "Discord shows at most 100 characters"
    assert set(action.name) <= set(string.ascii_lowercase + "-")
    for parameter in action.parameters:
        assert 0 < len(parameter.help) <= 100


@pytest.mark.parametrize("action", [each for each in TABLE if each.button], ids=lambda each: each.name)
def test_every_button_can_be_read_back(action: Action) -> None:
    button = Button(label=str(action.button), action=action.name, target="a41f.10", form=action.form)

    press = Press.read(button.code)

    assert press is not None
    assert (press.action, press.target, press.form) == (action.name, "a41f.10", action.form)
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


def test_the_terminal_offers_actions_that_exist() -> None:
    assert set(ASKS) <= {each.name for each in TABLE if each.command}


def test_a_voice_function_names_its_parameters_as_the_options() -> None:
    function = actions.table()["imagine"].function

    assert set(function["parameters"]["properties"]) == {
        "prompt", "shape", "quality", "count", "style", "background", "format", "private",
    }  # fmt: skip
    assert function["parameters"]["required"] == ["prompt"]
