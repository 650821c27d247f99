"""What a message has room for, as it is filled: 40 components and 4,000 characters (Discord's developer documentation,
"Component reference")."""

from __future__ import annotations

from discord import ui

from limner_discord.markup import length

TEXT = 4000
COMPONENTS = 40


class Layout:
    """Items in order, with what is left of Discord's limits; the container itself is the first component."""

    def __init__(self) -> None:
        self.items: list[ui.Item[ui.LayoutView]] = []
        self.left = TEXT
        self.room = COMPONENTS - 1
        self._lines: list[str] = []

    def say(self, text: str) -> None:
        """Adds a line of finished markup; lines that follow each other share one component."""
        if text and length(text) + 1 <= self.left:
            self._lines.append(text)
            self.left -= length(text) + 1

    def flush(self) -> None:
        """Ends the component that lines share."""
        if self._lines:
            self.add(ui.TextDisplay("\n".join(self._lines)))
            self._lines = []

    def add(self, item: ui.Item[ui.LayoutView], components: int = 1) -> None:
        """Adds an item that is so many components, with those in it."""
        self.items.append(item)
        self.room -= components
