"""What the doctor finds on Discord's side."""

from pathlib import Path

import pytest

from limner.cli.doctor import run_doctor
from limner.config import load
from limner.domain.courier import Finding
from limner.errors import ConfigError, HostTrouble
from limner_discord import platform
from tests.discord.front import front_door
from tests.fakes.discord import TOKEN, FakeDiscord


async def checked(discord: FakeDiscord, folder: Path, **section: object) -> tuple[Finding, ...]:
    return await platform.check(front_door(discord, folder, **section).settings)


async def test_a_good_token_and_the_intent_are_found(discord: FakeDiscord, tmp_path: Path) -> None:
    found = await checked(discord, tmp_path)

    assert [each.what for each in found] == [
        "Discord: the token of Limner is accepted",
        "Discord: the Message Content intent is on",
    ]
    assert all(each.ok for each in found)
    assert discord.sockets == []


@pytest.mark.parametrize(("flags", "on"), [(1 << 18, True), (1 << 19, True), (0, False), (1 << 23, False)])
async def test_the_intent_is_read_from_the_applications_flags(
    discord: FakeDiscord, tmp_path: Path, flags: int, on: bool
) -> None:
    discord.application_flags = flags

    intent = (await checked(discord, tmp_path))[-1]

    assert intent.ok is on
    assert on or "→ your application → Bot, or set message_content = false" in intent.mend


async def test_an_intent_that_is_not_wanted_is_not_missed(discord: FakeDiscord, tmp_path: Path) -> None:
    discord.application_flags = 0

    assert [each.ok for each in await checked(discord, tmp_path, message_content=False)] == [True]


async def test_a_wrong_token_is_told_and_not_repeated(discord: FakeDiscord, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("MTA.wrong.token")

    with pytest.raises(ConfigError, match="Reset Token") as caught:
        await checked(discord, tmp_path)
    assert "MTA.wrong" not in str(caught.value)


async def test_a_missing_token_is_told(discord: FakeDiscord) -> None:
    with pytest.raises(ConfigError, match=r"\[discord\] DISCORD_TOKEN: no bot token is set"):
        await platform.check(load(discord={"api_base": discord.api_base}))
    assert discord.calls == []


async def test_an_application_that_is_not_told_of_is_in_words(discord: FakeDiscord, tmp_path: Path) -> None:
    discord.arrange("GET", "/oauth2/applications/@me", 403, {"code": 20001, "message": "Bots cannot use this"})

    with pytest.raises(HostTrouble, match=r"did not let this bot in \(HTTP 403, code 20001\)"):
        await checked(discord, tmp_path)


async def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)

    with pytest.raises(HostTrouble, match="cannot be reached"):
        await platform.check(load(discord={"api_base": "http://127.0.0.1:9/api/v10", "token_file": tmp_path / "token"}))


@pytest.mark.parametrize(
    ("token", "flags", "code", "said"),
    [
        (TOKEN, 1 << 19, 0, "✓ Discord: the token of Limner is accepted"),
        (TOKEN, 0, 1, "✗ Discord: the Message Content intent is off: switch it on at https://discord.com/developers"),
        ("MTA.wrong.token", 1 << 19, 1, "✗ Discord: [discord] token_file: Discord did not accept the bot token"),
    ],
)
async def test_the_doctor_tells_it_in_a_line_and_shows_no_token(
    discord: FakeDiscord,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    token: str,
    flags: int,
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    discord.application_flags = flags
    (tmp_path / "token").write_text(token)
    config = tmp_path / "config.toml"
    config.write_text(f'[discord]\napi_base = "{discord.api_base}"\ntoken_file = "{tmp_path / "token"}"\n')

    assert await run_doctor(config) == code

    out, err = capfd.readouterr()
    assert len([each for each in out.splitlines() if each.startswith(said)]) == 1
    assert token.split(".")[0] not in out + err
