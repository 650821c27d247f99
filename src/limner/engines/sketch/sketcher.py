"""The offline sketcher: an engine that needs no key and no network, and draws the same request the same way."""

# ruff: noqa: S311 (pictures need numbers that can be repeated, not secrets)
from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from pathlib import Path
from random import Random

from PIL import Image

from limner.engines import SKETCH, OnHandle, OnPartial, Painted, Painting, PictureFile, unheard
from limner.engines.sketch.canvas import Canvas
from limner.engines.sketch.colour import INK, darker, hexed
from limner.engines.sketch.label import label, lettering
from limner.engines.sketch.scene import Scene
from limner.engines.sketch.things import Level
from limner.engines.sketch.underlay import changeable, fit, load, repaint
from limner.engines.sketch.understanding import Understanding, understand
from limner.models import Usage

DETAIL = {"low": 0.5, "medium": 1.0, "high": 1.3, "xhigh": 1.6, "max": 2.0}
"""How much there is of what is many: snowflakes, stars, rain."""
MEDIA_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}


class Sketcher:
    """Draws what it understands of a prompt; every picture bears the label "offline sketch"."""

    name = SKETCH

    async def paint(
        self, painting: Painting, folder: Path, on_partial: OnPartial, on_handle: OnHandle = unheard
    ) -> Painted:
        """The pictures as files in `folder`; the first is shown twice while it grows.

        Raises:
            BadFile: A reference or the mask cannot be read.
        """
        understood = await asyncio.to_thread(understand, painting.said or painting.prompt)
        seed = await asyncio.to_thread(_seed, painting)
        pictures = []
        for number in range(painting.count):
            sketch = _Sketch(painting, understood, Random(f"{seed}:{number}"))
            for part, stage in (("rough", sketch.begin), ("half", sketch.half)):
                await asyncio.to_thread(stage)
                if number == 0:
                    shown = await asyncio.to_thread(sketch.preview, folder, part)
                    await on_partial(shown)
                    shown.path.unlink(missing_ok=True)
            await asyncio.to_thread(sketch.complete)
            path = folder / f"sketch-{number + 1}.{painting.format}"
            pictures.append(await asyncio.to_thread(sketch.save, path, painting.format, sketch.picture))
        return Painted(pictures=tuple(pictures), usage=Usage(), revised_prompt=understood.words)

    async def close(self) -> None:
        """Nothing is held."""


def _seed(painting: Painting) -> str:
    """The same for the same request on every machine."""
    digest = hashlib.sha256()
    said = (painting.prompt, painting.width, painting.height, painting.quality, painting.background)
    digest.update("\0".join(map(str, said)).encode("utf-8", "surrogatepass"))
    for file in (*painting.references, *((painting.mask,) if painting.mask else ())):
        digest.update(hashlib.sha256(Path(file.path).read_bytes()).digest())
    return digest.hexdigest()


class _Sketch:
    """One picture, drawn in three steps: `begin`, `half`, `complete`."""

    def __init__(self, painting: Painting, understood: Understanding, random: Random) -> None:
        self.painting = painting
        self.understood = understood
        self.random = random
        self.picture = Image.new("RGB", (1, 1))
        self._base: Image.Image | None = None
        self._change: Image.Image | None = None

    @property
    def size(self) -> tuple[int, int]:
        return self.painting.width, self.painting.height

    def begin(self) -> None:
        """Sky and ground, or the references repainted."""
        painting, understood = self.painting, self.understood
        references = [load(each) for each in painting.references]
        if references and painting.mask is not None:
            self._base = fit(references[0], self.size)
            self._change = changeable(painting.mask, self.size)
        transparent = painting.background == "transparent" and not references
        canvas = Canvas(*self.size, Random(self.random.random()), transparent=transparent)
        self.scene = Scene(
            replace(understood, things=()) if references and understood.guessed else understood,
            canvas,
            Random(self.random.random()),
            detail=DETAIL.get(painting.quality, 1.0),
            within=self._change.getbbox() if self._change else None,
        )
        if references:
            canvas.image = repaint(references, self.size)
            if understood.light:
                canvas.veil(self.scene.light.tint, 0.5 if self.scene.light.dark else 0.3)
        elif not transparent:
            self.scene.scenery()

    def half(self) -> None:
        """The first half of the things."""
        self._middle = len(self.scene.placed) // 2
        self.scene.draw(0, self._middle)

    def complete(self) -> None:
        """The rest, the weather, the lettering, the paper and the label."""
        scene = self.scene
        scene.draw(self._middle)
        scene.weather()
        if not scene.canvas.transparent and self._change is None:
            scene.canvas.border()
        scene.canvas.grain()
        picture = scene.canvas.image
        for index, words in enumerate(self.understood.letters):
            colours = self.understood.colours
            colour = darker(hexed(colours[index % len(colours)]), 0.25) if colours else INK
            lettering(picture, words, colour, middle=self._letters_at(index))
        self.picture = self._masked(picture)

    def _letters_at(self, index: int) -> float:
        """Where there is room: in the middle of an empty sheet, else above what stands, below what flies."""
        if not self.understood.things:
            return 0.42 + 0.24 * index
        flies = all(each.kind.level in {Level.AIR, Level.HEAVEN} for each in self.scene.placed)
        return 0.86 - 0.72 * index if flies else 0.14 + 0.72 * index

    def preview(self, folder: Path, part: str) -> PictureFile:
        """The unfinished picture as a file, labelled like the finished one."""
        picture = self._masked(self.scene.canvas.image.copy())
        format = "jpeg" if picture.mode == "RGB" else "png"
        return self.save(folder / f"sketch-{part}.{format}", format, picture)

    def _masked(self, picture: Image.Image) -> Image.Image:
        if self._base is None or self._change is None:
            label(picture)
            return picture
        label(picture, self._change.getbbox())
        return Image.composite(picture.convert("RGBA"), self._base, self._change)

    def save(self, path: Path, format: str, picture: Image.Image) -> PictureFile:
        """The picture as a file."""
        if format == "jpeg":
            picture = _opaque(picture)
            picture.save(path, "JPEG", quality=90, subsampling=0)
        elif format == "webp":
            picture.save(path, "WEBP", quality=90, method=2)
        else:
            picture.save(path, "PNG", compress_level=3)
        return PictureFile(
            path=path, media_type=MEDIA_TYPES[format], width=picture.width, height=picture.height, name=path.name
        )


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    paper = Image.new("RGBA", picture.size, (250, 246, 236, 255))
    return Image.alpha_composite(paper, picture).convert("RGB")
