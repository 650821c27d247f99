"""Starting up: what can be wrong is said with its cure."""

from pathlib import Path

import pytest

from limner.config import load
from limner.errors import ConfigError, HostTrouble
from limner_discord import platform
from tests.discord.front import FrontDoor, front_door, listening
from tests.fakes.discord import FakeDiscord


async def test_a_missing_token_says_where_one_is_looked_for(discord: FakeDiscord) -> None:
    front = FrontDoor(load(discord={"api_base": discord.api_base}))

    with pytest.raises(ConfigError, match=r"\[discord\] DISCORD_TOKEN: no bot token is set; copy it from https"):
        await platform.open(front)  # type: ignore[arg-type]
    assert discord.calls == []


async def test_a_wrong_token_says_how_to_make_a_new_one_and_does_not_repeat_it(
    discord: FakeDiscord, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("MTA.wrong.token")

    with pytest.raises(ConfigError, match="Reset Token") as caught:
        await platform.open(front_door(discord, tmp_path))  # type: ignore[arg-type]
    assert "MTA.wrong" not in str(caught.value)


async def test_a_missing_intent_says_where_to_switch_it_on(discord: FakeDiscord, tmp_path: Path) -> None:
    discord.intents_granted = False

    with pytest.raises(ConfigError, match="Message Content intent; switch it on"):
        async with listening(discord, tmp_path):
            pass


async def test_a_server_that_is_not_there_is_named(tmp_path: Path, discord: FakeDiscord) -> None:
    front = front_door(discord, tmp_path)
    front.settings = load(discord={"api_base": "http://127.0.0.1:9/api/v10", "token_file": tmp_path / "token"})

    with pytest.raises(HostTrouble, match=r"http://127\.0\.0\.1:9/api/v10 cannot be reached"):
        await platform.open(front)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "said"), [(True, "in any channel that I can read"), (False, "in a reply that pings me")]
)
async def test_the_log_says_where_voice_notes_are_heard(
    discord: FakeDiscord, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bool, said: str
) -> None:
    heard: list[str] = []

    def told() -> bool:
        heard.append(capsys.readouterr().out)
        return said in "".join(heard)

    async with listening(discord, tmp_path, message_content=content):
        await discord.until(told)


def test_the_invitation_asks_for_what_the_bot_needs(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("MTIzNDU2Nzg5MDEyMzQ1Njc4.x.y")
    link = platform.invitation(load(discord={"token_file": tmp_path / "token"}))

    assert "client_id=123456789012345678" in link
    assert "scope=bot+applications.commands" in link
    assert "permissions=70643622185984" in link
    assert "YOUR_APPLICATION_ID" in platform.invitation(load(discord={}))


def test_the_platform_is_known_without_importing_discord_py() -> None:
    import subprocess
    import sys

    code = "import sys, limner_discord; limner_discord.platform.name; print('discord' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
