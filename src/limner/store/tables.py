"""The tables, as the newest migration leaves them; a test holds both together.

A record is stored whole, as JSON, beside the few columns by which it is found: the record is the truth, the columns are
its index.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    true,
)

from limner.domain.approval import Approval
from limner.domain.card import Card
from limner.domain.collection import Collection
from limner.domain.listening import Preferences
from limner.domain.place import Address
from limner.domain.publication import Publication
from limner.domain.record import Record
from limner.domain.request import Asset, Job
from limner.domain.rules import TeamRules
from limner.domain.style import Style
from limner.domain.traces import Traces

R = TypeVar("R", bound=Record)


class Moment(TypeDecorator[datetime]):
    """A point in time: aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        # SQLite keeps no zone; what was stored was UTC.
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[R], Generic[R]):
    """A record as JSON."""

    impl = Text
    cache_ok = True

    def __init__(self, record: type[R]) -> None:
        super().__init__()
        self.record = record

    def process_bind_param(self, value: R | None, dialect: Dialect) -> str | None:
        return None if value is None else value.model_dump_json()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> R | None:
        return None if value is None else self.record.model_validate_json(value)


class Names(TypeDecorator[tuple[str, ...]]):
    """A few words, as JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else tuple(json.loads(value))


class Words(TypeDecorator[tuple[str, ...]]):
    """Words without spaces in them, as one text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        return None if value is None else " ".join(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else tuple(value.split())


# SQLite numbers rows by itself only where the column is an INTEGER.
Number = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

teams = Table(
    "teams",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("created", Moment, nullable=False),
    Column("rules", Json(TeamRules)),
)

spaces = Table(
    "spaces",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("space", String(128), primary_key=True),
    Column("team", ForeignKey("teams.id"), nullable=False),
    # Whose it was before its team joined this one; see `limner.store.unions`.
    Column("home", String(32)),
)

unions = Table(
    "unions",
    metadata,
    Column("home", ForeignKey("teams.id"), primary_key=True),
    Column("team", ForeignKey("teams.id"), nullable=False, index=True),
    Column("created", Moment, nullable=False),
    Column("record", Text, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("team", ForeignKey("teams.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("admin", Boolean, nullable=False),
    Column("roles", Names, nullable=False, server_default="[]"),
    Column("locale", String(35), nullable=False),
    Column("created", Moment, nullable=False),
    Column("preferences", Json(Preferences)),
)

identities = Table(
    "identities",
    metadata,
    Column("team", ForeignKey("teams.id"), primary_key=True),
    Column("platform", String(32), primary_key=True),
    Column("person", String(128), primary_key=True),
    Column("member", ForeignKey("members.id"), nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("team", String(32), nullable=False),
    Column("member", String(32), nullable=False),
    Column("event", Text, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("deleted", Boolean, nullable=False),
    Column("created", Moment, nullable=False),
    Column("record", Json(Job), nullable=False),
    # What the queue knows of it; see `limner.store.queue`.
    Column("lane", String(16), nullable=False, server_default=""),
    Column("pictures", Integer, nullable=False, server_default="1"),
    Column("channel", Text, nullable=False, server_default=""),
    Column("open", Boolean, nullable=False, server_default=false()),
    Column("ready", Boolean, nullable=False, server_default=true()),
    Column("cancelled", Boolean, nullable=False, server_default=false()),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("turn", BigInteger, nullable=False, server_default="0"),
    Column("worker", String(64)),
    Column("due", Moment),
    UniqueConstraint("team", "event"),
    Index(None, "team", "created"),
)
# Few jobs are open, however many there have been.
Index(
    "ix_jobs_open_queue",
    *(jobs.c.lane, jobs.c.state, jobs.c.priority, jobs.c.turn),
    sqlite_where=jobs.c.open,
    postgresql_where=jobs.c.open,
)
Index("ix_jobs_open_worker", jobs.c.worker, sqlite_where=jobs.c.open, postgresql_where=jobs.c.open)

# Those that are not deleted, as they come of age.
Index("ix_jobs_kept", jobs.c.team, jobs.c.created, sqlite_where=~jobs.c.deleted, postgresql_where=~jobs.c.deleted)

doomed = Table(
    "doomed",
    metadata,
    Column("kind", String(8), primary_key=True),
    Column("key", String(96), primary_key=True),
    Column("created", Moment, nullable=False),
    Column("due", Moment, nullable=False, index=True),
)

# By what they were known who were forgotten a moment ago; see `limner.store.forgotten`.
forgotten = Table(
    "forgotten",
    metadata,
    Column("member", String(32), primary_key=True),
    Column("created", Moment, nullable=False),
    Column("record", Json(Traces), nullable=False),
)

lanes = Table(
    "lanes",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("clock", BigInteger, nullable=False),
    Column("asked", Text, nullable=False),
    Column("per_minute", Integer),
    Column("per_minute_until", Moment),
    Column("paused_until", Moment),
    Column("failures", Integer, nullable=False),
    Column("why", Text),
)

workers = Table(
    "workers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("started", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Number, primary_key=True),
    Column("job", ForeignKey("jobs.id"), index=True),
    Column("team", String(32), nullable=False),
    Column("member", String(32), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("model", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("estimate", BigInteger, nullable=False),
    Column("started", Moment, nullable=False),
    Column("ended", Moment),
    Column("outcome", String(16), nullable=False, index=True),
    Column("cost", BigInteger),
    Column("usage", Text),
    Column("request_id", Text),
    Column("trouble", Text),
    Column("channel", Text, nullable=False, server_default=""),
    Column("worker", String(64)),
    Column("handle", Text),
    Column("shares", Text),
    Index(None, "team", "started"),
    sqlite_autoincrement=True,
)

ledger = Table(
    "ledger",
    metadata,
    Column("id", Number, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("source", String(16), nullable=False),
    Column("target", String(16), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("reference", String(40), nullable=False, index=True),
    Column("team", String(32), nullable=False),
    Column("member", String(32), nullable=False),
    Column("channel", Text, nullable=False, server_default=""),
    Column("counted", Moment, nullable=False),
    Column("created", Moment, nullable=False),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("source <> target", name="moves"),
    Index(None, "team", "counted"),
    Index(None, "team", "member", "counted"),
    Index(None, "team", "channel", "counted"),
    sqlite_autoincrement=True,
)

budgets = Table(
    "budgets",
    metadata,
    Column("team", ForeignKey("teams.id"), primary_key=True),
    Column("scope", String(16), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("period", String(8), primary_key=True),
    Column("amount", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("created", Moment, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Number, primary_key=True),
    Column("team", String(32), nullable=False),
    Column("member", String(32)),
    Column("job", String(16), index=True),
    Column("what", String(32), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("why", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Index(None, "team", "id"),
    sqlite_autoincrement=True,
)

screenings = Table(
    "screenings",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("verdict", Text, nullable=False),
    Column("created", Moment, nullable=False, index=True),
)

blobs = Table(
    "blobs",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("media_type", String(64), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("created", Moment, nullable=False),
)

uses = Table(
    "uses",
    metadata,
    Column("owner", String(64), primary_key=True),
    Column("blob", String(64), primary_key=True, index=True),
)

assets = Table(
    "assets",
    metadata,
    Column("sequence", Number, primary_key=True),
    Column("job", ForeignKey("jobs.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("team", String(32), nullable=False),
    Column("member", String(32), nullable=False),
    Column("blob", String(64), nullable=False, index=True),
    Column("prompt", Text, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("created", Moment, nullable=False),
    Column("record", Json(Asset), nullable=False),
    Column("marks", Words, nullable=False, server_default=""),
    Column("colour", String(7)),
    Column("likeness", String(16)),
    # Whether somebody has looked how it looks; those before v0010 are looked at by and by.
    Column("looked", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("job", "number"),
    Index(None, "team", "sequence"),
    Index(None, "team", "created"),
    sqlite_autoincrement=True,
)
Index("ix_assets_unlooked", assets.c.sequence, sqlite_where=~assets.c.looked, postgresql_where=~assets.c.looked)

parents = Table(
    "parents",
    metadata,
    Column("asset", ForeignKey("assets.sequence", ondelete="CASCADE"), primary_key=True),
    Column("parent", String(24), primary_key=True, index=True),
)

styles = Table(
    "styles",
    metadata,
    Column("team", ForeignKey("teams.id"), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("created", Moment, nullable=False),
    Column("record", Json(Style), nullable=False),
)

saved = Table(
    "saved",
    metadata,
    Column("member", ForeignKey("members.id"), primary_key=True),
    Column("asset", ForeignKey("assets.sequence", ondelete="CASCADE"), primary_key=True, index=True),
    Column("created", Moment, nullable=False),
)

collections = Table(
    "collections",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("team", ForeignKey("teams.id"), nullable=False),
    Column("key", String(128), nullable=False),
    Column("created", Moment, nullable=False),
    Column("record", Json(Collection), nullable=False),
    UniqueConstraint("team", "key"),
)

collected = Table(
    "collected",
    metadata,
    Column("collection", ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True),
    Column("asset", ForeignKey("assets.sequence", ondelete="CASCADE"), primary_key=True, index=True),
)

tags = Table(
    "tags",
    metadata,
    Column("asset", ForeignKey("assets.sequence", ondelete="CASCADE"), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("team", String(32), nullable=False),
    Column("name", Text, nullable=False),
    Index(None, "team", "key"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("asset", ForeignKey("assets.sequence", ondelete="CASCADE"), primary_key=True),
    Column("team", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("record", Json(Approval), nullable=False),
)

publications = Table(
    "publications",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("word", String(64), nullable=False, unique=True),
    Column("asset", ForeignKey("assets.sequence", ondelete="CASCADE"), nullable=False, index=True),
    Column("team", ForeignKey("teams.id"), nullable=False, index=True),
    Column("member", ForeignKey("members.id"), nullable=False),
    Column("created", Moment, nullable=False),
    Column("expires", Moment),
    Column("record", Json(Publication), nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("member", ForeignKey("members.id"), nullable=False, index=True),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("sort", String(16), nullable=False),
    Column("team", String(32), nullable=False),
    Column("member", String(32), nullable=False),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("place", Text),
)

cards = Table(
    "cards",
    metadata,
    Column("sequence", Number, primary_key=True),
    Column("platform", String(32), nullable=False),
    Column("space", String(128), nullable=False),
    Column("channel", String(128), nullable=False),
    Column("message", String(128), nullable=False),
    Column("thread", String(128)),
    Column("job", String(16), index=True),
    Column("address", Json(Address), nullable=False),
    Column("card", Json(Card), nullable=False),
    UniqueConstraint("platform", "space", "channel", "message"),
    Index(None, "platform", "space", "channel", "sequence"),
    sqlite_autoincrement=True,
)

notes = Table(
    "notes",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("team", String(32), nullable=False),
    Column("ended", Boolean, nullable=False),
    Column("created", Moment, nullable=False),
    Column("record", Text, nullable=False),
    Column("until", Moment, index=True),
)

spoken = Table(
    "spoken",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("team", String(32), nullable=False),
    Column("member", String(32), nullable=False, index=True),
    Column("about", String(40), index=True),
    Column("until", Moment, nullable=False, index=True),
)

countdowns = Table(
    "countdowns",
    metadata,
    Column("note", String(40), primary_key=True),
    Column("channel", Text, nullable=False),
    Column("member", String(32), nullable=False),
    Column("due", Moment, nullable=False, index=True),
    Column("record", Text, nullable=False),
)

once = Table(
    "once",
    metadata,
    Column("key", Text, primary_key=True),
    Column("created", Moment, nullable=False),
)

installation = Table(
    "installation",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)
