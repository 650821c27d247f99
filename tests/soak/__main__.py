"""`python -m tests.soak`: an hour of work on each database, and what Limner held meanwhile."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import tempfile
from pathlib import Path

os.environ["API_DESCRIPTIONS"] = os.devnull  # conformance is the other tests' business

from tests.backends.postgresql import PostgreSQL
from tests.soak.soaking import soak, told


def main() -> int:
    said = argparse.ArgumentParser(prog="python -m tests.soak")
    said.add_argument("--on", choices=("sqlite", "postgresql"), action="append", help="only on this database")
    said.add_argument("--minutes", type=float, default=60, help="on each database")
    given = said.parse_args()
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
    wrong = 0
    for name in given.on or ("sqlite", "postgresql"):
        server = PostgreSQL() if name == "postgresql" else None
        try:
            data = {"database": server.url(server.create())} if server is not None else {}
            with tempfile.TemporaryDirectory(prefix="limner-soak-") as folder:
                work = soak(Path(folder), seconds=60 * given.minutes, data=data, split=server is not None)
                soaked = asyncio.run(work)
        finally:
            if server is not None:
                server.close()
        print(told(name, soaked), flush=True)
        wrong += len(soaked.wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
