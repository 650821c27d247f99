"""This installation's key, which signs links, members' ids and what is handed out: the same for all its processes."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress

from sqlalchemy import Connection, select

from limner.config import Data
from limner.errors import HostTrouble
from limner.store.database import Database, either
from limner.store.tables import installation

FILE = "secret.key"
_FINGERPRINT = "key"


def secret_of(data: Data) -> bytes:
    """The key that the configuration names, else the one in the data directory: made once, its owner's alone to read.

    Raises:
        ConfigError: The configuration names one that is not there or too short.
    """
    if (given := data.secret) is not None:
        return given.get_secret_value().encode()
    file = data.directory / FILE
    with suppress(FileNotFoundError):
        return file.read_bytes()
    number, name = tempfile.mkstemp(prefix=FILE, dir=data.directory)  # readable by its owner alone
    try:
        with os.fdopen(number, "wb") as out:
            out.write(secrets.token_bytes(32))
            out.flush()
            os.fsync(number)
        with suppress(FileExistsError):  # of several processes that start at once, one makes it
            os.link(name, file)
    finally:
        os.unlink(name)
    return file.read_bytes()


async def agree(database: Database, secret: bytes) -> None:
    """Holds this process's key to that of the others, by a fingerprint that tells nothing of it.

    Raises:
        HostTrouble: It is another one.
    """
    fingerprint = hmac.new(secret, b"limner: which key this is", hashlib.sha256).hexdigest()[:32]
    agreed = await database.read(_agreed)
    if agreed is None:
        agreed = await database.write(_agree, fingerprint)
    if agreed != fingerprint:
        raise HostTrouble(
            why="This process has another secret key than the one that the database was begun with, so links and "
            "members' signatures would not fit. Give all processes the same: copy secret.key into the data directory, "
            "or name it with secret_file or secret_env in [data]."
        )


def _agreed(connection: Connection) -> str | None:
    return connection.execute(_READ).scalar()


def _agree(connection: Connection, fingerprint: str) -> str | None:
    connection.execute(_ADD[connection.dialect.name], {"name": _FINGERPRINT, "value": fingerprint})
    return _agreed(connection)


_READ = select(installation.c.value).where(installation.c.name == _FINGERPRINT)
_ADD = either(lambda insert: insert(installation).on_conflict_do_nothing())
