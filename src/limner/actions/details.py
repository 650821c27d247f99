"""Everything that is known of a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import tzinfo

from limner.actions.aloud import button
from limner.domain.action import On, Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Button, Card, Controls, Line, Role
from limner.domain.money import spell
from limner.domain.options import Options
from limner.domain.place import Member
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


class Details(Options):
    """Everything that is known of this picture."""


@action(Details, name="details", button="Details", on=On.PICTURE, reply=Reply.PRIVATE)
async def details(asked: Asked[Details], studio: Studio) -> Card:
    asset = await studio.asset(asked.target, asked.member)
    lines = (Line(text=each) for each in await known_of(asset, asked.member, studio))
    public = Button(label="Public link…", action="publish", target=asset.id, form=True)
    aloud = button(asset.id, asset.description, asset, studio.desk)
    buttons = (*(() if asset.private else (public,)), *aloud)
    return Card(
        private=True,
        lines=(Line(role=Role.TITLE, text=f"Details of {asset.id}"), *lines),
        controls=(Controls(buttons=buttons),) if buttons else (),
    )


async def known_of(asset: Asset, member: Member, studio: Studio) -> tuple[str, ...]:
    """All that is known of a picture, in sentences."""
    job = await studio.job(asset.id, member)
    zone = await studio.budgets.zone(member.team)
    calls = [each for each in await studio.attempts(job) if each.outcome is Outcome.PAID]
    return (
        *_words(job, asset, studio.desk.words(job)),
        *_made(job, asset, studio.desk.title(asset.model), zone),
        *(_shared(each.shares, studio.desk.title) for each in calls if each.shares),
        *_origins(job, asset),
        *await _provenance(asset, studio),
        *(f"OpenAI's request id: {each.request_id}." for each in calls if each.request_id),
        *(f"OpenAI keeps the conversation as {each.handle}." for each in calls if each.handle),
    )


def _words(job: Job, asset: Asset, sent: str) -> Iterator[str]:
    request = job.request
    yield f"Asked for: “{shorten(request.prompt, PROMPT)}”"
    if request.heard:
        yield f"Heard: “{shorten(one_line(request.heard), PROMPT)}”"
    if sent != request.prompt:
        yield f"Sent: “{shorten(sent, PROMPT)}”"
    if asset.revised_prompt and asset.revised_prompt != sent:
        yield f"As the model put it: “{shorten(asset.revised_prompt, PROMPT)}”"


def _made(job: Job, asset: Asset, title: str, zone: tzinfo) -> Iterator[str]:
    request = job.request
    kind = asset.media_type.partition("/")[2].upper()
    style = f", {worn}" if (worn := told(request)) else ""
    snapshot = "a dated snapshot" if SNAPSHOT.search(asset.model) else "not a dated snapshot"
    name = request.model or "that is configured"
    yield f"Model: {title} ({asset.model}, {snapshot}). Asked for by the name {name}."
    yield f"{asset.width}×{asset.height} {kind}, {asset.size / 1000:,.0f} kB, {asset.quality} quality{style}."
    shared = f", of {spell(job.cost)} for {request.count} pictures" if request.count > 1 and job.cost else ""
    seconds = f", in {(job.ended - job.started).total_seconds():.0f} s" if job.started and job.ended else ""
    yield f"Cost: {spell(asset.cost) if asset.cost else 'nothing'}{shared}{seconds}."
    yield f"Made for {asset.member_name} on {asset.created.astimezone(zone):%d %B %Y at %H:%M} ({zone})."


async def _provenance(asset: Asset, studio: Studio) -> tuple[str, ...]:
    with suppress(NotFound, StoreTrouble):  # all else is known without the bytes
        return (await studio.provenance.told(asset),)
    return ("Whether the file carries content credentials (C2PA) cannot be told: its bytes are out of reach.",)


def _shared(shares: tuple[Share, ...], title: Callable[[str], str]) -> str:
    """Which of several models had how much of the cost."""
    return f"Of that: {', '.join(f'{_told(each.model, title)} {spell(each.cost)}' for each in shares)}."


def _told(model: str, title: Callable[[str], str]) -> str:
    return f"{title(model)} ({model})" if SNAPSHOT.search(model) else title(model)


def _origins(job: Job, asset: Asset) -> Iterator[str]:
    if asset.version_of:
        yield f"Version {asset.version} of {asset.origin or asset.version_of}, after {asset.version_of}."
    others = [each for each in asset.parents if each != asset.version_of]
    if others:
        yield f"Made from {', '.join(others[:LISTED])}."
    attached = [shorten(one_line(each.name), 40) for each in job.request.references if each.asset is None]
    if attached:
        yield f"Pictures to go by: {', '.join(attached[:LISTED])}."
    if job.request.mask:
        yield "A mask said where it might change."
