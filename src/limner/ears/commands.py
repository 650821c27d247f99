"""Plain rules for what is said of pictures that are there already: "cancel that", "share the second one with
marketing". Only whole sentences that they know; everything else is words to paint from.
"""

from __future__ import annotations

import re
from typing import Any

from limner.ears import Context

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ID = r"[a-z0-9]{4,8}(?:\.\d{1,2})?"
_THAT = r"it|this|that|(?:this|that|the) (?:one|picture|image)"
_IT = rf"(?P<which>{_THAT}|the (?:{'|'.join(_ORDINALS)}|last)(?: one)?|{_ID})"

_COMMANDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (r"(?:no,? )?(?:cancel|stop)(?: (?:it|that|this))?", "cancel", {}),
    (rf"(?:cancel|stop) (?P<job>{_ID})", "cancel", {}),
    (rf"share {_IT} (?:with|to|in) (?:the )?#?(?P<place>[^\s].*?)(?: channel)?", "share", {}),
    (rf"show(?: me)? {_IT}(?: again)?", "show", {}),
    (r"(?:again|once more|the same (?:again|once more)|(?:do|paint) (?:it|that) again)", "reroll", {}),
    (rf"re-?roll(?: {_IT})?", "reroll", {}),
    (rf"(?:make|paint|render) {_IT} finer|finer", "finer", {}),
    (rf"vary {_IT}(?: (?P<strength>subtly|strongly))?|a variation of {_IT.replace('which', 'other')}", "vary", {}),
    (rf"make {_IT} wider", "extend", {"towards": "wider"}),
    (rf"make {_IT} taller", "extend", {"towards": "taller"}),
    (r"zoom out", "extend", {"towards": "zoom-out"}),
)
_STRENGTHS = {"subtly": "subtle", "strongly": "strong"}
_ABOUT = {"finer", "vary", "extend", "share", "reroll"}


def commanded(words: str, context: Context, offered: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """The function that a sentence calls, and its arguments; None: it is none of those."""
    said = words.strip(" .!…").lower()
    for pattern, action, values in _COMMANDS:
        found = re.fullmatch(f"(?:please )?{pattern}(?:,? please)?", said)
        if found is None or action not in offered:
            continue
        groups = found.groupdict()
        which = groups.get("which") or groups.get("other")
        meant, known = _picture(which, context)
        if not known or (action in _ABOUT and not (context.answered or context.earlier)):
            continue
        strength = groups.get("strength")
        own = {
            "picture": meant,
            "job": groups.get("job"),
            "place": groups.get("place"),
            "strength": _STRENGTHS.get(strength) if strength else None,
        }
        return action, {**values, **{name: value for name, value in own.items() if value is not None}}
    return None


def _picture(which: str | None, context: Context) -> tuple[str | None, bool]:
    """The id that words mean, and whether they mean any: "it" is left to what the note answers."""
    if which is None or re.fullmatch(_THAT, which):
        return None, True
    shown = context.answered or next((each.ids for each in context.earlier if each.ids), ())
    word = which.removeprefix("the ").removesuffix(" one")
    if word == "last":
        return (shown[-1], True) if shown else (None, False)
    if word in _ORDINALS:
        number = _ORDINALS.index(word)
        return (shown[number], True) if number < len(shown) else (None, False)
    listed = {id for each in (*context.versions, *context.earlier) for id in each.ids} | set(context.answered)
    return (which, True) if which in listed or any(letter.isdigit() for letter in which) else (None, False)
