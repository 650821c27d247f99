"""Everything that is known of a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import tzinfo

from limner.actions.aloud import button
from limner.domain.action import On, Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Button, Card, Controls, Line, Role
from limner.domain.language import spelled
from limner.domain.money import spell
from limner.domain.options import Options
from limner.domain.place import Member
from limner.domain.record import Record
from limner.domain.request import Asset, Job
from limner.domain.text import one_line, shorten
from limner.errors import NotFound, StoreTrouble
from limner.models.roster import SNAPSHOT
from limner.rules.styles import told
from limner.store.attempts import Outcome, Share
from limner.studio import Studio

PROMPT = 900
"""Characters shown of a prompt: the platforms have limits."""
LISTED = 16
PROVENANCE = "Provenance"


class Details(Options):
    """Everything that is known of this picture."""


class Fact(Record):
    """One thing that is known of a picture."""

    name: str
    said: str
    whole: bool = False
    """What is said is a sentence by itself."""

    @property
    def told(self) -> str:
        """As a line."""
        return self.said if self.whole else f"{self.name}: {self.said}"


@action(Details, name="details", button="Details", on=On.PICTURE, reply=Reply.PRIVATE)
async def details(asked: Asked[Details], studio: Studio) -> Card:
    asset = await studio.works.asset(asked.target, asked.member)
    lines = (Line(text=each.told) for each in await known_of(asset, asked.member, studio))
    aloud = button(asset.id, asset.description, asset, studio.desk)
    buttons = (*(() if asset.private else (public(asset),)), *aloud)
    return Card(
        private=True,
        lines=(Line(role=Role.TITLE, text=f"Details of {asset.id}"), *lines),
        controls=(Controls(buttons=buttons),) if buttons else (),
    )


def public(asset: Asset) -> Button:
    """The way to a link for those who are not of the team."""
    return Button(label="Public link…", action="publish", target=asset.id, form=True)


async def known_of(asset: Asset, member: Member, studio: Studio) -> tuple[Fact, ...]:
    """All that is known of a picture."""
    job = await studio.works.job(asset.id, member)
    zone = await studio.budgets.zone(member.team)
    calls = [each for each in await studio.works.calls(job) if each.outcome is Outcome.PAID]
    return (
        *_words(job, asset, studio.desk.words(job)),
        *_made(job, asset, studio.desk.title(asset.model), zone),
        *(_shared(each.shares, studio.desk.title) for each in calls if each.shares),
        *_origins(job, asset),
        Fact(name=PROVENANCE, said=await _provenance(asset, studio), whole=True),
        *(Fact(name="OpenAI's request id", said=f"{each.request_id}.") for each in calls if each.request_id),
        *(
            Fact(name="Conversation", said=f"OpenAI keeps the conversation as {each.handle}.", whole=True)
            for each in calls
            if each.handle
        ),
    )


def _words(job: Job, asset: Asset, sent: str) -> Iterator[Fact]:
    request = job.request
    yield Fact(name="Asked for", said=f"“{shorten(request.prompt, PROMPT)}”")
    if request.heard:
        spoken = f", in {language}." if request.language and (language := spelled(request.language)) else ""
        yield Fact(name="Heard", said=f"“{shorten(one_line(request.heard), PROMPT)}”{spoken}")
    if sent != request.prompt:
        yield Fact(name="Sent", said=f"“{shorten(sent, PROMPT)}”")
    if asset.revised_prompt and asset.revised_prompt != sent:
        yield Fact(name="As the model put it", said=f"“{shorten(asset.revised_prompt, PROMPT)}”")


def _made(job: Job, asset: Asset, title: str, zone: tzinfo) -> Iterator[Fact]:
    request = job.request
    kind = asset.media_type.partition("/")[2].upper()
    style = f", {worn}" if (worn := told(request)) else ""
    snapshot = "a dated snapshot" if SNAPSHOT.search(asset.model) else "not a dated snapshot"
    named = request.model or "that is configured"
    yield Fact(name="Model", said=f"{title} ({asset.model}, {snapshot}). Asked for by the name {named}.")
    size = f"{asset.width}×{asset.height} {kind}, {asset.size / 1000:,.0f} kB, {asset.quality} quality{style}."
    yield Fact(name="File", said=size, whole=True)
    shared = f", of {spell(job.cost)} for {request.count} pictures" if request.count > 1 and job.cost else ""
    seconds = f", in {(job.ended - job.started).total_seconds():.0f} s" if job.started and job.ended else ""
    yield Fact(name="Cost", said=f"{spell(asset.cost) if asset.cost else 'nothing'}{shared}{seconds}.")
    when = f"{asset.created.astimezone(zone):%d %B %Y at %H:%M} ({zone})"
    yield Fact(name="Made", said=f"Made for {asset.member_name} on {when}.", whole=True)


async def _provenance(asset: Asset, studio: Studio) -> str:
    with suppress(NotFound, StoreTrouble):  # all else is known without the bytes
        return await studio.provenance.told(asset)
    return "Whether the file carries content credentials (C2PA) cannot be told: its bytes are out of reach."


def _shared(shares: tuple[Share, ...], title: Callable[[str], str]) -> Fact:
    """Which of several models had how much of the cost."""
    return Fact(
        name="Of that", said=f"{', '.join(f'{_told(each.model, title)} {spell(each.cost)}' for each in shares)}."
    )


def _told(model: str, title: Callable[[str], str]) -> str:
    return f"{title(model)} ({model})" if SNAPSHOT.search(model) else title(model)


def _origins(job: Job, asset: Asset) -> Iterator[Fact]:
    if asset.version_of:
        line = f"Version {asset.version} of {asset.origin or asset.version_of}, after {asset.version_of}."
        yield Fact(name="Version", said=line, whole=True)
    others = [each for each in asset.parents if each != asset.version_of]
    if others:
        yield Fact(name="Parents", said=f"Made from {', '.join(others[:LISTED])}.", whole=True)
    attached = [shorten(one_line(each.name), 40) for each in job.request.references if each.asset is None]
    if attached:
        yield Fact(name="Pictures to go by", said=f"{', '.join(attached[:LISTED])}.")
    if job.request.mask:
        yield Fact(name="Mask", said="A mask said where it might change.", whole=True)
