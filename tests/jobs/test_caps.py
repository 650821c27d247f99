"""Budgets at the front door: by the team's own days, for everything that costs, and free of charge where there are
none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from limner.domain.card import Button, Card, Role, State
from limner.domain.place import Person
from limner.opening import open_limner
from tests.conversations.reading import paintings
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.jobs.channel import ADA, PLACE, Channel, ask

ADMIN = Person(id="admin", name="Admin", admin=True)
EVENING = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
"""Half past eleven in Berlin."""


class Clock:
    """Tells the time that it was set to."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def budget(**values: str) -> Any:
    return ask("budget", **values).evolve(person=ADMIN)


def warnings(card: Card) -> str:
    return " ".join(card.lines_of(Role.WARNING))


async def in_berlin(limner: Any) -> None:
    member = await limner._store.people.member(PLACE, ADA)
    await limner._store.rules.change(member.team, lambda rules: rules.evolve(zone="Europe/Berlin"))


async def test_the_day_is_the_teams_own(keyed_house: House, openai: FakeOpenAI) -> None:
    channel, clock = Channel(), Clock(EVENING)
    async with open_limner(keyed_house.settings(), platforms=(channel,), grace=1, now=clock) as limner:
        await in_berlin(limner)
        await limner.take(budget(amount="0.02", scope="everyone"))
        await limner.take(ask(prompt="a red fox", quality="draft"))
        painted = await channel.until(State.DONE)
        assert "of $0.02 today" in painted.lines_of(Role.FOOTER)[0]

        refused = await limner.take(ask(prompt="a red fox", quality="draft"))
        assert refused is not None
        assert "It starts anew tomorrow at 0:00 (Europe/Berlin)" in warnings(refused)
        clock.at = EVENING.replace(hour=23)  # midnight in Berlin, not in UTC
        taken = await limner.take(ask(prompt="a red fox", quality="draft"))
        assert taken is not None
        assert taken.state is State.WAITING


async def test_a_role_is_worth_what_its_budget_says(keyed_house: House) -> None:
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        await limner.take(budget(amount="0", scope="everyone"))
        refused = await limner.take(ask(prompt="a red fox", quality="draft"))
        assert refused is not None
        assert refused.state is State.REFUSED

        painter = ADA.evolve(roles=("painters",))
        await limner.take(ask("usage").evolve(person=painter))
        told = await limner.take(budget(amount="3", scope="role", who="painters"))
        assert told is not None
        assert "The daily budget for the role painters is $3.00 now." in told.lines[0].text
        taken = await limner.take(ask(prompt="a red fox", quality="draft").evolve(person=painter))
        assert taken is not None
        assert taken.state is State.WAITING
        painted = await channel.until(State.DONE)
        assert "of $3.00 today" in painted.lines_of(Role.FOOTER)[0]


async def test_the_hosts_caps_bound_the_teams_own(keyed_house: House) -> None:
    channel = Channel()
    async with keyed_house.open(platforms=(channel,), budget={"member_daily": 0.001}) as limner:
        told = await limner.take(budget(amount="50", scope="everyone"))
        assert told is not None
        assert "The host's configuration allows $0.001 and no more" in told.lines[0].text
        refused = await limner.take(ask(prompt="a red fox", quality="draft"))
        assert refused is not None
        assert "is left of your daily budget of $0.001" in warnings(refused)
        shown = await limner.take(budget())
        assert shown is not None
        assert any("(set by the host): $0.001 each" in line.text for line in shown.lines)


async def test_an_offer_paints_once_however_often_it_is_pressed(keyed_house: House, openai: FakeOpenAI) -> None:
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        await limner.take(budget(amount="0.04", scope="everyone"))
        refused = await limner.take(ask(prompt="a red fox", quality="finest", private=True))
        assert refused is not None
        (button,) = [each for row in refused.controls for each in row.buttons if isinstance(each, Button)][:1]
        press = ask(button.action, target=button.target, **button.options)
        taken = await limner.take(press)
        assert taken is not None
        assert taken.private
        assert await limner.take(ask(button.action, target=button.target, **button.options)) is None
        other = await limner.take(
            ask(button.action, target=button.target, **button.options).evolve(person=Person(id="bob", name="Bob"))
        )
        assert other is not None
        assert other.state is State.REFUSED
        await channel.until(State.DONE)
    assert paintings(openai) == 1


async def test_without_budgets_accepting_asks_the_database_nothing_more(
    keyed_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limner.store.budgets.FRESH_SECONDS", 1e9)
    said: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        await channel.until(State.DONE)
        event.listen(Engine, "before_cursor_execute", listen)
        try:
            await limner.take(ask(prompt="a red fox", quality="draft"))
        finally:
            event.remove(Engine, "before_cursor_execute", listen)
    assert said
    assert not any("budgets" in each for each in said)


async def test_a_budget_set_and_refused_is_in_the_audit_log(keyed_house: House) -> None:
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        await limner.take(budget(amount="5", scope="team"))
        await limner.take(ask("budget", amount="500", scope="team"))
        member = await limner._store.people.member(PLACE, ADA)
        log = await limner._store.audit.newest(member.team, limit=9)
        assert [(each.decision.what, each.decision.verdict) for each in log] == [
            ("budget", "refused"),
            ("budget", "done"),
        ]
        assert log[1].decision.why == "The team's daily budget is $5.00 now."
