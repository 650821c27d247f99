"""The queue, the workers, budgets, rules and the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0002"
down_revision = "v0001"

moment = sa.DateTime(timezone=True)
number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _extend()
    _take_over()
    op.create_table(
        "lanes",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("clock", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=True),
        sa.Column("per_minute_until", moment, nullable=True),
        sa.Column("paused_until", moment, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lanes")),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("started", moment, nullable=False),
        sa.Column("seen", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "budgets",
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("created", moment, nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name=op.f("fk_budgets_team_teams")),
        sa.PrimaryKeyConstraint("team", "scope", "key", "period", name=op.f("pk_budgets")),
    )
    op.create_table(
        "audit",
        sa.Column("id", number, nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=True),
        sa.Column("job", sa.String(length=16), nullable=True),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("created", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audit_job"), "audit", ["job"], unique=False)
    op.create_index(op.f("ix_audit_team_id"), "audit", ["team", "id"], unique=False)
    op.create_table(
        "screenings",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("created", moment, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_screenings")),
    )
    op.create_index(op.f("ix_screenings_created"), "screenings", ["created"], unique=False)


def _extend() -> None:
    op.add_column("teams", sa.Column("rules", sa.Text(), nullable=True))
    op.add_column("members", sa.Column("roles", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("attempts", sa.Column("channel", sa.Text(), nullable=False, server_default=""))
    op.add_column("attempts", sa.Column("worker", sa.String(length=64), nullable=True))
    op.add_column("ledger", sa.Column("channel", sa.Text(), nullable=False, server_default=""))
    op.create_index(op.f("ix_ledger_team_channel_counted"), "ledger", ["team", "channel", "counted"], unique=False)
    for column in (
        sa.Column("lane", sa.String(length=16), nullable=False, server_default=""),
        sa.Column("pictures", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("channel", sa.Text(), nullable=False, server_default=""),
        sa.Column("open", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("ready", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("cancelled", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("priority", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("turn", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("worker", sa.String(length=64), nullable=True),
        sa.Column("due", moment, nullable=True),
    ):
        op.add_column("jobs", column)
    few = sa.text("open")
    op.create_index(
        "ix_jobs_open_queue",
        "jobs",
        ["lane", "state", "priority", "turn"],
        unique=False,
        sqlite_where=few,
        postgresql_where=few,
    )
    op.create_index("ix_jobs_open_worker", "jobs", ["worker"], unique=False, sqlite_where=few, postgresql_where=few)


def _take_over() -> None:
    """Jobs under way belonged to the one process there was, under the name that a single process still has."""
    names = ("state", "open", "worker", "lane", "channel", "record")
    jobs = sa.table("jobs", *(sa.column(name) for name in names))
    under_way = jobs.c.state.in_(("accepted", "painting", "painted"))
    postgresql = op.get_bind().dialect.name == "postgresql"
    record = sa.cast(jobs.c.record, sa.JSON) if postgresql else sa.type_coerce(jobs.c.record, sa.JSON)
    place = [record[("place", part)].as_string() for part in ("platform", "space", "channel")]
    channel = sa.func.coalesce(place[0] + "/" + place[1] + "/" + place[2], "")
    op.execute(jobs.update().where(under_way).values(open=True, worker="limner", lane="openai", channel=channel))
    attempts = sa.table("attempts", sa.column("outcome"), sa.column("worker"))
    op.execute(attempts.update().where(attempts.c.outcome == "open").values(worker="limner"))
