"""Public links to pictures; of the secret word in each only a hash is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from limner.store.tables import Moment, Number

revision = "v0013"
down_revision = "v0012"


def upgrade() -> None:
    op.create_table(
        "publications",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("word", sa.String(length=64), nullable=False),
        sa.Column("asset", Number, nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.Column("expires", Moment),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset"], ["assets.sequence"], name=op.f("fk_publications_asset_assets"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name=op.f("fk_publications_team_teams")),
        sa.ForeignKeyConstraint(["member"], ["members.id"], name=op.f("fk_publications_member_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint("word", name=op.f("uq_publications_word")),
    )
    op.create_index(op.f("ix_publications_asset"), "publications", ["asset"])
    op.create_index(op.f("ix_publications_team"), "publications", ["team"])
