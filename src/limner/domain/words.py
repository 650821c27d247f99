"""Typed words to options: `a red fox --wide --fine -n 3 --style spring`, flags in any order.

Curly quotes and the dashes that phones make of `--` are forgiven. A choice's own word is a flag too (`--wide`).
"""

from __future__ import annotations

import difflib
import re
from typing import Any

from limner.domain.action import Action
from limner.domain.options import Kind, Parameter
from limner.domain.text import clean
from limner.errors import BadOption, UnknownFlag

_VALUE = r"(?:\"(?P<quoted>[^\"]*)\"|(?P<bare>[^\s\"]+))"
_FLAG = re.compile(r"(?:(?<=\s)|^)(?P<dash>--?|—|–)(?P<name>[A-Za-z][A-Za-z_-]*)(?:=" + _VALUE + r")?(?=\s|$)")
_NEXT = re.compile(r"\s+" + _VALUE)
_QUOTED = re.compile(r"\"([^\"]+)\"(?:\s+|$)")
_CURLY = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})


def read_words(action: Action, words: str) -> dict[str, Any]:
    """The options in what was typed after a command: flags anywhere, and the other words to the options in order.

    Raises:
        UnknownFlag: The nearest known one is named.
        BadOption: A flag that needs a value has none.
    """
    straight = clean(words)
    matchable = straight.translate(_CURLY)
    parameters = [each for each in action.parameters if not each.is_file]
    values: dict[str, Any] = {}
    rest: list[str] = []
    position = 0
    for flag in _FLAG.finditer(matchable):
        if flag.start() < position:
            continue
        found = _find(parameters, flag["name"], short=flag["dash"] == "-")
        if found is None:
            if flag["dash"] != "--":
                continue  # a dash of prose: "a -ish thing", "the fox —running— home"
            raise UnknownFlag(
                flag=flag[0].strip(),
                hint=_hint(parameters, flag["name"]),
                known=", ".join(_known(parameters)),
            )
        rest.append(straight[position : flag.start()])
        position = flag.end()
        parameter, value = found
        if value is None:
            value = flag["quoted"] if flag["quoted"] is not None else flag["bare"]
        if value is None and parameter.kind is Kind.SWITCH:
            value = True
        if value is None:
            following = _NEXT.match(matchable, position)
            if following is None or _FLAG.match(matchable, following.end() - len(following[0].lstrip())):
                raise BadOption(name=parameter.name, value="", why=f"write a value after {flag[0].strip()}")
            value = following["quoted"] if following["quoted"] is not None else following["bare"]
            position = following.end()
        values[parameter.name] = value
    rest.append(straight[position:])
    text = " ".join(part for part in (each.strip() for each in rest) if part)
    return values | _placed(text, [each for each in parameters if each.name not in values])


def _placed(text: str, parameters: list[Parameter]) -> dict[str, str]:
    """Words without a flag, given to the options in order: prose takes all of them, what is required takes one word
    each, or several in quotes, and the rest goes to whatever comes next (`/share a41f #marketing Look at this!`)."""
    values: dict[str, str] = {}
    while text and parameters:
        parameter, *parameters = parameters
        first, rest = _first(text)
        if parameter.required and parameter.kind is not Kind.PROSE and (parameters or not rest):
            values[parameter.name], text = first, rest
        else:
            values[parameter.name], text = text, ""
    return values


def _first(text: str) -> tuple[str, str]:
    """The first word, or the words between the quotes that a text begins with, and what follows."""
    if quoted := _QUOTED.match(text.translate(_CURLY)):
        return text[quoted.start(1) : quoted.end(1)], text[quoted.end() :]
    first, _, rest = text.partition(" ")
    return first, rest.strip()


def _find(parameters: list[Parameter], name: str, *, short: bool) -> tuple[Parameter, str | bool | None] | None:
    """The parameter that a flag names, and its value when the flag itself says it (`--wide`, `--no-private`)."""
    said = name.lower().replace("_", "-")
    for parameter in parameters:
        if (parameter.short == said) if short else (_flag(parameter) == said):
            return parameter, None
        if parameter.kind is Kind.SWITCH and not short and said == f"no-{_flag(parameter)}":
            return parameter, False
    if short:
        return None
    for parameter in parameters:
        if said in parameter.choices:
            return parameter, said
    return None


def _flag(parameter: Parameter) -> str:
    """Its name as one types it: `confirm-above`, also with the other dash."""
    return parameter.name.replace("_", "-")


def _known(parameters: list[Parameter]) -> list[str]:
    return [f"--{_flag(each)}" for each in parameters[1:]]


def _hint(parameters: list[Parameter], name: str) -> str:
    every = [*_known(parameters), *(f"--{choice}" for each in parameters for choice in each.choices)]
    near = difflib.get_close_matches(f"--{name.lower()}", every, n=1, cutoff=0.5)
    return f" Did you mean {near[0]}?" if near else ""
