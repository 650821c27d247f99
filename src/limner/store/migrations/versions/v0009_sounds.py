"""How long the sounds of voice notes are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0009"
down_revision = "v0008"


def upgrade() -> None:
    op.add_column("notes", sa.Column("until", sa.DateTime(timezone=True)))
    op.create_index(op.f("ix_notes_until"), "notes", ["until"])
