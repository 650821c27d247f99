"""Our own books, read from outside as they stand on the disk: jobs, attempts, ledger, library, journals."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import obstore
import psycopg
from obstore.exceptions import NotFoundError
from obstore.store import LocalStore, ObjectStore
from psycopg.rows import dict_row

from limner.store.reach import object_store

KEY = re.compile(r"fox-\d{5}")
"""What makes every prompt of the load its own, and is found again in jobs, calls and cards."""
OVER = {"delivered", "ended"}


@dataclass(frozen=True)
class Attempt:
    """A call, as we noted it."""

    outcome: str
    cost: int | None
    request_id: str | None
    handle: str | None

    @property
    def call(self) -> str:
        """The provider's name for it."""
        return self.handle or self.request_id or ""


@dataclass
class Entry:
    """A job with everything that is on record of it."""

    id: str
    key: str
    state: str
    open: bool
    """Whether something is still to be done for it."""
    record: dict[str, Any]
    attempts: list[Attempt] = field(default_factory=list)
    accounts: dict[str, int] = field(default_factory=lambda: {"reserved": 0, "paid": 0, "unknown": 0})
    """Micro-dollars."""
    pictures: list[str] = field(default_factory=list)
    """The keys of the blobs of its assets, in order."""

    @property
    def over(self) -> bool:
        return self.state in OVER and not self.open


class Standing(NamedTuple):
    """Where a job stands."""

    open: bool
    """Whether something is still to be done for it."""
    tried: int
    """How many calls were begun for it."""
    worker: str | None
    """Who has it."""


class Books:
    """The database and what lies beside it."""

    def __init__(self, directory: Path, data: Mapping[str, str]) -> None:
        self._directory = directory
        self._database = data.get("database")
        self._blobs = data.get("blobs")
        self._store: ObjectStore | None = None

    def close(self) -> None:
        """Nothing is held open between readings."""

    def jobs(self) -> dict[str, Entry]:
        """Every job, by its id. Empty while there is no database yet."""
        found: dict[str, Entry] = {}
        jobs, attempts, ledger, assets = self._read(
            "SELECT * FROM jobs ORDER BY created, id",
            "SELECT * FROM attempts WHERE job IS NOT NULL ORDER BY id",
            "SELECT reference, source, target, amount FROM ledger",
            "SELECT job, blob FROM assets ORDER BY job, number",
        )
        for row in jobs:
            record = json.loads(row["record"])
            key = KEY.search(record["request"]["prompt"])
            found[row["id"]] = Entry(row["id"], key[0] if key else "", row["state"], bool(row["open"]), record)
        for row in attempts:
            found[row["job"]].attempts.append(Attempt(row["outcome"], row["cost"], row["request_id"], row["handle"]))
        for row in ledger:
            kind, _, id = row["reference"].partition(":")
            if kind == "job":
                for account, amount in ((row["source"], -row["amount"]), (row["target"], row["amount"])):
                    if account != "budget":
                        found[id].accounts[account] += amount
        for row in assets:
            found[row["job"]].pictures.append(row["blob"])
        return found

    def states(self) -> dict[str, Standing]:
        """Where every job stands, by its id."""
        attempts, jobs = self._read(
            "SELECT job, count(*) AS tried FROM attempts WHERE job IS NOT NULL GROUP BY job",
            "SELECT id, open, worker FROM jobs",
        )
        tried = {row["job"]: row["tried"] for row in attempts}
        return {row["id"]: Standing(bool(row["open"]), tried.get(row["id"], 0), row["worker"]) for row in jobs}

    def arrived(self) -> set[str]:
        """The jobs whose pictures lie whole on the disk, in a journal or before it."""
        # Processes that nobody killed take folders away meanwhile, which `os.walk` does not mind.
        lying = [
            (folder.name, name)
            for path, _, names in os.walk(self._directory)
            if (folder := Path(path)).parent.name == "easel"
            for name in names
        ]
        found = {job for job, name in lying if name == "painted.json"}
        there = Counter(job for job, name in lying if name.startswith("picture-"))
        wanted = {id: job.record["request"]["count"] for id, job in self.jobs().items()} if there else {}
        return found | {id for id, count in there.items() if count >= wanted.get(id, count + 1)}

    def blob(self, key: str) -> bytes | None:
        """The bytes that the library has under a key."""
        if self._store is None:
            self._store = object_store(self._blobs) if self._blobs else LocalStore(self._directory / "blobs")
        try:
            return bytes(obstore.get(self._store, f"{key[:2]}/{key}").bytes())
        except (NotFoundError, FileNotFoundError):
            return None

    def _read(self, *queries: str) -> list[list[dict[str, Any]]]:
        """What each query finds, all at one moment: processes that nobody killed go on writing."""
        if self._database:
            with psycopg.connect(self._database.replace("+psycopg", ""), row_factory=dict_row) as connection:
                connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
                return [connection.execute(query).fetchall() for query in queries]
        file = self._directory / "limner.db"
        if not file.exists():
            return [[] for _ in queries]
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)) as database:
            database.row_factory = sqlite3.Row
            database.execute("BEGIN")
            return [[dict(row) for row in database.execute(query)] for query in queries]
