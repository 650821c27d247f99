"""Teams that have joined another; each space remembers whose it was, and each ticket where it was given out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from limner.store.tables import Moment

revision = "v0018"
down_revision = "v0017"


def upgrade() -> None:
    op.create_table(
        "unions",
        sa.Column("home", sa.String(length=32), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["home"], ["teams.id"], name=op.f("fk_unions_home_teams")),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name=op.f("fk_unions_team_teams")),
        sa.PrimaryKeyConstraint("home", name=op.f("pk_unions")),
    )
    op.create_index(op.f("ix_unions_team"), "unions", ["team"])
    op.add_column("spaces", sa.Column("home", sa.String(length=32)))
    op.add_column("tickets", sa.Column("place", sa.Text()))
