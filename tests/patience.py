"""How long tests wait for what has to happen.

Tests share a machine with other tests, and with whatever else it does. A wait ends when what is waited for is there, so
its limit costs nothing as long as all is well, and is to be long enough for the slowest machine.
"""

from __future__ import annotations

PATIENCE = 90.0
"""Seconds after which what has not happened never will."""

DEADLINE = 20.0
"""Seconds that the stand-ins give where Discord and Slack give three. A test that is about the deadline holds up the
work for as long as it likes, or moves the clock."""
