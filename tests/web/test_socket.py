"""The page's socket."""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing

import pytest

from limner.config import Web
from limner_web.platform import _bind


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
async def test_no_answer_waits_for_its_head_to_be_acknowledged(host: str) -> None:
    accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        own = writer.get_extra_info("socket")
        accepted.set_result(own.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    with closing(_bind(Web(host=host, port=0))) as listening:
        address = listening.getsockname()[:2]
        async with await asyncio.start_server(answer, sock=listening):
            _, writer = await asyncio.open_connection(*address)
            assert await accepted
            writer.close()
