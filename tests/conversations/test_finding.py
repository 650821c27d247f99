"""/gallery and /search: finding pictures again by whatever is remembered of them."""

from __future__ import annotations

import io
import re
from typing import Any

from PIL import Image

from limner.media.looks import look_of
from tests.conversations.reading import id_of
from tests.stages import Seen, Stage


def ids(seen: Seen) -> list[str]:
    """The pictures that a page lists, in order."""
    return re.findall(r"\b(?=[a-z0-9]*[a-z])(?=[a-z0-9]*\d)([a-z0-9]{4,6}) · ", seen.text)


async def painted(stage: Stage, prompt: str, **more: Any) -> Seen:
    return await stage.settled(await stage.command("imagine", prompt=prompt, quality="draft", **more))


async def found(stage: Stage, name: str = "gallery", **said: Any) -> list[str]:
    return ids(await looked(stage, name, **said))


async def looked(stage: Stage, name: str, **said: Any) -> Seen:
    # Slack keeps /search for itself.
    return await stage.settled(await stage.command("gallery" if stage.platform == "slack" else name, **said))


async def test_pictures_are_found_by_any_mixture_of_what_is_known_of_them(stage: Stage) -> None:
    fox = await painted(stage, "a red fox in snow", shape="wide")
    owl = await painted(stage, "a snow owl", member="bob")
    (picture,) = fox.pictures
    colour = (await look_of(picture)).names[0]

    if stage.platform != "web":  # where there is one member alone
        assert await found(stage, by="bob") == [id_of(owl)]
        assert await found(stage, by="me") == [id_of(fox)]
    assert await found(stage, words="snow", shape="wide", colour=colour, channel="here") == [id_of(fox)]
    assert await found(stage, words="snow", shape="square", since="today") == [id_of(owl)]
    assert await found(stage, "search", words="snow fox", best=True, until="today") == [id_of(fox)]
    assert await found(stage, "search", channel=stage.elsewhere) == []
    assert await found(stage, until="yesterday") == []
    assert await found(stage, model="gpt-image-1-mini") == []
    await stage.press(owl, "Save")
    assert await found(stage, words="snow", saved=True) == [id_of(owl)]


async def test_pages_lead_on_and_back_with_the_whole_search(stage: Stage) -> None:
    seen = await painted(stage, "a fox in the snow, by the river", count=10)
    seen = await painted(stage, "a fox in the snow, by the river, again")
    await painted(stage, "an owl")
    first = await stage.settled(await stage.command("gallery", words="fox river", by="me", since="last year"))
    assert "with “fox river” · by" in first.text
    assert id_of(seen) in first.text
    await stage.restart()

    second = await stage.settled(await stage.press(first, "Older"))
    assert "with “fox river” · by" in second.text
    assert id_of(seen) not in second.text
    again = await stage.settled(await stage.press(second, "Newer"))
    assert ids(again) == ids(first)
    assert not [label for label in again.buttons if label.startswith("Newer")]


async def test_the_same_picture_is_found_again_however_it_was_scaled(stage: Stage) -> None:
    fox = await painted(stage, "a red fox")
    copy, other = io.BytesIO(), io.BytesIO()
    Image.open(io.BytesIO(fox.pictures[0])).convert("RGB").resize((333, 333)).save(copy, "JPEG", quality=60)
    Image.effect_mandelbrot((256, 256), (-2, -1.5, 1, 1.5), 60).convert("RGB").save(other, "PNG")

    assert await found(stage, "search", files=(("copy.jpg", copy.getvalue()),)) == [id_of(fox)]
    none = await looked(stage, "search", files=(("other.png", other.getvalue()),))
    assert "No picture here looks like yours" in none.text
    menu = await stage.settled(await stage.press(fox, "Library"))
    alone = await stage.settled(await stage.press(menu, "More like this"))
    assert f"No other picture here looks like {id_of(fox)}" in alone.text
    twin = await painted(stage, "a red fox")
    menu = await stage.settled(await stage.press(fox, "Library"))
    assert ids(await stage.settled(await stage.press(menu, "More like this"))) == [id_of(twin)]


ODD = ("FÓX", "fox -snow", "'; DROP TABLE assets; --", "{fox}:*", "\\", "fox & !snow | (", "%_", "sno*w")


async def test_whatever_is_looked_for_a_sentence_or_pictures_come(stage: Stage) -> None:
    await painted(stage, "a red fox in snow, 狐 🦊")
    longest = "x" * (100 if stage.platform == "discord" else 10_000)  # Discord's app takes no more
    for words in ("fox AND", '"fox', "fox OR (snow", "NEAR(fox, snow)", "狐", "🦊", "*", longest, *ODD):
        seen = await looked(stage, "search", words=words)
        assert "I am sorry" not in seen.text
        assert ids(seen) or "Nothing here" in seen.text or "at most 100 characters" in seen.text, words
    for said in ({"since": "31 june"}, {"until": "fox"}, {"since": "today", "until": "2020"}, {"by": "nobody at all"}):
        refused = await looked(stage, "gallery", **said)
        assert re.search(r"say a day, such as|before “since”|I know nobody", refused.text), said
    assert ids(await looked(stage, "gallery", words="FÓX"))  # case and accents make no difference


async def test_a_collection_that_was_deleted_meanwhile_is_said_to_be_gone(stage: Stage) -> None:
    every = [await painted(stage, f"a red fox {number}") for number in range(2)]
    for each in every:
        await stage.command("collection-add", picture=id_of(each), name="spring")
    shown = await stage.settled(await stage.command("collection-show", name="spring"))
    assert len(ids(await looked(stage, "gallery", collection="spring"))) == 2
    await stage.command("collection-delete", name="spring")
    gone = await stage.settled(await stage.press(shown, "Contact sheet"))
    assert "That collection was deleted meanwhile" in gone.text
    assert "spring" in (await looked(stage, "gallery", collection="spring")).text
    sheet = await stage.settled(await stage.command("contact-sheet", collection="spring"))
    assert "spring" in sheet.text
