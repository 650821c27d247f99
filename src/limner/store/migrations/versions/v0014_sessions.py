"""Sessions of members on the web page; of the secret of each only a hash is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from limner.store.tables import Moment

revision = "v0014"
down_revision = "v0013"


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.Column("expires", Moment, nullable=False),
        sa.ForeignKeyConstraint(["member"], ["members.id"], name=op.f("fk_sessions_member_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_member"), "sessions", ["member"])
