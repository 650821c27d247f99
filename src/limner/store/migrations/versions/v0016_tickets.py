"""Words that are good once, such as links that sign a member in; of each only a hash is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from limner.store.tables import Moment

revision = "v0016"
down_revision = "v0015"


def upgrade() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("sort", sa.String(length=16), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.Column("expires", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
    )
