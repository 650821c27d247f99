"""Pictures from outside are told by content, bounded before decoding, and found out when they are damaged."""

from __future__ import annotations

import asyncio
import struct
import subprocess
import sys
import textwrap
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageOps

from limner.errors import BadFile, DamagedPicture, NotAPicture, PictureFileTooLarge, PictureTooLarge
from limner.media import pictures
from limner.media.pictures import Probe, as_reference, check, probe
from tests.media.conftest import Draw, encoded, picture

FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is this large, with hardly any bytes in it."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")


def gif_of(screen: tuple[int, int], frame: tuple[int, int]) -> bytes:
    head = b"GIF89a" + struct.pack("<HHBBB", *screen, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    dispose = b"!\xf9\x04\x08\0\0\0\0"  # "replace with background" makes some readers fill the frame as they open it
    return head + dispose + b"," + struct.pack("<HHHHB", 0, 0, *frame, 0) + b"\x02\x02\x4c\x01\0;"


def webp_of(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + size + b"\0" * 40
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg_of(width: int, height: int) -> bytes:
    whole = bytearray(encoded(picture(), "JPEG"))
    frame = whole.index(b"\xff\xc0")
    whole[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(whole)


@pytest.mark.parametrize("format", FORMATS)
async def test_a_picture_is_told_by_its_bytes_whatever_it_is_called(draw: Draw, format: str) -> None:
    path = draw(format, width=37, height=21)

    assert probe(path, name="song.mp3") == Probe(media_type=FORMATS[format], width=37, height=21, has_alpha=False)
    assert await check(path, name="song.mp3") == probe(path, name="song.mp3")


@pytest.mark.parametrize(("format", "mode"), [("PNG", "RGBA"), ("PNG", "LA"), ("WEBP", "RGBA")])
def test_alpha_is_seen(draw: Draw, format: str, mode: str) -> None:
    assert probe(draw(format, mode=mode), name="x").has_alpha


@pytest.mark.parametrize("mode", ["1", "L", "P", "I;16", "CMYK"])
async def test_every_kind_of_pixel_is_read(draw: Draw, mode: str) -> None:
    path = draw("JPEG" if mode == "CMYK" else "PNG", mode=mode)

    assert (await check(path, name="x")).width == 60


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x",
        b"<!DOCTYPE html><title>Sign in</title>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"II*\0\x08\0\0\0",
        b"BM" + b"\0" * 60,
        b"OggS" + b"\0" * 60,
        b"RIFF\0\0\0\0WAVEfmt ",
    ],
)
async def test_what_is_no_png_jpeg_webp_or_gif_is_never_opened(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(content)

    with pytest.raises(NotAPicture, match=r"holiday\.png"):
        probe(path, name="holiday.png")
    with pytest.raises(NotAPicture):
        await check(path, name="holiday.png")


@pytest.mark.parametrize("format", FORMATS)
async def test_a_cut_picture_is_damaged(draw: Draw, tmp_path: Path, format: str) -> None:
    whole = draw(format, width=300, height=200).read_bytes()
    path = tmp_path / "cut"

    for share in (0.99, 0.5, 0.1):
        path.write_bytes(whole[: max(13, int(len(whole) * share) - 20)])
        with pytest.raises(DamagedPicture):
            await check(path, name="cut")


@pytest.mark.parametrize(
    "bomb", [png_of, jpeg_of, webp_of, lambda w, h: gif_of((w, h), (w, h)), lambda w, h: gif_of((1, 1), (w, h))]
)
@pytest.mark.parametrize("size", [(7072, 7072), (13370, 13370), (16383, 16383)])
async def test_a_picture_of_more_than_fifty_megapixels_is_refused_by_its_header(
    tmp_path: Path, bomb: object, size: tuple[int, int]
) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(bomb(*size))  # type: ignore[operator]

    for look in (lambda: check(path, name="b"), lambda: as_reference(path, tmp_path / "out", name="b")):
        with pytest.raises(PictureTooLarge, match="at most 50 megapixels") as told:
            await look()
        assert (told.value.fields["width"], told.value.fields["height"]) == size
    with pytest.raises(PictureTooLarge):
        probe(path, name="b")
    assert not (tmp_path / "out").exists()


def test_a_real_bomb_costs_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(encoded(Image.new("1", (13370, 13370)), "PNG", optimize=True))
    assert path.stat().st_size < 40_000

    script = """
        import asyncio, resource, sys
        from pathlib import Path
        from limner.errors import PictureTooLarge
        from limner.media import pictures
        from limner.media.preview import preview
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        path = Path(sys.argv[1])
        looks = pictures.check(path, name="b"), preview(path, longest=9), pictures.as_reference(path, path, name="b")
        for look in looks:
            try:
                asyncio.run(look)
            except PictureTooLarge:
                continue
            sys.exit("it was opened")
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(script), str(path)], capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 8_000  # KiB


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_the_bytes_the_answer_is_a_probe_or_a_sentence(tmp_path: Path, data: st.DataObject) -> None:
    format = data.draw(st.sampled_from(sorted(FORMATS)))
    content = bytearray(encoded(picture(24, 16, "RGBA" if format in {"PNG", "WEBP"} else "RGB"), format))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "fuzzed"
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])

    try:
        told = asyncio.run(check(path, name="fuzzed"))
    except BadFile as trouble:
        sentence = trouble.sentence
    else:
        sentence = "fuzzed" if told.width * told.height <= 50_000_000 else "too large"
    assert "fuzzed" in sentence


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
async def test_a_reference_that_the_api_takes_goes_byte_for_byte(draw: Draw, tmp_path: Path, format: str) -> None:
    upright = Image.Exif()
    upright[0x0112] = 1
    path = draw(format, exif=upright)

    told = await as_reference(path, tmp_path / "out", name="x")

    assert (tmp_path / "out").read_bytes() == path.read_bytes()
    assert (told.media_type, told.width, told.height) == (FORMATS[format], 60, 40)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
async def test_what_a_camera_held_sideways_goes_as_one_sees_it(draw: Draw, tmp_path: Path, format: str) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    path = draw(format, exif=turned)

    told = await as_reference(path, tmp_path / "out", name="x")

    assert told == probe(tmp_path / "out", name="out")
    assert (told.media_type, told.width, told.height) == (FORMATS[format], 40, 60)
    with Image.open(path) as stored, Image.open(tmp_path / "out") as seen:
        assert seen.getexif().get(0x0112, 1) == 1
        difference = ImageChops.difference(ImageOps.exif_transpose(stored).convert("RGB"), seen.convert("RGB"))
        assert max(high for _, high in difference.getextrema()) < 24


async def test_a_gif_goes_as_the_first_frame_in_png(tmp_path: Path) -> None:
    path = tmp_path / "moving"
    red, blue = Image.new("RGB", (30, 20), "red"), Image.new("RGB", (30, 20), "blue")
    path.write_bytes(encoded(red, "GIF", save_all=True, append_images=[blue]))

    told = await as_reference(path, tmp_path / "out", name="x")

    assert told == probe(tmp_path / "out", name="out")
    assert (told.media_type, told.width, told.height) == ("image/png", 30, 20)
    with Image.open(tmp_path / "out") as image:
        assert image.convert("RGB").getpixel((3, 3)) == (254, 0, 0) or image.convert("RGB").getpixel((3, 3)) == (
            255,
            0,
            0,
        )


async def test_a_moving_webp_goes_as_an_upright_png(tmp_path: Path) -> None:
    path = tmp_path / "moving"
    turned = Image.Exif()
    turned[0x0112] = 6
    frames = [Image.new("RGB", (30, 20), colour) for colour in ("red", "blue")]
    path.write_bytes(encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], exif=turned))

    told = await as_reference(path, tmp_path / "out", name="x")

    assert (told.media_type, told.width, told.height) == ("image/png", 20, 30)


async def test_a_reference_file_that_is_too_big_names_the_limit(
    draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = draw("PNG")
    with path.open("ab") as file:
        file.truncate(pictures.REFERENCE_LIMIT)  # sparse: trailing bytes after a PNG's end are no damage

    with pytest.raises(PictureFileTooLarge, match="at most 50 MB"):
        await as_reference(path, tmp_path / "out", name="x")

    assert not (tmp_path / "out").exists()
