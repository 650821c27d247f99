"""What members type, read as an action and its options: `/imagine a red fox --wide`, `/show a41f`, `@Limner help`."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from limner.domain.action import Action, Table
from limner.domain.options import Kind
from limner.domain.text import clean
from limner.domain.words import read_words
from limner.errors import BadOption
from limner_slack.manifest import MAIN

_ID = re.compile(r"#?(?=[a-z.]*\d)(?=[\d.]*[a-z])[a-z0-9]{3,16}(?:\.\d{1,3})?", re.IGNORECASE)
"""How an asset's id looks: letters and digits both, so that no word of a prompt is taken for one."""

_LINK = re.compile(r"<(?P<url>(?:https?|mailto):[^|>]+)(?:\|(?P<label>[^>]*))?>")


class Typed(NamedTuple):
    """An action with its options as they were typed, not checked yet."""

    action: str
    values: dict[str, Any]


def read(table: Table, text: str, *, action: str = MAIN, spoken_to: bool = False) -> Typed:
    """What the words after a command ask for. After the main command another one may be named first (`show a41f`),
    provided that the rest is what it takes: `show me a fox` is a prompt. `spoken_to`: a mention or a direct message,
    where people say `imagine a fox` too.

    Raises:
        UnknownFlag: The nearest known one is named.
        BadOption: A flag that needs a value has none.
    """
    words = clean(text)
    if action == MAIN:
        first, _, rest = words.partition(" ")
        named = table.get(first.lower())
        if named is not None and named.command and named.name != MAIN and (values := _fitting(named, rest)) is not None:
            return Typed(named.name, values)
        if spoken_to and first.lower() == MAIN and rest.strip():
            words = rest
    return Typed(action, _values(table[action], words))


def is_bare(text: str) -> bool:
    """Whether nothing was typed: the form opens then."""
    return not clean(text)


def unmarked(text: str) -> str:
    """Words as Slack hands them on in messages, as they were typed: entities and links undone."""
    plain = _LINK.sub(lambda match: match["label"] or match["url"], text)
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        plain = plain.replace(entity, char)
    return plain


def without_mention(text: str, bot: str) -> str:
    """The words without the mentions of the bot."""
    return clean(re.sub(rf"<@{re.escape(bot)}(?:\|[^>]*)?>[,:]?", " ", text))


def _values(action: Action, words: str) -> dict[str, Any]:
    """The options; where the first ones are ids and places, each takes one word: `a41f #general with thanks`."""
    values = read_words(action, words)
    typed = [each for each in action.parameters if each.kind not in {Kind.PICTURE, Kind.PICTURES}]
    if not typed or not typed[0].completes or not isinstance(values.get(typed[0].name), str):
        return values
    left = values.pop(typed[0].name).strip()
    for parameter in typed:
        if not left or parameter.name in values:
            continue
        if parameter.required and parameter.completes:
            values[parameter.name], _, left = left.partition(" ")
        elif parameter.kind in {Kind.LINE, Kind.PROSE} and not parameter.choices:
            values[parameter.name], left = left, ""
        left = left.strip()
    if left:
        values[typed[0].name] = f"{values.get(typed[0].name, '')} {left}".strip()
    return values


def _fitting(action: Action, rest: str) -> dict[str, Any] | None:
    """The options of an action that was named as the first word, or None when the rest is not what it takes."""
    try:
        values = _values(action, rest)
    except BadOption:
        return None
    for parameter in action.parameters:
        value = values.get(parameter.name)
        if parameter.completes == "assets" and parameter.required:
            return values if isinstance(value, str) and _ID.fullmatch(value) else None
    if any(isinstance(values.get(each.name), str) and _ID.fullmatch(values[each.name]) for each in action.parameters):
        return values
    free = action.parameters[0].name if action.parameters else None
    if action.parameters:
        return values if free not in values and not action.parameters[0].required else None
    return values if not rest.strip() else None
