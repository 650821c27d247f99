"""Provenance: whether a picture's file carries content credentials (C2PA), and the sentence that says so."""

from __future__ import annotations

from collections import OrderedDict

from limner.domain.card import Picture
from limner.domain.request import Answer, Asset
from limner.errors import NotFound
from limner.media.credentials import carried
from limner.store import Store

REMEMBERED = 4_096
"""Files of which it is remembered: a file's bytes never change."""

CARRIES = "The file carries content credentials (C2PA), exactly as the model gave them."
CARRIES_NONE = "The file carries no content credentials (C2PA)."
ANSWER_CARRIES = "The model's own answer carries them; Download hands it over too."


class Provenance:
    """Looks into files."""

    def __init__(self, *, store: Store) -> None:
        self._store = store
        self._known: OrderedDict[str, bool] = OrderedDict()

    async def carried(self, file: Asset | Picture | Answer) -> bool:
        """Whether a file carries content credentials. They are looked for, not verified.

        Raises:
            NotFound: Its bytes are gone.
            StoreTrouble: They are out of reach.
        """
        key = file.blob
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        source = self._store.blobs.local_path(key) or await self._store.blobs.read(key)
        try:
            found = self._known[key] = await carried(source)
        except FileNotFoundError as gone:
            raise NotFound(what=key[:8]) from gone
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found

    async def told(self, file: Asset | Picture) -> str:
        """The same in a sentence, for whoever is handed the file; raises as `carried`."""
        if await self.carried(file):
            return CARRIES
        answer = file.answer if isinstance(file, Asset) else None
        return f"{CARRIES_NONE} {ANSWER_CARRIES}" if answer and await self.carried(answer) else CARRIES_NONE
