"""Forms to fill in, and the names that are offered while one types."""

from __future__ import annotations

from limner.askers import Askers
from limner.domain.action import On
from limner.domain.ask import Pointed
from limner.domain.card import Form
from limner.domain.place import Member, Person, Place
from limner.domain.text import one_line, shorten
from limner.errors import NothingToChange
from limner.models import Purpose
from limner.studio import Studio
from limner.subjects import Subjects

PICTURED = frozenset({On.JOB, On.PICTURE, On.DRAFT})
"""What buttons stand on whose target is a job or one of its pictures."""
COMPLETIONS = 25
"""The most names offered while typing; Discord's limit."""


class Forms:
    """The actions' forms, filled in, and what can stand in their fields."""

    def __init__(self, studio: Studio, askers: Askers, subjects: Subjects) -> None:
        self._studio = studio
        self._askers = askers
        self._subjects = subjects

    async def of(
        self,
        action: str,
        *,
        person: Person,
        place: Place,
        target: str | None = None,
        of: Pointed | None = None,
        pressed: str | None = None,
    ) -> Form:
        """The form of an action, filled in from its target (a job, an asset, a note), or from the message that it is
        asked for `of`: the picture of a card, else those attached. `pressed`: the message of the button that opens it.

        Raises:
            NotFound: The target is not there, or not this team's.
            NotReady: The picture is still being painted.
            NothingToChange: There is no picture on the message.
        """
        declared = self._studio.table[action]
        place = await self._askers.home(place, pressed)
        member = await self._askers.member(place, person, target)
        if of is not None:
            target = await self._pointed_at(of, member, place)
        values: dict[str, str] = {}
        if declared.fill and target:
            values = await declared.fill(target, member, self._studio)
        elif declared.on in PICTURED and target:
            await self._studio.works.job(target, member)
        return Form(
            action=action,
            target=target,
            title=shorten(declared.help.rstrip("."), 45),
            submit="Paint" if declared.costs else "Go",
            fields=declared.form_of(target),
            values=values,
        )

    async def _pointed_at(self, of: Pointed, member: Member, place: Place) -> str:
        """The picture or job of a card, else an id by which the attached pictures are held."""
        subject = await self._subjects.of(place, of.message)
        if subject is not None:
            await self._studio.works.done(subject, member)
            return subject
        if not of.pictures:
            raise NothingToChange
        return await self._studio.intake.hold(of.pictures, member)

    async def complete(self, source: str, typed: str, *, person: Person, place: Place) -> tuple[str, ...]:
        """At most 25 names that begin with or contain what is typed. `source`: see `Parameter.completes`."""
        said = one_line(typed).lower()
        near = [each for each in await self._names(source, person, place) if said in each.lower()]
        return tuple(sorted(near, key=lambda each: not each.lower().startswith(said))[:COMPLETIONS])

    async def _names(self, source: str, person: Person, place: Place) -> list[str]:
        match source:
            case "models":
                return [each.name for each in self._studio.desk.roster.alive(Purpose.PAINT) if each.name != "sketch"]
            case "engines":
                return list(self._studio.desk.engines)
        member = await self._askers.member(place, person, None)
        match source:
            case "styles":
                return [each.name for each in await self._studio.styles.of(member)]
            case "assets":
                return [each.id for each in await self._studio.works.newest(member, limit=100)]
            case "collections":
                return [each.name for each, _ in await self._studio.collecting.of(member)]
            case "tags":
                return list(await self._studio.collecting.tags_of(member))
            case "places":
                return list(await self._studio.sharing.offered(member, place))
            case "members":
                return ["me", *(each.name for each in await self._studio.people.of_team(member))]
            case _:
                return []
