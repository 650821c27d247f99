"""One team of a Discord server and a Slack workspace, one member of two names; and apart again."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from limner.store import tickets
from tests.conversations.reading import id_of, paintings
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.stages import Seen, Stage
from tests.stages.both import BothStages
from tests.stages.member import signed_in
from tests.stages.visitor import OpenHouse


@pytest.fixture
async def both(keyed_house: House) -> AsyncIterator[BothStages]:
    async with BothStages(OpenHouse(keyed_house)) as stages:
        yield stages


def code_on(seen: Seen) -> str:
    (code,) = re.findall(r"(?:[a-z0-9]{5}-){3}[a-z0-9]{5}", seen.text)
    return str(code)


async def painted(stage: Any, prompt: str, **values: Any) -> Seen:
    return await stage.settled(await stage.command("imagine", prompt=prompt, quality="draft", **values))  # type: ignore[no-any-return]


async def linked(both: BothStages) -> None:
    """An admin of the server gives the code out, an admin of the workspace enters it."""
    given = await both.discord.command("link-team", member="admin")
    assert given.private_to == "admin"
    entered = await both.slack.command("link-team", member="admin", code=code_on(given))
    assert "You are one team now" in entered.text


async def test_two_sides_are_one_team_and_go_apart_again(
    both: BothStages, keyed_house: House, openai: FakeOpenAI
) -> None:
    discord, slack = both.discord, both.slack
    fox = await painted(discord, "a red fox")
    owl = await painted(slack, "a snow owl")
    draft = await painted(discord, "a secret fox", private=True)
    await discord.command("style-save", name="spring", before="In spring:")
    await slack.command("style-save", name="spring", before="In another spring:")
    await slack.command("collection-add", picture=id_of(owl), name="birds")
    await slack.command("tag", picture=id_of(owl), tags="bird")
    assert "There is no" in (await slack.command("show", picture=id_of(fox))).text

    given = await discord.command("link-team", member="admin")
    assert "one library" in given.text
    code = code_on(given)
    for table in ("tickets", "cards"):
        kept = str(keyed_house.rows(f"SELECT * FROM {table}"))
        assert code not in kept
        assert code.replace("-", "") not in kept
    assert "Only an admin can link teams" in (await discord.command("link-team")).text
    assert "Only an admin can link teams" in (await slack.command("link-team", code=code)).text
    assert "made on this side" in (await discord.command("link-team", member="admin", code=code)).text
    wrong = f"{code[:-1]}{'2' if code[-1] != '2' else '3'}"
    for bad in (wrong, "fox", code + "x"):
        assert "mistyped" in (await slack.command("link-team", member="admin", code=bad)).text
    entered = await slack.command("link-team", member="admin", code=code.upper().replace("-", " "))
    assert "You are one team now" in entered.text
    assert "mistyped" in (await slack.command("link-team", member="admin", code=code)).text
    again = code_on(await slack.command("link-team", member="admin"))
    assert "one team already" in (await discord.command("link-team", member="admin", code=again)).text

    shown = await slack.settled(await slack.command("show", picture=id_of(fox)))
    assert shown.pictures
    assert id_of(fox) in shown.text
    varied = await slack.settled(await slack.press(shown, "Vary"))
    assert varied.pictures
    assert id_of(varied) in (await discord.command("gallery")).text
    seen = (await discord.command("search", words="owl")).text
    assert id_of(owl) in seen
    assert id_of(owl) in (await discord.command("gallery", tag="bird")).text
    assert id_of(owl) in (await discord.command("gallery", collection="birds")).text
    assert id_of(draft) not in (await slack.command("gallery")).text
    assert "There is no" in (await slack.command("show", picture=id_of(draft))).text
    styles = (await slack.command("style-list")).text
    assert "spring" in styles
    assert "spring 2" in styles
    await discord.command("budget", member="admin", amount="5", scope="team", period="day")
    assert "$5" in (await slack.command("budget", member="admin")).text
    async with (
        signed_in(both.limner, both.base, slack.place, slack.person) as page,
        page.get(f"/asset/{id_of(fox)}") as answer,
    ):
        assert (answer.status, "a red fox" in await answer.text()) == (200, True)
    assert "linking: done. two teams became one" in (await discord.command("audit", member="admin")).text.lower()
    assert len({row.team for row in keyed_house.rows("SELECT team FROM spaces")}) == 1

    assert "Only an admin can link teams" in (await slack.command("link-team", undo=True)).text
    made = paintings(openai)
    apart = await discord.command("link-team", member="admin", undo=True)
    assert "Both sides stand for themselves again" in apart.text
    assert "There is no" in (await slack.command("show", picture=id_of(fox))).text
    assert "There is no" in (await discord.command("show", picture=id_of(owl))).text
    for picture in (owl, varied):
        assert id_of(picture) in (await slack.command("gallery")).text
        assert id_of(picture) not in (await discord.command("gallery")).text
    assert id_of(owl) in (await slack.command("gallery", words="owl", tag="bird")).text
    assert id_of(owl) in (await slack.command("collection-show", name="birds")).text
    assert "In another spring" in (await slack.command("style-show", name="spring")).text
    assert "There is no" in (await slack.settled(await slack.press(shown, "Vary"))).text
    assert "stands for itself" in (await slack.command("link-team", member="admin", undo=True)).text
    assert paintings(openai) == made
    teams = keyed_house.rows("SELECT team, sum(amount) FROM ledger WHERE kind = 'settle' GROUP BY team")
    assert len(teams) == 2


async def test_one_member_of_two_names(both: BothStages, keyed_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    discord, slack = both.discord, both.slack
    early = code_on(await discord.command("link-me"))
    assert "another team's" in (await slack.command("link-me", code=early)).text
    fox = await painted(discord, "a red fox")
    await linked(both)
    owl = await painted(slack, "a snow owl")
    draft = await painted(discord, "a secret fox", private=True)
    await discord.press(fox, "Save")
    await slack.press(owl, "Save")
    assert id_of(fox) not in (await slack.command("gallery", saved=True)).text

    given = await discord.command("link-me")
    assert given.private_to == "ada"
    assert "already here" in (await discord.command("link-me", member="bob", code=code_on(given))).text
    assert "is you already here" in (await discord.command("link-me", code=code_on(given))).text
    with monkeypatch.context() as later:
        later.setattr(tickets, "now", lambda: datetime.now(UTC) + timedelta(minutes=16))
        assert "older than 15 minutes" in (await slack.command("link-me", code=code_on(given))).text
    assert "You are one member" in (await slack.command("link-me", code=code_on(given))).text
    assert "mistyped, was used" in (await slack.command("link-me", code=code_on(given))).text
    bobs = code_on(await discord.command("link-me", member="bob"))
    assert "You are one member" in (await slack.command("link-me", member="bob", code=bobs)).text
    taken = code_on(await discord.command("link-me"))
    assert "already here" in (await slack.command("link-me", member="bob", code=taken)).text

    saved = (await slack.command("gallery", saved=True)).text
    assert id_of(fox) in saved
    assert id_of(owl) in saved
    assert id_of(draft) in (await slack.command("drafts")).text
    mine = (await discord.command("gallery", by="me")).text
    assert id_of(owl) in mine
    spent = [(await each.command("usage")).text for each in (discord, slack)]
    today = [re.findall(r"\$[\d.]+", each)[0] for each in spent]
    assert today[0] == today[1]
    async with signed_in(both.limner, both.base, slack.place, slack.person) as page:
        assert "signed in in 1 browser" in (await discord.command("sessions")).text
        await discord.press(await discord.command("sessions"), "Sign out everywhere")
        async with page.get("/") as answer:
            assert answer.status == 401

    await discord.command("link-team", member="admin", undo=True)
    assert id_of(owl) in (await slack.command("gallery", by="me")).text
    assert id_of(fox) in (await discord.command("gallery", saved=True)).text
    assert id_of(owl) in (await slack.command("gallery", saved=True)).text
    assert "There is no" in (await slack.command("show", picture=id_of(draft))).text


async def test_what_is_being_painted_while_two_teams_become_one_is_of_both(
    both: BothStages, openai: FakeOpenAI
) -> None:
    discord, slack = both.discord, both.slack
    waiting = await slack.command("imagine", prompt="a snow owl", quality="draft")
    await linked(both)
    done = await slack.settled(waiting)
    assert id_of(done) in (await discord.command("gallery")).text
    assert (await discord.settled(await discord.command("show", picture=id_of(done)))).pictures


async def test_nothing_can_be_undone_where_nothing_is_linked(stage: Stage) -> None:
    member = "admin" if stage.platform != "web" else "ada"
    assert "stands for itself" in (await stage.command("link-team", member=member, undo=True)).text
    assert "Enter this on the other side" in (await stage.command("link-me")).text
