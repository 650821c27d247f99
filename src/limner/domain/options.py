"""Options: what a member can say about an action, declared once and read by every platform.

An action's options are a pydantic model. `parameters` turns its fields into plain descriptions from which Discord's
options, Slack's flags and forms, the page's fields, the command line and the voice functions are made.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, Self, Union, get_args, get_origin

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo

from limner.domain.place import Attachment
from limner.domain.record import Record
from limner.domain.text import clean, visible
from limner.errors import BadOption, EmptyPrompt, PromptTooLong, TooManyPictures, Trouble

PROMPT_LIMIT = 32_000
"""Characters; the Images API's own limit."""


class Quality(StrEnum):
    """How fine; the API's low, medium, high, xhigh and max, as far as the model goes."""

    DRAFT = "draft"
    STANDARD = "standard"
    FINE = "fine"
    FINER = "finer"
    FINEST = "finest"


class Background(StrEnum):
    AUTO = "auto"
    OPAQUE = "opaque"
    TRANSPARENT = "transparent"


class Format(StrEnum):
    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    GIF = "gif"
    SVG = "svg"


class Strength(StrEnum):
    SUBTLE = "subtle"
    STRONG = "strong"


class Towards(StrEnum):
    """Which way a picture grows."""

    WIDER = "wider"
    TALLER = "taller"
    OUT = "zoom-out"
    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"


class Kind(StrEnum):
    """What a member enters, and so which control a platform shows."""

    LINE = "line"
    PROSE = "prose"
    NUMBER = "number"
    CHOICE = "choice"
    SWITCH = "switch"
    PICTURE = "picture"
    PICTURES = "pictures"
    SOUND = "sound"


FILES = frozenset({Kind.PICTURE, Kind.PICTURES, Kind.SOUND})
"""Those that are attached, not typed."""


class Parameter(Record):
    """One option, described so that any platform can offer it."""

    name: str
    help: str
    kind: Kind
    required: bool = False
    unless: str | None = None
    """The option that can stand in for it: one of both has to be given."""
    default: Any = None
    choices: tuple[str, ...] = ()
    """CHOICE: all there are. LINE: the usual ones; others may be valid."""
    minimum: int | None = None
    maximum: int | None = None
    """NUMBER: the range. LINE and PROSE: `maximum` characters. PICTURES: `maximum` pictures."""
    short: str | None = None
    """A one-letter flag, as in `-n 3`."""
    completes: str | None = None
    """Whose names complete what is typed: `styles`, `models`, `engines`, `assets`, `members`,
    `collections`, `tags` or `places`."""
    spoken: bool = True
    """Whether a voice note can set it."""
    subject: bool = False
    """It says what the action is about: on a button, its target does."""

    @property
    def needed(self) -> bool:
        """Whether it has to be given wherever nothing can stand in for it, as in what is typed or said."""
        return self.required or self.unless is not None

    @property
    def is_file(self) -> bool:
        """Whether it is attached, not typed."""
        return self.kind in FILES

    @property
    def json_type(self) -> dict[str, Any]:
        """The parameter as JSON schema, for a function that a model calls."""
        match self.kind:
            case Kind.NUMBER:
                bounds = {"minimum": self.minimum, "maximum": self.maximum}
                said: dict[str, Any] = {
                    "type": "integer",
                    **{k: v for k, v in bounds.items() if v is not None},
                }
            case Kind.SWITCH:
                said = {"type": "boolean"}
            case Kind.CHOICE:
                said = {"type": "string", "enum": list(self.choices)}
            case _:
                said = {"type": "string"}
        usual = f" Usually one of: {', '.join(self.choices)}." if self.choices and self.kind is Kind.LINE else ""
        return {**said, "description": self.help + usual}


class Options(BaseModel):
    """What a member said about an action, checked."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        for each in self.parameters():
            if each.unless is not None and getattr(self, each.name) is None and getattr(self, each.unless) is None:
                raise _missing(each.name)
        return self

    @classmethod
    def parameters(cls) -> tuple[Parameter, ...]:
        """The options in the order in which they are declared."""
        return _parameters(cls)

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Any:
        """The options from raw values (strings, numbers, attachments).

        Raises:
            BadOption: One of them cannot be; the sentence says which and what would do.
        """
        try:
            return cls.model_validate({name: value for name, value in values.items() if value is not None})
        except ValidationError as problem:
            raise _sentence(cls, problem) from problem


def option(help: str, *, default: Any = ..., **more: Any) -> Any:
    """Declares one option. `more`: `short`, `completes`, `choices`, `spoken`, `subject`, `unless`, `kind` as in
    `Parameter`."""
    return Field(default, description=help, json_schema_extra=more)


def _read_prompt(words: Any) -> str:
    prompt = clean(str(words))
    if not visible(prompt):
        raise EmptyPrompt()
    if len(prompt) > PROMPT_LIMIT:
        raise PromptTooLong(length=len(prompt), limit=PROMPT_LIMIT)
    return prompt


Prompt = Annotated[str, BeforeValidator(_read_prompt), MaxLen(PROMPT_LIMIT)]
Name = Annotated[str, BeforeValidator(lambda words: clean(str(words))), MaxLen(100)]
Pictures = tuple[Attachment, ...]


def _read_file(given: Any) -> Any:
    """The one file: forms hand over what was attached to a field as several."""
    return given[0] if isinstance(given, (tuple, list)) and len(given) == 1 else given


OneFile = Annotated[Attachment, BeforeValidator(_read_file)]


@cache
def _parameters(cls: type[Options]) -> tuple[Parameter, ...]:
    return tuple(_parameter(name, field) for name, field in cls.model_fields.items())


def _parameter(name: str, field: FieldInfo) -> Parameter:
    extra = dict(field.json_schema_extra) if isinstance(field.json_schema_extra, dict) else {}
    kind, choices = _kind(field)
    kind = Kind(str(extra.get("kind", kind)))
    bounds = {type(rule): rule for rule in _rules(field)}
    low, high, longest = bounds.get(Ge), bounds.get(Le), bounds.get(MaxLen)
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    described: dict[str, Any] = {
        "name": name,
        "help": field.description or "",
        "kind": kind,
        "required": field.is_required(),
        "default": None if default == () else default,
        "choices": choices,
        "minimum": low.ge if low else None,
        "maximum": high.le if high else longest.max_length if longest else None,
        "spoken": kind not in FILES,
    }
    return Parameter.model_validate({**described, **extra})


def _rules(field: FieldInfo) -> tuple[Any, ...]:
    """What its values have to keep to; of an optional one, what those that are given do."""
    inner = [part for part in get_args(field.annotation) if get_origin(part) is Annotated]
    return (*(rule for part in inner for rule in get_args(part)[1:]), *field.metadata)


def _kind(field: FieldInfo) -> tuple[Kind, tuple[str, ...]]:
    said = field.annotation
    if get_origin(said) in {Union, types.UnionType}:
        said = next(part for part in get_args(said) if part is not type(None))
    if get_origin(said) is Annotated:
        said = get_args(said)[0]
    if said is bool:
        return Kind.SWITCH, ()
    if said is int:
        return Kind.NUMBER, ()
    if said is Attachment:
        return Kind.PICTURE, ()
    if said == Pictures:
        return Kind.PICTURES, ()
    if get_origin(said) is Literal:
        return Kind.CHOICE, tuple(get_args(said))
    if isinstance(said, type) and issubclass(said, StrEnum):
        return Kind.CHOICE, tuple(said)
    return Kind.LINE, ()


def _sentence(cls: type[Options], problem: ValidationError) -> Trouble:
    """The first problem as a sentence; one that a validator raised itself comes through as it is."""
    error = problem.errors()[0]
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, Trouble):
        return cause
    name = str(error["loc"][0]) if error["loc"] else "that"
    parameter = next((each for each in cls.parameters() if each.name == name), None)
    value = error.get("input")
    if parameter is None:
        return BadOption(name=name, value=value, why="there is no such option")
    if error["type"] == "missing":
        return _missing(name)
    if parameter.kind is Kind.PICTURES:
        return TooManyPictures(count=len(value) if isinstance(value, (list, tuple)) else 0, limit=parameter.maximum)
    if parameter.kind is Kind.CHOICE:
        return BadOption(name=name, value=str(value)[:40], why=f"choose {_or(parameter.choices)}")
    if parameter.kind is Kind.NUMBER:
        return BadOption(
            name=name,
            value=str(value)[:40],
            why=f"it has to be a number from {parameter.minimum} to {parameter.maximum}",
        )
    return BadOption(name=name, value=str(value)[:40], why=f"it takes at most {parameter.maximum} characters")


def _missing(name: str) -> BadOption:
    return EmptyPrompt() if name == "prompt" else BadOption(name=name, value="", why="it has to be given")


def _or(choices: tuple[str, ...]) -> str:
    return " or ".join([", ".join(choices[:-1]), choices[-1]]) if len(choices) > 1 else choices[0]
