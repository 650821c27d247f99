"""What the commands that link share: the word before them, and how a code is told."""

from __future__ import annotations

from limner.domain.action import Group
from limner.domain.card import Card, Line, Role

LINK = Group(name="link", help="Make one team of server and workspace, one member of two names.", bare="link-me")


def code_card(command: str, code: str, *told: str) -> Card:
    """A code, for its reader alone; it is not kept."""
    return Card(
        lines=(
            Line(role=Role.TITLE, text="Enter this on the other side, within 15 minutes:"),
            Line(text=f"/{command} {code}", secret=True),
            *(Line(role=Role.NOTE, text=each) for each in told),
        ),
        private=True,
    )
