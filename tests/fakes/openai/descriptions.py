"""Where the official description lags behind the API: findings that are no breach, each with its reason."""

from __future__ import annotations

ACCEPT: tuple[str, ...] = (
    # The 2.5 and 2.6 models take two finer qualities; the SDK has them (types/image_generate_params.py).
    "quality: 'xhigh' is not ",
    "quality: 'max' is not ",
    # Kinds of files of the 2.6 models, and what goes with them; the SDK has them.
    "output_format: 'gif' is not one of",
    "output_format: 'svg' is not one of",
    "unknown $.frame_count: ",
    "unknown $.frame_duration_ms: ",
    "unknown $.tools[0].frame_count: ",
    "unknown $.tools[0].frame_duration_ms: ",
    "unknown form.frame_count: ",
    "unknown form.frame_duration_ms: ",
    # It replaces `user` in every endpoint; the description has it for text alone. The SDK has it for pictures too.
    "unknown $.safety_identifier: field is not in the specification",
    "unknown form.safety_identifier: form field is not in the specification",
)
