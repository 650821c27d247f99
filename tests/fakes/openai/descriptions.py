"""Where the official description lags behind the API: findings that are no breach, each with its reason."""

from __future__ import annotations

ACCEPT: tuple[str, ...] = ()
