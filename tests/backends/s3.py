"""An S3 of the tests' own: moto's server in a process that ends with ours."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from importlib.util import find_spec
from itertools import count

from tests.backends import Missing

SERVER = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print(*server.get_host_and_port(), flush=True)
sys.stdin.read()
"""


class S3:
    """A server with buckets; `environment` is what a Limner that uses it has to find in its own."""

    def __init__(self) -> None:
        """Starts a server.

        Raises:
            Missing: moto is not installed.
        """
        if find_spec("moto") is None or find_spec("flask") is None:
            raise Missing("moto with its server is not installed here")
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))},
            start_new_session=True,
        )
        assert self._process.stdout is not None
        said = self._process.stdout.readline().split()
        if len(said) != 2:
            raise Missing("moto's server does not start")
        self.address = f"http://{said[0]}:{said[1]}"
        self.environment = {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": "tests",
            "AWS_REGION": "us-east-1",
        }
        self._numbers = count(1)

    def create(self) -> str:
        """A new bucket; gives its name."""
        name = f"limner-{os.getpid()}-{next(self._numbers)}"
        # moto takes any request whose Authorization names the service; the bucket's name in the path is the call.
        request = urllib.request.Request(f"{self.address}/{name}", method="PUT", headers=_SIGNED)
        with urllib.request.urlopen(request):
            return name

    def url(self, bucket: str) -> str:
        """The address of a bucket, as the configuration takes it."""
        return f"s3://{bucket}/pictures"

    def close(self) -> None:
        """Stops it; what it held was in its memory."""
        self._process.kill()
        self._process.communicate()


_SIGNED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=tests/20240101/us-east-1/s3/aws4_request, "
    "SignedHeaders=host, Signature=0"
}
