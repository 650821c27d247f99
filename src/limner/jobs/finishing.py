"""What is made of a model's answer before it is a picture of the library: most often nothing at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import structlog

from limner.domain.request import Job
from limner.engines import PictureFile
from limner.errors import BadFile, NotFound
from limner.jobs.materials import Materials
from limner.media.canvas import Canvas, put_back
from limner.media.header import PNG, SPELT

log = structlog.get_logger(__name__)

PUT_BACK = (
    "Its own pixels were put back over what the model painted, but for a seam of {seam} pixels; Download has the "
    "model's own answer too."
)
NOT_PUT_BACK = "Its own pixels could not be put back, so this is the model's answer as it is."


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A picture as it goes into the library."""

    picture: PictureFile
    answer: PictureFile | None = None
    """What the model gave, where the picture is another."""


async def finish(
    job: Job, given: tuple[PictureFile, ...], *, asked: str, canvas: Canvas | None, materials: Materials, folder: Path
) -> tuple[tuple[Finished, ...], tuple[str, ...]]:
    """The pictures, and what the card says of it. Doing it again gives the same bytes.

    Args:
        asked: The kind of file that the model was asked for.
        canvas: Where the first reference stands on what was painted, when it was to grow.
        folder: For what is made here.
    """
    if canvas is not None:
        return await _on_canvas(job, given, canvas, materials, folder)
    other = sorted({SPELT[each.media_type] for each in given} - {asked})
    notes = (f"Asked for {asked}, the model gave {' and '.join(other)}.",) if other else ()
    return tuple(Finished(picture=each) for each in given), notes


async def _on_canvas(
    job: Job, given: tuple[PictureFile, ...], canvas: Canvas, materials: Materials, folder: Path
) -> tuple[tuple[Finished, ...], tuple[str, ...]]:
    made: list[Finished] = []
    try:
        original = await materials.file(job.request.references[0], folder)
        for number, each in enumerate(given, 1):
            path = folder / f"whole-{number}.png"
            await put_back(original.path, each.path, canvas, into=path, name=original.name)
            whole = PictureFile(path=path, media_type=PNG, width=canvas.width, height=canvas.height, name=path.name)
            made.append(Finished(picture=whole, answer=each))
    except (BadFile, NotFound) as trouble:  # what was paid for is shown all the same
        log.warning("a picture's own pixels could not be put back", why=trouble.sentence)
        return tuple(Finished(picture=each) for each in given), (NOT_PUT_BACK,)
    return tuple(made), (PUT_BACK.format(seam=canvas.seam),)
