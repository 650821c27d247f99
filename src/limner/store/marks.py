"""Marks: what pictures are found by besides their words. Each is one word of the index, made of letters and digits
alone: what it says is hashed, for it may be anything.

What a picture is by itself is marked when it comes into the library; what is done with it later (saved, tagged, put
into a collection, approved) is marked then.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from math import log2

from limner.domain.look import Look, bands
from limner.domain.request import Asset, Job


def mark(sort: str, value: str) -> str:
    """The mark for a value of some sort."""
    return f"{sort}{blake2b(f'{sort} {value}'.encode(), digest_size=8).hexdigest()}"


def of(asset: Asset, job: Job) -> tuple[str, ...]:
    """What is to be known of a picture when it comes into the library."""
    return tuple(dict.fromkeys(_of(asset, job)))


def _of(asset: Asset, job: Job) -> Iterator[str]:
    yield mark("team", asset.team)
    yield mark("member", asset.member)
    yield mark("model", asset.model)
    yield mark("shape", shape_of(asset.width, asset.height))
    # A draft that was sent is where it was sent to.
    yield mark("channel", (job.address.place if job.sent else job.place).key)
    if (style := job.request.worn) is not None:
        yield mark("style", style.key)
    if asset.look is not None:
        yield from of_look(asset.look)


def of_look(look: Look) -> Iterator[str]:
    """What is to be known of how it looks."""
    yield from (mark("colour", name) for name in look.names)
    yield from (mark("like", band) for band in bands(look.likeness))


def shape_of(width: int, height: int) -> str:
    """`square`, `wide` or `tall`."""
    lean = log2(max(width, 1) / max(height, 1))
    return "square" if abs(lean) < 0.1 else "wide" if lean > 0 else "tall"
