"""Makes the records that the store's tests keep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from limner.domain.card import Card
from limner.domain.money import Micros
from limner.domain.place import Address, Person, Place
from limner.domain.request import Asset, Job, Request
from limner.store import Blob, Cap, Store
from limner.store.lanes import Limits

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)
CHANNEL = Place(platform="discord", space="guild", channel="general")
WORKER = "w-1"
PLENTY = Limits(concurrency=100, per_minute=None)
ADA = Person(id="1", name="Ada")

_numbers = count(1)


async def a_job(store: Store, *, place: Place = CHANNEL, person: Person = ADA, **fields: Any) -> Job:
    """A job that is not accepted yet."""
    member = await store.people.member(place, person)
    return Job.model_validate(
        {
            "id": await store.jobs.new_id(),
            "team": member.team,
            "member": member.id,
            "member_name": member.name,
            "place": place,
            "address": Address(place=place),
            "event": f"event-{next(_numbers)}",
            "request": Request(prompt="a red fox in snow"),
            "model": "gpt-image-1",
            "engine": "openai",
            "width": 1024,
            "height": 1024,
            "estimate": Micros(40_000),
            "created": NOON,
            **fields,
        }
    )


async def an_accepted(store: Store, **fields: Any) -> Job:
    job, _ = await store.jobs.accept(await a_job(store, **fields), ())
    return job


async def a_ready(store: Store, **fields: Any) -> Job:
    """A job that waits for its turn, its first card shown."""
    job = await an_accepted(store, **fields)
    return await store.jobs.shown(job.id, Address(place=job.place, message=f"m-{job.id}"), Card(job=job.id))


async def a_claimed(store: Store, **fields: Any) -> Job:
    """A job that a worker has taken."""
    ready = await a_ready(store, **fields)
    await store.lanes.open(ready.engine)
    claimed = await store.queue.claim(ready.engine, WORKER, PLENTY, most=1)
    (job,) = claimed.jobs
    assert job.id == ready.id
    return job


def pictures(job: Job, *keys: str, **fields: Any) -> tuple[tuple[Asset, ...], tuple[Blob, ...]]:
    """The assets and blobs of a job's pictures, one for each key."""
    made = tuple(
        Asset.model_validate(
            {
                "id": job.id if len(keys) == 1 else f"{job.id}.{number}",
                "job": job.id,
                "number": number,
                "team": job.team,
                "member": job.member,
                "member_name": job.member_name,
                "blob": key,
                "media_type": "image/png",
                "width": 1024,
                "height": 1024,
                "size": 9,
                "prompt": job.request.prompt,
                "model": job.model,
                "quality": "medium",
                "cost": Micros(10_000),
                "created": NOON,
                **fields,
            }
        )
        for number, key in enumerate(keys, 1)
    )
    return made, tuple(Blob(key=key, media_type="image/png", width=1024, height=1024, size=9) for key in keys)


async def a_painted(
    store: Store, *contents: bytes, private: bool = False, assets: dict[str, Any] | None = None, **fields: Any
) -> Job:
    """A job with its pictures in the library, one for each content; `assets`: what they say besides."""
    job = await an_accepted(store, **fields)
    keys = [await store.blobs.put(content) for content in contents or (job.id.encode(),)]
    made, blobs = pictures(job, *keys, private=private, **(assets or {}))
    await store.jobs.settle(job, assets=made, blobs=blobs, cost=Micros(30_000))
    settled = await store.jobs.get(job.id)
    assert settled is not None
    return settled


def a_cap(job: Job, dollars: float, *, member: bool = True) -> Cap:
    """A daily cap on the job's member or team."""
    return Cap(
        whose="your" if member else "the team's",
        period="daily",
        member=job.member if member else None,
        team=job.team,
        since=NOON - timedelta(hours=12),
        limit=Micros(int(dollars * 1_000_000)),
        anew="It starts anew tomorrow.",
    )
