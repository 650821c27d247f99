"""What was said aloud has an owner: it stays as long as it is to be kept, and goes with what it is about."""

from __future__ import annotations

from datetime import timedelta

from limner.store import Blob, Store
from limner.store.database import now
from tests.store.making import an_accepted

HOUR = timedelta(hours=1)


async def said(store: Store, data: bytes, *, about: str | None = None, until: timedelta = HOUR) -> str:
    key = await store.blobs.put(data)
    blob = Blob(key=key, media_type="audio/ogg", width=0, height=0, size=len(data))
    await store.spoken.keep(blob, team="t", member="m", about=about, until=now() + until)
    return key


async def test_it_is_no_orphan_while_it_is_kept_and_one_afterwards(store: Store) -> None:
    kept, over = await said(store, b"kept"), await said(store, b"over", until=-HOUR)
    assert await store.library.named([kept, over]) == {kept, over}
    await store.spoken.forget_old()

    rows = await store._database.read(
        lambda connection: connection.exec_driver_sql("SELECT owner, blob FROM uses").all()
    )
    assert [row.blob for row in rows] == [kept]


async def test_what_is_about_a_job_goes_with_it_unless_something_else_needs_it(store: Store) -> None:
    job = await an_accepted(store)
    own, shared = await said(store, b"own", about=job.id), await said(store, b"shared", about=job.id)
    assert await said(store, b"shared") == shared

    assert await store.spoken.forget((job.id,)) == (own,)
    assert await store.spoken.forget((job.id,)) == ()
    assert await store.spoken.forget(()) == ()
