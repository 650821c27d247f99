"""What teams do with their pictures: collections of them, tags on them, and whether they are approved.

Each is a table of its own, for it is asked for by itself (what is in a collection, which tags there are, who approved);
the library finds pictures by it through marks in its index.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from limner.store.tables import Moment, Number

revision = "v0012"
down_revision = "v0011"


def upgrade() -> None:
    op.create_table(
        "collections",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name=op.f("fk_collections_team_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collections")),
        sa.UniqueConstraint("team", "key", name=op.f("uq_collections_team_key")),
    )
    op.create_table(
        "collected",
        sa.Column("collection", sa.String(length=40), nullable=False),
        sa.Column("asset", Number, nullable=False),
        sa.ForeignKeyConstraint(
            ["asset"], ["assets.sequence"], name=op.f("fk_collected_asset_assets"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["collection"], ["collections.id"], name=op.f("fk_collected_collection_collections"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("collection", "asset", name=op.f("pk_collected")),
    )
    op.create_index(op.f("ix_collected_asset"), "collected", ["asset"])
    op.create_table(
        "tags",
        sa.Column("asset", Number, nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["asset"], ["assets.sequence"], name=op.f("fk_tags_asset_assets"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("asset", "key", name=op.f("pk_tags")),
    )
    op.create_index(op.f("ix_tags_team_key"), "tags", ["team", "key"])
    op.create_table(
        "approvals",
        sa.Column("asset", Number, nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset"], ["assets.sequence"], name=op.f("fk_approvals_asset_assets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("asset", name=op.f("pk_approvals")),
    )
