"""What members type, read as an action and its options: `/imagine a red fox --wide`, `/show a41f`, `@Limner help`."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from limner.domain.action import Action, Table
from limner.domain.options import Kind, Parameter
from limner.domain.place import Attachment
from limner.domain.text import clean
from limner.domain.words import read_words
from limner.errors import BadOption
from limner_slack.manifest import MAIN

SAID = "say"
"""What plain words mean to whoever is spoken to."""

_ID = re.compile(r"#?(?=[a-z.]*\d)(?=[\d.]*[a-z])[a-z0-9]{3,16}(?:\.\d{1,3})?", re.IGNORECASE)
"""How an asset's id looks: letters and digits both, so that no word of a prompt is taken for one."""

_LINK = re.compile(r"<(?P<url>(?:https?|mailto):[^|>]+)(?:\|(?P<label>[^>]*))?>")


class Typed(NamedTuple):
    """An action with its options as they were typed, not checked yet."""

    action: str
    values: dict[str, Any]


def read(table: Table, text: str, *, before: str = MAIN, spoken_to: bool = False) -> Typed:
    """What the words after a slash command ask for, which itself stands for the words `before` them. After the main
    command another one may be named (`show a41f`), provided that the rest is what it takes: `show me a fox` is a
    prompt. `spoken_to`: a mention or a direct message, where plain words may answer a picture, and people say
    `imagine a fox` too.

    Raises:
        UnknownCommand, UnknownFlag: The nearest known one is named.
        BadOption: A flag that needs a value has none.
    """
    words = clean(text)
    if before != MAIN:
        action, rest = table.command(f"{before} {words}")
        return Typed(action.name, read_words(action, rest))
    plain, named = SAID if spoken_to else MAIN, table.named(words)
    if named is not None and named[0].name == MAIN:
        words, plain = (named[1], MAIN) if spoken_to and named[1] else (words, plain)
    elif named is not None and (values := _fitting(*named)) is not None:
        return Typed(named[0].name, values)
    return Typed(plain, read_words(table[plain], words))


def beside_note(table: Table, text: str, note: Attachment) -> Typed:
    """What the words beside a voice note ask for: the note says what is wanted, flags say how."""
    words = clean(text)
    first, _, rest = words.partition(" ")
    return Typed(MAIN, {**read_words(table[MAIN], rest if first.lower() == MAIN else words), "voice": note})


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


def _fitting(action: Action, rest: str) -> dict[str, Any] | None:
    """The options of an action that was named first, or None when the rest is not what it takes. Two words that name
    one are meant as they are said."""
    if action.group is not None:
        return read_words(action, rest)
    try:
        values = read_words(action, rest)
    except BadOption:
        return None
    for parameter in action.parameters:
        value = values.get(parameter.name)
        if parameter.completes == "assets" and parameter.required:
            return values if isinstance(value, str) and _ID.fullmatch(value) else None
    if rest.startswith("--") or any(_meant(each, values.get(each.name)) for each in action.parameters):
        return values
    free = action.parameters[0].name if action.parameters else None
    if action.parameters:
        return values if free not in values and not action.parameters[0].needed else None
    return values if not rest.strip() else None


def _meant(parameter: Parameter, value: Any) -> bool:
    """Whether that is surely said to the action, and no part of a prompt: ids, or one of its own words."""
    if not isinstance(value, str) or not value:
        return False
    words = value.split() if parameter.completes == "assets" else [value]
    return all(_ID.fullmatch(each) for each in words) or (parameter.kind is Kind.CHOICE and value in parameter.choices)
