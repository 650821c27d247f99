"""What was said aloud, and for whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0015"
down_revision = "v0014"


def upgrade() -> None:
    op.create_table(
        "spoken",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("team", sa.String(32), nullable=False),
        sa.Column("member", sa.String(32), nullable=False),
        sa.Column("about", sa.String(40)),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
    for name in ("member", "about", "until"):
        op.create_index(op.f(f"ix_spoken_{name}"), "spoken", [name])
