"""What a member asked to be painted, and what came of it."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, Self

from pydantic import Field

from limner.domain.card import Picture, Sound
from limner.domain.look import Look
from limner.domain.money import Micros
from limner.domain.options import Background, Format, Quality, Towards
from limner.domain.place import Address, Place
from limner.domain.record import Record
from limner.domain.reference import PICTURES_LIMIT, Reference
from limner.domain.style import Style, Wearing
from limner.domain.text import shorten

__all__ = ["Asset", "Job", "JobState", "Priority", "Reference", "Request"]

ABOUT = 600
"""Characters of what was said of earlier versions that go along with a later one."""


class Request(Record):
    """A request as it is kept with the job: everything that Reroll needs to ask for the same again."""

    prompt: str
    shape: str = "square"
    quality: Quality = Quality.STANDARD
    count: int = 1
    style: str | None = None
    """The name asked for; None: what the channel wears."""
    wearing: Wearing | None = None
    """What came of that; None: nobody has looked yet."""
    background: Background = Background.AUTO
    format: Format = Format.PNG
    frames: int | None = None
    """Of a GIF; None: the model's own choice."""
    frame_ms: int | None = None
    """Milliseconds for which each of them is shown."""
    model: str | None = None
    """The name asked for; None: the configured one."""
    engine: str | None = None
    """The name asked for; None: the configured one."""
    references: tuple[Reference, ...] = ()
    mask: Reference | None = None
    extend: Towards | None = None
    """The first reference grows this way: it is set on a larger canvas, what is new there is painted, and its own
    pixels are put back."""
    private: bool = False
    heard: str | None = None
    """The words of the voice note it came from."""
    language: str | None = None
    """Their language, a BCP 47 tag."""
    hearing: Micros = Micros(0)
    """What hearing that note cost."""
    note: str | None = None
    """The note's id."""
    guidance: str | None = None
    """Limner's own words before the prompt when it is sent, such as what a variation keeps."""
    later: bool = False
    """It is painted when nobody else waits."""
    told: str | None = None
    """What the card says of where it comes from, such as "A subtle variation of a41f"."""
    version_of: str | None = None
    """The asset whose next version this makes: an edit of any sort. What only goes by a picture (a variation, a blend)
    is a branch: it has that asset among its references and no number that follows."""
    version: int = 1
    """Which version it makes; the studio counts it when it takes the request."""
    origin: str | None = None
    """The asset that is the first version, for those after it; the studio finds it."""
    about: str | None = None
    """The words of the versions before it, which say what is changed; the studio finds them."""

    def branch(self, **changes: Any) -> Self:
        """The request changed, and no version of anything: the beginning of a line of its own."""
        return self.evolve(**{"version_of": None, "version": 1, "origin": None, "about": None, **changes})

    @property
    def worn(self) -> Style | None:
        """The style that it wears."""
        return self.wearing.style if self.wearing else None

    @property
    def words(self) -> str:
        """All words in it that are members' own: the prompt, and those of a style that a member made."""
        style = self.worn
        if style is None or style.ready:
            return self.prompt
        return "\n\n".join(part for part in (style.before, self.prompt, style.after) if part)

    @property
    def examples(self) -> tuple[Reference, ...]:
        """The pictures of its style, as many as there is room for beside its own."""
        return self.worn.references[: max(PICTURES_LIMIT - len(self.references), 0)] if self.worn else ()

    @property
    def pictures(self) -> tuple[Reference, ...]:
        """Every picture that it needs."""
        return (*self.references, *((self.mask,) if self.mask else ()), *self.examples)

    @property
    def parents(self) -> tuple[str, ...]:
        """The assets that what it makes comes from: first the one whose next version it is."""
        before = (self.version_of, *(each.asset for each in self.references))
        return tuple(dict.fromkeys(each for each in before if each is not None))

    @property
    def edits(self) -> bool:
        """Whether it starts from pictures."""
        return bool(self.references)

    @property
    def masked(self) -> bool:
        """Whether a part of the first of them may change, and the rest stays."""
        return self.mask is not None or self.extend is not None


class JobState(StrEnum):
    ACCEPTED = "accepted"
    PAINTING = "painting"
    PAINTED = "painted"
    DELIVERED = "delivered"
    ENDED = "ended"
    """Without a picture: refused by the model, failed, or cancelled; `Job.trouble` says which."""


class Priority(IntEnum):
    """Which jobs are painted first, before anybody's turn is looked at; the lowest first."""

    FIRST = -1
    NORMAL = 0
    LATER = 1
    """When nobody else waits."""


class Job(Record):
    """An accepted request. Its id is short enough to say aloud, and unique among all teams."""

    id: str
    team: str
    member: str
    member_name: str
    place: Place
    address: Address
    event: str
    request: Request
    state: JobState = JobState.ACCEPTED
    model: str
    """The model that paints, after resolving; its API name."""
    engine: str
    lane: str = Field(default_factory=lambda said: said["engine"])
    """The account whose limits it counts against; several engines may share one."""
    width: int
    height: int
    notes: tuple[str, ...] = ()
    """What was rounded or replaced, as sentences for the card."""
    estimate: Micros = Micros(0)
    cost: Micros | None = None
    """What it did cost; None until known. For an outcome that stays unknown: the estimate, possibly charged."""
    trouble: str | None = None
    """The sentence that ended it."""
    charged: bool | None = None
    """With `trouble`: whether money was spent, or None when nobody knows."""
    created: datetime
    started: datetime | None = None
    ended: datetime | None = None
    priority: Priority = Priority.NORMAL
    tries: int = 0
    """How often it went back into the queue because its call surely never reached the model."""
    cancelled_by: str | None = None
    """The name of the member who cancelled it."""
    delivered: datetime | None = None
    """When its last card was shown."""
    deliveries: int = 0
    """How often its last card could not be shown."""
    undelivered: str | None = None
    """Why it could not, in a sentence; None: it was, or is being shown."""
    sheet: Picture | None = None
    """Several pictures as one grid, made when they are delivered."""
    strip: Picture | None = None
    """The versions before it and its own picture side by side, made when it is delivered."""
    described: Micros = Micros(0)
    """What it cost to have its pictures described for those who cannot see them."""
    sound: Sound | None = None
    """What was said aloud when it was done, to a member who asks for that."""
    said: Micros = Micros(0)
    """What that cost."""
    deleted: bool = False
    sent: datetime | None = None
    """When its author made everybody's what was a private draft."""
    sent_with: str | None = None
    """The author's words that went with it."""
    private_at: Address | None = None
    """Where its card stood as a draft."""


class Answer(Record):
    """What a model gave, byte for byte, for a picture that Limner put together from it: provenance and all."""

    blob: str
    media_type: str
    width: int
    height: int
    size: int


class Asset(Record):
    """One picture in the library; never overwritten."""

    id: str
    """As people say it: `a41f` alone, `a41f.2` among several."""
    job: str
    number: int
    """From 1."""
    team: str
    member: str
    member_name: str
    blob: str
    media_type: str
    width: int
    height: int
    size: int
    answer: Answer | None = None
    """What the model itself gave, where the picture is another: one that grew has its own pixels put back."""
    prompt: str
    revised_prompt: str | None = None
    model: str
    quality: str
    cost: Micros
    """This picture's share of the job's cost."""
    parents: tuple[str, ...] = ()
    """The assets it was made from."""
    version_of: str | None = None
    """The one among them whose next version it is."""
    version: int = 1
    origin: str | None = None
    """The first version, for those after it."""
    about: str | None = None
    """The words of the versions before it."""
    private: bool = False
    """Only its member sees it."""
    created: datetime
    look: Look | None = None
    """None: nobody has looked, or it could not be read."""
    description: str | None = None
    """What a model saw in it, for those who cannot; None: none has looked."""

    @property
    def seen(self) -> str:
        """What it shows, for those who cannot see it: as a model saw it, else in the words that it was asked for by."""
        return self.description or self.words

    @property
    def words(self) -> str:
        """What it shows, in the words that it was asked for by: of a later version, after those that it changes."""
        return f"{shorten(self.about, ABOUT)} → {self.prompt}" if self.about else self.prompt
