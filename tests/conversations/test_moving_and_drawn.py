"""GIF and SVG: asked for, shown as each place can, handed over byte for byte, and a way on where there are none."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from tests.conversations.reading import id_of, paintings
from tests.fakes.openai import FakeOpenAI, painting
from tests.stages import Seen, Stage
from tests.stages.slack import SlackStage
from tests.stages.web import WebStage

HOSTILE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="1024" height="1024" onload="alert(1)"><script>alert(2)</script>'
    b'<image href="http://evil.example/x.png" width="9" height="9"/><rect width="512" height="1024" fill="#ff0000"/>'
    b'<a href="javascript:alert(3)"><text>x</text></a></svg>'
)


async def original(stage: Stage, seen: Seen) -> tuple[str, bytes]:
    """What the library has of a card's picture: its type and its bytes."""
    picture = await stage.limner.asset(id_of(seen), place=stage.place, person=stage.person)
    return picture.media_type, await stage.limner.pictures.read(picture)


def handed_over(stage: Stage, seen: Seen) -> tuple[bytes, ...]:
    """The files that came with a card; on Slack they may be in its thread."""
    if isinstance(stage, SlackStage) and seen.private_to is None:
        return tuple(each.data for each in stage.fake.thread(stage._message(seen)))
    return seen.pictures


def image(data: bytes) -> Image.Image:
    opened = Image.open(BytesIO(data))
    opened.load()
    return opened


async def test_a_gif_has_its_frames_and_their_time_and_comes_down_as_it_was_made(
    stage: Stage, openai: FakeOpenAI
) -> None:
    openai.granted = {"gif"}
    asked = {"prompt": "a fox runs", "quality": "draft", "format": "gif", "frames": 4, "duration": 120}
    moving = await stage.settled(await stage.command("imagine", **asked))

    sent = openai.requests[-1].parsed
    assert (sent["output_format"], sent["frame_count"], sent["frame_duration_ms"]) == ("gif", 4, 120)
    media_type, data = await original(stage, moving)
    assert (media_type, image(data).n_frames) == ("image/gif", 4)  # type: ignore[attr-defined]
    assert image(data).info["duration"] == 120
    assert len(moving.alts) == 1
    if isinstance(stage, WebStage):
        assert image(moving.pictures[0]).width <= 800
    else:  # both chats show it moving
        assert data in moving.pictures
    handed = await stage.settled(await stage.press(moving, "Download"))
    assert data in handed.pictures

    again = await stage.settled(await stage.press(moving, "Reroll"))
    assert openai.requests[-1].parsed["frame_count"] == 4
    assert id_of(again) != id_of(moving)
    if stage.platform != "discord":  # whose app lets nobody type such a number
        told = await stage.command("imagine", prompt="a fox", format="gif", frames=17)
        assert "it has to be a number from 2 to 16" in told.text
    assert paintings(openai) == 2


async def test_a_drawing_is_shown_as_a_picture_and_handed_over_as_the_file_it_is(
    stage: Stage, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(painting, "drawing", lambda width, height, colour: HOSTILE)
    openai.granted = {"svg"}
    drawn = await stage.settled(await stage.command("imagine", prompt="a red logo", quality="draft", format="svg"))

    assert await original(stage, drawn) == ("image/svg+xml", HOSTILE)
    if isinstance(stage, WebStage):
        await never_inline(stage, drawn)
        shown = drawn.pictures[0]
    else:
        assert HOSTILE in handed_over(stage, drawn)
        shown = next(each for each in drawn.pictures if each != HOSTILE)
    assert image(shown).format in {"PNG", "WEBP", "JPEG"}
    red, _, blue = image(shown).convert("RGB").getpixel((9, 9))  # type: ignore[misc]
    assert (red > 200, blue < 60) == (True, True)
    handed = await stage.settled(await stage.press(drawn, "Download"))
    assert HOSTILE in handed.pictures
    assert "AI-generated: a red logo" in drawn.alts


async def never_inline(stage: WebStage, drawn: Seen) -> None:
    """No address of the page gives a browser the drawing to interpret."""
    card = drawn.raw["card"]
    assert card.by("script") + card.by("object") + card.by("embed") + card.by("iframe") == []
    addresses = {each.attributes["src"] for each in card.by("img")}
    addresses |= {each.attributes["href"] for each in card.by("a") if each.attributes["href"].startswith("/pictures/")}
    base = f"/pictures/{id_of(drawn)}"
    addresses |= {f"{base}/{form}/x.svg" for form in ("original", "download", "320", "800", "1600")}
    for address in addresses:
        async with stage.browser.client.get(address) as answer:
            assert answer.status == 200, address
            kind, how = answer.headers["Content-Type"], answer.headers["Content-Disposition"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in answer.headers["Content-Security-Policy"]
            if await answer.read() == HOSTILE:
                assert (kind, how.split(";")[0]) == ("application/octet-stream", "attachment"), address
            else:
                assert kind in {"image/png", "image/webp"}, address
    async with stage.browser.client.get(f"/asset/{id_of(drawn)}") as answer:
        assert "alert(" not in await answer.text()


@pytest.mark.parametrize("format", ["gif", "svg"])
async def test_where_an_account_may_not_have_it_png_is_the_way_on(
    stage: Stage, openai: FakeOpenAI, format: str
) -> None:
    refused = await stage.settled(await stage.command("imagine", prompt="a fox", quality="draft", format=format))
    assert format.upper() in refused.text
    assert "not charged" in refused.text
    assert openai.billed == 0
    assert refused.pictures == ()
    await stage.restart()
    still = await stage.settled(await stage.press(refused, "As PNG"))

    assert (await original(stage, still))[0] == "image/png"
    assert openai.requests[-1].parsed.get("output_format", "png") == "png"
    assert "frame_count" not in openai.requests[-1].parsed
    assert paintings(openai) == 2
    assert openai.billed > 0
