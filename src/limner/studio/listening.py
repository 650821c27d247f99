"""Where, whom and how Limner listens to: by the host's configuration, the team's rules and each member's own wish."""

from __future__ import annotations

from collections.abc import Callable

from limner.config import Voice
from limner.domain.ask import Asked
from limner.domain.courier import Courier
from limner.domain.listening import EarName, Manner, Preferences
from limner.domain.money import Micros, dollars
from limner.domain.options import Options
from limner.domain.place import Member, Place
from limner.errors import NotListening, NotListeningToThem, NotListeningToYou
from limner.store import Store
from limner.store.audit import What
from limner.studio.desk import Desk
from limner.studio.warden import Warden

TYPED = "/imagine"


class LetPass(Exception):
    """A voice note that was meant for others and is none of ours: nothing is to be shown."""


class Listening:
    """Knows when to listen."""

    def __init__(
        self, *, settings: Voice, store: Store, desk: Desk, warden: Warden, courier: Callable[[str], Courier]
    ) -> None:
        self._settings = settings
        self._store = store
        self._desk = desk
        self._warden = warden
        self._courier = courier

    async def manner(self, team: str, place: Place) -> tuple[Manner, Micros | None]:
        """What becomes of a voice note in a place, and the amount above which it waits for a word nevertheless."""
        limit = self._settings.confirm_above
        rules = (await self._store.rules.get(team)).voice
        return rules.manner(place.key, self._settings.listen, None if limit is None else dollars(limit))

    async def goes_ahead(self, team: str, place: Place, estimate: Micros) -> bool:
        """Whether what was heard is done without another word."""
        manner, limit = await self.manner(team, place)
        return manner is Manner.AT_ONCE and (limit is None or estimate <= limit)

    async def admit(self, asked: Asked[Options]) -> None:
        """Returns when a note may be heard.

        Raises:
            NotListening: Not here, or not to whoever spoke it.
            ClosedChannel, RoleMissing: The team's rules take nothing from here, or from this member.
            LetPass: One of these, and the note was not meant for Limner.
        """
        trouble = await self._refusal(asked)
        if not asked.ask.addressed and (trouble or not await self._warden.lets_in(asked.member, asked.place)):
            raise LetPass
        if trouble is not None:
            raise trouble
        await self._warden.enter(asked.member, asked.place, what=What.HEAR)

    async def _refusal(self, asked: Asked[Options]) -> NotListening | None:
        manner, _ = await self.manner(asked.member.team, asked.place)
        if manner is Manner.OFF:
            return NotListening(command=TYPED)
        if not (await self.preferences(asked.member)).listens:
            return NotListeningToYou()
        speaker = asked.ask.speaker
        if speaker is not None and speaker != asked.ask.person.id:
            spoke = await self._store.people.known(asked.place, speaker)
            if spoke is not None and not (await self.preferences(spoke)).listens:
                return NotListeningToThem()
        return None

    async def preferences(self, member: Member) -> Preferences:
        """What a member has chosen for themselves."""
        return await self._store.people.preferences(member.id)

    async def prefer(self, member: Member, **chosen: bool) -> None:
        """Listens to a member's voice notes (`listens`), or answers them `aloud`, from now on, or not."""
        await self._store.people.prefer(member.id, lambda before: before.evolve(**chosen))

    async def ear(self, team: str) -> EarName:
        """Which ear listens to a team."""
        return (await self._store.rules.get(team)).voice.ear or self._settings.ear

    async def keeps(self, team: str) -> int:
        """For how many days a team keeps the sound of notes."""
        return (await self._store.rules.get(team)).voice.keep_days

    async def says(self, team: str, place: Place) -> str:
        """Whether and how voice notes are heard in a place, in a sentence."""
        manner, limit = await self.manner(team, place)
        if manner is Manner.OFF:
            return "Voice notes are not listened to here."
        if not self._desk.hears:
            return "Of voice notes the bundled samples are known; to hear your own, Limner needs an OpenAI key."
        if manner is Manner.CONFIRM:
            end = "you read what was heard before it is painted"
        elif limit is None:
            end = "it is painted at once"
        else:
            end = "it is painted at once, or after your word where it costs more"
        return f"Say what you see in a voice note ({self._courier(place.platform).listens}): {end}."
