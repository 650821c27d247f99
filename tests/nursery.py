"""Where the tests' processes of Limner are born with what they import.

To import what `limner` runs takes a second of a processor, most of what a process costs that a test starts. A nursery
is a process that has imported all of it and has done nothing else; each process is a fork of it, which gets arguments,
an environment, a folder and streams of its own and then runs the same program to its own end. Tests of the installed
command itself, and of what it imports, start that.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = {"limner": "limner.cli", "doomed": "tests.chaos.doomed"}
"""What can be run, by the modules whose `main` it is."""
PACKAGES = ("limner", "limner_discord", "limner_slack", "limner_web")


class Child:
    """A running process, much like `asyncio.subprocess.Process`."""

    def __init__(self, pid: int, told: asyncio.StreamReader, stdout: asyncio.StreamReader | None = None) -> None:
        self.pid = pid
        self.stdout = stdout
        self.returncode: int | None = None
        self._end = asyncio.create_task(self._ended(told))

    async def _ended(self, told: asyncio.StreamReader) -> None:
        self.returncode = int(await told.read())

    async def wait(self) -> int:
        """Its exit code, once it has ended; less than nothing: the signal that ended it."""
        await asyncio.shield(self._end)
        assert self.returncode is not None
        return self.returncode

    async def communicate(self) -> tuple[bytes, None]:
        """What it wrote and nobody has read yet, once it has ended."""
        said = b"" if self.stdout is None else await self.stdout.read()
        await self.wait()
        return said, None

    def send_signal(self, sign: signal.Signals) -> None:
        """A signal; none when it has ended already."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, sign)


class Nursery:
    """Starts with the first process that is asked for, and ends when it is closed or the tests are gone."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None

    def run(
        self, program: str, *arguments: str, cwd: Path, env: Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Runs a program to its end."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            pid, told = self._bear(program, arguments, cwd, env, out.fileno(), err.fileno())
            with open(told, "rb") as end:
                if not select.select([end], [], [], timeout)[0]:
                    os.kill(pid, signal.SIGKILL)
                    raise subprocess.TimeoutExpired(arguments, timeout)
                code = int(end.readline())
            return subprocess.CompletedProcess(arguments, code, _read(out), _read(err))

    async def start(
        self, program: str, *arguments: str, cwd: Path, env: Mapping[str, str], log: IO[bytes] | None = None
    ) -> Child:
        """Starts a program that writes into a log, or without one into the child's `stdout`."""
        if log is not None:
            pid, told = await asyncio.to_thread(self._bear, program, arguments, cwd, env, log.fileno(), log.fileno())
            return Child(pid, await _reader(told))
        end, out = os.pipe()
        try:
            pid, told = await asyncio.to_thread(self._bear, program, arguments, cwd, env, out, out)
        finally:
            os.close(out)
        return Child(pid, await _reader(told), await _reader(end))

    def _bear(
        self, program: str, arguments: tuple[str, ...], cwd: Path, env: Mapping[str, str], out: int, err: int
    ) -> tuple[int, int]:
        """A new process; gives its id, and what its exit code will be read from."""
        told, telling = os.pipe()
        with self._lock, tempfile.TemporaryFile() as asked:
            line = self._open()
            asked.write(json.dumps([program, arguments, str(cwd), dict(env)]).encode())
            asked.seek(0)
            socket.send_fds(line, [b"."], [out, err, telling, asked.fileno()])
        os.close(telling)
        pid = b""
        while not pid.endswith(b"\n"):
            read = os.read(told, 1)
            assert read, "the nursery is gone"
            pid += read
        return int(pid), told

    def _open(self) -> socket.socket:
        if self._line is None:
            self._line, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "tests.nursery", str(theirs.fileno())],
                    cwd=ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                )
        return self._line

    def close(self) -> None:
        """Ends it; whoever was born there goes on."""
        if self._line is not None and self._process is not None:
            self._line.close()
            self._process.wait()
            self._line = self._process = None


@cache
def nursery() -> Nursery:
    """That of this process of tests."""
    return Nursery()


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


async def _reader(descriptor: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(descriptor, "rb", 0))
    return reader


# ── the nursery's own process ───────────────────────────────────────────────────────────────────────────────


def main() -> None:
    """Waits for processes that are asked for; returns in each of them, with what it is to run."""
    line = socket.socket(fileno=int(sys.argv[1]))
    gc.disable()
    for name in PACKAGES:
        for module in pkgutil.walk_packages(importlib.import_module(name).__path__, f"{name}."):
            importlib.import_module(module.name)
    for module_ in PROGRAMS.values():
        importlib.import_module(module_)
    gc.freeze()
    program = _served(line)
    if program is not None:
        importlib.import_module(PROGRAMS[program]).main()


def _served(line: socket.socket) -> str | None:
    """The program of the process that this has become; None: nobody asks any longer."""
    living: dict[int, int] = {}

    def reap(*_: Any) -> None:
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                telling = living.pop(ended[0])
                with contextlib.suppress(BrokenPipeError):
                    os.write(telling, b"%d\n" % os.waitstatus_to_exitcode(ended[1]))
                os.close(telling)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests, which end this
    signal.signal(signal.SIGCHLD, reap)
    while True:
        asked, descriptors, _, _ = socket.recv_fds(line, 1, 4)
        if not asked:
            return None
        out, err, telling, file = descriptors
        with open(file, "rb") as request:
            program, arguments, cwd, env = json.load(request)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        if pid := os.fork():
            living[pid] = telling
            os.write(telling, b"%d\n" % pid)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            os.close(out)
            os.close(err)
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        os.dup2(out, 1)
        os.dup2(err, 2)
        for each in {out, err, telling, *living.values()}:
            os.close(each)
        line.close()
        os.environ.clear()
        os.environ.update(env)
        time.tzset()
        os.chdir(cwd)
        sys.argv = [program, *arguments]
        return str(program)


if __name__ == "__main__":
    main()
