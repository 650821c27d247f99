"""More of a picture, less of it, and several in one: extend, cut out, blend, and the larger download."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from limner.domain.card import Picture
from tests.conversations.hostile import plain
from tests.conversations.reading import id_of, paintings
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.media.recordings import speech
from tests.stages import Seen, Stage
from tests.stages.discord import DiscordStage

EDITS = "/v1/images/edits"


async def painted(stage: Stage, prompt: str = "a red fox", **values: object) -> Seen:
    return await stage.settled(await stage.command("imagine", prompt=prompt, quality="draft", **values))


async def asset(stage: Stage, seen: Seen) -> tuple[Picture, bytes]:
    """A card's picture, and its bytes as they are in the library."""
    picture = await stage.limner.asset(id_of(seen), place=stage.place, person=stage.person)
    return picture, await stage.limner.pictures.read(picture)


def image(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data)) as opened:
        opened.load()
        return opened


# ── extend ──


async def test_a_picture_grows_and_its_own_pixels_stay(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage)
    assert any(label.startswith("Extend…") for label in first.buttons)
    wide = await stage.settled(await stage.fill(first, "Extend…", towards="wider"))

    assert f"{id_of(first)}, wider" in wide.text
    assert f"v2 of {id_of(first)}" in wide.text
    assert "1536×1024" in wide.text
    assert "pixels were put back" in wide.text
    asked = openai.requests[-1]
    assert asked.path == EDITS
    assert asked.parsed["size"] == "1536x1024"
    canvas, mask = (image(file.data) for file in asked.files)
    for each in (canvas, mask):
        assert each.size == (1536, 1024)
        assert each.getchannel("A").getbbox() == (256, 0, 1280, 1024)
        assert each.getchannel("A").histogram()[0] == 512 * 1024
    _, before = await asset(stage, first)
    shown, after = await asset(stage, wide)
    assert (shown.media_type, shown.width, shown.height) == ("image/png", 1536, 1024)
    kept = (280, 0, 1256, 1024)
    inside = tuple(side - 256 * (place % 2 == 0) for place, side in enumerate(kept))
    assert image(after).convert("RGB").crop(kept).tobytes() == image(before).convert("RGB").crop(inside).tobytes()


async def test_what_is_new_is_the_models_and_its_own_answer_is_handed_over_beside_the_picture(
    stage: Stage, openai: FakeOpenAI
) -> None:
    first = await painted(stage)
    wide = await stage.settled(await stage.fill(first, "Extend…", towards="right", prompt="a lake"))
    handed = await stage.settled(await stage.press(wide, "Download"))

    assert "a lake" in wide.text
    assert "with its provenance" in handed.text
    _, whole = await asset(stage, wide)
    (answer,) = [each for each in handed.pictures if image(each).size == (1536, 1024) and each != whole]
    assert whole in handed.pictures
    difference = ImageChops.difference(image(answer).convert("RGB"), image(whole).convert("RGB"))
    assert difference.crop((1024, 0, 1536, 1024)).getbbox() is None
    assert difference.getbbox() is not None


async def test_the_command_extends_a_picture_of_the_library_or_one_that_is_attached(
    stage: Stage, openai: FakeOpenAI
) -> None:
    first = await painted(stage)
    tall = await stage.settled(await stage.command("extend", picture=id_of(first), towards="taller"))
    assert "1024×1536" in tall.text

    own = await stage.settled(
        await stage.command("extend", files=(("fox.png", plain(size=(1024, 1024))),), towards="zoom-out")
    )
    assert "the attached picture, zoomed out" in own.text
    assert openai.requests[-1].parsed["size"] == "1536x1536"
    _, whole = await asset(stage, own)
    middle = image(whole).convert("RGB").crop((300, 300, 1236, 1236))
    assert middle.tobytes() == image(plain(size=(1024, 1024))).crop((44, 44, 980, 980)).tobytes()


async def test_what_has_to_be_scaled_to_fit_the_model_is_said(stage: Stage, openai: FakeOpenAI) -> None:
    small = (("fox.png", plain(size=(256, 256))),)
    wide = await stage.settled(await stage.command("extend", files=small, towards="wider", quality="draft"))

    assert "Enlarged to 258 %: the model paints no less than 992×672." in wide.text
    _, whole = await asset(stage, wide)
    assert image(whole).size == (992, 672)


async def test_a_voice_note_asks_for_each_of_them_and_is_told_what_it_lacks(
    stage: Stage, openai: FakeOpenAI, tmp_path: Path
) -> None:
    note = speech("ogg", tmp_path / "note").read_bytes()
    for action, values in (("extend", {"towards": "wider"}), ("cutout", {}), ("blend", {"prompt": "a fox"})):
        openai.hears.append((action, {"heard": f"please {action} it", "language": "en", **values}))
        heard = await stage.settled(await stage.voice(note))
        assert f"please {action} it" in heard.text
        assert ("two pictures at least" if action == "blend" else "attach one, say its id") in heard.text
    assert paintings(openai) == 0


async def test_the_form_does_not_ask_which_picture_and_reroll_extends_again(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage)
    filled = await stage.filled(first, "Extend…")
    assert "picture" not in filled

    wide = await stage.settled(await stage.fill(first, "Extend…", towards="wider"))
    await stage.restart()
    again = await stage.settled(await stage.press(wide, "Reroll"))
    assert "1536×1024" in again.text
    assert "pixels were put back" in again.text
    further = await stage.settled(await stage.reply(again, "make it night"))
    assert "put back" not in further.text
    assert "mask" not in {file.field for file in openai.requests[-1].files}


# ── cut out ──


async def test_cut_out_has_a_transparent_background(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage)
    cut = await stage.settled(await stage.press(first, "Cut out"))

    assert f"Cut out of {id_of(first)}" in cut.text
    asked = openai.requests[-1]
    assert (asked.path, asked.parsed["background"]) == (EDITS, "transparent")
    assert asked.parsed.get("output_format", "png") == "png"
    _, data = await asset(stage, cut)
    assert image(data).getchannel("A").getextrema()[0] == 0
    assert any("A" in image(each).getbands() for each in cut.pictures)


async def test_a_model_without_transparency_is_not_offered_it_and_the_command_names_one_that_can(
    openai: FakeOpenAI, keyed_house: House, stage: Stage, tmp_path: Path
) -> None:
    plainly = tmp_path / "models.toml"
    plainly.write_text('["gpt-image-2"]\nbackgrounds = ["auto", "opaque"]\n')
    keyed_house.sections["image"] = {"catalogue": plainly}
    await stage.restart()
    first = await painted(stage, model="gpt-image-2")
    assert not any(label.startswith("Cut out") for label in first.buttons)
    assert any(label.startswith("Extend…") for label in first.buttons)

    refused = await stage.command("cutout", picture=id_of(first))
    assert "GPT Image 2 makes no transparent backgrounds" in refused.text
    assert "gpt-image-2.6-sunburst" in refused.text
    assert paintings(openai) == 1
    cut = await stage.settled(await stage.press(refused, "With GPT Image 2.6 Sunburst"))
    assert f"Cut out of {id_of(first)}" in cut.text
    assert openai.requests[-1].parsed["model"] == "gpt-image-2.6-sunburst"


# ── blend ──


async def test_pictures_of_the_library_and_attached_ones_become_one(stage: Stage, openai: FakeOpenAI) -> None:
    one, two = await painted(stage), await painted(stage, "a lamp")
    both = f"{id_of(one)} {id_of(two)}"
    blended = await stage.settled(
        await stage.command(
            "blend", prompt="a fox under a lamp", pictures=both, quality="draft", files=(("sky.png", plain()),)
        )
    )

    assert f"A blend of {id_of(one)}, {id_of(two)} and 1 attached picture" in blended.text
    assert "a fox under a lamp" in blended.text
    asked = openai.requests[-1]
    assert asked.path == EDITS
    assert [file.data for file in asked.files] == [(await asset(stage, one))[1], (await asset(stage, two))[1], plain()]
    assert "v2" not in blended.text  # a beginning of its own
    shown = await stage.settled(await stage.press(blended, "Details"))
    assert f"Made from {id_of(one)}, {id_of(two)}" in shown.text


async def test_words_are_not_needed_for_a_blend(stage: Stage, openai: FakeOpenAI) -> None:
    one, two = await painted(stage), await painted(stage, "a lamp")
    blended = await stage.settled(await stage.command("blend", pictures=f"{id_of(one)}, {id_of(two)}"))

    assert "a blend of 2 pictures" in blended.text
    assert "Blend the attached pictures into one" in openai.requests[-1].parsed["prompt"]


async def test_one_picture_or_seventeen_are_told_so_and_nothing_is_charged(stage: Stage, openai: FakeOpenAI) -> None:
    one = await painted(stage)
    spent = openai.billed
    alone = await stage.command("blend", pictures=id_of(one))
    assert "two pictures at least" in alone.text
    many = await painted(stage, count=10)
    more = await painted(stage, count=8)
    spent = openai.billed
    ids = " ".join([*(f"{id_of(many)}.{n}" for n in range(1, 11)), *(f"{id_of(more)}.{n}" for n in range(1, 8))])
    refused = await stage.command("blend", pictures=ids)
    assert "17 pictures, and 16 is the most" in refused.text
    sixteen = " ".join(ids.split()[:16])
    one_too_many = await stage.command("blend", pictures=sixteen, files=(("sky.png", plain()),))
    assert "17 pictures, and 16 is the most" in one_too_many.text
    assert openai.billed == spent
    for refusal in (alone, refused, one_too_many):
        if stage.platform != "web":
            assert refusal.private_to == "ada"

    blended = await stage.settled(await stage.command("blend", pictures=sixteen, quality="draft"))
    assert "a blend of 16 pictures" in blended.text
    assert len(openai.requests[-1].files) == 16


@pytest.mark.parametrize("command", ["extend", "cutout", "blend", "upscale"])
async def test_what_is_not_there_is_not_found(stage: Stage, openai: FakeOpenAI, command: str) -> None:
    one = await painted(stage)
    gone = await painted(stage, "a lamp")
    await stage.press(gone, "Delete")
    named = {"pictures" if command == "blend" else "picture": f"{id_of(gone)}"}
    if command == "blend":
        named = {"pictures": f"{id_of(one)} {id_of(gone)}"}
    before = paintings(openai)

    refused = await stage.settled(await stage.command(command, **named))
    assert f"There is no “{id_of(gone)}” here" in refused.text
    unknown = await stage.command(command, **{name: said.replace(id_of(gone), "zzzz") for name, said in named.items()})
    assert "There is no “zzzz” here" in unknown.text
    assert paintings(openai) == before


# ── the larger download ──


async def test_the_larger_download_says_that_it_is_resampled_and_is_no_new_picture(
    stage: Stage, openai: FakeOpenAI
) -> None:
    first = await painted(stage)
    spent = openai.billed
    handed = await stage.settled(await stage.press(first, "Download"))
    assert any("×2" in label for label in handed.buttons)
    assert any("×4" in label for label in handed.buttons)
    if isinstance(stage, DiscordStage):
        assert handed.private_to == "ada"
    large = await stage.settled(await stage.press(handed, "×2"))

    assert "Upscaled by resampling, no new detail: 2048×2048" in large.text
    assert any(image(each).size == (2048, 2048) for each in large.pictures)
    assert openai.billed == spent
    newest = await stage.limner.newest(stage.place, person=stage.person)
    assert [each.asset for each in newest] == [id_of(first)]


async def test_more_than_the_limit_is_not_made(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage, shape="2560x1440")
    handed = await stage.settled(await stage.press(first, "Download"))
    assert not any("×4" in label for label in handed.buttons)

    refused = await stage.settled(await stage.command("upscale", picture=id_of(first), factor="4"))
    assert "more than 36 megapixels" in refused.text
