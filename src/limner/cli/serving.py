"""The commands that stay: demo and run."""

from __future__ import annotations

import socket
from pathlib import Path

from limner.cli.asking import ask
from limner.cli.health import answering
from limner.cli.running import keep_what_is_there
from limner.cli.settings import settings_for
from limner.cli.terminal import TerminalPlatform
from limner.config import Settings, Web, load
from limner.domain.courier import Platform
from limner.errors import ConfigError
from limner.opening import GRACE_SECONDS, installed_platforms, open_limner
from limner.store import SINGLE
from limner.store.database import address
from limner.store.presence import check

FIRST_PROMPT = "a red fox in snow under a big yellow moon"
WORKER = "worker"
"""The role that paints and delivers, and listens to no platform."""


async def run_demo(directory: Path, port: int) -> None:
    """Paints a first picture with the offline sketcher, whatever keys there are, then serves the page."""
    settings = load(
        image={"engine": "sketch"},
        openai={"api_key_env": ""},
        data={"directory": directory},
        web={"port": _free(port)},
    )
    terminal = TerminalPlatform(directory / "pictures")
    web = _named("web")
    async with open_limner(settings, platforms=(terminal, web)) as limner:
        assert terminal.terminal is not None
        print(f'Painting a first picture, offline: "{FIRST_PROMPT}"', flush=True)
        await ask(limner, terminal.terminal, "imagine", {"prompt": FIRST_PROMPT, "shape": "wide"})
        _say_where(settings)
        await limner.serve((web,))


async def run_platforms(
    config: Path | None,
    *,
    role: str | None = None,
    id: str | None = None,
    grace: float = GRACE_SECONDS,
    health: tuple[str, int | None] = ("127.0.0.1", None),
) -> None:
    """Serves the platforms that are configured; with a role, its part of that, beside other processes. `health` is
    where the health endpoints are beside the page's own.

    Raises:
        ConfigError: The role or the id cannot be, or the configuration is not one for several processes.
    """
    settings = settings_for(config)
    installed = installed_platforms()
    if role is None:
        if not any(each.configured(settings) for each in installed):
            settings = settings.model_copy(update={"web": Web()})
        if id is not None and _alone(settings):
            why = "with SQLite one process does everything, and needs no name: leave --id out"
            raise ConfigError(where="limner run --id", why=why)
        worker = check(id or SINGLE)
    else:
        worker = _worker(role, id, settings, installed)
    # Whoever paints delivers, on every platform; a front listens to its own alone.
    platforms = tuple(each for each in installed if each.configured(settings))
    listening = tuple(each for each in platforms if role in {None, each.name})
    async with (
        open_limner(
            settings,
            platforms=platforms,
            grace=grace,
            worker=worker,
            role=role or "all",
            paints=role in {None, WORKER},
        ) as limner,
        answering(limner.health, *health),
    ):
        if any(each.name == "web" for each in listening):
            _say_where(settings)
        keep_what_is_there()
        if role is not None:
            print(f"{worker} is at work  (Ctrl-C ends it)", flush=True)
        await limner.serve(listening)


def _alone(settings: Settings) -> bool:
    """Whether the database is one process's own."""
    return address(settings.data.database, settings.data.directory).get_backend_name() == "sqlite"


def _worker(role: str, id: str | None, settings: Settings, installed: tuple[Platform, ...]) -> str:
    """The id of a process that does a part."""
    fronts = {each.name: each for each in installed}
    if role != WORKER and role not in fronts:
        raise ConfigError(
            where="limner run", why=f"there is no “{role}”; there are {', '.join([*fronts, WORKER])}, and none for all"
        )
    if _alone(settings):
        raise ConfigError(
            where=f"limner run {role}",
            why='several processes need PostgreSQL: set [data] database = "postgresql://…". '
            "With SQLite one process does everything: limner run",
        )
    if role != WORKER and not fronts[role].configured(settings):
        raise ConfigError(
            where=f"limner run {role}", why=f"the configuration, which all processes share, has no [{role}] section"
        )
    if role == WORKER and id is None:
        raise ConfigError(
            where="limner run worker",
            why="give it an id of its own that stays the same when it is started again: --id w-1",
        )
    return check(id or role)


async def print_invitation(platform: str, config: Path | None) -> None:
    """Prints what the platform's own side needs."""
    print(_named(platform).invitation(settings_for(config)))


def _named(name: str) -> Platform:
    found = {each.name: each for each in installed_platforms()}
    if name not in found:
        raise ConfigError(where="platform", why=f"there is no “{name}”; there are {', '.join(found)}")
    return found[name]


def _say_where(settings: Settings) -> None:
    web = settings.web or Web()
    if web.alone:
        print(f"The studio is open at http://{web.host}:{web.port}  (Ctrl-C closes it)", flush=True)
    else:
        print(f"The page is at {web.base}, for members who sign in by /gallery in chat", flush=True)


def _free(port: int) -> int:
    """The port, or one that is free when it is taken."""
    for candidate in (port, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return port
