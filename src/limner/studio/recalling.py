"""What an ear is told beside the sound: what a note answers, and of earlier requests as much as is worth its price."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

from limner.config import Voice
from limner.domain.money import dollars
from limner.domain.place import Member, Place
from limner.domain.request import Asset
from limner.ears import Context, Shown
from limner.ears.telling import listed
from limner.errors import NotFound
from limner.models import Model
from limner.rules.prices import text_tokens, worth
from limner.store import Store
from limner.store.notes import Note
from limner.studio.recent import Recent
from limner.studio.styles import Styles

VERSIONS = 8
"""Versions of a picture that an ear is told at most."""
STYLES = 40
"""Names of styles that the ear is told at most; the team's own come first."""


class Recalling:
    """Recalls."""

    def __init__(
        self, *, settings: Voice, store: Store, recent: Recent, styles: Styles, sign: Callable[[str], str]
    ) -> None:
        """`sign` makes a keyed hash of a member's id."""
        self._settings = settings
        self._store = store
        self.recent = recent
        self._styles = styles
        self._sign = sign

    async def context(self, note: Note, place: Place, member: Member, model: Model | None) -> Context:
        """What the ear is told that hears this note, by this model."""
        answered = await self._answered(note.answers, member)
        return Context(
            words=note.beside,
            pictures=len(note.references),
            replies_to=answered.words if answered else None,
            answered=await self._shown_with(answered) if answered else (),
            versions=await self._versions(answered, member) if answered else (),
            earlier=await self.earlier(place, member, model),
            styles=tuple(each.name for each in await self._styles.of(member))[:STYLES],
            english=(await self._store.rules.get(member.team)).voice.english,
            member=self._sign(member.id),
        )

    async def earlier(self, place: Place, member: Member, model: Model | None) -> tuple[Shown, ...]:
        """What was asked for here before, newest first: as many requests as go into the limits of tokens and of
        money."""
        if not (room := self._room(model)):
            return ()
        found: list[Shown] = []
        async for job in self.recent.jobs(place, member.team):
            made = await self._store.library.of_job(job.id)
            words = made[0].words if made else job.request.prompt
            shown = Shown(ids=tuple(each.id for each in made), words=words, own=job.member == member.id)
            if (room := room - tokens((shown,))) < 0:
                break
            found.append(shown)
        return tuple(found)

    async def _answered(self, id: str | None, member: Member) -> Asset | None:
        """The picture that a note answers, as it is now; None: there is none any longer."""
        if id is None:
            return None
        with suppress(NotFound):
            return await self._store.library.get(id, member.team)
        return None

    async def _shown_with(self, asset: Asset) -> tuple[str, ...]:
        """The ids of the pictures that were made together with one."""
        return tuple(each.id for each in await self._store.library.of_job(asset.job))

    async def _versions(self, asset: Asset, member: Member) -> tuple[Shown, ...]:
        """A picture after the versions before it."""
        line = await self._store.lineage.versions(asset, member=member.id, most=VERSIONS)
        return tuple(Shown(ids=(each.id,), words=each.prompt, own=each.member == member.id) for each in line)

    def _room(self, model: Model | None) -> int:
        """Tokens that there is room for."""
        if model is None:
            return 0
        return min(self._settings.context_tokens, worth(model, dollars(self._settings.context_cost)), model.context)


def tokens(every: Iterable[Shown]) -> int:
    """Tokens that these take, at most."""
    return sum(text_tokens(listed(each)) for each in every)
