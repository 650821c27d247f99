"""What every test may use. Nothing here reaches beyond this machine."""

from __future__ import annotations

import gc
import os
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from limner.studio import hands
from tests.backends import memory
from tests.fakes.openai import FakeOpenAI, conforming
from tests.house import House
from tests.nursery import nursery
from tests.patience import PATIENCE

pytest_plugins = ["tests.backends.fixtures"]
settings.register_profile("tests", deadline=None)  # how long an example takes is the machine's business
settings.load_profile("tests")
gc.disable()  # nothing that is imported is garbage: to look for some takes longer than to collect the tests
END = "-----END CERTIFICATE-----"


def pytest_configure() -> None:
    """Folders of tests are in memory where there is room: what they write has to reach no disk."""
    if (folder := memory()) is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder))


def pytest_collection_finish() -> None:
    """What is there before the first test stays, and is not to be looked through for rubbish again and again; nor is
    what tests make, many thousand things a second that go without it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 10)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _nursery() -> Iterator[None]:
    """Whoever needs it starts it."""
    yield
    nursery().close()


@pytest.fixture(scope="session")
def _authority(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """One of the authorities that this machine trusts. Nobody is spoken to whose certificate would be looked at, and to
    read all of them takes each client longer than most tests."""
    bundle = Path(ssl.get_default_verify_paths().openssl_cafile)
    if not bundle.is_file():
        return None
    file = tmp_path_factory.mktemp("authority") / "one.pem"
    file.write_text(bundle.read_text(encoding="utf-8").partition(END)[0] + END + "\n")
    return file


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, _authority: Path | None) -> None:
    """Keys and settings of whoever runs the tests stay out of them."""
    for name in os.environ:
        if name.startswith(("LIMNER_", "SSL_CERT_")) or name in {"OPENAI_API_KEY", "DISCORD_TOKEN", "OPENAI_BASE_URL"}:
            monkeypatch.delenv(name)
    if _authority is not None:
        monkeypatch.setenv("SSL_CERT_FILE", str(_authority))


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which models are served is known before the first request, however long that takes here."""
    monkeypatch.setattr(hands, "LEARN_SECONDS", PATIENCE)


@pytest.fixture
async def openai() -> AsyncIterator[FakeOpenAI]:
    """OpenAI's API on loopback. What reached it has to conform to the official description."""
    async with conforming() as fake:
        yield fake


@pytest.fixture
def house(tmp_path: Path, storage: dict[str, str]) -> House:
    """A Limner without a key: pictures come from the offline sketcher."""
    return House(tmp_path / "data", data=storage)


@pytest.fixture
def keyed_house(tmp_path: Path, storage: dict[str, str], openai: FakeOpenAI) -> House:
    """A Limner with a key, and OpenAI's fake behind it."""
    return House(tmp_path / "data", openai, data=storage)
