"""What members have chosen for themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0008"
down_revision = "v0007"


def upgrade() -> None:
    op.add_column("members", sa.Column("preferences", sa.Text()))
