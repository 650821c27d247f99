"""PostgreSQL's search knows how words begin, and in which stretch of the library a picture is: what begins with
something is a word of the index by then, and what is common is found among the newest without going through all of it.

The index is written anew out of itself, within the database: of a million pictures that takes some minutes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from limner.store.search import BEGINNINGS, PREFIX, STRETCHES

revision = "v0020"
down_revision = "v0019"

MEMORY = "256MB"
"""For making the index; with little it takes several times as long."""


def upgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name != "postgresql" or not _older(bind):
        return
    stretches = ", ".join(f"'/#{length}.' || sequence / {length}" for length in STRETCHES)
    op.execute(f"SET LOCAL maintenance_work_mem = '{MEMORY}'")
    op.execute("ALTER TABLE assets_search RENAME TO assets_search_older")
    op.execute(
        "CREATE TABLE assets_search AS SELECT sequence, words || array_to_tsvector("  # noqa: S608
        f"ARRAY[{stretches}] || ARRAY(SELECT DISTINCT '/^' || left(word, size) "
        f"FROM unnest(tsvector_to_array(words)) word, generate_series({PREFIX}, {BEGINNINGS}) size "
        "WHERE left(word, 1) <> '/' AND length(word) > size)) AS words FROM assets_search_older ORDER BY sequence"
    )
    op.execute("DROP TABLE assets_search_older")
    op.execute(
        "ALTER TABLE assets_search ALTER words SET NOT NULL, ADD PRIMARY KEY (sequence), "
        "ADD FOREIGN KEY (sequence) REFERENCES assets (sequence) ON DELETE CASCADE"
    )
    op.execute("CREATE INDEX ix_assets_search_words ON assets_search USING gin (words) WITH (fastupdate = off)")
    op.execute("ANALYZE assets_search")


def _older(bind: sa.Connection) -> bool:
    """Whether there is an index without them: a newer Limner's v0010 makes it with them."""
    return any(column["name"] == "team" for column in sa.inspect(bind).get_columns("assets_search"))
