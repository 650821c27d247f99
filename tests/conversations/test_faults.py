"""Every way in which the provider is known to fail: one sentence, a way on, one call, and money as it was."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from limner.domain.card import Card, State
from limner.domain.place import Attachment
from limner.ears.samples import samples
from limner.jobs.easel import TRIES
from tests.conversations.reading import paintings
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.jobs.channel import Channel, ask

FREE = {
    "moderation_blocked": "safety rules declined",
    "stream_moderated": "safety rules declined",
    "insufficient_quota": "out of credit",
    "billing_hard_limit": "out of credit",
    "unverified": "verify itself",
    "bad_key": "did not accept this Limner's key",
    "not_acceptable": "did not accept this request",
}
PERHAPS = {
    "server_error": "fault of its own",
    "unavailable": "fault of its own",
    "bad_gateway_html": "fault of its own",
    "stream_error": "fault of its own",
    "html": "cut off on its way",
    "reset_before": "cut off on its way",
    "reset_after": "cut off on its way",
    "cut_stream": "cut off on its way",
    "half_json": "cut off on its way",
    "empty": "without a picture",
    "not_a_picture": "no picture",
    "bad_base64": "no picture",
    "damaged": "no picture",
    "foreign_url": "picture",
}
PAINTED = ("no_partials", "json_for_stream", "url_answer", "no_usage")


def text(card: Card) -> str:
    return "\n".join(line.text for line in card.lines)


def labels(card: Card) -> list[str]:
    return [button.label for row in card.controls for button in row.buttons]


@pytest.mark.parametrize("fault", [*FREE, *PERHAPS])
async def test_a_fault_is_one_sentence_with_a_way_on(keyed_house: House, openai: FakeOpenAI, fault: str) -> None:
    channel = Channel()
    openai.faults.append(fault)
    async with keyed_house.open(platforms=(channel,)) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        card = await channel.settled()

    assert card.state is State.FAILED
    assert {**FREE, **PERHAPS}[fault] in text(card)
    assert labels(card) == ["Try again" if fault in FREE else "Paint again"]
    assert ("charged $" in text(card)) is (fault in PERHAPS)
    assert "sk-" not in text(card)
    assert paintings(openai) == 1
    spent = sum(amount for amount in keyed_house.balances().values() if amount > 0)
    assert (spent > 0) is (fault in PERHAPS)
    assert openai.billed <= spent or fault in PERHAPS


@pytest.mark.parametrize("fault", PAINTED)
async def test_an_odd_answer_with_a_picture_in_it_is_a_picture(
    keyed_house: House, openai: FakeOpenAI, fault: str
) -> None:
    channel = Channel()
    openai.faults.append(fault)
    async with keyed_house.open(platforms=(channel,)) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        card = await channel.settled()

    assert len(card.pictures) == 1
    assert paintings(openai) == 1


@pytest.mark.parametrize("fault", ["rate_limit", "rate_limit_bare"])
async def test_a_rate_limit_is_waited_for(keyed_house: House, openai: FakeOpenAI, fault: str) -> None:
    channel = Channel()
    openai.faults.append(fault)
    async with keyed_house.open(platforms=(channel,)) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        card = await channel.settled()

    assert len(card.pictures) == 1
    assert paintings(openai) == 2


async def test_a_rate_limit_that_stays_is_a_sentence_and_free(keyed_house: House, openai: FakeOpenAI) -> None:
    channel = Channel()
    openai.faults += ["rate_limit"] * TRIES
    async with keyed_house.open(platforms=(channel,)) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        card = await channel.settled()

    assert "busy for us right now" in text(card)
    assert labels(card) == ["Try again"]
    assert paintings(openai) == TRIES
    assert openai.billed == 0
    assert sum(amount for amount in keyed_house.balances().values() if amount > 0) == 0


async def test_without_usage_in_the_answer_the_estimate_is_what_it_cost(keyed_house: House, openai: FakeOpenAI) -> None:
    channel = Channel()
    openai.faults.append("no_usage")
    async with keyed_house.open(platforms=(channel,)) as limner:
        taken = await limner.take(ask(prompt="a red fox", quality="draft"))
        card = await channel.settled()

    assert taken is not None
    about = text(taken).split("about ")[1].split(" ·")[0]
    assert f" · {about} · " in text(card)
    assert sum(amount for amount in keyed_house.balances().values() if amount > 0) > 0


async def test_a_successor_is_told_once_in_the_log(keyed_house: House) -> None:
    channel = Channel()
    with capture_logs() as lines:
        async with keyed_house.open(platforms=(channel,)) as limner:
            for prompt in ("a red fox", "a blue fox"):
                await limner.take(ask(prompt=prompt, quality="draft"))
            await channel.until(State.DONE)

    told = [line for line in lines if "GPT Image 1 was shut down" in str(line)]
    assert [line["log_level"] for line in told] == ["warning"]


async def test_names_that_people_know_work_where_no_list_of_models_can_be_had(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    """`gpt-image-1` is configured and has ended: it is tried, and then its successor, which is told on the card."""
    channel = Channel()
    openai.lists = False
    async with keyed_house.open(platforms=(channel,)) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        first = await channel.settled()
        channel.shown.clear()
        await limner.take(ask(prompt="a blue fox", quality="draft"))
        second = await channel.settled()

    assert len(first.pictures) == len(second.pictures) == 1
    called = [each.parsed["model"] for each in openai.requests if "prompt" in each.parsed]
    assert called == ["gpt-image-1", "gpt-image-2.6-sunburst", "gpt-image-2.6-sunburst"]
    assert "GPT Image 1" in text(first)
    assert "paints instead" in text(first)
    assert "paints instead" not in text(second)


async def test_a_model_that_the_list_leaves_out_but_the_endpoint_serves_runs_as_itself(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    openai.lists = False
    openai.served["gpt-image-1"] = None
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        card = await channel.settled()

    assert [each.parsed["model"] for each in openai.requests if "prompt" in each.parsed] == ["gpt-image-1"]
    assert "paints instead" not in text(card)
    assert "GPT Image 1 ·" in text(card)


async def test_what_was_heard_without_usage_costs_its_estimate(keyed_house: House, openai: FakeOpenAI) -> None:
    channel = Channel()
    openai.faults.append("no_usage")
    note = Attachment(platform="channel", name="note.ogg", url=f"file://{samples()[0].path}")
    async with keyed_house.open(platforms=(channel,)) as limner:
        await limner.take(ask("listen").evolve(sound=note))

    assert sum(amount for amount in keyed_house.balances().values() if amount > 0) > 0


async def test_what_goes_wrong_while_hearing_is_a_sentence_too(keyed_house: House, openai: FakeOpenAI) -> None:
    sentences = {
        "insufficient_quota": "out of credit",
        "bad_key": "did not accept this Limner's key",
        "rate_limit": "busy for us right now",
        "server_error": "fault of its own",
        "html": "OpenAI had a fault",
        "reset_after": "cut off on its way",
        "half_json": "cut off on its way",
        "empty": "OpenAI had a fault",
    }
    note = Attachment(platform="channel", name="note.ogg", url=f"file://{samples()[0].path}")
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        for calls, (fault, sentence) in enumerate(sentences.items(), 1):
            openai.faults.append(fault)
            card = await limner.take(ask("listen").evolve(sound=note))
            assert card is not None
            assert card.state in {State.REFUSED, State.FAILED}, fault
            assert sentence in text(card), fault
            assert sum(each.path == "/v1/chat/completions" for each in openai.requests) == calls


async def test_a_note_that_answers_a_picture_changes_that_picture(keyed_house: House, openai: FakeOpenAI) -> None:
    note = Attachment(platform="channel", name="note.ogg", url=f"file://{samples()[0].path}")
    openai.hears.append(("edit", {"heard": "make it darker", "language": "en", "prompt": "darker"}))
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        first = await channel.settled()
        (answered,) = channel.shown
        channel.shown.clear()
        heard = await limner.take(ask("listen").evolve(sound=note, answers=answered))
        assert heard is not None
        channel.shown.clear()
        generate = heard.controls[0].buttons[0]
        await limner.take(ask(generate.action, target=generate.target))
        changed = await channel.settled()

    assert f"v2 of {first.job}" in text(changed)
    assert "a red fox" in str(next(each.parsed for each in openai.requests if each.path == "/v1/chat/completions"))
    assert openai.requests[-1].path == "/v1/images/edits"
    assert openai.requests[-1].files[0].data
