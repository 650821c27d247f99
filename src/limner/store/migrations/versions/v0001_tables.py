"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0001"
down_revision = None

moment = sa.DateTime(timezone=True)
number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "blobs",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created", moment, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_blobs")),
    )
    op.create_table(
        "cards",
        sa.Column("sequence", number, nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("space", sa.String(length=128), nullable=False),
        sa.Column("channel", sa.String(length=128), nullable=False),
        sa.Column("message", sa.String(length=128), nullable=False),
        sa.Column("thread", sa.String(length=128), nullable=True),
        sa.Column("job", sa.String(length=16), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_cards")),
        sa.UniqueConstraint(
            "platform", "space", "channel", "message", name=op.f("uq_cards_platform_space_channel_message")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_cards_job"), "cards", ["job"], unique=False)
    op.create_index(
        op.f("ix_cards_platform_space_channel_sequence"),
        "cards",
        ["platform", "space", "channel", "sequence"],
        unique=False,
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("created", moment, nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("team", "event", name=op.f("uq_jobs_team_event")),
    )
    op.create_index(op.f("ix_jobs_state"), "jobs", ["state"], unique=False)
    op.create_index(op.f("ix_jobs_team_created"), "jobs", ["team", "created"], unique=False)
    op.create_table(
        "ledger",
        sa.Column("id", number, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("target", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("counted", moment, nullable=False),
        sa.Column("created", moment, nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_ledger_amount")),
        sa.CheckConstraint("source <> target", name=op.f("ck_ledger_moves")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_ledger_reference"), "ledger", ["reference"], unique=False)
    op.create_index(op.f("ix_ledger_team_counted"), "ledger", ["team", "counted"], unique=False)
    op.create_index(op.f("ix_ledger_team_member_counted"), "ledger", ["team", "member", "counted"], unique=False)
    op.create_table(
        "notes",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("created", moment, nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_table(
        "once",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("created", moment, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_once")),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
    )
    op.create_table(
        "uses",
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("blob", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("owner", "blob", name=op.f("pk_uses")),
    )
    op.create_index(op.f("ix_uses_blob"), "uses", ["blob"], unique=False)
    op.create_table(
        "assets",
        sa.Column("sequence", number, nullable=False),
        sa.Column("job", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("blob", sa.String(length=64), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("created", moment, nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name=op.f("fk_assets_job")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_assets")),
        sa.UniqueConstraint("job", "number", name=op.f("uq_assets_job_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_assets_blob"), "assets", ["blob"], unique=False)
    op.create_index(op.f("ix_assets_team_sequence"), "assets", ["team", "sequence"], unique=False)
    op.create_table(
        "attempts",
        sa.Column("id", number, nullable=False),
        sa.Column("job", sa.String(length=16), nullable=True),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("estimate", sa.BigInteger(), nullable=False),
        sa.Column("started", moment, nullable=False),
        sa.Column("ended", moment, nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("usage", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name=op.f("fk_attempts_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_attempts_job"), "attempts", ["job"], unique=False)
    op.create_index(op.f("ix_attempts_outcome"), "attempts", ["outcome"], unique=False)
    op.create_table(
        "members",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("admin", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=35), nullable=False),
        sa.Column("created", moment, nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name=op.f("fk_members_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
    )
    op.create_table(
        "spaces",
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("space", sa.String(length=128), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name=op.f("fk_spaces_team")),
        sa.PrimaryKeyConstraint("platform", "space", name=op.f("pk_spaces")),
    )
    op.create_table(
        "identities",
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["members.id"], name=op.f("fk_identities_member")),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name=op.f("fk_identities_team")),
        sa.PrimaryKeyConstraint("team", "platform", "person", name=op.f("pk_identities")),
    )
    op.create_table(
        "parents",
        sa.Column("asset", number, nullable=False),
        sa.Column("parent", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["asset"], ["assets.sequence"], name=op.f("fk_parents_asset"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("asset", "parent", name=op.f("pk_parents")),
    )
    op.create_index(op.f("ix_parents_parent"), "parents", ["parent"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        # The prompts stay in `assets`; the index alone is kept here, with the team as one of its columns.
        op.execute(
            "CREATE VIRTUAL TABLE assets_search USING fts5("
            "team, prompt, content = 'assets', content_rowid = 'sequence', tokenize = 'unicode61 remove_diacritics 2')"
        )
