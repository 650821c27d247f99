"""Token counts out of an answer.

Sources: `openai/types/images_response.py`, `image_gen_completed_event.py`, `image_edit_completed_event.py`; for the
Responses API `responses/response_usage.py` and `ToolUsage` in `responses/response.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from limner.models import Tally, Usage


def read(said: Any) -> Usage | None:
    """What a `usage` object counts; None when there is none, or it counts nothing that can be believed.

    Without details, everything that went in counts as text, and everything that came out as picture. Cached tokens are
    in no type of the SDK's yet; they are read as the other APIs spell them. A total of them without details is taken
    from the text first, where it saves least.
    """
    if not isinstance(said, Mapping):
        return None
    into, out = _count(said, "input_tokens"), _count(said, "output_tokens")
    if into is None or out is None:
        return None
    details = _details(said, "input_tokens_details")
    text, image = _count(details, "text_tokens"), _count(details, "image_tokens")
    if text is None and image is None:
        text = into
    text, image = text or 0, image or 0
    cached = _details(details, "cached_tokens_details")
    total = _count(details, "cached_tokens") or 0
    text_cached = min(text, _count(cached, "text_tokens") or (0 if cached else total))
    image_cached = min(image, _count(cached, "image_tokens") or (0 if cached else total - text_cached))
    text_out = min(out, _count(_details(said, "output_tokens_details"), "text_tokens") or 0)
    return Usage(
        text_in=text - text_cached,
        text_cached=text_cached,
        image_in=image - image_cached,
        image_cached=image_cached,
        text_out=text_out,
        image_out=out - text_out,
    )


def author(said: Any) -> Tally | None:
    """What an `svg_usage` object counts: the tokens of the model that wrote the SVG; None when there is none."""
    if not isinstance(said, Mapping):
        return None
    into, out = _count(said, "input_tokens"), _count(said, "output_tokens")
    if into is None or out is None:
        return None
    return Tally(model=str(said.get("model") or "svg author")[:60], usage=Usage(text_in=into, text_out=out))


def total(usages: Sequence[Usage]) -> Usage | None:
    """The count of one request whose pictures completed one by one. Each event counts what came out for its own
    picture; what went in is the request's, and is told with the first of them or with each."""
    if not usages:
        return None
    return Usage(
        text_in=max(each.text_in for each in usages),
        text_cached=max(each.text_cached for each in usages),
        image_in=max(each.image_in for each in usages),
        image_cached=max(each.image_cached for each in usages),
        text_out=sum(each.text_out for each in usages),
        image_out=sum(each.image_out for each in usages),
    )


def mainline(said: Any) -> Usage | None:
    """What the `usage` of a response counts: that of the model which leads, tools apart. Pictures that it was shown
    count as text, as they are billed."""
    if not isinstance(said, Mapping):
        return None
    into, out = _count(said, "input_tokens"), _count(said, "output_tokens")
    if into is None or out is None:
        return None
    details = _details(said, "input_tokens_details")
    cached = min(into, _count(details, "cached_tokens") or 0)
    written = min(into - cached, _count(details, "cache_write_tokens") or 0)
    return Usage(text_in=into - cached - written, text_cached=cached, text_written=written, text_out=out)


def tool(said: Any) -> Usage | None:
    """What the `tool_usage` of a response counts for pictures; None where it is left out."""
    told = _details(said, "image_gen") if isinstance(said, Mapping) else {}
    cached = _details(told, "cached_tokens_details")
    kinds = {f"{kind}_tokens": cached.get(f"cached_{kind}_tokens") for kind in ("text", "image")}
    details = {**_details(told, "input_tokens_details"), "cached_tokens": told.get("cached_tokens")}
    return read({**told, "input_tokens_details": details | ({"cached_tokens_details": kinds} if cached else {})})


def _details(said: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = said.get(key)
    return found if isinstance(found, Mapping) else {}


def _count(said: Mapping[str, Any], key: str) -> int | None:
    found = said.get(key)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None
