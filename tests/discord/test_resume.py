"""The gateway breaks off and is resumed: what Discord says again is done once, what was missed is done all the same."""

from __future__ import annotations

from tests.conversations.reading import paintings
from tests.fakes.discord import Acting
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.stages.discord import DiscordStage


async def test_what_is_said_again_after_a_resume_is_done_once(keyed_house: House, openai: FakeOpenAI) -> None:
    async with DiscordStage(keyed_house) as stage:
        asked = await stage.settled(await stage.command("imagine", prompt="a red fox"))
        await stage.settled(await stage.press(asked, "Vary subtly"))
        shown = list(stage.fake.messages)

        stage.fake.overlap = 1_000
        await stage.fake.hang_up()
        await stage.fake.until(lambda: stage.fake.resumed)
        # Behind all that was said again, so that it was all looked at when this is answered.
        last = await stage.settled(await stage.command("imagine", prompt="a blue fox"))

        assert paintings(openai) == 3
        assert [id for id in stage.fake.messages if id not in shown] == [last.message]
        assert len(keyed_house.rows("SELECT id FROM jobs")) == 3
        # What is said again cannot be known from what is new before it is acknowledged, which Discord refuses.
        assert all("already acknowledged" in each for each in stage.fake.breaches)
        stage.fake.breaches.clear()


async def test_what_is_asked_while_the_gateway_is_away_is_painted_once(keyed_house: House, openai: FakeOpenAI) -> None:
    async with DiscordStage(keyed_house) as stage:
        await stage.fake.hang_up()
        asked = await Acting(stage.fake, "ada").slash("imagine", prompt="a red fox")

        assert stage.fake.resumed == 1
        seen = await stage.settled(await stage._answered(asked))
        assert "a red fox" in seen.text
        assert paintings(openai) == 1
