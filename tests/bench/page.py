"""The web page: how much of the gallery comes before any picture, and how many thumbnails one process hands out."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import psutil

ROUNDS = 3
WINDOWS = 8
"""Connections at the same time: a browser opens six."""
ASKED = 1_200
"""Requests of a round."""


async def page(folder: Path) -> None:
    """The gallery's first paint, and thumbnails a second."""
    print("\nThe gallery page")
    async with exhibit(folder / "page") as (base, ids, server), aiohttp.ClientSession(base) as client:
        size, parts = await _weight(client)
        print(f"  first paint without pictures  {size / 1000:6.1f} kB   ({parts}; bar: 150)")
        paths = [f"/pictures/{id}/{width}/x.png" for id in ids for width in (320, 640)]
        began = time.perf_counter()
        tags = {path: tag for path in paths[:120] if (tag := await _get(client, path))}
        first = len(tags) / (time.perf_counter() - began)
        print(f"  thumbnails made for the first time, one after the other  {first:6.1f} a second")
        for name, known in (("thumbnails", {}), ("thumbnails that the browser has (304)", tags)):
            before = _busy(server)
            rates = [await _rate(client, list(tags), known) for _ in range(ROUNDS)]
            each = 1000 * (_busy(server) - before) / (ROUNDS * ASKED)
            told = f"rounds: {', '.join(f'{rate:.0f}' for rate in rates)}; {each:.2f} ms of processor each; bar: 200"
            print(f"  {name:38} {sorted(rates)[ROUNDS // 2]:6.0f} a second   ({told})")


async def _weight(client: aiohttp.ClientSession) -> tuple[int, str]:
    """Bytes of the page with all that it needs at once, and how they are made up."""
    async with client.get("/gallery") as answer:
        html = await answer.text()
    needed = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', html))
    needed |= {f"/static/{name}" for name in ("grid.js",)}  # what a script asks for
    sizes: dict[str, int] = {"html": len(html.encode())}
    for path in needed:
        async with client.get(path) as answer:
            kind = path.rpartition(".")[2]
            sizes[kind] = sizes.get(kind, 0) + len(await answer.read())
    return sum(sizes.values()), ", ".join(f"{kind} {size / 1000:.1f}" for kind, size in sizes.items())


def _busy(server: psutil.Process) -> float:
    times = server.cpu_times()
    return times.user + times.system


async def _rate(client: aiohttp.ClientSession, paths: list[str], known: dict[str, str]) -> float:
    turn = iter(range(ASKED))

    async def window() -> None:
        for number in turn:
            path = paths[number % len(paths)]
            await _get(client, path, known.get(path))

    began = time.perf_counter()
    await asyncio.gather(*(window() for _ in range(WINDOWS)))
    return ASKED / (time.perf_counter() - began)


async def _get(client: aiohttp.ClientSession, path: str, tag: str | None = None) -> str:
    headers = {"If-None-Match": tag} if tag else {}
    async with client.get(path, headers=headers) as answer:
        assert answer.status == (304 if tag else 200), (path, answer.status)
        await answer.read()
        return answer.headers["ETag"]


@asynccontextmanager
async def exhibit(folder: Path) -> AsyncIterator[tuple[str, list[str], psutil.Process]]:
    """The page in a process of its own: its address, its pictures' ids, and the process."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.exhibit", str(folder)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    told: dict[str, Any] = {}
    while not told:
        line = await process.stdout.readline()
        told = json.loads(line) if line.startswith(b"{") else {}
        assert line, "the page did not come up"
    try:
        yield f"http://127.0.0.1:{told['port']}", told["ids"], psutil.Process(process.pid)
    finally:
        process.stdin.close()
        await process.wait()
