"""Reaching the place where bytes are kept: how its address is opened, and what it means when it does not take part."""

from __future__ import annotations

import errno
import ipaddress
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from limner.errors import ConfigError, StoreTrouble

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

log = structlog.get_logger(__name__)

ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
"""The variables that name another server than Amazon's, as its own tools read them; obstore knows the last two."""

RETRY: RetryConfig = {"max_retries": 6, "retry_timeout": timedelta(seconds=20)}
"""Shorter than obstore's three minutes: whoever asks for a picture waits meanwhile."""

_DISK = {
    errno.ENOSPC: "my disk is full",
    errno.EDQUOT: "my disk is full",
    errno.EROFS: "my disk is read-only",
    errno.EACCES: "I may not write to my disk",
    errno.EPERM: "I may not write to my disk",
    errno.EIO: "my disk has a fault",
}


def object_store(url: str) -> ObjectStore:
    """The object store that an address such as `s3://bucket/prefix` means; keys and region come from the environment,
    as Amazon's own tools read them (`AWS_ACCESS_KEY_ID`, `AWS_REGION`, `AWS_ENDPOINT_URL`, …).

    Raises:
        ConfigError: There is no such kind of store, or it cannot be set up.
    """
    options: ClientConfig = {"connect_timeout": "5s", "timeout": "120s"}
    endpoint = next((os.environ[name] for name in ENDPOINTS if os.environ.get(name)), None)
    if endpoint is not None and _stays_here(endpoint):
        options["allow_http"] = True  # to other machines only where the host says AWS_ALLOW_HTTP=true
    try:
        if urlsplit(url).scheme in {"s3", "s3a"} and endpoint is not None:
            return from_url(url, client_options=options, retry_config=RETRY, endpoint=endpoint)
        return from_url(url, client_options=options, retry_config=RETRY)
    except (BaseError, ValueError, OSError) as problem:
        raise ConfigError(where="[data] blobs", why=f"“{url}” cannot be opened ({_first_line(problem)})") from problem


@contextmanager
def reaching() -> Iterator[None]:
    """Around whatever is asked of the place.

    Raises:
        StoreTrouble: It does not answer, refuses, or is full.
    """
    try:
        yield
    except BaseError as problem:
        log.error("the store of pictures does not take part", why=_first_line(problem))
        raise StoreTrouble(why="my store of pictures does not answer") from problem
    except OSError as problem:
        if problem.errno not in _DISK:
            raise
        log.error("the disk does not take part", why=problem.strerror)
        raise StoreTrouble(why=_DISK[problem.errno]) from problem


def _stays_here(endpoint: str) -> bool:
    address = urlsplit(endpoint)
    try:
        return address.scheme == "http" and ipaddress.ip_address(address.hostname or "").is_loopback
    except ValueError:
        return address.hostname == "localhost"


def _first_line(problem: Exception) -> str:
    # What follows is obstore's own account of the request.
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0]
