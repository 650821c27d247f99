"""Plain rules that make a request of words which were merely written down: for an ear that does not understand.

They know how people end a request in English ("…, wide, three versions, fine quality") and how they begin one ("um,
could you paint me …"). Whatever they do not know stays in the prompt, word for word: a rule that guesses would paint
something else than was said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from limner.domain.text import clean
from limner.ears import Context, Why
from limner.ears.commands import commanded

_LEAD_IN = re.compile(
    r"(?:(?:u[mh]+|er+m?|hm+|please|hey|hi)[\s,.…-]+)"
    r"|(?:(?:so|well|okay|ok|alright|limner)\s*[,.…]\s*)"
    r"|(?:(?:can|could|would|will) you\s+(?:please\s+)?)"
    r"|(?:(?:paint|draw|imagine|create|generate|give|show|make)\s+me\s+)"
    r"|(?:(?:paint|draw|imagine|create|generate)\s+)"
    r"|(?:i(?:'d| would) like(?: to (?:see|have))?\s+|i want(?: to see)?\s+)"
    r"|(?:(?:a|an|the) (?:picture|image|painting|drawing) of\s+)",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"(?:please,? )?(?:don't|do not) (?:paint|draw|make|do) anything\b.*|never ?mind[\s.!]*|forget (?:it|that)[\s.!]*",
    re.IGNORECASE,
)
_LAST = re.compile(r"(?P<before>.*?\S)\s*[,;.:–—-]\s+(?:and\s+|in\s+|as\s+)?(?P<last>[^,;.]+?)[\s.!]*", re.DOTALL)
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBER = rf"(?P<number>\d{{1,2}}|{'|'.join(_NUMBERS)})"
_COUNT = re.compile(rf"{_NUMBER} (?:versions?|variations?|variants?|pictures?|images?|of (?:them|those|these)|times)")
_STYLE = re.compile(r"(?:the )?(?P<name>.+?) style|style (?P<other>.+)")

_PHRASES: tuple[tuple[str, str, Any], ...] = (
    (r"(?:wide|wide ?screen|landscape)(?: (?:format|shape|picture|please))?", "shape", "wide"),
    (r"(?:tall|portrait|vertical)(?: (?:format|shape|picture|please))?", "shape", "tall"),
    (r"square(?: (?:format|shape|picture|please))?", "shape", "square"),
    (r"(?:just )?(?:a )?(?:quick |rough )?draft(?: quality)?", "quality", "draft"),
    (r"standard quality", "quality", "standard"),
    (r"(?:fine|high) quality", "quality", "fine"),
    (r"finer quality", "quality", "finer"),
    (r"(?:finest|best|highest) quality", "quality", "finest"),
    (r"(?:a |with a )?transparent background", "background", "transparent"),
    (r"(?:just|only) for me|privately", "private", True),
)
"""What ends a request, the option that it means, and its value."""


def understood(
    words: str, context: Context, functions: tuple[dict[str, Any], ...]
) -> tuple[str | None, dict[str, Any]]:
    """The function that the words ask for, and its arguments; None: they ask for nothing."""
    said = clean(words)
    offered = {each["name"]: each["parameters"]["properties"] for each in functions}
    if (command := commanded(said, context, offered)) is not None:
        return command
    action = "edit" if (context.replies_to is not None or context.pictures) and "edit" in offered else "imagine"
    if not said or action not in offered or _NOTHING.fullmatch(said):
        return None, {}
    prompt, values = said, dict[str, Any]()
    for before, option, value in _endings(said, context.styles):
        if option in offered[action] and option not in values:
            prompt, values[option] = before, value
        else:
            break
    prompt = _begun(prompt).rstrip(" ,;:") or said
    beside = clean(context.words or "")
    return action, {"prompt": f"{prompt}\n{beside}" if beside else prompt, **values}


def why_nothing(words: str) -> Why:
    """Why words ask for nothing that do not."""
    return Why.NOT_YET if words else Why.SILENCE


def _begun(words: str) -> str:
    """The words without what people say before they say what they want."""
    while lead := _LEAD_IN.match(words):
        rest = words[lead.end() :].lstrip(" ,")
        if not rest:
            return words
        words = rest
    return words


def _endings(words: str, styles: tuple[str, ...]) -> Iterator[tuple[str, str, Any]]:
    """The options at the end of the words, from the last one on: what is left before each, its option, its value."""
    while last := _LAST.fullmatch(words):
        meant = _meant(last["last"].strip(), styles)
        if meant is None:
            return
        words = last["before"]
        yield words, *meant


def _meant(phrase: str, styles: tuple[str, ...]) -> tuple[str, Any] | None:
    said = phrase.lower()
    for pattern, option, value in _PHRASES:
        if re.fullmatch(pattern, said):
            return option, value
    if (count := _COUNT.fullmatch(said)) is not None:
        number = count["number"]
        return "count", int(number) if number.isdecimal() else _NUMBERS.index(number) + 1
    if (style := _STYLE.fullmatch(said)) is not None:
        name = style["name"] or style["other"]
        return next((("style", each) for each in styles if each.lower() == name), None)
    return None
