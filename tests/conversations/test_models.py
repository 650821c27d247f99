"""Which model paints where nobody names one: admins choose, for a channel or the whole team, from one moment to the
next.
"""

from __future__ import annotations

from tests.stages import Seen, Stage


async def painted(stage: Stage, **values: str) -> Seen:
    return await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft", **values))


async def test_admins_choose_which_model_paints(stage: Stage) -> None:
    admin = "admin" if stage.platform != "web" else "ada"
    assert "as this Limner is configured" in (await stage.command("model-show")).text
    if admin == "admin":
        refused = await stage.settled(await stage.command("model-use", name="gpt-image-2.6-flare"))
        assert "Only an admin" in refused.text
    unknown = await stage.settled(await stage.command("model-use", name="gpt-audio-1.5", member=admin))
    assert "no model that paints has this name" in unknown.text.replace("\\", "")
    assert "Sunburst" in (await painted(stage)).text

    told = await stage.settled(
        await stage.command("model-use", name="gpt-image-2.6-flare", everywhere=True, member=admin)
    )
    assert "Flare paints here what names no model: chosen by an admin" in told.text
    assert "GPT Image 2.6 Flare" in (await painted(stage)).text
    assert "GPT Image 2.5 Flare" in (await painted(stage, model="gpt-image-2.5-flare")).text
    await stage.restart()
    here = await stage.settled(await stage.command("model-use", name="gpt-image-2.5-sunburst", member=admin))
    assert "GPT Image 2.5 Sunburst paints here" in here.text
    first = await painted(stage)
    assert "GPT Image 2.5 Sunburst" in first.text

    back = await stage.settled(await stage.command("model-use", name="usual", member=admin))
    assert "GPT Image 2.6 Flare paints here" in back.text
    again = await stage.settled(await stage.press(first, "Reroll"))
    assert "GPT Image 2.5 Sunburst" in again.text
    await stage.command("model-use", name="usual", everywhere=True, member=admin)
    assert "as this Limner is configured" in (await stage.command("model-show")).text
