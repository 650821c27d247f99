"""The sketcher as an engine: what is asked for is what comes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from limner.engines import PictureFile
from limner.engines.sketch import Sketcher
from limner.engines.sketch.composition import compose
from limner.engines.sketch.label import LABEL
from limner.engines.sketch.label import label as write_label
from limner.engines.sketch.understanding import understand
from limner.errors import BadMask, DamagedPicture, NotAPicture
from limner.models import Usage
from tests.sketch.atelier import blobs, draw, draw_bytes, painting, reference, share, sketch, unseen


@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
async def test_size_and_format_are_exactly_those_asked_for(format: str, tmp_path: Path) -> None:
    painted = await sketch(painting("a red fox in snow", width=176, height=96, format=format), tmp_path)
    (file,) = painted.pictures
    assert (file.width, file.height, file.media_type) == (176, 96, f"image/{format}")
    with Image.open(file.path) as picture:
        assert (picture.size, picture.format) == ((176, 96), format.upper())
        picture.load()


async def test_the_answer_costs_nothing_and_says_what_was_understood(tmp_path: Path) -> None:
    painted = await sketch(painting("a red fox in snow"), tmp_path)
    assert painted.usage == Usage()
    assert painted.request_id is None
    assert painted.revised_prompt == "understood: red fox; snow"


def test_the_same_request_gives_the_same_bytes() -> None:
    prompt = 'three blue birds over a house at night, "Hi"'
    assert draw_bytes(prompt, count=2) == draw_bytes(prompt, count=2)


def test_the_same_bytes_come_from_another_process() -> None:
    script = (
        "import hashlib; from tests.sketch.atelier import draw_bytes;"
        "print(hashlib.sha256(draw_bytes('a dragon in the forest with fireflies')[0]).hexdigest())"
    )
    root = Path(__file__).parents[2]
    runs = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            check=True,
            cwd=root,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_several_pictures_differ_from_each_other() -> None:
    assert len(set(draw_bytes("a cat in the forest", count=4))) == 4


@pytest.mark.parametrize("change", [{"quality": "high"}, {"width": 128}, {"background": "opaque"}])
def test_another_request_gives_another_picture(change: dict[str, object]) -> None:
    assert draw_bytes("a cat in the snow") != draw_bytes("a cat in the snow", **change)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 12])
@pytest.mark.parametrize("kind", ["birds", "balloons", "stars"])
def test_as_many_are_seen_as_were_asked_for(kind: str, count: int) -> None:
    picture = draw(
        f"{count} {kind}" if count > 1 else f"a {kind[:-1]}", width=320, height=320, background="transparent"
    )
    picture.paste((0, 0, 0, 0), (200, 296, 320, 320))  # the label
    assert blobs(picture.getchannel("A"), at_least=30) == count


@pytest.mark.parametrize(
    ("colour", "test"),
    [
        ("red", lambda r, g, b: r > 1.5 * g and r > 1.5 * b),
        ("green", lambda r, g, b: g > 1.15 * r and g > 1.15 * b),
        ("blue", lambda r, g, b: b > 1.25 * g and b > 1.4 * r),
        ("black", lambda r, g, b: max(r, g, b) < 95),
        ("yellow", lambda r, g, b: r > 1.6 * b and g > 1.4 * b),
    ],
)
def test_a_thing_has_the_colour_asked_for(colour: str, test: object) -> None:
    picture = draw(f"a {colour} balloon", background="transparent")
    solid = [each for each in picture.crop((0, 0, 160, 104)).get_flattened_data() if each[3] > 200]
    assert share(solid, test) > 0.4


def test_a_transparent_background_is_transparent_around_the_things() -> None:
    picture = draw("a bear at night", background="transparent", width=320, height=320)
    alpha = picture.getchannel("A")
    assert blobs(alpha, at_least=30) == 2  # the bear and the label: no moon, though it is night
    clear = alpha.histogram()[0] / (picture.width * picture.height)
    assert picture.mode == "RGBA"
    assert 0.4 < clear < 0.95
    assert alpha.getpixel((2, 2)) == 0
    assert alpha.getpixel((picture.width // 2, picture.height // 2)) > 0


@pytest.mark.parametrize("kind", ["apples", "foxes", "houses", "fish"])
@pytest.mark.parametrize("count", [2, 4, 7, 12, 24])
def test_what_stands_in_rows_is_planned_apart(kind: str, count: int) -> None:
    plan = compose(understand(f"{count} {kind}"), 640, 480, Random(7))
    assert len(plan) == count
    assert all(each.width / 2 - 4 <= each.x <= 640 - each.width / 2 + 4 for each in plan)
    assert all(each.height <= each.y <= 480 for each in plan)
    for one, other in combinations(plan, 2):
        beside = abs(one.x - other.x) >= 0.45 * (one.width + other.width)
        behind = abs(one.y - other.y) >= 0.5 * min(one.height, other.height)
        assert beside or behind


def test_light_and_place_are_seen() -> None:
    day, night = (draw(f"a house, {each}").convert("L").resize((1, 1)).getpixel((0, 0)) for each in ("day", "night"))
    assert night < day - 40
    snow, desert = (draw(each).convert("RGB").crop((20, 100, 100, 120)).resize((1, 1)) for each in ("snow", "desert"))
    assert snow.getpixel((0, 0))[2] > desert.getpixel((0, 0))[2] + 40


def test_quoted_words_are_written() -> None:
    plain, lettered = draw("a fox in snow"), draw('a fox in snow "WELCOME"')
    top = (10, 8, 150, 30)
    difference = ImageChops.difference(plain.crop(top).convert("L"), lettered.crop(top).convert("L"))
    assert sum(difference.histogram()[60:]) > 100


def test_every_picture_bears_the_label(tmp_path: Path) -> None:
    picture = draw("a fox in snow", width=512, height=512)
    again = picture.copy()
    write_label(again)
    assert LABEL == "offline sketch"
    assert ImageChops.difference(picture, again).convert("L").point(lambda v: 255 if v > 40 else 0).getbbox() is None


async def test_the_first_picture_is_shown_twice_while_it_grows(tmp_path: Path) -> None:
    shown: list[bytes] = []

    async def look(partial: PictureFile) -> None:
        with Image.open(partial.path) as picture:
            assert picture.size == (160, 128) == (partial.width, partial.height)
        shown.append(partial.path.read_bytes())

    painted = await Sketcher().paint(painting("a fox and a cat and a house", count=3), tmp_path, look)
    assert len(set(shown)) == 2
    assert set(os.listdir(tmp_path)) == {each.path.name for each in painted.pictures}


async def test_a_cancelled_painting_stops_between_its_pictures(tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def look(partial: PictureFile) -> None:
        begun.set()

    task = asyncio.create_task(Sketcher().paint(painting("a fox", count=10), tmp_path, look))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "sketch-10.png" not in os.listdir(tmp_path)


def _halves(left: str, right: str, size: tuple[int, int] = (160, 128)) -> Image.Image:
    picture = Image.new("RGB", size, left)
    picture.paste(right, (size[0] // 2, 0, *size))
    return picture


def test_a_reference_keeps_its_colours_and_composition(tmp_path: Path) -> None:
    file = reference(tmp_path / "r.png", _halves("#d02020", "#2040d0"))
    picture = draw("", references=(file,)).convert("RGB")
    left, right = picture.getpixel((40, 64)), picture.getpixel((120, 64))
    assert left[0] > left[2] + 80
    assert right[2] > right[0] + 80


def test_several_references_stand_side_by_side(tmp_path: Path) -> None:
    files = [reference(tmp_path / f"{name}.png", Image.new("RGB", (50, 80), name)) for name in ("red", "lime", "blue")]
    picture = draw("", width=240, references=tuple(files)).convert("RGB")
    strongest = [max(range(3), key=picture.getpixel((x, 64)).__getitem__) for x in (30, 120, 210)]
    assert strongest == [0, 1, 2]


def test_the_prompts_things_are_drawn_over_a_reference(tmp_path: Path) -> None:
    file = reference(tmp_path / "r.png", Image.new("RGB", (160, 128), "#808080"))
    without, with_fox = draw("", references=(file,)), draw("a red fox", references=(file,))
    assert share(with_fox.get_flattened_data(), lambda r, g, b: r > 1.6 * b) > 0.04
    assert share(without.get_flattened_data(), lambda r, g, b: r > 1.6 * b) == 0


def _mask(size: tuple[int, int], hole: tuple[int, int, int, int]) -> Image.Image:
    mask = Image.new("RGBA", size, (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), hole)
    return mask


@pytest.mark.parametrize("format", ["png", "webp"])
def test_only_what_the_mask_leaves_open_changes(tmp_path: Path, format: str) -> None:
    original = Image.effect_mandelbrot((160, 128), (-2, -1.2, 1, 1.2), 40).convert("RGBA")
    original.putpixel((3, 3), (9, 200, 7, 0))
    hole = (80, 20, 150, 110)
    picture = draw(
        "a red fox",
        references=(reference(tmp_path / "r.png", original),),
        mask=reference(tmp_path / "m.png", _mask((160, 128), hole)),
    ).convert("RGBA")
    outside = picture.copy()
    outside.paste(original.crop(hole), hole)
    assert outside.tobytes() == original.tobytes()
    assert share(picture.crop(hole).get_flattened_data(), lambda r, g, b: r > 1.6 * b) > 0.03


def test_a_mask_of_another_size_follows_the_picture(tmp_path: Path) -> None:
    original = Image.new("RGB", (320, 256), "#3355aa")
    picture = draw(
        "a red apple",
        references=(reference(tmp_path / "r.png", original),),
        mask=reference(tmp_path / "m.png", _mask((320, 256), (160, 0, 320, 256))),
    ).convert("RGB")
    assert set(picture.crop((0, 0, 80, 128)).get_flattened_data()) == {(0x33, 0x55, 0xAA)}
    assert len(set(picture.crop((80, 0, 160, 128)).get_flattened_data())) > 50


async def test_a_mask_with_nothing_open_is_refused(tmp_path: Path) -> None:
    whole = reference(tmp_path / "m.png", Image.new("RGBA", (160, 128), (0, 0, 0, 255)))
    wanted = painting("a fox", references=(whole,), mask=whole)
    with pytest.raises(BadMask):
        await sketch(wanted, tmp_path)


@pytest.mark.parametrize(("content", "trouble"), [(b"GIF? no", NotAPicture), (None, DamagedPicture)])
async def test_a_reference_that_is_no_picture_gets_a_sentence(
    content: bytes | None, trouble: type[Exception], tmp_path: Path
) -> None:
    file = reference(tmp_path / "r.png", Image.effect_mandelbrot((64, 64), (-2, -1, 1, 1), 20))
    whole = file.path.read_bytes()
    file.path.write_bytes(whole[: len(whole) // 2] if content is None else content)
    with pytest.raises(trouble):
        await sketch(painting("a fox", references=(file,)), tmp_path)


HOSTILE = [
    "",
    "   \n\t ",
    "fox " * 8000,
    "🦊❄️👨‍👩‍👧‍👦" * 400,
    "ثعلب أحمر في الثلج \u202e txet desrever \u2066",
    "\x00\x01\x1b[31mred\x7f\ud800",
    '"""""""',
    '"' + "W" * 31_000 + '"',
    '"赤い狐" "ثعلب" "🦊" "\u0301\u0301\u0301"',
    "«» “” '' ‘’ „“",
    "9999999999999999 foxes and 0 cats and ² birds ٣ dogs",
    "no " * 500 + "red " * 500 + "on under over " * 300,
    "a fox on a cat on a dog on a house on a mountain on a cloud on the moon under the sun",
    "\n".join(f"{n} red boats under a huge tree" for n in range(200)),
]


@pytest.mark.parametrize("prompt", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("background", ["auto", "transparent"])
def test_a_hostile_prompt_is_a_picture_like_any_other(prompt: str, background: str) -> None:
    assert draw(prompt, width=112, height=64, background=background).size == (112, 64)


SAYINGS = """
a three many red blue huge tiny fox birds house whale moon sun sky snow sea night storm fog underwater space on under
over behind and , " “ ” “hi” no with gizmo 7 form castle ocean beach city orange balloons monochrome
"""
WORDS = st.sampled_from(SAYINGS.split())


@given(
    words=st.lists(WORDS, max_size=14),
    noise=st.text(max_size=8),
    width=st.integers(1, 140),
    height=st.integers(1, 140),
    quality=st.sampled_from(["low", "medium", "high", "xhigh", "max"]),
    background=st.sampled_from(["auto", "opaque", "transparent"]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_words_at_any_size_give_a_picture_of_that_size(
    words: list[str], noise: str, width: int, height: int, quality: str, background: str
) -> None:
    picture = draw(" ".join([*words, noise]), width=width, height=height, quality=quality, background=background)
    assert picture.size == (width, height)


async def test_the_sketcher_can_be_closed(tmp_path: Path) -> None:
    sketcher = Sketcher()
    await sketcher.paint(painting("a fox", width=32, height=32), tmp_path, unseen)
    await sketcher.close()
