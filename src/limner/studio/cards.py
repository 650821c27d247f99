"""A job as a card: pure, from what is known of it to what is shown."""

from __future__ import annotations

from limner.domain.approval import Approval, Standing, tells
from limner.domain.approval import told as approval_told
from limner.domain.card import Button, Card, Controls, Line, Picture, Progress, Role, Sound, State
from limner.domain.language import spelled
from limner.domain.money import spell
from limner.domain.place import LOCAL
from limner.domain.request import Asset, Job, JobState, Reference
from limner.domain.text import alt_text, one_line, shorten
from limner.engines import RESPONSES
from limner.rules.styles import told
from limner.studio.waiting import WAITING

REVISED = 400
"""Characters of a revised prompt that a card shows; the asset has all of it."""
SUFFIX = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif", "image/svg+xml": "svg"}

DRAFT = "A private draft: nobody else sees it. Send posts it where you asked for it; /drafts has it, and earlier ones."

STATES = {
    JobState.ACCEPTED: State.WAITING,
    JobState.PAINTING: State.PAINTING,
    JobState.PAINTED: State.DONE,
    JobState.DELIVERED: State.DONE,
    JobState.ENDED: State.FAILED,
}


def picture_of(asset: Asset) -> Picture:
    """An asset as a picture on a card."""
    return Picture(
        blob=asset.blob,
        name=_file_name(asset),
        media_type=asset.media_type,
        width=asset.width,
        height=asset.height,
        size=asset.size,
        alt=alt_text(asset.seen),
        asset=asset.id,
    )


def _file_name(asset: Asset) -> str:
    return f"limner-{asset.id.replace('.', '-')}.{SUFFIX.get(asset.media_type, 'png')}"


def reference_of(asset: Asset) -> Reference:
    """An asset as a picture to go by."""
    return Reference(
        blob=asset.blob,
        media_type=asset.media_type,
        width=asset.width,
        height=asset.height,
        name=_file_name(asset),
        asset=asset.id,
    )


def job_card(
    job: Job,
    *,
    model: str,
    assets: tuple[Asset, ...] = (),
    sheet: Picture | None = None,
    strip: Picture | None = None,
    controls: tuple[Controls, ...] = (),
    spent: str | None = None,
    progress: Progress | None = None,
    partial: Picture | None = None,
    waits: str = WAITING,
    sound: Sound | None = None,
) -> Card:
    """The card of a job as it stands. `model` is the model's title, `spent` what its member spent today, in words,
    `waits` what a job that is not painted yet waits for."""
    request = job.request
    state = STATES[job.state]
    lines = _sent(job) if job.sent else []
    lines += [Line(role=Role.HEARD, text=request.heard)] if request.heard else []
    if request.heard and request.language and (language := spelled(request.language)):
        lines.append(Line(role=Role.NOTE, text=f"Heard in {language}."))
    lines.append(Line(role=Role.PROMPT, text=request.prompt))
    if request.version_of:
        lines.append(Line(role=Role.NOTE, text=f"v{request.version} of {request.origin or request.version_of}."))
    if request.told:
        lines.append(Line(role=Role.NOTE, text=f"{request.told}."))
    lines += [Line(role=Role.NOTE, text=note) for note in job.notes]
    lines += [Line(role=Role.NOTE, text=said) for said in _revised(assets)]
    if job.trouble:
        lines.append(Line(role=Role.WARNING, text=job.trouble))
    if request.private and state is State.DONE:
        lines.append(Line(role=Role.NOTE, text=DRAFT))
    lines.append(Line(role=Role.FOOTER, text=_footer(job, model, spent)))
    if state is State.WAITING:
        progress = Progress(stage=waits)
    elif state is State.PAINTING and progress is None:
        progress = Progress(stage="Painting")
    return Card(
        state=state,
        lines=tuple(lines),
        progress=progress if state in {State.WAITING, State.PAINTING} else None,
        pictures=tuple(picture_of(asset) for asset in assets),
        sheet=sheet,
        strip=strip,
        partial=partial if state is State.PAINTING else None,
        controls=controls or _while_forming(job, state),
        sound=sound,
        private=request.private,
        job=job.id,
        by=job.member_name,
    )


def telling(card: Card, asset: str, approval: Approval, then: Controls | None = None) -> Card:
    """The card with how a picture's approval stands, in place of how it stood; once it is decided, with what is to be
    done `then` in place of the buttons that decide."""
    lines = [line for line in card.lines if not (line.role is Role.NOTE and tells(line.text, asset))]
    at = next((place for place, line in enumerate(lines) if line.role is Role.FOOTER), len(lines))
    lines.insert(at, Line(role=Role.NOTE, text=approval_told(asset, approval)))
    decided = approval.state is not Standing.ASKED
    rows = (then if decided and _decides(row, asset) else row for row in card.controls)
    return card.evolve(lines=tuple(lines), controls=tuple(row for row in rows if row is not None))


def _decides(row: Controls, asset: str) -> bool:
    return any(
        isinstance(each, Button) and each.target == asset and each.action == "approval-approve" for each in row.buttons
    )


def _revised(assets: tuple[Asset, ...]) -> list[str]:
    """What a model that rewrites prompts made of this one, where it did."""
    revised = one_line(next((each.revised_prompt for each in assets if each.revised_prompt), ""))
    return [f"Painted as: “{shorten(revised, REVISED)}”"] if revised and revised != one_line(assets[0].prompt) else []


def _sent(job: Job) -> list[Line]:
    """By whom a draft was sent, and with which words."""
    said = [Line(text=f"By {shorten(one_line(job.member_name), 40)}, sent from a private draft.")]
    return [*said, Line(role=Role.PROMPT, text=job.sent_with)] if job.sent_with else said


def _while_forming(job: Job, state: State) -> tuple[Controls, ...]:
    if state not in {State.WAITING, State.PAINTING}:
        return ()
    return (Controls(buttons=(Button(label="Cancel", action="cancel", target=job.id),)),)


def _footer(job: Job, model: str, spent: str | None) -> str:
    by = [] if job.place.space == LOCAL else [f"by {shorten(one_line(job.member_name), 40)}"]
    engine = ["Responses"] if job.engine == RESPONSES else []
    said = [*by, model, *engine, f"{job.width}×{job.height}", str(job.request.quality)]
    if worn := told(job.request):
        said.append(worn)
    if job.cost is None:
        said.append(f"about {spell(job.estimate)}" if job.estimate else "free")
    elif job.trouble and job.charged is False:
        said.append("not charged")
    elif job.charged is None and job.trouble:
        said.append(f"possibly charged {spell(job.cost)}")
    else:
        said.append(spell(job.cost) if job.cost else "free")
    if job.request.heard and job.request.hearing:
        said[-1] += f" + {spell(job.request.hearing)} heard"
    if job.described:
        said[-1] += f" + {spell(job.described)} described"
    if job.said:
        said[-1] += f" + {spell(job.said)} said aloud"
    if job.started and job.ended:
        said.append(f"{(job.ended - job.started).total_seconds():.0f} s")
    if spent:
        said.append(spent)
    return " · ".join([*said, job.id])
