"""What the provider does wrong becomes one sentence with a way on, and one click stays one POST."""

from __future__ import annotations

import pytest

from tests.conversations.reading import paintings
from tests.fakes.openai import FakeOpenAI
from tests.stages import Stage

SENTENCES = {
    "moderation_blocked": "safety rules declined",
    "insufficient_quota": "out of credit",
    "unverified": "verify itself",
    "server_error": "fault of its own",
    "cut_stream": "cut off on its way",
    "empty": "without a picture",
    "not_a_picture": "no picture",
}


@pytest.mark.parametrize("fault", SENTENCES)
async def test_a_fault_is_one_sentence_and_one_call(stage: Stage, openai: FakeOpenAI, fault: str) -> None:
    openai.faults.append(fault)
    seen = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))

    assert SENTENCES[fault] in seen.text
    assert "Traceback" not in seen.text
    assert paintings(openai) == 1
    assert seen.buttons[0].startswith(("Try again", "Paint again"))


async def test_try_again_paints(stage: Stage, openai: FakeOpenAI) -> None:
    openai.faults.append("server_error")
    failed = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    painted = await stage.settled(await stage.press(failed, "Paint again"))

    assert len(painted.pictures) == 1
    assert paintings(openai) == 2
