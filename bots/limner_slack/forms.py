"""Forms as modals: a form to a view, and a filled-in view to the values of an ask.

Limits: docs.slack.dev/reference/views (title 24 characters, 100 blocks) and …/block-elements (plain text 3,000
characters, 100 options, 10 files).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from limner.domain.card import Form
from limner.domain.options import Kind, Parameter
from limner.domain.place import Attachment
from limner.domain.text import clean, one_line, shorten

CALLBACK = "limner"
TEXT_LIMIT = 3_000
FILES_LIMIT = 10
FILE_TYPES = ("png", "jpg", "jpeg", "webp", "gif")
SOUND_TYPES = ("ogg", "oga", "opus", "mp3", "m4a", "mp4", "wav", "flac", "aac", "webm")
MORE_LIMIT = 3_000
"""Characters of `private_metadata`."""
_LISTED = 25
"""A range of numbers up to here is a list to choose from."""
_FIELD = "value"


def view(form: Form, remember: Mapping[str, str]) -> dict[str, Any]:
    """The modal of a form. `remember` comes back with the answer: where the form was asked for."""
    more = json.dumps({**remember, "action": form.action, "target": form.target}, separators=(",", ":"))
    if len(more) > MORE_LIMIT:
        raise ValueError("a form remembers where it was asked for, and no more")
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": _plain(form.title, 24),
        "submit": _plain(form.submit, 24),
        "close": _plain("Cancel", 24),
        "private_metadata": more,
        "blocks": [_input(each, form.values.get(each.name)) for each in form.fields][:100],
    }


def remembered(view: Mapping[str, Any]) -> dict[str, Any]:
    """What the form remembered, with its `action` and `target`."""
    return dict(json.loads(view.get("private_metadata") or "{}"))


def values(view: Mapping[str, Any], platform: str = "slack") -> dict[str, Any]:
    """What was filled in, by the field's name; empty fields are left out."""
    found: dict[str, Any] = {}
    for name, block in ((view.get("state") or {}).get("values") or {}).items():
        state = block.get(_FIELD) or {}
        match state.get("type"):
            case "checkboxes":
                found[name] = bool(state.get("selected_options"))
            case "static_select":
                chosen = state.get("selected_option")
                found[name] = chosen["value"] if chosen else None
            case "file_input":
                found[name] = tuple(attachment(each) for each in state.get("files") or ()) or None
            case _:
                found[name] = state.get("value") or None
    return {name: value for name, value in found.items() if value is not None}


def empty(view: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the fields that were left empty."""
    filled = values(view)
    return tuple(name for name in (view.get("state") or {}).get("values") or {} if name not in filled)


def attachment(file: Mapping[str, Any]) -> Attachment:
    """A file as Slack describes it. Its type, its name and its length are hearsay."""
    length = file.get("duration_ms")
    return Attachment(
        platform="slack",
        name=one_line(str(file.get("name") or file.get("title") or "attached")),
        url=str(file.get("url_private_download") or file.get("url_private") or ""),
        media_type=file.get("mimetype") or None,
        size=file.get("size"),
        seconds=length / 1000 if isinstance(length, (int, float)) else None,
        id=file.get("id"),
    )


def refused(view: Mapping[str, Any], sentence: str) -> dict[str, str]:
    """A sentence as the error of the field that it names, else of the first one."""
    fields = [str(block["block_id"]) for block in view.get("blocks") or () if block.get("type") == "input"]
    named = next((each for each in fields if sentence.lower().startswith(each.lower())), fields[0] if fields else "")
    return {named: shorten(sentence, 300)}


def _plain(words: str, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": shorten(one_line(words), limit) or "…"}


def _input(parameter: Parameter, filled: str | None) -> dict[str, Any]:
    block: dict[str, Any] = {
        "type": "input",
        "block_id": parameter.name,
        "label": _plain(parameter.name.replace("_", " ").capitalize(), 2000),
        "optional": not parameter.required,
        "element": _element(parameter, filled),
    }
    if parameter.help:
        block["hint"] = _plain(parameter.help, 2000)
    return block


def _element(parameter: Parameter, filled: str | None) -> dict[str, Any]:
    value = filled if filled is not None else _spelled(parameter.default)
    match parameter.kind:
        case Kind.SWITCH:
            return _switch(parameter, value)
        case Kind.CHOICE if parameter.choices:
            return _select(parameter.choices, value)
        case Kind.NUMBER:
            low, high = parameter.minimum or 0, parameter.maximum
            if high is not None and high - low < _LISTED:
                return _select(tuple(str(each) for each in range(low, high + 1)), value)
            return {
                "type": "number_input",
                "action_id": _FIELD,
                "is_decimal_allowed": False,
                "min_value": str(low),
                **({"max_value": str(high)} if high is not None else {}),
                **({"initial_value": value} if value else {}),
            }
        case Kind.PICTURE | Kind.PICTURES | Kind.SOUND:
            most = min(parameter.maximum or FILES_LIMIT, FILES_LIMIT) if parameter.kind is Kind.PICTURES else 1
            types = SOUND_TYPES if parameter.kind is Kind.SOUND else FILE_TYPES
            return {"type": "file_input", "action_id": _FIELD, "filetypes": list(types), "max_files": most}
        case _:
            return _text(parameter, value)


def _text(parameter: Parameter, value: str | None) -> dict[str, Any]:
    limit = min(parameter.maximum or TEXT_LIMIT, TEXT_LIMIT)
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": _FIELD,
        "multiline": parameter.kind is Kind.PROSE,
        "max_length": limit,
    }
    if value:
        element["initial_value"] = shorten(clean(value), limit)
    return element


def _select(choices: tuple[str, ...], value: str | None) -> dict[str, Any]:
    options = [{"text": _plain(str(each), 75), "value": str(each)} for each in choices[:100]]
    chosen = next((each for each in options if each["value"] == value), None)
    element: dict[str, Any] = {"type": "static_select", "action_id": _FIELD, "options": options}
    return {**element, "initial_option": chosen} if chosen else element


def _switch(parameter: Parameter, value: str | None) -> dict[str, Any]:
    option = {"text": _plain(parameter.help or parameter.name, 75), "value": "yes"}
    element: dict[str, Any] = {"type": "checkboxes", "action_id": _FIELD, "options": [option]}
    return {**element, "initial_options": [option]} if value in {"True", "true", "yes"} else element


def _spelled(value: Any) -> str | None:
    return None if value is None else str(value)
