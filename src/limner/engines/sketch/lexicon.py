"""Words looked up: what a word means to the sketcher, endings and plurals allowed for."""

from __future__ import annotations

from functools import cache

from limner.engines.sketch import vocabulary


@cache
def tables() -> dict[str, dict[str, str]]:
    """Every table as word → meaning; a thing's irregular plurals are in `plural`."""
    written = {
        "thing": vocabulary.THINGS,
        "colour": vocabulary.COLOURS,
        "number": vocabulary.NUMBERS,
        "place": vocabulary.PLACES,
        "light": vocabulary.LIGHTS,
        "weather": vocabulary.WEATHERS,
        "size": vocabulary.SIZES,
        "relation": vocabulary.RELATIONS,
    }
    lexicon: dict[str, dict[str, str]] = {name: {} for name in (*written, "plural")}
    for name, table in written.items():
        for line in table.strip().replace("\n    ", " ").splitlines():
            meaning, _, words = line.partition(": ")
            singular, _, plural = words.partition(";")
            lexicon[name].update(dict.fromkeys(singular.split(), meaning))
            lexicon["plural"].update(dict.fromkeys(plural.split(), meaning))
    for name in ("scenery", "negations", "boundaries", "glue", "monochrome"):
        lexicon[name] = dict.fromkeys(getattr(vocabulary, name.upper()).split(), name)
    return lexicon


def find_thing(word: str) -> tuple[str, bool] | None:
    """A thing's kind, and whether the word speaks of several."""
    lexicon = tables()
    if word in lexicon["plural"]:
        return lexicon["plural"][word], True
    if word in lexicon["thing"]:
        return lexicon["thing"][word], False
    for ending in ("es", "s", "en", "n", "e", "x"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2 and stem in lexicon["thing"]:
            return lexicon["thing"][stem], True
    return None


def find_colour(word: str) -> str | None:
    """A colour, hexadecimal."""
    colours = tables()["colour"]
    if word in tables()["plural"]:
        return None  # "oranges"
    for ending in ("", "es", "er", "en", "em", "e", "s", "ish"):
        stem = word.removesuffix(ending) if ending else word
        if (stem != word or not ending) and len(stem) > 2 and stem in colours:
            return colours[stem]
    return None
