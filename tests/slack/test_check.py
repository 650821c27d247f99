"""What the doctor finds on Slack's side."""

from __future__ import annotations

from pathlib import Path

import pytest

from limner.cli.doctor import run_doctor
from limner.domain.courier import Finding
from limner.errors import ConfigError, HostTrouble
from limner_slack import platform
from limner_slack.manifest import SCOPES
from tests.fakes.slack import FakeSlack
from tests.slack.desk import Desk

ALL = ",".join(SCOPES)


async def checked(slack: FakeSlack, folder: Path, **section: object) -> tuple[Finding, ...]:
    return await platform.check(Desk(folder, slack, **section).settings)


async def test_good_tokens_and_all_scopes_are_found(slack: FakeSlack, tmp_path: Path) -> None:
    slack.scopes = ALL

    found = await checked(slack, tmp_path)

    assert [each.what for each in found] == [
        "Slack: the bot's token is accepted by Fake",
        "Slack: the app has its scopes",
        "Slack: the app's token for Socket Mode is accepted",
    ]
    assert all(each.ok for each in found)
    assert slack.sockets == []


async def test_a_missing_scope_is_named(slack: FakeSlack, tmp_path: Path) -> None:
    slack.scopes = ",".join(each for each in SCOPES if each not in {"files:read", "im:write"})

    found = await checked(slack, tmp_path)

    assert [each.ok for each in found] == [True, False, True]
    assert "lacks the scopes files:read, im:write. Paste the manifest again" in found[1].mend


async def test_an_app_without_any_scope_lacks_them_all(slack: FakeSlack, tmp_path: Path) -> None:
    slack.scopes = ""

    assert "app_mentions:read, channels:history" in (await checked(slack, tmp_path))[1].mend


async def test_scopes_that_slack_does_not_tell_are_not_called_found(slack: FakeSlack, tmp_path: Path) -> None:
    slack.scopes = None

    found = await checked(slack, tmp_path)

    assert len(found) == 2
    assert all(each.ok and "scopes" not in each.what for each in found)


@pytest.mark.parametrize(
    ("file", "token", "sentence"),
    [
        ("bot", "xoxb-wrong", r"slack\.bot_token_file: Slack answers invalid_auth\. Copy the token anew"),
        ("app", "xapp-wrong", r"slack\.app_token_file: Slack answers invalid_auth\. Copy the token anew"),
    ],
)
async def test_a_wrong_token_is_told_and_not_repeated(
    slack: FakeSlack, tmp_path: Path, file: str, token: str, sentence: str
) -> None:
    settings = Desk(tmp_path, slack).settings
    (tmp_path / file).write_text(token)

    with pytest.raises(ConfigError, match=sentence) as caught:
        await platform.check(settings)
    assert token not in str(caught.value)


@pytest.mark.parametrize("swapped", ["bot", "app"])
async def test_a_token_of_the_other_kind_is_told(slack: FakeSlack, tmp_path: Path, swapped: str) -> None:
    settings = Desk(tmp_path, slack).settings
    (tmp_path / swapped).write_text(slack.app_token if swapped == "bot" else slack.bot_token)

    with pytest.raises(ConfigError, match=rf"slack\.{swapped}_token_file: this is another kind of token"):
        await platform.check(settings)
    assert slack.requests == []


@pytest.mark.parametrize("missing", ["bot_token", "app_token"])
async def test_a_missing_token_is_named(tmp_path: Path, slack: FakeSlack, missing: str) -> None:
    with pytest.raises(ConfigError, match="NOT_SET is not set"):
        await checked(slack, tmp_path, **{f"{missing}_file": None, f"{missing}_env": "NOT_SET"})
    assert slack.requests == []


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_a_slack_that_is_out_of_reach_is_told(slack: FakeSlack, tmp_path: Path, method: str) -> None:
    slack.stumble(method, times=9)

    with pytest.raises(HostTrouble, match="Slack cannot be reached; check the network"):
        await checked(slack, tmp_path)


@pytest.mark.parametrize(
    ("file", "token", "scopes", "code", "said"),
    [
        (None, None, ALL, 0, "✓ Slack: the app has its scopes"),
        (None, None, "commands", 1, "✗ Slack: scopes are missing: the app lacks the scopes app_mentions:read, "),
        ("bot", "xoxb-wrong-1", ALL, 1, "✗ Slack: slack.bot_token_file: Slack answers invalid_auth. Copy the token"),
        ("app", "xapp-wrong-1", ALL, 1, "✗ Slack: slack.app_token_file: Slack answers invalid_auth. Copy the token"),
    ],
)
async def test_the_doctor_tells_it_in_a_line_and_shows_no_token(
    slack: FakeSlack,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    file: str | None,
    token: str | None,
    scopes: str,
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    slack.scopes = scopes
    Desk(tmp_path, slack)
    if file is not None and token is not None:
        (tmp_path / file).write_text(token)
    files = "".join(f'{each}_token_file = "{tmp_path / each}"\n' for each in ("bot", "app"))
    (tmp_path / "config.toml").write_text(f'[slack]\napi_base = "{slack.api_base}"\n{files}')

    assert await run_doctor(tmp_path / "config.toml") == code

    out, err = capfd.readouterr()
    assert len([each for each in out.splitlines() if each.startswith(said)]) == 1
    for secret in (slack.bot_token, slack.app_token, token):
        assert secret is None or secret not in out + err
