"""What was deleted and is still to go from outside of the database; and jobs as they come of age."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from limner.store.tables import Moment

revision = "v0017"
down_revision = "v0016"


def upgrade() -> None:
    op.create_table(
        "doomed",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=96), nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.Column("due", Moment, nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_doomed")),
    )
    op.create_index(op.f("ix_doomed_due"), "doomed", ["due"])
    kept = sa.text("NOT deleted")
    op.create_index("ix_jobs_kept", "jobs", ["team", "created"], sqlite_where=kept, postgresql_where=kept)
