"""The moderation endpoint: what is asked, and how a result looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.fakes.openai.refusals import Refusal, refuse

CATEGORIES = (
    *("harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm"),
    *("self-harm/instructions", "self-harm/intent", "sexual", "sexual/minors", "violence", "violence/graphic"),
)
MODELS = frozenset({"omni-moderation-latest", "omni-moderation-2024-09-26"})
PICTURES = 1
"""What one request takes; the description does not say so."""

Flags = Callable[[str], bool | Sequence[str]]
"""From words to whether they are flagged (for violence), or to the categories for which they are."""


def texts(asked: Mapping[str, Any]) -> list[str]:
    """What each result is about: a text, or the words of all parts together."""
    if asked.get("model", "omni-moderation-latest") not in MODELS:
        raise Refusal(404, f"The model `{asked['model']}` does not exist.", code="model_not_found", param="model")
    said = asked.get("input")
    if not said or not isinstance(said, (str, list)):
        raise refuse("input", "Missing required parameter: 'input'.", "missing_required_parameter")
    if isinstance(said, str):
        return [said]
    if all(isinstance(each, str) for each in said):
        return said
    parts = [each for each in said if isinstance(each, dict)]
    pictures = [each for each in parts if each.get("type") == "image_url"]
    if len(pictures) > PICTURES:
        message = f"Number of images ({len(pictures)}) exceeds maximum of {PICTURES}"
        raise Refusal(400, message, code="too_many_images", param="input")
    if any(not _reachable(each) for each in pictures):
        raise refuse("input", "Failed to download image.", "image_url_unavailable")
    return ["\n".join(str(each.get("text", "")) for each in parts)]


def _reachable(part: Mapping[str, Any]) -> bool:
    place = part.get("image_url")
    return isinstance(place, dict) and str(place.get("url")).startswith(("data:image/", "https://"))


def result(flagged: bool | Sequence[str]) -> dict[str, Any]:
    """Nothing, or what was flagged."""
    seen = {"violence"} if flagged is True else set(flagged or ())
    return {
        "flagged": bool(seen),
        "categories": {name: name in seen for name in CATEGORIES},
        "category_scores": {name: 0.98 if name in seen else 0.0001 for name in CATEGORIES},
        "category_applied_input_types": {name: ["text"] for name in CATEGORIES},
    }
