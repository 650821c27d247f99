"""Makes the bundled sample notes again: `python -m tests.ears.make_samples`. Needs espeak-ng."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import av

from limner.ears.samples import FOLDER

# name: title, what is said, language, the voice that says it, the options that it asks for
NOTES: dict[str, tuple[str, str, str, str, dict[str, Any]]] = {
    "fox": (
        "A red fox, wide",
        "a red fox in snow, wide",
        "en",
        "en-us+f3",
        {"prompt": "a red fox in snow", "shape": "wide"},
    ),
    "boats": (
        "Three paper boats, as a draft",
        "three paper boats at sunset, draft quality",
        "en",
        "en-gb+m3",
        {"prompt": "three paper boats at sunset", "quality": "draft"},
    ),
    "lighthouse": (
        "A lighthouse, tall",
        "a lighthouse at night, tall",
        "en",
        "en-us+m1",
        {"prompt": "a lighthouse at night", "shape": "tall"},
    ),
    "vogel": (
        "Ein blauer Vogel (in German)",
        "ein blauer Vogel auf einem Ast",
        "de",
        "de+f2",
        {"prompt": "ein blauer Vogel auf einem Ast"},
    ),
}

HEAD = """\
# The bundled sample notes: what is said in each, and what it asks for. The notes are synthetic speech (espeak-ng) in
# OGG/Opus; `python -m tests.ears.make_samples` makes them and this file.
"""


def speak(words: str, voice: str, out: Path) -> None:
    """Speaks the words into an OGG/Opus file of 24 kbit/s."""
    with tempfile.TemporaryDirectory() as folder:
        spoken = Path(folder) / "spoken.wav"
        subprocess.run(["espeak-ng", "-v", voice, "-s", "140", "-w", str(spoken), words], check=True)
        with av.open(str(spoken)) as source, av.open(str(out), "w", format="ogg") as note:
            stream = note.add_stream("libopus", rate=48_000, layout="mono", bit_rate=24_000)
            resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000)
            for frame in (*source.decode(audio=0), None):
                for resampled in resampler.resample(frame):
                    note.mux(stream.encode(resampled))
            note.mux(stream.encode(None))


def main() -> None:
    told = [HEAD]
    for name, (title, words, language, voice, values) in NOTES.items():
        note = FOLDER / f"{name}.ogg"
        speak(words, voice, note)
        told.append(
            f"[{name}]\n"
            f'title = "{title}"\n'
            f'words = "{words}"\n'
            f'language = "{language}"\n'
            f'sha256 = "{hashlib.sha256(note.read_bytes()).hexdigest()}"\n'
            "values = { " + ", ".join(f'{key} = "{value}"' for key, value in values.items()) + " }\n"
        )
    (FOLDER / "samples.toml").write_text("\n".join(told), encoding="utf-8")


if __name__ == "__main__":
    main()
