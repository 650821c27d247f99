"""Calls that go on at the provider, and are picked up there by its own name for them; what other models had of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0006"
down_revision = "v0005"


def upgrade() -> None:
    op.add_column("attempts", sa.Column("handle", sa.Text(), nullable=True))
    op.add_column("attempts", sa.Column("shares", sa.Text(), nullable=True))
