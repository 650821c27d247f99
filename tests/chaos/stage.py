"""The stage: stand-ins that outlive everything, one configuration, and Limner's processes, which do not."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.backends.sqlite import put_database
from tests.chaos.books import Books
from tests.chaos.chats import Discord, Slack
from tests.chaos.points import Point
from tests.chaos.till import Call, Reached, Till, nothing
from tests.fakes.discord import TOKEN
from tests.house import KEY
from tests.nursery import Child, Nursery

ROOT = Path(__file__).absolute().parents[2]
WHOLE = {"limner": ("run",)}
"""One process for everything."""
SPLIT = {
    "front-1": ("run", "discord", "--id", "front-1"),
    "front-2": ("run", "slack", "--id", "front-2"),
    "w-1": ("run", "worker", "--id", "w-1"),
    "w-2": ("run", "worker", "--id", "w-2"),
}
"""Fronts that take and workers that paint, by their ids."""
PLAIN = "from limner.cli import main; main()"
CONCURRENCY = 4
PATIENCE = 90.0
"""Seconds that a busy machine is given for anything."""


class Failed(AssertionError):
    """The chaos itself went wrong: a process ended by itself, a point was never reached."""


@dataclass
class Running:
    """A process, and when it was started (`time.monotonic`)."""

    process: asyncio.subprocess.Process | Child
    began: float


async def until(true: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Looks until something is so; gives what `true` gave."""
    end = time.monotonic() + seconds
    while not (found := true()):
        if time.monotonic() > end:
            raise Failed(f"{what}: not in {seconds:.0f} s")
        await asyncio.sleep(0.02)
    return found


class Stage:
    """An async context manager; nothing runs until `start`."""

    def __init__(
        self,
        folder: Path,
        *,
        data: Mapping[str, str] | None = None,
        split: bool = False,
        launch: str = PLAIN,
        engine: str = "openai",
        nursery: Nursery | None = None,
    ) -> None:
        """`data` is what `[data]` says beside its directory; `split`: fronts and workers as processes of their own;
        `launch` is the program that they run, `engine` what paints. From a nursery they are there sooner."""
        self.folder = folder
        self.roles = SPLIT if split else WHOLE
        self.till = Till()
        self.discord = Discord()
        self.slack = Slack()
        self.running: dict[str, Running] = {}
        self.kills = 0
        self._ending: set[str] = set()
        """Processes that were sent a signal and are not gone yet: what they hold is not free."""
        self.arrived: set[str] = set()
        """The jobs whose pictures lay whole on the disk at some kill."""
        self._data = dict(data or {})
        self._launch = launch
        self._engine = engine
        self._nursery = nursery
        self._config = folder / "config.toml"
        self.books = Books(folder / "data", self._data)

    async def __aenter__(self) -> Stage:
        self.folder.mkdir(parents=True, exist_ok=True)
        if "database" not in self._data:
            put_database(self.folder / "data")
        await self.till.__aenter__()
        await self.discord.start()
        await self.slack.__aenter__()
        self._configure()
        return self

    async def __aexit__(self, *_: object) -> None:
        for name in tuple(self.running):
            await self._end(name, signal.SIGKILL)
        self.books.close()
        await self.slack.__aexit__()
        await self.discord.close()
        await self.till.__aexit__()

    def _configure(self) -> None:
        secrets = {
            "openai": KEY,
            "discord": TOKEN,
            "slack-bot": self.slack.bot_token,
            "slack-app": self.slack.app_token,
        }
        for name, secret in secrets.items():
            (self.folder / name).write_text(secret)
        sections: dict[str, dict[str, Any]] = {
            "openai": {
                "api_key_file": self.folder / "openai",
                "base_url": self.till.base_url,
                "concurrency": CONCURRENCY,
                "images_per_minute": 6000,
            },
            "image": {"quality": "draft", "engine": self._engine},
            "data": {"directory": self.folder / "data", **self._data},
            "discord": {"token_file": self.folder / "discord", "api_base": self.discord.api_base},
            "slack": {
                "bot_token_file": self.folder / "slack-bot",
                "app_token_file": self.folder / "slack-app",
                "api_base": self.slack.api_base,
            },
        }
        lines: list[str] = []
        for section, values in sections.items():
            lines.append(f"[{section}]")
            lines += [
                f'{key} = "{value}"' if not isinstance(value, int) else f"{key} = {value}"
                for key, value in values.items()
            ]
        self._config.write_text("\n".join(lines) + "\n")

    # ── processes ───────────────────────────────────────────────────────────────────────────────────────────

    async def start(self, *names: str, doom: tuple[Point, int] | None = None) -> None:
        """Starts these processes (all that do not run), the first of them doomed if asked; returns when they serve."""
        for name in names or [each for each in self.roles if each not in self.running]:
            await self._spawn(name, doom)
            doom = None
        await self.serving()

    async def _spawn(self, name: str, doom: tuple[Point, int] | None) -> None:
        said = (*self.roles[name], "--config", str(self._config))
        doomed = () if doom is None else (doom[0].name, str(doom[1]))
        env = {key: value for key, value in os.environ.items() if not key.startswith("LIMNER_")}
        with (self.folder / f"{name}.log").open("ab") as log:
            if self._nursery is not None:
                program = "doomed" if doomed else "limner"
                process = await self._nursery.start(program, *doomed, *said, cwd=ROOT, env=env, log=log)
                self.running[name] = Running(process, began=time.monotonic())
                return
            launcher = ("-m", "tests.chaos.doomed", *doomed) if doomed else ("-c", self._launch)
            self.running[name] = Running(
                process=await asyncio.create_subprocess_exec(
                    sys.executable,
                    *(*launcher, *said),
                    cwd=ROOT,
                    env=env,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                ),
                began=time.monotonic(),
            )

    async def serving(self) -> None:
        """Returns when every chat whose front runs is served, and the workers that run are up."""

        def served() -> bool:
            if self.dead():
                return True
            fronts = self._fronts()
            return (not fronts["discord"] or bool(self.discord.listening and self.discord.commands)) and (
                not fronts["slack"] or len(self.slack.sockets) >= 2
            )

        await until(served, "the chats are served")

    def _fronts(self) -> dict[str, bool]:
        asked = {role[1] if len(role) > 1 else "all" for name, role in self.roles.items() if name in self.running}
        return {platform: bool(asked & {platform, "all"}) for platform in ("discord", "slack")}

    def check(self) -> None:
        """Nothing may end by itself.

        Raises:
            Failed: A process has ended that nobody killed.
        """
        for name, each in self.running.items():
            if each.process.returncode is not None:
                raise Failed(f"{name} ended by itself with {each.process.returncode}:\n{self.log(name)}")

    def log(self, name: str) -> str:
        """The end of what a process wrote."""
        file = self.folder / f"{name}.log"
        return file.read_text(errors="replace")[-3000:] if file.exists() else ""

    async def kill(self, *names: str) -> None:
        """`kill -9` for these processes; all without names."""
        for name in names or tuple(self.running):
            await self._end(name, signal.SIGKILL)
            self._killed()

    def reach(self, reached: Reached) -> None:
        """What happens at the points that the provider's side sees."""
        self.till.reached = reached

    def dead(self) -> bool:
        """Whether a process has been killed that is to run.

        Raises:
            Failed: A process has ended otherwise.
        """
        ends = {name: each.process.returncode for name, each in self.running.items()}
        for name, code in ends.items():
            if code not in {None, -signal.SIGKILL}:
                raise Failed(f"{name} ended by itself with {code}:\n{self.log(name)}")
        return len(ends) < len(self.roles) or -signal.SIGKILL in ends.values()

    async def died(self, doomed: str | None, seconds: float = 30) -> bool:
        """Whether the doomed process (None: any) has met its point in this time; it is gone then."""
        kills = self.kills
        try:
            await until(lambda: self.kills > kills or (self.dead() and not self._ending), "", seconds)
        except Failed:
            self.check()
            return False
        if doomed is not None:
            await self._end(doomed, signal.SIGKILL)
            self._killed()
        self.till.reached = nothing
        return True

    def _killed(self) -> None:
        self.kills += 1
        self.arrived |= self.books.arrived()

    async def stop(self, *names: str) -> None:
        """SIGTERM for these processes; all without names. Each has to end in good order."""
        for name in names or tuple(self.running):
            code = await self._end(name, signal.SIGTERM)
            if code not in {0, 130}:
                raise Failed(f"{name} ended with {code} after SIGTERM:\n{self.log(name)}")

    async def _end(self, name: str, sign: signal.Signals) -> int:
        process = self.running.pop(name).process
        if process.returncode is None:
            process.send_signal(sign)
        self._ending.add(name)
        code = await process.wait()
        self._ending.discard(name)
        if sign is signal.SIGKILL:
            fronts = self._fronts()
            if not fronts["discord"]:
                await until(lambda: not self.discord.listening, "Discord saw the bot go")
            if not fronts["slack"]:
                await until(lambda: not self.slack.sockets, "Slack saw the app go")
                self.slack.broke()
        return code

    def caller(self, call: Call) -> str:
        """Which of the processes makes this call."""
        for name, each in self.running.items():
            with contextlib.suppress(psutil.Error):
                ports = {at.laddr.port for at in psutil.Process(each.process.pid).net_connections("tcp") if at.laddr}
                if call.port in ports:
                    return name
        raise Failed("a call that no process makes")
