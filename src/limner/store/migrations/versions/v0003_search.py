"""The search on PostgreSQL; SQLite has had its own from the first. Both are made anew, and filled, by v0010."""

from __future__ import annotations

from alembic import op

revision = "v0003"
down_revision = "v0002"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        "CREATE TABLE assets_search ("
        "sequence bigint PRIMARY KEY REFERENCES assets (sequence) ON DELETE CASCADE, words tsvector NOT NULL)"
    )
    op.execute("CREATE INDEX ix_assets_search_words ON assets_search USING gin (words)")
