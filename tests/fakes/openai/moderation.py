"""The moderation endpoint: what is asked, and how a result looks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.openai.refusals import refuse

CATEGORIES = (
    *("harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm"),
    *("self-harm/instructions", "self-harm/intent", "sexual", "sexual/minors", "violence", "violence/graphic"),
)


def texts(asked: Mapping[str, Any]) -> list[str]:
    """What each result is about: a text, or the words of all parts together."""
    said = asked.get("input")
    if not said or not isinstance(said, (str, list)):
        raise refuse("input", "Missing required parameter: 'input'.", "missing_required_parameter")
    if isinstance(said, str):
        return [said]
    if all(isinstance(each, str) for each in said):
        return said
    return ["\n".join(str(each.get("text", "")) for each in said if isinstance(each, dict))]


def result(flagged: bool) -> dict[str, Any]:
    """Nothing, or violence."""
    return {
        "flagged": flagged,
        "categories": {name: flagged and name == "violence" for name in CATEGORIES},
        "category_scores": {name: 0.98 if flagged and name == "violence" else 0.0001 for name in CATEGORIES},
        "category_applied_input_types": {name: ["text"] for name in CATEGORIES},
    }
