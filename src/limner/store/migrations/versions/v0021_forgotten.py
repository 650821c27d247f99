"""Who was forgotten a moment ago, for a minute: what was being shown just then may name them still."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from limner.store.tables import Moment

revision = "v0021"
down_revision = "v0020"


def upgrade() -> None:
    op.create_table(
        "forgotten",
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_forgotten")),
    )
