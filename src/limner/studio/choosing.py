"""Choosing: the model that paints where a request names none, for a channel or the whole team, from one moment to the
next.
"""

from __future__ import annotations

import structlog

from limner.domain.place import Member, Place
from limner.domain.request import Request
from limner.domain.rules import EVERYWHERE, TeamRules
from limner.engines import SKETCH
from limner.errors import BadOption, ModelGone
from limner.store import Store
from limner.studio.desk import Desk
from limner.studio.warden import Warden

log = structlog.get_logger(__name__)


class Choosing:
    """Chooses, and tells what was chosen."""

    def __init__(self, *, store: Store, desk: Desk, warden: Warden) -> None:
        self._store, self._desk, self._warden = store, desk, warden

    async def use(self, name: str | None, member: Member, place: Place | None) -> None:
        """Has a model paint in a place (None: wherever the team is) what names none; without a name, what is configured
        for more than this place does again.

        Raises:
            NotAdmin: Only admins choose.
            BadOption: No model that paints has this name.
            ModelGone: It has ended, and nothing follows it.
        """
        if name is not None:
            await self._desk.ready()
            name = self._desk.roster.resolve(name).asked
        key, where = (EVERYWHERE, "wherever the team is") if place is None else (place.key, "in a channel")

        def change(rules: TeamRules) -> TeamRules:
            others = {each: model for each, model in rules.paints_with.items() if each != key}
            return rules.evolve(paints_with=others | ({key: name} if name else {}))

        what = self._desk.title(name) if name else "the usual model"
        await self._warden.change(member, change, f"{what} paints {where} what names no model.")

    async def chosen(self, member: Member, place: Place) -> str | None:
        """The model that was chosen for a place, or else for the team; None: nobody chose, or it is gone."""
        models = (await self._store.rules.get(member.team)).paints_with
        name = models.get(place.key) or models.get(EVERYWHERE)
        try:
            return name if name and self._desk.painter(name) else None
        except (BadOption, ModelGone):
            return None

    async def settle(self, request: Request, member: Member, place: Place) -> Request:
        """The request with the model that was chosen, if it names none itself."""
        if request.model is not None or request.engine == SKETCH:
            return request
        return request.evolve(model=await self.chosen(member, place))

    async def news(self, note: str | None, member: Member) -> tuple[str, ...]:
        """The sentence that another model stands in, the first time that it concerns this team."""
        if note is None or not await self._store.once.told(member.team, note):
            return ()
        log.warning("another model stands in", note=note)
        return (note,)
