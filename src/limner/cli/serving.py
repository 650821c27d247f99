"""The commands that stay: demo and run."""

from __future__ import annotations

import socket
from pathlib import Path

from limner.cli.asking import ask
from limner.cli.settings import settings_for
from limner.cli.terminal import TerminalPlatform
from limner.config import Settings, Web, load
from limner.domain.courier import Platform
from limner.errors import ConfigError
from limner.opening import installed_platforms, open_limner

FIRST_PROMPT = "a red fox in snow under a big yellow moon"


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


async def run_platforms(config: Path | None) -> None:
    """Serves the platforms that are configured."""
    settings = settings_for(config)
    if settings.web is None and settings.discord is None and settings.slack is None:
        settings = settings.model_copy(update={"web": Web()})
    platforms = tuple(each for each in installed_platforms() if each.configured(settings))
    async with open_limner(settings, platforms=platforms) as limner:
        if settings.web is not None:
            _say_where(settings)
        await limner.serve(platforms)


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
    print(f"The studio is open at {web.public_url or f'http://{web.host}:{web.port}'}  (Ctrl-C closes it)", flush=True)


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
