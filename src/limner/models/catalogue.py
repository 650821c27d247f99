"""The catalogue: every model that is known, from the built-in file and the host's own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from limner.errors import ConfigError
from limner.models import Model, Purpose


class Catalogue:
    """Models by name, in the order in which they are declared."""

    def __init__(self, models: Mapping[str, Model]) -> None:
        self._models = dict(models)
        self._said = {_plain(name): model for model in self._models.values() for name in (model.title, model.name)}

    @classmethod
    def load(cls, override: Path | None = None) -> Catalogue:
        """The built-in catalogue, with the host's file laid over it: known models are changed, others added.

        Raises:
            ConfigError: The file cannot be read, or a model in it is not whole; model and key are named.
        """
        declared = dict(_built_in())
        if override is not None:
            for name, said in _read(override).items():
                if not isinstance(said, dict):
                    raise ConfigError(
                        where=str(override), why=f'“{name}” is no table; write ["{name}"] before its keys'
                    )
                if name not in declared and "price" not in said:
                    raise ConfigError(where=str(override), why=f"“{name}” has no price; write price = {{ … }}")
                declared[name] = _priced(name, _over(declared.get(name, {}), said), str(override))
        where = str(override) if override else "the built-in catalogue"
        models = {name: _model(name, said, where) for name, said in declared.items()}
        for model in models.values():
            if model.successor and model.successor not in models:
                raise ConfigError(where=where, why=f"“{model.name}” names an unknown successor, “{model.successor}”")
        return cls(models)

    def get(self, name: str) -> Model | None:
        """The model of this name, also as people say it ("GPT Image 1")."""
        return self._models.get(name) or self._said.get(_plain(name))

    def __iter__(self) -> Iterator[Model]:
        return iter(self._models.values())

    def of(self, purpose: Purpose) -> tuple[Model, ...]:
        """The models of a purpose."""
        return tuple(model for model in self if model.purpose is purpose)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-")


@cache
def _built_in() -> Mapping[str, dict[str, Any]]:
    return tomllib.loads(files("limner.models").joinpath("catalogue.toml").read_text(encoding="utf-8"))


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ConfigError(where=str(file), why=f"it cannot be read ({problem.strerror})") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ConfigError(where=str(file), why=f"it is not valid TOML ({problem})") from problem


def _over(under: dict[str, Any], over: Any) -> dict[str, Any]:
    """Tables are merged, everything else is replaced."""
    merged = dict(under)
    for key, value in over.items() if isinstance(over, dict) else ():
        merged[key] = _over(merged.get(key, {}), value) if isinstance(value, dict) else value
    return merged


PRICED = {
    "paint": ("text_in", "image_in", "image_out"),
    "hear": ("audio_in", "text_in", "text_out"),
    "transcribe": ("audio_minute",),
    "converse": ("text_in", "text_out"),
}
"""What a model of each purpose is billed for: a price that is missing would count as nothing, and no cap would hold."""


def _priced(name: str, said: dict[str, Any], where: str) -> dict[str, Any]:
    """A model of the host's file, its prices all told; what is cached costs the whole where nothing is told of it."""
    price = said.get("price")
    if not isinstance(price, dict):
        return said  # which is told of where the model is read
    needed = [key for key in PRICED.get(str(said.get("purpose")), ()) if key != "image_in" or said.get("edit", True)]
    if missing := [f"price.{key}" for key in needed if key not in price]:
        which = f"{missing[0]} is missing" if len(missing) == 1 else f"{' and '.join(missing)} are missing"
        why = f"“{name}”: {which}; write US dollars per million tokens (or per minute), or 0 where nothing is billed"
        raise ConfigError(where=where, why=why)
    cached = {f"{kind}_cached": price[f"{kind}_in"] for kind in ("text", "image") if f"{kind}_in" in price}
    return {**said, "price": {**cached, **price}}


def _model(name: str, said: dict[str, Any], where: str) -> Model:
    try:
        return Model(name=name, **{"title": name, **said})
    except (ValidationError, TypeError) as problem:
        error = problem.errors()[0] if isinstance(problem, ValidationError) else {"loc": (), "msg": str(problem)}
        key = ".".join(str(part) for part in error["loc"])
        raise ConfigError(where=where, why=f"“{name}”, {key}: {str(error['msg']).lower()}") from problem
