"""What members have saved for themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from limner.store.tables import Moment, Number

revision = "v0007"
down_revision = "v0006"


def upgrade() -> None:
    op.create_table(
        "saved",
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("asset", Number, nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.ForeignKeyConstraint(["asset"], ["assets.sequence"], name=op.f("fk_saved_asset_assets"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member"], ["members.id"], name=op.f("fk_saved_member_members")),
        sa.PrimaryKeyConstraint("member", "asset", name=op.f("pk_saved")),
    )
    op.create_index(op.f("ix_saved_asset"), "saved", ["asset"])
