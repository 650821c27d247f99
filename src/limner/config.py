"""The configuration: one TOML file, every key also by environment (`LIMNER_DISCORD__API_BASE`), no secret in either.

Secrets are named, not stored: `token_env` says which environment variable holds one, `token_file` which file.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource

from limner.domain.listening import EarName, Manner
from limner.domain.options import Quality
from limner.domain.shape import Shape
from limner.errors import ConfigError, Trouble

PREFIX = "LIMNER_"
SECRET_LENGTH = 32
"""Characters that an installation's key has at least."""


class Section(BaseModel):
    """A table of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _secret(variable: str | None, file: Path | None) -> SecretStr | None:
    if file is not None:
        try:
            return SecretStr(file.read_text(encoding="utf-8").strip())
        except OSError as problem:
            raise ConfigError(
                where=file.name, why=f"the secret's file cannot be read ({problem.strerror})"
            ) from problem
    value = os.environ.get(variable, "").strip() if variable else ""
    return SecretStr(value) if value else None


def _base(address: Any) -> Any:
    return address.rstrip("/") if isinstance(address, str) else address


Base = Annotated[str, BeforeValidator(_base), Field(pattern=r"^https?://[^\s]+$")]


class AltText(StrEnum):
    """What stands in for a picture where somebody cannot see it."""

    PROMPT = "prompt"
    """The words that it was asked for by."""
    DESCRIBED = "described"
    """What a vision model sees in it."""


class OpenAI(Section):
    """The provider."""

    api_key_env: str = "OPENAI_API_KEY"
    api_key_file: Path | None = None
    base_url: Base | None = None
    """Another server that speaks OpenAI's API, such as Azure's or a gateway's; None: OpenAI's own."""
    organization: str | None = None
    images_per_minute: int = Field(50, ge=1)
    concurrency: int = Field(8, ge=1, le=100)
    """Calls that paint at the same time."""

    @property
    def api_key(self) -> SecretStr | None:
        return _secret(self.api_key_env, self.api_key_file)


class Image(Section):
    """What paints."""

    engine: Literal["openai", "responses", "sketch"] = "openai"
    model: str = "gpt-image-1"
    mainline: str = "gpt-6-luna"
    """The model that leads the conversation where the Responses engine paints."""
    quality: Quality = Quality.STANDARD
    shape: Shape = "square"
    alt_text: AltText = AltText.PROMPT
    """What finished pictures' alternative texts are; `described` costs a look at each, by `describe.model`."""
    catalogue: Path | None = None
    """A TOML file laid over the built-in catalogue of models: prices, ends, successors, models of your own."""


class Voice(Section):
    """What listens."""

    ear: EarName = EarName.GPT_AUDIO
    """Which listens where a team's own rules say nothing else."""
    model: str = "gpt-4o-audio"
    """For the ear gpt-audio."""
    transcriber: str = "gpt-transcribe"
    """For the ear transcribe."""
    base_url: Base | None = None
    """Another server for both that speaks OpenAI's API; None: the provider's own."""
    api_key_env: str | None = None
    """The variable with that server's key. The provider's own key is never sent to it."""
    api_key_file: Path | None = None
    listen: Manner = Manner.CONFIRM
    """Where a team's own rules say nothing else; off: nowhere, whatever they say."""
    confirm_above: float | None = Field(None, ge=0)
    """Dollars; what costs more waits for a word also where notes are acted upon at once. None: nothing does."""
    wait_seconds: float = Field(4.0, ge=0, le=600)
    """For so long what goes ahead at once can still be stopped."""
    voice: str = "alloy"
    """Whose voice reads aloud, by OpenAI's name."""
    max_seconds: int = Field(300, ge=1, le=1500)
    context_tokens: int = Field(2_000, ge=0, le=100_000)
    """Of earlier requests that go along with a note, for words such as "that one" to be understood; 0: none."""
    context_cost: float = Field(0.005, ge=0)
    """Dollars that those may cost for one note."""

    @property
    def api_key(self) -> SecretStr | None:
        return _secret(self.api_key_env, self.api_key_file)


class Describe(Section):
    """What looks at pictures and says what is there."""

    model: str = "gpt-6-luna"


class Moderation(Section):
    """What is looked at before it is painted, by OpenAI's moderation endpoint; free of charge."""

    screen: bool = True
    """Whether prompts, and the pictures that members bring, are screened; a team's admins may leave it out."""
    required: bool = False
    """Whether nothing is painted that could not be screened, whatever a team's rules say."""
    model: str = "omni-moderation-latest"


class Data(Section):
    """Where things are kept."""

    directory: Path = Path("data")
    database: str | None = None
    """An SQLAlchemy address; None: a SQLite file in the directory."""
    blobs: str | None = None
    """An obstore address such as `s3://bucket/prefix`; None: a folder in the directory."""
    keep_days: int | None = Field(None, ge=1, le=36_500)
    """How long pictures and requests are kept where a team's admins say nothing else; None: until they are deleted."""
    secret_env: str | None = None
    """The variable with this installation's own key, which all its processes share; None: `secret.key` in the
    directory, made at the first start."""
    secret_file: Path | None = None

    @property
    def secret(self) -> SecretStr | None:
        found = _secret(self.secret_env, self.secret_file)
        if found is None and self.secret_env and self.secret_file is None:
            raise ConfigError(where="[data] secret_env", why=f"the environment variable {self.secret_env} is not set")
        if found is not None and len(found.get_secret_value()) < SECRET_LENGTH:
            named = "secret_file" if self.secret_file is not None else "secret_env"
            why = f"the key is shorter than {SECRET_LENGTH} characters; `openssl rand -hex 32` makes a good one"
            raise ConfigError(where=f"[data] {named}", why=why)
        return found


class Discord(Section):
    """The Discord platform; present in the file when it shall run."""

    token_env: str = "DISCORD_TOKEN"  # noqa: S105 the name of a variable
    token_file: Path | None = None
    api_base: Base | None = None
    """Another server that speaks Discord's REST API, up to and with `/api/v10`."""
    message_content: bool = True
    """Whether the application has the Message Content intent; without it voice notes are heard in fewer places."""

    client_id: str | None = None
    """The application's id, where members sign in on the web page by Discord; None: they do not."""
    client_secret_env: str = "DISCORD_CLIENT_SECRET"  # noqa: S105
    client_secret_file: Path | None = None

    @property
    def client_secret(self) -> SecretStr | None:
        return _secret(self.client_secret_env, self.client_secret_file)

    @property
    def token(self) -> SecretStr | None:
        return _secret(self.token_env, self.token_file)


class Slack(Section):
    """The Slack platform; present in the file when it shall run."""

    bot_token_env: str = "SLACK_BOT_TOKEN"  # noqa: S105
    bot_token_file: Path | None = None
    app_token_env: str = "SLACK_APP_TOKEN"  # noqa: S105
    app_token_file: Path | None = None
    signing_secret_env: str = "SLACK_SIGNING_SECRET"  # noqa: S105
    signing_secret_file: Path | None = None
    """For HTTP mode, which is not there yet; Socket Mode needs no signing secret."""
    command: str = Field("/imagine", pattern=r"^/[a-z0-9_-]{1,31}$")
    api_base: Base | None = None
    """Another server that speaks Slack's Web API, up to and with `/api`."""

    client_id: str | None = None
    """The application's id, where members sign in on the web page by Slack; None: they do not."""
    client_secret_env: str = "SLACK_CLIENT_SECRET"  # noqa: S105
    client_secret_file: Path | None = None

    @property
    def client_secret(self) -> SecretStr | None:
        return _secret(self.client_secret_env, self.client_secret_file)

    @property
    def bot_token(self) -> SecretStr | None:
        return _secret(self.bot_token_env, self.bot_token_file)

    @property
    def app_token(self) -> SecretStr | None:
        return _secret(self.app_token_env, self.app_token_file)


class Web(Section):
    """The local page, the pages that signed links lead to, and the health endpoints."""

    host: str = "127.0.0.1"
    port: int = Field(8400, ge=0, le=65535)
    public_url: Base | None = None
    """How others reach it, such as through a proxy. What links lead to is open to them then; the page itself is for
    members who are signed in, also on this machine, from which nobody can tell a proxy's requests."""

    @property
    def alone(self) -> bool:
        """Whether only this machine reaches it, so that whoever opens the page is its one member."""
        return self.public_url is None and is_loopback(self.host)

    @property
    def base(self) -> str | None:
        """Its address for others; None: there is none, or it is not known."""
        host = self.host.strip("[]")
        if self.public_url is not None or self.alone:
            return self.public_url
        with suppress(ValueError):
            if ip_address(host).is_unspecified:
                return None
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}" if self.port else None


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches it."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class Budget(Section):
    """Caps in dollars; None: no cap."""

    member_daily: float | None = Field(None, gt=0)
    team_daily: float | None = Field(None, gt=0)
    team_monthly: float | None = Field(None, gt=0)


class Settings(BaseSettings):
    """Everything a host can set."""

    model_config = ConfigDict(frozen=True, extra="forbid")  # type: ignore[assignment]

    openai: OpenAI = OpenAI()
    image: Image = Image()
    voice: Voice = Voice()
    describe: Describe = Describe()
    moderation: Moderation = Moderation()
    data: Data = Data()
    discord: Discord | None = None
    slack: Slack | None = None
    web: Web | None = None
    budget: Budget = Budget()

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *_: Any, **__: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        environment = EnvSettingsSource(settings_cls, env_prefix=PREFIX, env_nested_delimiter="__")
        return environment, init_settings


def load(file: Path | None = None, **values: Mapping[str, Any]) -> Settings:
    """The settings of a file, under the environment; `values` stand for a file where there is none.

    Raises:
        ConfigError: The file cannot be read, or a key in it is unknown (the nearest known one is named) or wrong.
    """
    given: dict[str, Any] = dict(values)
    where = str(file) if file else "configuration"
    if file is not None:
        try:
            given = tomllib.loads(file.read_text(encoding="utf-8"))
        except OSError as problem:
            raise ConfigError(where=where, why=f"it cannot be read ({problem.strerror})") from problem
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
            raise ConfigError(where=where, why=f"it is not valid TOML ({problem})") from problem
    _only_known_variables()
    try:
        return Settings(**given)
    except ValidationError as problem:
        raise ConfigError(where=where, why=_why(problem)) from problem


def _why(problem: ValidationError) -> str:
    error = problem.errors()[0]
    path = [str(part) for part in error["loc"]]
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, Trouble):
        return f"{'.'.join(path)}: {cause.sentence}"
    if error["type"] == "extra_forbidden":
        return f"unknown key “{'.'.join(path)}”{_nearest(path)}"
    return f"{'.'.join(path)} = {error['input']!r}: {error['msg'].lower()}"


def _nearest(path: list[str]) -> str:
    known = known_keys() if len(path) > 1 else tuple(Settings.model_fields)
    near = difflib.get_close_matches(".".join(path), known, n=1, cutoff=0.4)
    return f"; did you mean “{near[0]}”?" if near else ""


def _only_known_variables() -> None:
    known = {PREFIX + key.upper().replace(".", "__") for key in known_keys()} | {
        PREFIX + name.upper() for name in Settings.model_fields
    }
    for variable in os.environ:
        if variable.startswith(PREFIX) and variable not in known:
            near = difflib.get_close_matches(variable, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ConfigError(where="environment", why=f"unknown variable {variable}{hint}")


def known_keys() -> tuple[str, ...]:
    """Every key, as `section.key`."""
    keys: list[str] = []
    for name, field in Settings.model_fields.items():
        said: Any = field.annotation
        section = next((part for part in get_args(said) if part is not type(None)), said)
        keys += [f"{name}.{key}" for key in section.model_fields]
    return tuple(keys)
