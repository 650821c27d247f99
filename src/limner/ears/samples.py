"""The offline ear: without a key it knows the bundled sample notes, by the fingerprint of their bytes, and no other."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from limner.ears import Context, Heard, Sound
from limner.errors import HearingNeedsKey
from limner.media.sound import WAV_OR_MP3

FOLDER = Path(__file__).with_name("sample_notes")
LABEL = "bundled sample, recognised by its fingerprint; hearing needs an OpenAI key"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A bundled voice note, and what it asks for."""

    name: str
    title: str
    path: Path
    """OGG/Opus."""
    sha256: str
    words: str
    language: str
    values: Mapping[str, Any]
    """Options of `imagine`."""


@cache
def samples() -> tuple[Sample, ...]:
    """The bundled notes, in the order in which they are offered."""
    told = tomllib.loads((FOLDER / "samples.toml").read_text(encoding="utf-8"))
    return tuple(
        Sample(
            name=name,
            title=each["title"],
            path=FOLDER / f"{name}.ogg",
            sha256=each["sha256"],
            words=each["words"],
            language=each["language"],
            values=each["values"],
        )
        for name, each in told.items()
    )


class SampleEar:
    """Recognises; it does not hear."""

    name = "samples"
    takes: tuple[str, ...] = WAV_OR_MP3

    async def hear(self, sound: Sound, context: Context, functions: tuple[dict[str, Any], ...]) -> Heard:
        """As `Ear.hear`; text and pictures beside a sample change nothing.

        Raises:
            HearingNeedsKey: Any note that is not bundled.
        """
        for sample in samples():
            if sample.sha256 == sound.origin_hash:
                return Heard(
                    words=sample.words,
                    language=sample.language,
                    action="imagine",
                    values=dict(sample.values),
                    label=LABEL,
                )
        raise HearingNeedsKey()

    async def close(self) -> None:
        """Nothing to let go of."""
