"""The flow across restarts: nothing is lost, nothing is called twice, and money is never forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PIL import Image

from limner import opening
from limner.app import Limner
from limner.domain.card import Card, Role, State
from limner.domain.place import Address, Attachment
from limner.ears.samples import samples
from limner.engines import Painted, PictureFile
from limner.jobs.journal import Journal
from limner.models import Usage
from limner.store import Store
from tests.backends.fixtures import on_sqlite
from tests.conversations.reading import paintings
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.jobs.channel import Channel, ask
from tests.patience import PATIENCE


@asynccontextmanager
async def opened(house: House, channel: Channel) -> AsyncIterator[Limner]:
    async with house.open(platforms=(channel,)) as limner:
        yield limner


async def cut_off(house: House, openai: FakeOpenAI, channel: Channel) -> str:
    """A job whose process stopped while the model was at work on it."""
    openai.hold = asyncio.Event()
    async with opened(house, channel) as limner:
        card = await limner.take(ask(prompt="a red fox", quality="draft"))
        await openai.arrived(2)  # the list of models, and the painting
    openai.hold.set()
    assert card is not None
    return str(card.job)


def warnings(card: Card) -> str:
    return " ".join(card.lines_of(Role.WARNING))


async def test_a_job_is_painted_settled_and_delivered(keyed_house: House, openai: FakeOpenAI) -> None:
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        card = await channel.settled()

    assert card.state is State.DONE
    assert len(card.pictures) == 1
    settled = [amount for account, amount in keyed_house.balances().items() if amount > 0]
    assert sum(settled) == openai.billed


async def test_partial_pictures_and_elapsed_time_are_told_while_it_forms(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    openai.partial_delay = 0.5
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        await channel.settled()

    forming = [card for card in channel.history if card.state is State.PAINTING]
    assert any(card.partial for card in forming)
    assert all(card.progress for card in forming)
    assert all(card.partial is None for card in channel.history if card.state is State.DONE)


async def test_one_event_is_one_job_however_often_it_is_delivered(keyed_house: House, openai: FakeOpenAI) -> None:
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        asked = ask(prompt="a red fox", quality="draft", event="Ev1")
        answers = await asyncio.gather(*(limner.take(asked) for _ in range(4)))
        await channel.settled()

    assert sum(answer is not None for answer in answers) == 1
    assert paintings(openai) == 1


async def test_what_waited_is_painted_after_a_restart(keyed_house: House, openai: FakeOpenAI) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    async with keyed_house.open(platforms=(channel,), openai={"concurrency": 1}) as limner:
        await limner.take(ask(prompt="the first", quality="draft"))
        await openai.arrived(2)  # the list of models, and the first painting
        await limner.take(ask(prompt="the second", quality="draft"))
    openai.hold.set()

    async with opened(keyed_house, channel):
        await channel.until(State.DONE)
        await channel.until(State.FAILED)

    states = {card.lines_of(Role.PROMPT)[0]: card.state for card in channel.shown.values()}
    assert states == {"the first": State.FAILED, "the second": State.DONE}
    assert paintings(openai) == 2


async def test_a_call_that_was_cut_off_stays_possibly_charged_and_is_not_made_again(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    channel = Channel()
    await cut_off(keyed_house, openai, channel)

    async with opened(keyed_house, channel):
        card = await channel.until(State.FAILED)

    assert "may have been charged" in warnings(card)
    assert "possibly charged $" in card.lines_of(Role.FOOTER)[0]
    assert [button.label for row in card.controls for button in row.buttons] == ["Paint again"]
    assert paintings(openai) == 1


async def test_a_picture_that_had_arrived_is_settled_after_a_crash_without_a_second_call(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    channel = Channel()
    job = await cut_off(keyed_house, openai, channel)
    journal = Journal(keyed_house.easel / job)
    await journal.write(1, arrived(journal.open()))  # what the process had written when it was killed

    async with opened(keyed_house, channel):
        done = await channel.until(State.DONE)

    assert len(done.pictures) == 1
    assert paintings(openai) == 1
    assert not journal.folder.exists()


async def test_a_whole_picture_is_kept_even_if_nothing_was_written_of_it_and_its_price_stays_in_doubt(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    channel = Channel()
    job = await cut_off(keyed_house, openai, channel)
    folder = Journal(keyed_house.easel / job).open()
    arrived(folder)  # killed between the answer's last byte and the journal

    async with opened(keyed_house, channel):
        done = await channel.until(State.DONE)

    assert len(done.pictures) == 1
    assert any("possibly charged" in note for note in done.lines_of(Role.NOTE))
    assert paintings(openai) == 1
    assert not folder.exists()


async def test_a_picture_of_a_job_that_others_gave_up_meanwhile_is_settled_and_shown_after_all(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    channel = Channel()
    job = await cut_off(keyed_house, openai, channel)
    async with opened(keyed_house, channel):
        await channel.until(State.FAILED)
    journal = Journal(keyed_house.easel / job)
    ((call,),) = keyed_house.rows("SELECT id FROM attempts")
    await journal.write(call, arrived(journal.open()))  # its own worker comes back with it
    broken = keyed_house.easel / "zzzz"
    broken.mkdir()
    (broken / "painted.json").write_text("{")

    async with opened(keyed_house, channel):
        done = await channel.until(State.DONE)

    assert len(done.pictures) == len(channel.shown) == 1
    assert paintings(openai) == 1
    assert keyed_house.balances()["unknown"] == 0
    assert not journal.folder.exists()
    Journal(keyed_house.easel / job).open()

    async with opened(keyed_house, channel):
        assert not journal.folder.exists()
        assert broken.exists()  # it may be another database's


def arrived(folder: Path) -> Painted:
    """A picture as the engine leaves it."""
    file = folder / "picture-1.png"
    Image.new("RGB", (1024, 1024), "red").save(file)
    picture = PictureFile(path=file, media_type="image/png", width=1024, height=1024)
    return Painted(pictures=(picture,), usage=Usage(text_in=10, image_out=196), request_id="req_1")


async def test_what_nobody_needs_any_longer_is_cleared_away_while_it_runs(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept = asyncio.Semaphore(0)

    async def sweep(_: Store) -> int:
        swept.release()
        return 0

    monkeypatch.setattr(opening, "SWEEP_SECONDS", 0.01)
    monkeypatch.setattr(Store, "sweep", sweep)
    async with opened(house, Channel()), asyncio.timeout(PATIENCE):
        for _ in range(3):
            await swept.acquire()


async def test_what_surely_never_arrived_is_tried_again(keyed_house: House, openai: FakeOpenAI) -> None:
    openai.faults.append("rate_limit")
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        card = await channel.settled()

    assert card.state is State.DONE
    assert paintings(openai) == 2


async def test_a_model_that_turns_out_to_be_gone_gives_way_to_its_successor(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    openai.faults.append("model_not_found")
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft", model="gpt-image-2.6-flare"))
        card = await channel.settled()

    assert card.state is State.DONE
    assert [each.parsed["model"] for each in openai.requests if each.path.startswith("/v1/images")] == [
        "gpt-image-2.6-flare",
        "gpt-image-2.5-flare",
    ]
    assert "GPT Image 2.6 Flare is not served here; GPT Image 2.5 Flare paints instead." in card.lines_of(Role.NOTE)


async def test_a_model_that_the_endpoint_still_serves_runs_as_itself(keyed_house: House, openai: FakeOpenAI) -> None:
    openai.served["gpt-image-1"] = None
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        card = await channel.settled()

    assert openai.requests[-1].parsed["model"] == "gpt-image-1"
    assert card.lines_of(Role.NOTE) == ()
    assert "GPT Image 1 ·" in card.lines_of(Role.FOOTER)[0]


async def test_the_offline_sketcher_can_be_asked_for_by_name(keyed_house: House, openai: FakeOpenAI) -> None:
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft", model="sketch"))
        card = await channel.settled()

    assert card.state is State.DONE
    assert "Offline sketch" in " ".join(card.lines_of(Role.NOTE))
    assert paintings(openai) == 0


async def test_a_cap_refuses_before_anything_is_painted_and_says_what_fits(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    channel = Channel()
    async with keyed_house.open(platforms=(channel,), budget={"member_daily": 0.03}) as limner:
        refused = await limner.take(ask(prompt="a red fox", quality="finest", count=4))
        await limner.take(ask(prompt="a red fox", quality="draft"))
        painted = await channel.until(State.DONE)

    assert refused is not None
    assert refused.private
    assert "is left of your daily budget of $0.03" in warnings(refused)
    assert "What fits: use draft quality ($0.0" in warnings(refused)
    assert "of $0.03 today" in painted.lines_of(Role.FOOTER)[0]
    assert paintings(openai) == 1


async def test_private_pictures_are_not_there_for_others(keyed_house: House) -> None:
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        await limner.take(ask(prompt="a secret fox", quality="draft", private=True))
        card = await channel.until(State.DONE)
        other = await limner.take(ask("show", picture=str(card.job)).evolve(person={"id": "bob", "name": "Bob"}))
        own = await limner.take(ask("show", picture=str(card.job)))

    assert card.private
    assert other is not None
    assert "There is no" in warnings(other)
    assert own is not None
    assert own.private


class Careless(Channel):
    """Loses the library's files as soon as a card is shown."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self._house = house

    async def show(self, address: Address, card: Card) -> Address:
        shown = await super().show(address, card)
        await asyncio.to_thread(self._house.lose_blobs)
        return shown


async def test_a_step_that_breaks_ends_its_job_in_a_sentence(
    keyed_house: House, openai: FakeOpenAI, tmp_path: Path
) -> None:
    picture = tmp_path / "fox.png"
    Image.new("RGB", (64, 64), "orange").save(picture)
    attached = Attachment(platform="channel", name="fox.png", url=f"file://{picture}")
    channel = Careless(keyed_house)
    async with opened(keyed_house, channel) as limner:
        await limner.take(ask(prompt="the same in winter", quality="draft", references=(attached,)))
        card = await channel.settled()

    assert card.state is State.FAILED
    assert any(said in warnings(card) for said in ("Nothing was charged", "may have been charged", "is damaged"))
    assert paintings(openai) == 0


async def test_a_message_command_that_is_delivered_twice_shows_one_card(keyed_house: House, openai: FakeOpenAI) -> None:
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        asked = ask("from-message", event="Ev2").evolve(words="a red fox")
        await asyncio.gather(*(limner.take(asked) for _ in range(3)))
        card = await channel.settled()

    assert card.state is State.DONE
    assert paintings(openai) == 1


async def test_a_progress_message_that_fails_does_not_end_the_painting(keyed_house: House, openai: FakeOpenAI) -> None:
    class Flaky(Channel):
        async def show(self, address: Address, card: Card) -> Address:
            if card.state is State.PAINTING:
                raise ConnectionResetError("the platform went away for a moment")
            return await super().show(address, card)

    openai.partial_delay = 0.5
    channel = Flaky()
    async with opened(keyed_house, channel) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        card = await channel.until(State.DONE)

    assert len(card.pictures) == 1


async def test_a_card_that_could_not_be_delivered_is_delivered_at_the_next_start(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        await openai.arrived(2)
        channel.closed = True
        openai.hold.set()
        while not await asyncio.to_thread(keyed_house.blobs):  # noqa: ASYNC110 it is on its way to be shown
            await asyncio.sleep(0.02)
    assert all(card.state is not State.DONE for card in channel.history)

    channel.closed = False
    async with opened(keyed_house, channel):
        await channel.until(State.DONE)

    assert paintings(openai) == 1


async def test_a_request_whose_card_cannot_be_shown_costs_nothing_and_is_not_painted(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        channel.closed = True
        await limner.take(ask(prompt="a red fox", quality="draft"))
    channel.closed = False
    async with opened(keyed_house, channel):
        await asyncio.sleep(0.5)

    assert channel.history == []
    assert paintings(openai) == 0
    assert keyed_house.balances() == {"budget": 0, "reserved": 0}


async def test_a_picture_that_is_still_being_painted_is_not_copied(keyed_house: House, openai: FakeOpenAI) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        card = await limner.take(ask(prompt="a red fox", quality="draft"))
        assert card is not None
        told = await limner.take(ask("show", picture=str(card.job)))
        openai.hold.set()
        await channel.until(State.DONE)

    assert told is not None
    assert "still being painted" in warnings(told)


async def test_words_that_answer_a_picture_change_it(keyed_house: House, openai: FakeOpenAI) -> None:
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        card = await limner.take(ask(prompt="a red fox", quality="draft"))
        assert card is not None
        await channel.settled()
        (message,) = channel.shown
        changed = await limner.take(ask("say", prompt="make it night", quality="draft").evolve(answers=message))
        assert changed is not None
        async with asyncio.timeout(PATIENCE):
            while [each.state for each in channel.shown.values()] != [State.DONE, State.DONE]:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    assert f"v2 of {card.job}." in changed.lines_of(Role.NOTE)
    assert openai.requests[-1].path == "/v1/images/edits"


@on_sqlite
async def test_what_was_paid_for_is_settled_at_the_next_start_when_settling_broke(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    blobs = keyed_house.folder / "blobs"
    async with opened(keyed_house, channel) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        await openai.arrived(2)
        blobs.rename(keyed_house.folder / "gone")
        blobs.write_text("a disk that takes nothing")
        openai.hold.set()
        journals = keyed_house.easel
        while not list(journals.glob("*/painted.json")):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.5)
    blobs.unlink()
    (keyed_house.folder / "gone").rename(blobs)

    async with opened(keyed_house, channel):
        card = await channel.until(State.DONE)

    assert len(card.pictures) == 1
    assert paintings(openai) == 1
    assert "$0." in card.lines_of(Role.FOOTER)[0]


async def test_a_note_that_was_being_heard_when_its_process_ended_is_not_left_listening(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    openai.hold = asyncio.Event()
    sample = samples()[0]
    note = Attachment(platform="channel", name=sample.path.name, url=sample.path.as_uri())
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        hearing = asyncio.create_task(limner.take(ask("listen").evolve(sound=note)))
        await openai.arrived(2)
    await asyncio.gather(hearing, return_exceptions=True)
    assert [card.state for card in channel.shown.values()] == [State.WAITING]
    openai.hold.set()

    async with opened(keyed_house, channel):
        card = await channel.until(State.FAILED)

    assert "please send it again" in warnings(card)
    assert keyed_house.rows("SELECT outcome FROM attempts") == [("unknown",)]
