"""Makes the samples of the ready styles again, from the drawings in `samples/`: `python -m tests.rules.make_samples`.
Needs Chromium."""

from __future__ import annotations

import asyncio
import os
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import async_playwright

from limner.rules.styles import SAMPLES

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
DRAWINGS = Path(__file__).parent / "samples"
SIZE = (480, 320)


async def main() -> None:
    """Draws each at twice its size, and keeps it small."""
    SAMPLES.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, device_scale_factor=2)
        for drawing in sorted(DRAWINGS.glob("*.svg")):
            svg = drawing.read_text(encoding="utf-8")
            await page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{svg}")
            with Image.open(BytesIO(await page.screenshot())) as drawn:
                small = drawn.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
            small.save(SAMPLES / f"{drawing.stem}.webp", quality=82, method=6)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
