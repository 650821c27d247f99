"""A voice note handed over as an option: an ask of its own, which what was typed and attached beside it goes with."""

from __future__ import annotations

from typing import Any

from limner.domain.ask import Ask
from limner.domain.options import Kind, Options
from limner.domain.place import Attachment

LISTEN = "listen"
"""The action that hears."""


def spoken(ask: Ask, options: Options) -> Ask | None:
    """The ask to listen to the note among these options; None: there is none.

    The prose is the text beside it, the pictures are the pictures beside it, and every other option stays as chosen.
    """
    sounds = (getattr(options, each.name) for each in options.parameters() if each.kind is Kind.SOUND)
    sound = next((each for each in sounds if isinstance(each, Attachment)), None)
    if sound is None:
        return None
    said: dict[Kind, list[Any]] = {}
    given: dict[str, Any] = {}
    for each in options.parameters():
        value = getattr(options, each.name)
        if each.is_file or each.kind is Kind.PROSE:
            said.setdefault(each.kind, []).append(value)
        elif each.name in options.model_fields_set and value is not None:
            given[each.name] = value
    pictures = (*(each for some in said.get(Kind.PICTURES, ()) for each in some), *said.get(Kind.PICTURE, ()))
    return ask.evolve(
        action=LISTEN,
        values={},
        given=given,
        sound=sound,
        words="\n".join(filter(None, said.get(Kind.PROSE, ()))) or ask.words,
        pictures=(*(each for each in pictures if each is not None), *ask.pictures),
    )
