"""Pictures that come as addresses are fetched from the API's own server, and from nowhere else."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import openai as sdk
import pytest
from aiohttp import web
from PIL import Image

from limner.engines import links
from limner.engines.links import same_server
from limner.engines.openai_images import OpenAIImages
from limner.errors import BadPicture, NoPicture
from limner.openai import connect
from tests.engines.conftest import kept, painting, unseen

BASE = "https://api.example/v1/"


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64)).save(out, "PNG")
    return out.getvalue()


class Server:
    """Answers a painting with `address`, and keeps what it was asked for."""

    def __init__(self) -> None:
        self.address = ""
        self.base = ""
        self.asked: list[tuple[str, str | None]] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, request.headers.get("authorization")))
        if request.method == "POST":
            return web.json_response({"data": [{"b64_json": "", "url": self.address}]})
        match request.path:
            case "/files/fox.png":
                return web.Response(body=png())
            case "/elsewhere":
                raise web.HTTPFound("http://127.0.0.1:9/fox.png")
            case "/cut":
                response = web.StreamResponse(headers={"content-length": "100000"})
                await response.prepare(request)
                await response.write(png())
                assert request.transport is not None
                request.transport.close()
                return response
        raise web.HTTPNotFound


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", server.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@pytest.fixture
async def client(server: Server) -> AsyncIterator[sdk.AsyncOpenAI]:
    client = connect(api_key="sk-mine", base_url=f"{server.base}/v1")
    yield client
    await client.close()


@pytest.mark.parametrize("address", ["{base}/files/fox.png", "/files/fox.png"])
async def test_a_picture_on_the_same_server_is_fetched_with_the_key(
    address: str, server: Server, client: sdk.AsyncOpenAI, folder: Path
) -> None:
    server.address = address.format(base=server.base)
    painted = await OpenAIImages(client).paint(painting(), folder, unseen)

    assert (painted.pictures[0].width, kept(folder)) == (64, {painted.pictures[0].path})
    assert server.asked == [("/v1/images/generations", "Bearer sk-mine"), ("/files/fox.png", "Bearer sk-mine")]


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/fox.png",
        "http://localhost/fox.png",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "//127.0.0.1:9/fox.png",
        "data:image/png;base64,QUJD",
        "http://[::1",
        "http://127.0.0.1:99999999/fox.png",
        "http://\x00/",
        "gopher://127.0.0.1/",
    ],
)
async def test_no_other_server_is_asked(address: str, server: Server, client: sdk.AsyncOpenAI, folder: Path) -> None:
    server.address = address
    with pytest.raises(NoPicture):
        await OpenAIImages(client).paint(painting(), folder, unseen)

    assert len(server.asked) == 1
    assert kept(folder) == set()


@pytest.mark.parametrize("path", ["/elsewhere", "/missing", "/cut"])
async def test_what_cannot_be_had_is_no_picture(
    path: str, server: Server, client: sdk.AsyncOpenAI, folder: Path
) -> None:
    server.address = path
    with pytest.raises(NoPicture):
        await OpenAIImages(client).paint(painting(), folder, unseen)

    assert kept(folder) == set()


async def test_what_is_too_large_is_given_up(server: Server, client: sdk.AsyncOpenAI, folder: Path) -> None:
    with pytest.raises(BadPicture):
        await links.fetch(client, "/files/fox.png", folder / "fox", limit=20)


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("https://api.example/files/1", True),
        ("https://API.example:443/files/1", True),
        ("https://api.example@evil.example/1", False),
        ("https://api.example.evil.example/1", False),
        ("https://api.example:8443/1", False),
        ("http://api.example/1", False),
        ("https://evil.example/https://api.example/", False),
        ("https:///1", True),
        ("//evil.example/1", False),
        ("https://[::1", False),
        ("files/1", True),
    ],
)
def test_the_same_server_has_the_same_scheme_host_and_port(address: str, same: bool) -> None:
    assert same_server(address, BASE) == same
