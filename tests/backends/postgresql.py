"""A PostgreSQL of the tests' own: made from the system's binaries, reached by a socket in its own folder."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Literal

import psutil
import psycopg

from tests.backends import Missing, memory
from tests.patience import PATIENCE

PREFIX = "limner-pg-"
OLDEST = 15
PLACES = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin")
"""Where distributions put the server programs of each version, for these are seldom on the path."""

SIGNALS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT, "kill": signal.SIGKILL}

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # a killed server loses nothing by it, only a machine without power would
    "shared_buffers": "32MB",
    "max_connections": "200",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
    "log_min_messages": "warning",
    "timezone": "Asia/Kathmandu",  # a server whose own zone, and whose offset, nobody may rely on
}


class PostgreSQL:
    """A server with databases of its own; `close` removes all of it.

    It may be stopped and started again in between, and keeps what was committed:

        server.stop("kill")
        server.start()
    """

    def __init__(self, kept: Path | None = None) -> None:
        """Makes and starts a server. `kept`: in this folder, which stays; one that is there already goes on.

        Raises:
            Missing: There are no binaries of PostgreSQL here, too old ones, or nobody to run them as.
        """
        self._binaries = binaries()
        self._user = _user()
        self._kept = kept is not None
        if kept is None:
            parent = memory() or Path(tempfile.gettempdir())
            _clear_leftovers(parent)
            self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))
        else:
            self.folder = kept.resolve()
            self.folder.mkdir(parents=True, exist_ok=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        self._log = self.folder / "log"
        self._log.touch()
        if self._user is not None:
            account = pwd.getpwnam(self._user)
            for path in (self.folder, self._log):
                os.chown(path, account.pw_uid, account.pw_gid)
        try:
            if not (self.folder / "data").exists():
                self._run(
                    "initdb", "-D", "data", "-U", "limner", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"
                )
            self.start()
        except BaseException:
            self.close()
            raise

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases, as the configuration takes it."""
        return f"postgresql://limner@/{database}?host={self.folder}"

    def create(self, *, template: str | None = None) -> str:
        """A new database, empty or a copy of another that nobody uses at the moment; gives its name."""
        name = f"limner_{os.getpid()}_{next(self._numbers)}"
        self._say(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        return name

    def drop(self, database: str) -> None:
        """Removes a database, whoever uses it."""
        self._say(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        until = time.monotonic() + PATIENCE
        while True:
            if self._process is None or self._process.poll() is not None:
                # Also again: what a killed server left behind may still be in its place for a moment.
                self._process = self._spawn()
            try:
                self._say("SELECT 1")
                return
            except psycopg.OperationalError as not_yet:
                if time.monotonic() > until:
                    raise Missing(f"PostgreSQL does not start: {self._log.read_text()[-500:]}") from not_yet
                time.sleep(0.02)

    def stop(self, mode: Literal["fast", "immediate", "kill"] = "fast") -> None:
        """Stops it: `fast` in good order, `immediate` as in a crash that it notices, `kill` as by `kill -9`."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.send_signal(SIGNALS[mode])
            self._process.wait(PATIENCE)
            self._process = None

    def close(self) -> None:
        """Stops it, and takes everything away that is not to be kept."""
        self.stop("fast" if self._kept else "immediate")
        if not self._kept:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _say(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def _spawn(self) -> subprocess.Popen[bytes]:
        settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [self._binaries / "postgres", "-D", "data", "-k", self.folder, *settings],
                cwd=self.folder,
                env=_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C stops the tests, and they stop it
                **self._as(),
            )

    def _run(self, binary: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._binaries / binary, *arguments],
            cwd=self.folder,
            env=_ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
            **self._as(),
        )
        if done.returncode != 0:
            raise Missing(f"PostgreSQL's {binary} failed: {done.stderr.strip()[-500:]}")

    def _as(self) -> dict[str, object]:
        if self._user is None:
            return {}
        account = pwd.getpwnam(self._user)
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def binaries() -> Path:
    """The folder with PostgreSQL's server programs.

    Raises:
        Missing: There is none, or an old one.
    """
    places = [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    for pattern in PLACES:
        places += sorted(
            Path("/").glob(pattern), key=lambda path: [int(part) for part in re.findall(r"\d+", str(path))]
        )
    whole = [place for place in places if (place / "postgres").exists() and (place / "initdb").exists()]
    if not whole:
        raise Missing("PostgreSQL's server programs (postgres, initdb) are not installed here")
    said = subprocess.run([whole[-1] / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"\d+", said)
    if version is None or int(version[0]) < OLDEST:
        raise Missing(f"PostgreSQL {OLDEST} or newer is needed, and here is {said.strip()}")
    return whole[-1]


def _clear_leftovers(parent: Path) -> None:
    """Ends the servers of tests that were killed, and could not do it themselves."""
    for folder in parent.glob(f"{PREFIX}*"):
        owner = re.match(r"\d+", folder.name.removeprefix(PREFIX))
        if owner is None or psutil.pid_exists(int(owner[0])):
            continue
        with suppress(OSError, ValueError, psutil.Error):
            server = psutil.Process(int((folder / "data" / "postmaster.pid").read_text().split()[0]))
            if server.cwd() == str(folder / "data"):
                server.send_signal(signal.SIGQUIT)
                server.wait(PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> str | None:
    """Whom to run it as: PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise Missing("PostgreSQL refuses to be run by root, and there is no user postgres or nobody to run it as")
