"""The configuration fails with a sentence, and its example tells of every key."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from limner.config import Settings, known_keys, load
from limner.errors import ConfigError

EXAMPLE = Path(__file__).parents[1] / "config.example.toml"


def test_the_example_names_every_key_and_no_other() -> None:
    named: set[str] = set()
    section = ""
    for line in EXAMPLE.read_text().splitlines():
        if found := re.match(r"(?:# )?\[(\w+)\]", line):
            section = found[1]
        elif found := re.match(r"(?:# )?(\w+) = ", line):
            named.add(f"{section}.{found[1]}")

    assert named == set(known_keys())


def test_the_example_holds_the_defaults() -> None:
    given = load(EXAMPLE)
    assert given.web is not None
    assert given.model_copy(update={"web": None}) == load()


def test_the_example_with_every_line_in_use_is_valid(tmp_path: Path) -> None:
    lines = [re.sub(r"^# (?=\[|\w+ = )", "", line) for line in EXAMPLE.read_text().splitlines()]
    file = tmp_path / "config.toml"
    file.write_text("\n".join(lines))

    assert load(file).slack is not None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[image]\nmodle = 'x'", "unknown key “image.modle”; did you mean “image.model”?"),
        ("[imago]\nmodel = 'x'", "unknown key “imago”; did you mean “image”?"),
        ("[image]\nshape = 'banana'", "“banana” is no shape I can paint"),
        ("[voice]\nmax_seconds = 0", "voice.max_seconds = 0"),
        ("[budget]\nmember_daily = -1", "budget.member_daily = -1"),
        ("[image", "it is not valid TOML"),
        ("[web]\nport = 99999", "web.port = 99999"),
        ("[openai]\nbase_url = 'ftp://x'", "openai.base_url"),
    ],
)
def test_a_wrong_file_gets_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)

    with pytest.raises(ConfigError, match=re.escape(sentence)):
        load(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "none.toml")


def test_every_key_can_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMNER_DISCORD__API_BASE", "http://127.0.0.1:9000/api/v10/")
    monkeypatch.setenv("LIMNER_IMAGE__QUALITY", "draft")

    settings = load()

    assert settings.discord is not None
    assert settings.discord.api_base == "http://127.0.0.1:9000/api/v10"
    assert settings.image.quality == "draft"


def test_an_unknown_variable_names_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMNER_IMAGE__QUALTY", "draft")

    with pytest.raises(ConfigError, match="did you mean LIMNER_IMAGE__QUALITY"):
        load()


def test_secrets_are_read_by_reference_and_never_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "hush-hush-1")
    file = tmp_path / "key"
    file.write_text("hush-hush-2\n")

    settings = load(discord={}, openai={"api_key_file": file})

    assert settings.discord is not None
    assert settings.discord.token is not None
    assert settings.discord.token.get_secret_value() == "hush-hush-1"
    assert settings.openai.api_key is not None
    assert settings.openai.api_key.get_secret_value() == "hush-hush-2"
    assert "hush" not in repr((settings, settings.discord.token, settings.openai.api_key))


def test_the_example_is_toml_of_known_sections() -> None:
    assert set(tomllib.loads(EXAMPLE.read_text())) <= set(Settings.model_fields)
