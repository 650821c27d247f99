"""Finding by more than words.

The index of the library is made anew: by whom, where, by which model, in which style and shape a picture was made, and
what is done with it later, go into it beside the words, as marks, so that any mixture of them is one question to it.
SQLite's keeps no prompts any longer and is given the same words as PostgreSQL's. How pictures look is kept beside them
(colour, likeness); those that are there already are looked at by and by, behind everything else.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from limner.store import marks, search
from limner.store.tables import assets, jobs, saved

revision = "v0010"
down_revision = "v0009"

AT_ONCE = 1000
"""Pictures that are held in memory."""


def upgrade() -> None:
    bind = op.get_bind()
    op.execute("DROP TABLE assets_search")
    op.add_column("assets", sa.Column("marks", sa.Text(), nullable=False, server_default=""))
    op.add_column("assets", sa.Column("colour", sa.String(length=7)))
    op.add_column("assets", sa.Column("likeness", sa.String(length=16)))
    op.add_column("assets", sa.Column("looked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(op.f("ix_assets_team_created"), "assets", ["team", "created"])
    op.execute("CREATE INDEX ix_assets_unlooked ON assets (sequence) WHERE NOT looked")
    if bind.dialect.name == "sqlite":
        op.execute(f"CREATE VIRTUAL TABLE assets_search {search.FTS5}")
    else:
        op.execute(
            "CREATE TABLE assets_search ("
            "sequence bigint PRIMARY KEY REFERENCES assets (sequence) ON DELETE CASCADE, words tsvector NOT NULL)"
        )
        # Without a list of what was added last, which every search would have to look through.
        op.execute("CREATE INDEX ix_assets_search_words ON assets_search USING gin (words) WITH (fastupdate = off)")
    last = 0
    columns = (assets.c.sequence, assets.c.prompt, assets.c.record.label("asset"), jobs.c.record)
    of_all = sa.select(*columns).join(jobs, jobs.c.id == assets.c.job).order_by(assets.c.sequence).limit(AT_ONCE)
    setting = assets.update().where(assets.c.sequence == sa.bindparam("its_sequence"))
    while rows := bind.execute(of_all.where(assets.c.sequence > last)).all():
        learned = [search.Learned(row.sequence, row.prompt, marks.of(row.asset, row.record)) for row in rows]
        bind.execute(
            setting.values(marks=sa.bindparam("its_marks")),
            [{"its_sequence": each.sequence, "its_marks": each.marks} for each in learned],
        )
        search.learn(bind, learned)
        last = rows[-1].sequence
    for sequence, member in bind.execute(sa.select(saved.c.asset, saved.c.member)).all():
        search.change(bind, (sequence,), add=(marks.mark("saved", member),))
