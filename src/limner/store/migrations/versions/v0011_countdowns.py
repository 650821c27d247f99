"""Voice notes that go ahead by themselves after a moment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0011"
down_revision = "v0010"


def upgrade() -> None:
    op.create_table(
        "countdowns",
        sa.Column("note", sa.String(40), primary_key=True),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("member", sa.String(32), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_index(op.f("ix_countdowns_due"), "countdowns", ["due"])
