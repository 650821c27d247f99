"""The command line, as a real process on a folder of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from limner.cli.asking import read_line
from limner.ears.samples import samples
from limner.errors import Trouble
from tests.fakes.openai import FakeOpenAI
from tests.house import KEY
from tests.nursery import nursery
from tests.patience import PATIENCE

LIMNER = Path(sys.executable).parent / "limner"


def limner(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, run to its end in a folder."""
    env = {**_kept(), **environment}
    return nursery().run("limner", *arguments, cwd=folder, env=env, timeout=PATIENCE)


def installed(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The same by what the package installs."""
    return subprocess.run(
        [LIMNER, *arguments], cwd=folder, env=_kept(), capture_output=True, text=True, timeout=PATIENCE
    )


def _kept() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("LIMNER_", "OPENAI_"))}


def test_imagine_paints_offline_and_prints_files_and_price(tmp_path: Path) -> None:
    done = installed(tmp_path, "imagine", "a red fox in snow", "--shape", "wide", "-n", "2")

    assert done.returncode == 0, done.stderr
    files = re.findall(r"^pictures/limner-.*\.png$", done.stdout, re.MULTILINE)
    assert len(files) == 2
    with Image.open(tmp_path / files[0]) as made:
        assert made.size == (1536, 1024)
    assert "Offline sketch" in done.stdout
    assert "free" in done.stdout


async def test_imagine_paints_through_openai_with_a_key(tmp_path: Path, openai: FakeOpenAI) -> None:
    import asyncio

    done = await asyncio.to_thread(
        limner,
        tmp_path,
        *("imagine", "a red fox", "--draft"),
        OPENAI_API_KEY=KEY,
        LIMNER_OPENAI__BASE_URL=openai.base_url,
    )

    assert done.returncode == 0, done.stderr
    assert re.search(r"GPT Image 2\.6 Sunburst · 1024×1024 · draft · \$0\.\d+", done.stdout)
    assert "GPT Image 1 was shut down" in done.stdout
    assert KEY not in done.stdout + done.stderr


def test_what_was_painted_is_in_the_gallery_and_can_be_shown(tmp_path: Path) -> None:
    done = limner(tmp_path, "imagine", "a red fox", "--draft")
    id = re.findall(r"limner-(\w+)\.png", done.stdout)[0]

    assert id in installed(tmp_path, "gallery").stdout
    assert f"limner-{id}.png" in limner(tmp_path, "show", id, "--out", "again").stdout
    assert (tmp_path / "again" / f"limner-{id}.png").read_bytes() == (
        tmp_path / "pictures" / f"limner-{id}.png"
    ).read_bytes()


def test_a_picture_can_be_edited_under_a_mask(tmp_path: Path) -> None:
    Image.new("RGB", (512, 512), "orange").save(tmp_path / "fox.png")
    mask = Image.new("RGBA", (512, 512), (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (0, 0, 512, 256))
    mask.save(tmp_path / "mask.png")

    done = limner(tmp_path, "edit", "a blue sky", "--reference", "fox.png", "--mask", "mask.png", "--format", "png")

    assert done.returncode == 0, done.stderr
    with Image.open(next((tmp_path / "pictures").iterdir())) as opened:
        made = opened.convert("RGB")
    assert made.getpixel((made.width // 2, made.height - made.height // 4)) == (255, 165, 0)
    assert made.getpixel((made.width // 2, made.height // 8)) != (255, 165, 0)


def test_a_sample_note_is_heard_offline(tmp_path: Path) -> None:
    done = limner(tmp_path, "imagine", "--voice", str(samples()[0].path))

    assert done.returncode == 0, done.stderr
    assert "fingerprint" in done.stdout
    assert len(list((tmp_path / "pictures").iterdir())) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("imagine",), "Say what you see"),
        (("imagine", "a fox", "--wied"), "Did you mean --wide?"),
        (("imagine", "a fox", "--shape", "banana"), "is no shape I can paint"),
        (("imagine", "a fox", "--reference", "none.png"), "could not fetch"),
        (("show", "zz99"), "There is no “zz99” here"),
        (("run", "--config", "none.toml"), "cannot be read"),
        (("connect", "irc"), "there is no “irc”"),
    ],
)
def test_trouble_is_one_sentence_and_an_exit_code(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    done = limner(tmp_path, *arguments)

    assert done.returncode == 1
    assert sentence in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "pictures").exists()


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_painted(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")

    for out in ("taken", "taken/pictures"):
        done = limner(tmp_path, "imagine", "a red fox", "--out", out)
        assert (done.returncode, done.stdout) == (1, "")
        assert f"{out}: pictures cannot be written there" in done.stderr
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_picture_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    id = re.findall(r"limner-(\w+)\.png", limner(tmp_path, "imagine", "a red fox", "--draft").stdout)[0]
    (tmp_path / "again" / f"limner-{id}.png").mkdir(parents=True)

    done = limner(tmp_path, "show", id, "--out", "again")
    assert done.returncode == 1
    assert "pictures cannot be written there" in done.stderr
    assert "Traceback" not in done.stderr


async def test_a_leftover_jobs_card_is_not_taken_for_ones_own(tmp_path: Path) -> None:
    from limner.cli.terminal import HERE, Terminal
    from limner.domain.card import Card, State
    from limner.domain.place import Address

    terminal = Terminal(None, tmp_path)  # type: ignore[arg-type]
    for card in (Card(state=State.DONE, job="left"), Card(), Card(state=State.FAILED, job="mine")):
        await terminal.show(Address(place=HERE), card)

    assert (await terminal.ended("mine")).state is State.FAILED
    assert (await terminal.ended(None)).job is None


def test_help_names_every_command(tmp_path: Path) -> None:
    told = installed(tmp_path, "--help").stdout

    for command in ("demo", "run", "connect", "imagine", "edit", "show", "gallery", "status"):
        assert command in told


def test_the_help_of_imagine_is_made_of_its_options(tmp_path: Path) -> None:
    told = limner(tmp_path, "imagine", "--help").stdout

    assert "--quality draft|standard|fine|finer|finest" in told
    assert "--count, -n" in told

    assert "--config, -c FILE" in told
    assert "--verbose, -v" in told


@pytest.mark.parametrize("flag", ["-v", "--verbose"])
def test_more_is_logged_when_asked_for(tmp_path: Path, flag: str) -> None:
    assert limner(tmp_path, "status").stderr == ""
    assert "info" in limner(tmp_path, "imagine", "a fox", "--draft", flag).stderr


def test_arguments_keep_their_words_together() -> None:
    from limner import actions

    line = read_line(actions.table()["imagine"], ["a red fox", "in snow", "--style", "late summer", "-n", "2"])

    assert line.values == {"prompt": "a red fox in snow", "style": "late summer", "count": "2"}


def test_styles_are_saved_listed_and_worn(tmp_path: Path) -> None:
    saved = limner(tmp_path, "style", "save", "late spring", "soft watercolour", "--palette", "#2b6cb0, navy")
    assert saved.returncode == 0, saved.stderr
    assert "Before the prompt: soft watercolour" in saved.stdout
    assert "late spring · by you · soft watercolour" in limner(tmp_path, "style", "list").stdout
    assert "This channel wears the style late spring" in limner(tmp_path, "style", "use", "late spring").stdout

    assert "style late spring (the channel's)" in limner(tmp_path, "imagine", "a red fox", "--draft").stdout
    refused = limner(tmp_path, "style", "show", "late-sprint")
    assert refused.returncode == 1
    assert "Did you mean late spring?" in refused.stderr


def test_an_argument_without_its_value_gets_a_sentence() -> None:
    from limner import actions

    with pytest.raises(Trouble, match="write a value after"):
        read_line(actions.table()["imagine"], ["a fox", "--out"])


def test_verify_says_what_is_lost_and_ends_accordingly(tmp_path: Path) -> None:
    assert limner(tmp_path, "imagine", "a red fox").returncode == 0
    sound = limner(tmp_path, "verify")
    assert sound.returncode == 0, sound.stderr
    assert "all are there, and as they were" in sound.stdout
    picture = max((tmp_path / "data" / "blobs").glob("??/*"), key=lambda path: path.stat().st_size)
    picture.write_bytes(b"something else")
    damaged = limner(tmp_path, "verify", "--json")
    assert damaged.returncode == 1
    told, summed = (json.loads(line) for line in damaged.stdout.splitlines())
    assert (told["fault"], told["key"], summed["damaged"], summed["sound"]) == ("damaged", picture.name, 1, False)
