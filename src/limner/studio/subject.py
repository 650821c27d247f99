"""The picture that an action is about: one of the library, one that is attached, or the one that it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from limner.domain.ask import Asked
from limner.domain.options import option
from limner.domain.place import Attachment, Member
from limner.domain.request import Asset, Job, Reference, Request
from limner.errors import BadOption
from limner.studio.versions import next_version

if TYPE_CHECKING:
    from limner.studio import Studio


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A picture, and what is known of how it was made."""

    reference: Reference | None = None
    """One that was attached; else `job` and `asset` are there."""
    job: Job | None = None
    asset: Asset | None = None

    @property
    def said(self) -> str:
        """The picture as a card names it."""
        return self.asset.id if self.asset else "the attached picture"

    def becomes(self, studio: Studio, prompt: str, **changes: Any) -> Request:
        """The request for what it becomes: the next version of one of the library, a beginning for any other."""
        if self.job is not None and self.asset is not None:
            return next_version(self.job, self.asset, prompt, **changes)
        assert self.reference is not None
        own = {
            "shape": f"{self.reference.width}x{self.reference.height}",
            "quality": studio.settings.image.quality,
            "references": (self.reference,),
        }
        return Request(prompt=prompt, **{**own, **changes})


class OnePicture(Protocol):
    """Options that are about a single picture."""

    @property
    def picture(self) -> str | None: ...
    @property
    def file(self) -> Attachment | None: ...


def named_picture() -> Any:
    """The option that names the picture."""
    help = "The id of a picture in the library, if none is attached"
    return option(help, default=None, completes="assets", spoken=False, subject=True)


def own_picture() -> Any:
    """The option that attaches it."""
    return option("A picture of your own", default=None, subject=True)


async def subject_of(said: OnePicture, asked: Asked[Any], studio: Studio) -> Subject:
    """The picture that an ask with such options means, fetched where it is attached.

    Raises:
        NotFound, BadOption: As `subject`.
        BadFile: What is attached is no picture, or cannot be fetched.
    """
    files = (*((said.file,) if said.file else ()), *asked.ask.pictures)
    attached = await studio.intake.pictures(asked.place, files[:1])
    return await subject(studio, asked.member, named=said.picture, attached=attached, answers=asked.target)


async def subject(
    studio: Studio, member: Member, *, named: str | None, attached: tuple[Reference, ...], answers: str | None
) -> Subject:
    """The picture that is meant: named by its id, else attached, else the one that is answered.

    Raises:
        NotFound: There is none of that name for this member.
        BadOption: Nothing says which.
    """
    if (id := named or (None if attached else answers)) is not None:
        job, asset = await studio.works.made(id, member)
        return Subject(job=job, asset=asset)
    if not attached:
        raise BadOption(name="picture", value="", why="attach one, say its id, or answer one of mine")
    return Subject(reference=attached[0])
