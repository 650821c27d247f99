"""Teams' rules, the audit log, and moderation's verdicts: each team's own, changed whole, remembered for a while."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from limner.domain.rules import Screening, TeamRules
from limner.errors import BadOption
from limner.store import Store
from limner.store.audit import Decision, Verdict, What
from limner.store.database import now
from limner.store.rules import FRESH_SECONDS, Rules
from limner.store.screenings import KEPT
from limner.store.tables import screenings
from tests.store.making import ADA, CHANNEL

ELSEWHERE = CHANNEL.evolve(space="another-guild")


async def test_a_team_begins_with_everything_allowed(store: Store) -> None:
    team = (await store.people.member(CHANNEL, ADA)).team
    assert await store.rules.get(team) == TeamRules()


async def test_changed_rules_are_kept_and_are_no_other_teams(store: Store) -> None:
    team = (await store.people.member(CHANNEL, ADA)).team
    other = (await store.people.member(ELSEWHERE, ADA)).team

    changed = await store.rules.change(team, lambda rules: rules.evolve(banned=("gore",)))

    assert changed.banned == ("gore",)
    assert await store.rules.get(team) == changed
    assert await Rules(store._database).get(team) == changed
    assert await store.rules.get(other) == TeamRules()


async def test_changes_at_the_same_time_are_all_kept(store: Store) -> None:
    team = (await store.people.member(CHANNEL, ADA)).team
    terms = [f"term-{number}" for number in range(8)]

    await asyncio.gather(
        *(
            store.rules.change(team, lambda rules, term=term: rules.evolve(banned=(*rules.banned, term)))
            for term in terms
        )
    )

    assert sorted((await Rules(store._database).get(team)).banned) == terms


async def test_what_another_process_changed_is_seen_after_some_seconds(store: Store) -> None:
    team = (await store.people.member(CHANNEL, ADA)).team
    moments = [0.0]
    here = Rules(store._database, clock=lambda: moments[0])
    assert await here.get(team) == TeamRules()

    await store.rules.change(team, lambda rules: rules.evolve(banned=("gore",)))

    assert await here.get(team) == TeamRules()
    moments[0] = FRESH_SECONDS
    assert (await here.get(team)).banned == ("gore",)


async def test_a_refused_change_changes_nothing_and_is_not_in_the_log(store: Store) -> None:
    member = await store.people.member(CHANNEL, ADA)

    def refuse(rules: TeamRules) -> TeamRules:
        raise BadOption(name="banned", value="", why="it is empty")

    with pytest.raises(BadOption):
        await store.rules.change(member.team, refuse, _decision(member.team, member.id))

    assert await store.rules.get(member.team) == TeamRules()
    assert await store.audit.newest(member.team, limit=5) == ()


async def test_a_change_of_the_rules_is_in_the_log_with_who_made_it(store: Store) -> None:
    member = await store.people.member(CHANNEL, ADA)

    await store.rules.change(
        member.team, lambda rules: rules.evolve(moderation=False), _decision(member.team, member.id)
    )

    (entry,) = await store.audit.newest(member.team, limit=5)
    assert (entry.name, entry.decision.what, entry.decision.verdict) == ("Ada", What.RULES, Verdict.DONE)


async def test_the_log_shows_the_newest_first_of_one_team_alone(store: Store) -> None:
    member = await store.people.member(CHANNEL, ADA)
    stranger = await store.people.member(ELSEWHERE, ADA)
    for number in range(5):
        await store.audit.add(_decision(member.team, member.id, why=f"reason {number}", job="a41f"))
    await store.audit.add(_decision(stranger.team, stranger.id, why="secret", job="a41f"))

    newest = await store.audit.newest(member.team, limit=3)
    of_job = await store.audit.newest(member.team, limit=20, job="a41f")

    assert [each.decision.why for each in newest] == ["reason 4", "reason 3", "reason 2"]
    assert [each.decision.why for each in of_job] == [f"reason {number}" for number in (4, 3, 2, 1, 0)]
    assert await store.audit.newest(member.team, limit=20, job="b52e") == ()


async def test_a_decision_names_no_member_of_another_team(store: Store) -> None:
    member = await store.people.member(CHANNEL, ADA)
    stranger = await store.people.member(ELSEWHERE, ADA)

    await store.audit.add(_decision(member.team, stranger.id))

    assert (await store.audit.newest(member.team, limit=1))[0].name is None


async def test_a_verdict_is_remembered_for_thirty_days(store: Store) -> None:
    verdict = Screening(flagged=True, categories=("violence", "violence/graphic"))
    await store.screenings.put("old", verdict)
    assert await store.screenings.get("old") == verdict

    long_ago = now() - KEPT - timedelta(seconds=1)
    await store._database.write(lambda connection: connection.execute(update(screenings).values(created=long_ago)))
    assert await store.screenings.get("old") is None

    await store.screenings.put("new", Screening(flagged=False))
    kept = await store._database.read(lambda connection: connection.execute(screenings.select()).all())
    assert [row.key for row in kept] == ["new"]


async def test_a_verdict_given_again_takes_the_place_of_the_earlier_one(store: Store) -> None:
    await store.screenings.put("key", Screening(flagged=True, categories=("hate",)))
    await store.screenings.put("key", Screening(flagged=False))

    assert await store.screenings.get("key") == Screening(flagged=False)


def _decision(team: str, member: str, *, why: str = "the rules were changed", job: str | None = None) -> Decision:
    return Decision(team=team, member=member, job=job, what=What.RULES, verdict=Verdict.DONE, why=why)
