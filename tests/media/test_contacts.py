"""Contact sheets: as many pages as there have to be, each a picture; captions in whatever script is at hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, features

from limner.media import emoji, fonts, lettering
from limner.media.contacts import A_PAGE, SIZE, Contact, Pdf, as_jpeg, as_png, pages, unlettered

HOSTILE = "<script> \u202eevil\u202c \x07 (a) \\ 狐狸在雪地里 лиса ثعلب 🦊 é"


def contacts(count: int) -> list[Contact]:
    return [Contact(key=f"a{each}", head=f"a{each} · Ada · 3 May 2026", words=HOSTILE * 5) for each in range(count)]


async def test_a_pdf_has_each_page_and_is_sound(tmp_path: Path) -> None:
    picture = tmp_path / "fox.png"
    Image.new("RGBA", (300, 900), (200, 30, 30, 128)).save(picture)
    (tmp_path / "damaged").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    paths = {"a0": picture, "a1": tmp_path / "damaged", "a2": tmp_path / "gone"}

    async def get(contact: Contact) -> Path | None:
        return paths.get(contact.key, picture)

    pdf, made = Pdf(), []
    made.append(pdf.begin())
    async for page in pages(HOSTILE, contacts(A_PAGE + 1), get):
        assert page.size == SIZE
        made.append(pdf.page(as_jpeg(page), page.size))
    made.append(pdf.end())
    whole = b"".join(made)

    assert whole.startswith(b"%PDF-1.4")
    assert whole.rstrip().endswith(b"%%EOF")
    assert b"/Count 2" in whole
    start = int(re.findall(rb"startxref\n(\d+)", whole)[0])
    assert whole[start:].startswith(b"xref")
    rows = re.findall(rb"(\d{10}) 00000 n", whole[start:])
    for number, at in enumerate(rows, 1):  # each object is where the table says
        assert whole[int(at) :].startswith(b"%d 0 obj" % number)
    assert len(rows) == 2 + 3 * 2


async def test_a_page_shows_its_pictures(tmp_path: Path) -> None:
    picture = tmp_path / "fox.png"
    Image.new("RGB", (64, 64), (250, 0, 0)).save(picture)

    async def get(contact: Contact) -> Path | None:
        return picture

    (page,) = [each async for each in pages("Spring", contacts(1), get)]
    colours = {colour for _, colour in page.getcolors(1 << 24) or ()}
    assert (250, 0, 0) in colours
    assert as_png(page).startswith(b"\x89PNG")


async def test_letters_without_a_font_are_boxes_and_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    _forget_fonts()
    monkeypatch.setattr(fonts, "files", lambda: ())  # a machine without any
    try:
        assert (
            lettering.drawable("a 狐狸在雪地里, 🦊 \u200d\u202efox\u0301") == f"a {lettering.BOX}, {lettering.BOX} fox"
        )
        assert lettering.lines("狐狸", 16, 200, 2) == [lettering.BOX]
        apart = lettering.width(f"{lettering.BOX} fox", 16)
        assert apart > lettering.width(lettering.BOX, 16) + lettering.width("fox", 16) + 2
        page = Image.new("RGB", (60, 40), "white")
        lettering.draw(page, (10, 30), "狐", 30, "black")
        assert page.getcolors() == [(60 * 40, (255, 255, 255))]  # what was not made drawable is not drawn
        lettering.draw(page, (10, 30), lettering.drawable("狐"), 30, "black")
        box = ImageChops.invert(page.convert("L")).getbbox()
        assert box is not None
        assert box[3] - box[1] > 15
        assert page.getpixel(((box[0] + box[2]) // 2, (box[1] + box[3]) // 2)) == (255, 255, 255)
        (hostile,) = contacts(1)
        assert unlettered("Spring", [hostile])
        assert not unlettered("Spring", [Contact(key="a", head="a · Ada", words="a fox \u202e")])
    finally:
        _forget_fonts()


def _forget_fonts() -> None:
    for cached in (fonts.having, emoji.coloured, emoji._font):
        cached.cache_clear()


@pytest.mark.parametrize("said", ["🦊", "👍🏽", "👩‍🚀", "🇩🇪", "❤️", "1️⃣"])
@pytest.mark.parametrize("size", [16, 30, 200])
def test_emoji_are_drawn_in_colour_each_as_one(said: str, size: int) -> None:
    if emoji._font() is None or not features.check("raqm"):
        pytest.skip("this machine has no font with emoji in colour that Pillow can draw with, or cannot join letters")
    assert lettering.drawable(f"a {said}‮") == f"a {said}"
    assert not lettering.missing(said)
    one = lettering.width("🦊", size)
    assert size / 2 < one < 2 * size
    assert lettering.width(said, size) == pytest.approx(one)
    assert lettering.width(f"a {said}{said}", size) == pytest.approx(lettering.width("a ", size) + 2 * one)
    assert lettering.lines(said * 3, size, 2.5 * one, 3) == [said * 2, said]  # nothing is taken apart
    ground = (10, 20, 200)
    page = Image.new("RGB", (3 * size, 2 * size), ground)
    lettering.draw(page, (size / 2, 1.5 * size), said, size, "black")
    drawn = ImageChops.difference(page, Image.new("RGB", page.size, ground)).getbbox()
    assert drawn is not None
    assert size / 3 < drawn[0] < drawn[2] <= size / 2 + one + 1
    assert size / 3 < drawn[1] < drawn[3] < 2 * size
    assert any(max(pixel) - min(pixel) > 60 for _, pixel in page.getcolors(1 << 24) or () if pixel != ground)


def test_what_is_black_by_itself_stays_a_letter_and_so_do_digits() -> None:
    for words in ("1", "©", "#", "e", "狐", "‍", "️"):
        assert not emoji.coloured(words) or fonts.having(words) is None, words
    assert emoji.parted("e️́") == ["e", "́"]


@given(st.text(max_size=60), st.integers(20, 300), st.integers(1, 3))
def test_lines_are_within_their_width(words: str, wide: int, most: int) -> None:
    made = lettering.lines(words, 16, wide, most)
    assert len(made) <= most
    for line in made:
        assert lettering.width(line, 16) <= wide + 16 or len(line) <= 2
