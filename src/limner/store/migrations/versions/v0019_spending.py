"""A team's calls are found by when they were made, for its dashboard."""

from __future__ import annotations

from alembic import op

revision = "v0019"
down_revision = "v0018"


def upgrade() -> None:
    op.create_index(op.f("ix_attempts_team_started"), "attempts", ["team", "started"])
