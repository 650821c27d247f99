"""The search on PostgreSQL; SQLite has had its own from the first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from limner.store import search

revision = "v0003"
down_revision = "v0002"


def upgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name != "postgresql":
        return
    op.execute(
        "CREATE TABLE assets_search ("
        "sequence bigint PRIMARY KEY REFERENCES assets (sequence) ON DELETE CASCADE, words tsvector NOT NULL)"
    )
    op.execute("CREATE INDEX ix_assets_search_words ON assets_search USING gin (words)")
    for (job,) in bind.execute(sa.text("SELECT DISTINCT job FROM assets")).all():
        search.learn(bind, job)
