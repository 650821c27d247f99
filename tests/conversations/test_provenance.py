"""Provenance: what a picture's file carries of where it comes from, and that it is told where it carries nothing."""

from __future__ import annotations

from tests.conversations.reading import id_of
from tests.fakes.openai.canvas import BOX
from tests.stages import Stage


async def test_content_credentials_are_kept_and_told(stage: Stage) -> None:
    first = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    told = await stage.press(first, "Details")
    assert "The file carries content credentials (C2PA), exactly as the model gave them." in told.text
    download = await stage.press(first, "Download")
    assert "carries content credentials" in download.text
    assert BOX in download.pictures[0]

    wide = await stage.settled(await stage.command("extend", picture=id_of(first), towards="wider", quality="draft"))
    told = await stage.press(wide, "Details")
    assert "The file carries no content credentials (C2PA). The model's own answer carries them" in told.text
    assert f"Made from {id_of(first)}" in told.text or f"after {id_of(first)}" in told.text
    download = await stage.press(wide, "Download")
    assert [BOX in each for each in download.pictures] == [False, True]


async def test_where_a_file_carries_none_it_is_said(offline_stage: Stage) -> None:
    stage = offline_stage
    first = await stage.settled(await stage.command("imagine", prompt="a red fox"))
    for label in ("Details", "Download"):
        assert "The file carries no content credentials (C2PA)." in (await stage.press(first, label)).text
    two = await stage.settled(await stage.command("imagine", prompt="a red fox", count=2))
    assert "None of the files carries content credentials" in (await stage.press(two, "Download")).text
