"""The doctor says what is wrong, one line each, and how to mend it; it changes nothing."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from limner.cli.doctor import run_doctor
from limner.domain.card import State
from tests.backends.fixtures import on_sqlite
from tests.fakes.openai import FakeOpenAI
from tests.jobs.channel import Channel, ask
from tests.processes.installation import Installation, until_it


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


async def test_with_no_configuration_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert await run_doctor(None) == 0
    said = capsys.readouterr().out
    assert "✓ No OpenAI key in OPENAI_API_KEY" in said
    assert "✓ No database yet" in said
    assert "data" not in os.listdir()


async def test_a_wrong_configuration_is_the_first_thing_to_mend(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text("[image]\nmodle = 'x'")
    assert await run_doctor(file) == 1
    assert "✗ Configuration" in (said := capsys.readouterr().out)
    assert "did you mean “image.model”?" in said


async def test_a_key_that_is_not_accepted_is_told(
    installation: Installation, openai: FakeOpenAI, capsys: pytest.CaptureFixture[str]
) -> None:
    (installation.folder / "openai-key").write_text("sk-another")
    assert await run_doctor(installation.config) == 1
    said = capsys.readouterr().out
    assert "✗" in said
    assert "did not accept" in said
    assert "sk-another" not in said


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"], indirect=True)
async def test_beside_a_limner_that_runs_it_tells_who_is_at_work_and_what_could_not_be_delivered(
    installation: Installation, openai: FakeOpenAI, capsys: pytest.CaptureFixture[str]
) -> None:
    channel = Channel()
    async with installation.open(platforms=(channel,)) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        await channel.until(State.DONE)
        assert await run_doctor(installation.config) == 0
        said = capsys.readouterr().out
        assert "✓ At work: limner (all)" in said
        assert "✓ The ledger adds up" in said
        assert "✓ Every card was delivered" in said
        if "blobs" in installation.sections["data"]:
            assert "can be written, read and deleted" in said
    assert "/v1/models" in [each.path for each in openai.requests]


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"], indirect=True)
async def test_a_card_that_cannot_be_shown_is_told_with_its_reason(
    installation: Installation, openai: FakeOpenAI, capsys: pytest.CaptureFixture[str]
) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    async with installation.open(platforms=(channel,)) as limner:
        card = await limner.take(ask(prompt="a red fox", quality="draft"))
        assert card is not None
        await openai.arrived(2)
        channel.closed = True
        openai.hold.set()
        await until_it(lambda: _record(installation)["undelivered"])
        assert await run_doctor(installation.config) == 1
    said = capsys.readouterr().out
    (line,) = (each for each in said.splitlines() if each.startswith("✗"))
    assert line == (
        f"✗ 1 card could not be delivered: {card.job}: I may not post in general. Please choose another place, or ask "
        "an admin to let me in. It is tried again without you, and at the next start at once"
    )


async def test_a_call_that_was_left_and_one_in_doubt_are_told(
    installation: Installation, openai: FakeOpenAI, capsys: pytest.CaptureFixture[str]
) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    async with installation.open(platforms=(channel,)) as limner:
        card = await limner.take(ask(prompt="a red fox", quality="draft"))
        assert card is not None
        await openai.arrived(2)
    openai.hold.set()
    installation.rows("UPDATE workers SET seen = '2024-02-29 12:00:00.000000'")
    assert await run_doctor(installation.config) == 1
    said = capsys.readouterr().out
    assert f"✗ Calls of processes that are gone: {card.job}: start their processes again under the same ids" in said
    assert "✓ At work: nobody" in said

    async with installation.open(platforms=(channel,)):
        await channel.until(State.FAILED)
    assert await run_doctor(installation.config) == 0
    said = capsys.readouterr().out
    assert "✓ No call was left behind" in said
    assert f"✓ Possibly charged within 7 days: {card.job}; OpenAI's usage page tells" in said


def _record(installation: Installation) -> dict[str, Any]:
    ((record,),) = installation.rows("SELECT record FROM jobs")
    return dict(json.loads(record))


async def test_a_database_that_does_not_answer_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[data]\ndatabase = "postgresql://nobody@127.0.0.1:9/none"\n')
    assert await run_doctor(file) == 1
    assert "✗ Database: my database does not answer; see that it runs" in capsys.readouterr().out


@on_sqlite  # elsewhere it also asks for the key that processes share
async def test_it_says_which_engines_there_are_and_what_leads_conversations(
    installation: Installation, openai: FakeOpenAI, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run_doctor(installation.config) == 0
    said = capsys.readouterr().out
    assert "✓ GPT-6 Luna leads conversations" in said
    assert "✓ Engines: openai, responses, sketch" in said
    assert openai.billed == 0

    openai.converses = False
    assert await run_doctor(installation.config) == 0
    assert "Engines: openai, sketch; “responses” not, for this server has no Responses API" in capsys.readouterr().out


async def test_a_host_that_chose_an_engine_which_is_not_there_is_told(
    installation: Installation, openai: FakeOpenAI, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIMNER_IMAGE__ENGINE", "responses")
    monkeypatch.setenv("LIMNER_IMAGE__MAINLINE", "our-own-model")
    openai.converses = False
    assert await run_doctor(installation.config) == 1
    said = capsys.readouterr().out
    assert '✗ The engine “responses”: this server has no Responses API; write [image] engine = "openai"' in said
    assert "our-own-model leads conversations; its prices are not known" in said
