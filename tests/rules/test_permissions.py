"""Permissions: what a team's rules refuse, to whom, and the way on."""

from __future__ import annotations

import pytest

from limner.domain.place import Member, Place
from limner.domain.rules import TeamRules
from limner.errors import Trouble
from limner.models.catalogue import Catalogue
from limner.rules.permissions import model_refusal, place_refusal, prompt_refusal

MEMBER = Member(id="m1", team="t1", name="Ada", roles=("7",))
ADMIN = MEMBER.evolve(admin=True, roles=())
HERE = Place(platform="discord", space="1", channel="2")
MODELS = {each.name: each for each in Catalogue.load()}
PLAIN, FINE = MODELS["gpt-image-1-mini"], MODELS["gpt-image-1.5"]


def said(trouble: Trouble | None) -> str:
    return trouble.sentence if trouble else ""


def test_without_rules_everything_is_allowed() -> None:
    rules = TeamRules()
    assert place_refusal(rules, MEMBER, HERE) is None
    assert model_refusal(rules, MEMBER, FINE, ()) is None
    assert prompt_refusal(rules, "gore") is None


def test_an_allowed_channel_is_open_and_its_threads_with_it() -> None:
    rules = TeamRules(channels=(HERE.key,))
    assert place_refusal(rules, MEMBER, HERE) is None
    assert place_refusal(rules, MEMBER, HERE.evolve(thread="1.2")) is None
    assert place_refusal(rules, MEMBER, HERE.evolve(channel="3", parent="2")) is None


def test_the_same_id_on_another_platform_or_in_another_space_is_another_channel() -> None:
    rules = TeamRules(channels=(HERE.key,))
    assert place_refusal(rules, MEMBER, HERE.evolve(platform="slack"))
    assert place_refusal(rules, MEMBER, HERE.evolve(space="9"))


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([], "an admin can tell you where I may"),
        (["#art"], "I may in #art."),
        (["#art", "#lab"], "I may in #art or #lab."),
        (["#a", "#b", "#c", "#d"], "I may in #a, #b or #c."),
    ],
)
def test_a_closed_channel_names_up_to_three_that_are_open(names: list[str], told: str) -> None:
    keys = [f"discord/1/{number}" for number in range(10, 14)]
    rules = TeamRules(channels=tuple(keys), names=dict(zip(keys, names, strict=False)))
    assert told in said(place_refusal(rules, MEMBER, HERE))


def test_channels_of_another_space_are_not_named() -> None:
    rules = TeamRules(channels=("slack/1/5",), names={"slack/1/5": "#elsewhere"})
    assert "#elsewhere" not in said(place_refusal(rules, MEMBER, HERE))


def test_one_of_the_roles_is_enough() -> None:
    assert place_refusal(TeamRules(roles=("6", "7")), MEMBER, HERE) is None
    assert "some roles only" in said(place_refusal(TeamRules(roles=("6",)), MEMBER, HERE))


def test_a_model_for_some_roles_is_refused_to_others_with_one_that_is_open() -> None:
    rules = TeamRules(models={FINE.name: ("6",), "gpt-image-2": ("6",)})
    others = (FINE, MODELS["gpt-image-2"], PLAIN)
    assert model_refusal(rules, MEMBER.evolve(roles=("6",)), FINE, others) is None
    assert f"open to you as {PLAIN.name}" in said(model_refusal(rules, MEMBER, FINE, others))
    assert "an admin can open it" in said(model_refusal(rules, MEMBER, FINE, others[:2]))


def test_admins_are_free_of_channels_and_roles_but_not_of_banned_terms() -> None:
    rules = TeamRules(channels=("discord/1/9",), roles=("6",), models={FINE.name: ("6",)}, banned=("gore",))
    assert place_refusal(rules, ADMIN, HERE) is None
    assert model_refusal(rules, ADMIN, FINE, ()) is None
    assert "“gore”" in said(prompt_refusal(rules, "a bit of Gore"))
