"""Transcriptions: what is refused, and how an answer looks."""

from __future__ import annotations

import io
from typing import Any

import av

from tests.fakes.openai.received import Received
from tests.fakes.openai.refusals import Refusal, refuse

SUFFIXES = {"flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "wav", "webm"}
LIMIT = 25 * 1024 * 1024
KNOWN = {
    *("model", "language", "languages", "languages[]", "keywords", "keywords[]", "prompt", "response_format"),
    *("temperature", "include[]", "timestamp_granularities[]", "stream", "chunking_strategy"),
}
GUIDED = {"languages", "languages[]", "keywords", "keywords[]"}


def transcribed(received: Received) -> float:
    """Seconds of sound in the request, after everything in it was found good."""
    asked = received.parsed
    for name in asked:
        if name not in KNOWN:
            raise Refusal(400, f"Unknown parameter: '{name}'.", code="unknown_parameter", param=name)
    model = str(asked.get("model") or "")
    if asked.get("response_format") not in (None, "json"):
        raise refuse("response_format", "response_format is not compatible with the model.", "unsupported_value")
    guided = GUIDED & asked.keys()
    if guided and not model.startswith("gpt-transcribe"):
        raise refuse(min(guided), f"'{min(guided)}' is not supported with {model}.", "unsupported_parameter")
    if len(received.files) != 1 or received.files[0].field != "file":
        raise refuse("file", "Missing required parameter: 'file'.", "missing_required_parameter")
    (file,) = received.files
    suffix = (file.filename or "").rpartition(".")[2]
    if suffix not in SUFFIXES:
        raise Refusal(400, f"Unrecognized file format. Supported formats: {sorted(SUFFIXES)}")
    if len(file.data) > LIMIT:
        raise Refusal(413, "Maximum content size limit (26214400) exceeded.")
    return _seconds(file.data)


def _seconds(data: bytes) -> float:
    try:
        with av.open(io.BytesIO(data)) as container:
            stream = next(iter(container.streams.audio))
            seconds = sum(frame.samples / frame.sample_rate for frame in container.decode(stream))
    except (av.FFmpegError, ValueError, StopIteration):
        seconds = 0.0
    if seconds < 0.1:
        raise Refusal(400, "Audio file might be corrupted or unsupported", code="invalid_value", param="file")
    return seconds


def transcription(text: str, seconds: float, language: str) -> dict[str, Any]:
    """The answer of `gpt-transcribe`."""
    return {
        "text": text,
        "languages": [{"code": language}],
        "usage": {"type": "duration", "seconds": round(seconds, 2)},
    }
