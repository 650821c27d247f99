"""The styles that teams keep."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0005"
down_revision = "v0004"


def upgrade() -> None:
    op.create_table(
        "styles",
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name=op.f("fk_styles_team_teams")),
        sa.PrimaryKeyConstraint("team", "key", name=op.f("pk_styles")),
        sa.UniqueConstraint("id", name=op.f("uq_styles_id")),
    )
