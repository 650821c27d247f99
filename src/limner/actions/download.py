"""The originals, byte for byte."""

from __future__ import annotations

from collections.abc import Sequence

from limner.domain.action import On, Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Button, Card, Controls, Line, Picture, Role
from limner.domain.options import Options
from limner.domain.request import Asset, Job
from limner.domain.text import one_line, shorten
from limner.errors import NotFound, StoreTrouble
from limner.media.containers import SUFFIXES
from limner.media.header import GIF, SVG
from limner.media.upscale import FACTORS, fits
from limner.store.notes import Recording
from limner.studio import Studio
from limner.studio.cards import SUFFIX, picture_of
from limner.studio.provenance import CARRIES, CARRIES_NONE

LARGER = "The buttons give it larger: upscaled by resampling, no new detail."


class Download(Options):
    """Get the originals, byte for byte."""


@action(Download, name="download", button="Download", on=On.JOB, reply=Reply.PRIVATE)
async def download(asked: Asked[Download], studio: Studio) -> Card:
    job = await studio.works.done(asked.target, asked.member)
    meant = [asset for asset in await studio.works.of(job) if asked.target in {asset.id, job.id}]
    answers = tuple(answer_of(asset) for asset in meant if asset.answer is not None)
    what = "The original" if len(meant) == 1 else "The originals"
    said = f"{what} of {asked.target}, exactly as the model made {'it' if len(meant) == 1 else 'them'}."
    if answers:
        said = (
            f"{asked.target} as you see it, put together by Limner, and the model's own answer with its provenance, "
            "exactly as it came."
        )
    recording = await studio.notes.recording(job.request.note, asked.member.team)
    spoken = (recording_of(recording, job),) if recording else ()
    controls = larger(meant)
    provenance = await provenance_of(meant, studio)
    notes = (said, *((provenance,) if provenance else ()), *((LARGER,) if controls else ()))
    return Card(
        private=True,
        lines=tuple(Line(text=each, role=Role.NOTE) for each in notes),
        files=(*(picture_of(asset) for asset in meant), *answers, *spoken),
        controls=controls,
    )


async def provenance_of(meant: Sequence[Asset], studio: Studio) -> str:
    """Which of the files carry content credentials, in a sentence; empty: their bytes are out of reach."""
    try:
        carried = [await studio.provenance.carried(each) for each in meant]
    except (NotFound, StoreTrouble):
        return ""
    if len(meant) == 1:
        return CARRIES if carried[0] else CARRIES_NONE
    without = [each.id for each, has in zip(meant, carried, strict=True) if not has]
    if len(without) == len(meant):
        return "None of the files carries content credentials (C2PA)."
    but = f", except {', '.join(without)}" if without else ""
    return f"The files carry content credentials (C2PA){but}."


def recording_of(sound: Recording, job: Job) -> Picture:
    """The voice note that a request came from, as a file to hand over."""
    return Picture(
        blob=sound.blob,
        name=f"limner-{job.id}-note.{SUFFIXES.get(sound.media_type, 'bin')}",
        media_type=sound.media_type,
        width=0,
        height=0,
        size=sound.size,
        alt=shorten(one_line(f"The voice note: {job.request.heard or ''}"), 1000),
    )


def answer_of(asset: Asset) -> Picture:
    """What the model itself gave for a picture that was put together from it, as a file to hand over."""
    answer, shown = asset.answer, picture_of(asset)
    assert answer is not None
    name = f"{shown.name.rpartition('.')[0]}-as-the-model-made-it.{SUFFIX[answer.media_type]}"
    told = answer.model_dump()
    return Picture(**told, name=name, alt=shown.alt)


def larger(assets: Sequence[Asset]) -> tuple[Controls, ...]:
    """Buttons to have each picture resampled to more pixels, as far as that goes."""
    several = len(assets) > 1
    rows = []
    for each in assets:
        buttons = tuple(
            Button(
                label=f"×{factor}{f' of {each.number}' if several else ''}, resampled",
                action="upscale",
                target=each.id,
                options={"factor": str(factor)},
            )
            for factor in FACTORS
            if each.media_type not in {GIF, SVG} and fits(each.width, each.height, factor)
        )
        rows += [Controls(buttons=buttons)] if buttons else []
    return tuple(rows)
