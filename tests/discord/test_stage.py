"""What only Discord's stage can play: forms, and the sketcher's pictures in a real message."""

from limner.ears.samples import samples
from tests.house import House
from tests.stages.discord import DiscordStage


async def test_mending_the_words_that_were_heard_paints_the_mended_ones(house: House) -> None:
    async with DiscordStage(house) as stage:
        heard = await stage.settled(await stage.voice(samples()[0].path.read_bytes()))
        form = await stage.press(heard, "Fix text")
        assert form.text == "Mend the words that were heard, then paint"

        painted = await stage.settled(await stage.submit(prompt="a blue fox in snow"))

        assert painted.message == heard.message
        assert "> a blue fox in snow" in painted.text
        assert len(painted.pictures) == 1


async def test_apps_imagine_from_this_paints_a_messages_words(house: House) -> None:
    async with DiscordStage(house) as stage:
        said = await stage.act("bob").say("a lighthouse at night")
        sent = await stage.act("ada").menu("Imagine from this", said)
        shown = await stage.fake.until(lambda: sent.shown)
        painted = await stage.settled(stage.seen(shown))

        assert "> a lighthouse at night" in painted.text
        assert painted.alts == ("AI-generated: a lighthouse at night",)
