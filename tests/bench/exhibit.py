"""The page in a process of its own, with pictures in its library: says its port, and the pictures' ids."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from pathlib import Path

from PIL import Image

from limner_web import platform
from tests.house import House
from tests.stages.web import free_port, serving
from tests.web.hung import hung

PICTURES = 120


def painting() -> bytes:
    """A picture as large as paintings are, with shades and grain."""
    grain = Image.effect_noise((1536, 1024), 14)
    shade, out = Image.linear_gradient("L").resize(grain.size), io.BytesIO()
    mixed = [Image.blend(shade, grain, part) for part in (0.3, 0.4, 0.2)]
    Image.merge("RGB", mixed).save(out, "PNG", compress_level=1)
    return out.getvalue()


async def main(folder: Path) -> None:
    port = free_port()
    async with House(folder).open((platform,), web={"port": port}) as limner:
        ids = await hung(limner, PICTURES, words="a red fox in deep snow, wide angle, golden hour", picture=painting())
        async with serving(limner):
            print(json.dumps({"port": port, "ids": ids}), flush=True)
            await asyncio.to_thread(sys.stdin.read)


asyncio.run(main(Path(sys.argv[1])))
