"""Ids: short ones that people say aloud, and long ones that nobody guesses."""

from __future__ import annotations

import re
import secrets

ALPHABET = "123456789abcdefghjkmnpqrstuvwxyz"
"""Without i, l, o and 0, so that none is mistaken for another (the 1 has no rival left). Their number divides
256, so that each byte chooses one as likely as any other."""

SHORTEST = 4

_SAID = re.compile(r"#?\s*(?P<job>[a-z0-9]{1,16})(?:\.(?P<number>\d{1,3}))?", re.ASCII)


def draw(length: int) -> str:
    """A random id with at least one letter and one digit: no word, and no number."""
    while True:
        drawn = "".join(ALPHABET[byte % len(ALPHABET)] for byte in secrets.token_bytes(length))
        if any(char.isdigit() for char in drawn) and any(char.isalpha() for char in drawn):
            return drawn


def long() -> str:
    """An id that no person needs to say; one token for a search index."""
    return secrets.token_hex(10)


def read(said: str) -> tuple[str, int] | None:
    """The job and the picture's number in what a member typed: `a41f`, `#A41F.2`; None: it is no id."""
    match = _SAID.fullmatch(said.strip().lower())
    return (match["job"], int(match["number"] or 1)) if match else None
