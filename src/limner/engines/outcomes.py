"""What a response that is at its end says of itself: what it used, and why there is no picture if there is none."""

from __future__ import annotations

from typing import Any

from limner.domain.text import one_line, shorten
from limner.engines import Painted, usages
from limner.engines.answers import Said
from limner.errors import AnsweredInWords, Declined, OutcomeUnknown, ProviderFailed, ProviderTrouble, Unfinished
from limner.models import Tally, Usage

DECLINED = {
    *("moderation_blocked", "content_policy_violation", "content_filter", "image_content_policy_violation"),
    *("invalid_prompt", "bio_policy", "misalignment_policy_violation"),
}
"""Codes of errors, and reasons to stop, that mean the safety rules."""
WORDS_LIMIT = 300


def spent(told: Said, calls: list[Said], request_id: str | None) -> Painted | None:
    """What a response counted, as a painting without pictures; None: it does not say. Of a picture whose tokens are not
    counted the usage is left open."""
    lead = usages.mainline(told.get("usage"))
    if lead is None:
        return None
    painting = usages.tool(told.get("tool_usage"))
    authors = [author for each in calls if (author := usages.author(each.get("svg_usage"))) is not None]
    return Painted(
        pictures=(),
        usage=painting if painting is not None and painting.image_out else None,
        others=(Tally(model=str(told.get("model") or ""), usage=lead), *authors),
        request_id=request_id,
    )


def without_picture(told: Said, calls: list[Said], counted: Painted | None) -> ProviderTrouble:
    """The trouble that a response without a picture is."""
    fields: dict[str, Any] = {}
    if counted is not None:
        used = any(each.usage != Usage() for each in counted.others) or counted.usage is not None
        fields = {"spent": counted, "verb": "is" if used else "is not"}
    error = _first(told.get("error"), *(each.get("error") for each in calls))
    reason = str(_first(told.get("incomplete_details")).get("reason") or "")
    if str(error.get("code")) in DECLINED or reason in DECLINED:
        return Declined(**fields)
    if words := _words(told):
        return AnsweredInWords(words=words, **fields)
    if counted is None:
        # It is over, and nobody says what it used.
        return ProviderFailed() if told.get("status") == "failed" else OutcomeUnknown()
    why = error.get("message") or reason.replace("_", " ") or {"cancelled": "it was cancelled"}.get(_status(told))
    return Unfinished(why=shorten(one_line(str(why or "it called no tool")), 200).rstrip("."), **fields)


def _status(told: Said) -> str:
    return str(told.get("status") or "")


def _first(*said: Any) -> Said:
    return next((each for each in said if isinstance(each, dict)), {})


def _words(told: Said) -> str:
    """What the model said, or why it declined to."""
    output = told.get("output")
    messages = [each for each in output if isinstance(each, dict)] if isinstance(output, list) else []
    parts = [part for each in messages if isinstance(content := each.get("content"), list) for part in content]
    said = [str(part.get("text") or part.get("refusal") or "") for part in parts if isinstance(part, dict)]
    return shorten(one_line(" ".join(said)), WORDS_LIMIT)
