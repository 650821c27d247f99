"""What the sketcher understands of a prompt: things with their colours and counts, a place, a light, a weather, words.

A small grammar over single words, without a model: what stands before a thing belongs to it, and what it does not know
it leaves out. It gives an answer to every text and raises nothing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache

from limner.domain.text import clean, one_line, shorten
from limner.engines.sketch import vocabulary

READ_AT_MOST = 4000
"""Words that are read; a sketch has room for far fewer."""
KINDS_AT_MOST = 7
COUNT_AT_MOST = 24
LETTERS_AT_MOST = 80

_QUOTED = re.compile(
    r"“([^“”]*)”|„([^„“”]*)[“”]|«([^«»]*)»|\"([^\"]*)\"|(?<!\w)'([^']+)'(?!\w)|(?<!\w)‘([^‘’]+)’(?!\w)"
)
_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|\d+|[,.;:!?()\n]")
_NAMES = {
    "#d63f33": "red",
    "#8f2334": "burgundy",
    "#ef8a2b": "orange",
    "#d97a5b": "coral",
    "#f2c330": "yellow",
    "#4f9d51": "green",
    "#7d8a3f": "olive",
    "#2f9c97": "teal",
    "#3aa6c9": "cyan",
    "#3c72c4": "blue",
    "#26407f": "navy",
    "#7cb7e8": "azure",
    "#7d56b5": "purple",
    "#e884ad": "pink",
    "#8a5a36": "brown",
    "#e3cfa8": "beige",
    "#f5f3ec": "white",
    "#33323a": "black",
    "#8d9299": "grey",
    "#b5723c": "copper",
}
_SIZES = {0.45: "tiny ", 0.68: "small ", 1.0: "", 1.35: "big ", 1.7: "huge "}


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Something to draw, as often as it was asked for."""

    kind: str
    """A name among the things that can be drawn; `form` is what stands for the unknown."""
    count: int = 1
    colours: tuple[str, ...] = ()
    """Hexadecimal, taken in turn when there are several of the thing."""
    accent: str | None = None
    size: float = 1.0
    relation: str = ""
    """How it stands to the thing after it: on, under, beside, behind, front, over; empty when nothing was said."""

    @property
    def words(self) -> str:
        """The thing in English, for a caption."""
        colours = " and ".join(_NAMES[each] for each in self.colours)
        named = f"{_SIZES.get(self.size, '')}{colours + ' ' if colours else ''}{self.kind}"
        return named if self.count == 1 else f"{self.count} × {named}"


@dataclass(frozen=True, kw_only=True)
class Understanding:
    """What will be drawn."""

    things: tuple[Thing, ...] = ()
    place: str = ""
    light: str = ""
    weather: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    """What stood in quotation marks, to be drawn as lettering."""
    sky: str | None = None
    colours: tuple[str, ...] = ()
    """All that were named, in their order."""
    monochrome: bool = False
    guessed: bool = False
    """Nothing at all was understood: its things are forms that nobody asked for."""

    @property
    def words(self) -> str:
        """What was understood, on one line."""
        parts = [each.words for each in self.things]
        parts += [each for each in (self.place, self.light, *self.weather) if each]
        parts += [f"“{each}”" for each in self.letters]
        return "understood: " + ("; ".join(parts) if parts else "a mood")


@cache
def _lexicon() -> dict[str, dict[str, str]]:
    """Every table as word → meaning; a thing's irregular plurals are in `plural`."""
    tables = {
        "thing": vocabulary.THINGS,
        "colour": vocabulary.COLOURS,
        "number": vocabulary.NUMBERS,
        "place": vocabulary.PLACES,
        "light": vocabulary.LIGHTS,
        "weather": vocabulary.WEATHERS,
        "size": vocabulary.SIZES,
        "relation": vocabulary.RELATIONS,
    }
    lexicon: dict[str, dict[str, str]] = {name: {} for name in (*tables, "plural")}
    for name, table in tables.items():
        for line in table.strip().replace("\n    ", " ").splitlines():
            meaning, _, words = line.partition(": ")
            singular, _, plural = words.partition(";")
            lexicon[name].update(dict.fromkeys(singular.split(), meaning))
            lexicon["plural"].update(dict.fromkeys(plural.split(), meaning))
    for name in ("scenery", "negations", "boundaries", "glue", "monochrome"):
        lexicon[name] = dict.fromkeys(getattr(vocabulary, name.upper()).split(), name)
    return lexicon


def _find_thing(word: str) -> tuple[str, bool] | None:
    """A thing's kind, and whether the word speaks of several."""
    lexicon = _lexicon()
    if word in lexicon["plural"]:
        return lexicon["plural"][word], True
    if word in lexicon["thing"]:
        return lexicon["thing"][word], False
    for ending in ("es", "s", "en", "n", "e", "x"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2 and stem in lexicon["thing"]:
            return lexicon["thing"][stem], True
    return None


def _find_colour(word: str) -> str | None:
    colours = _lexicon()["colour"]
    for ending in ("", "es", "er", "en", "em", "e", "ish"):
        stem = word.removesuffix(ending) if ending else word
        if (stem != word or not ending) and len(stem) > 2 and stem in colours:
            return colours[stem]
    return None


class _Reader:
    """Reads the tokens from left to right; what waits for its thing is kept until a boundary."""

    def __init__(self) -> None:
        self.things: list[Thing] = []
        self.found: dict[str, str] = {}
        self.weather: list[str] = []
        self.colours: list[str] = []
        self.sky: str | None = None
        self.monochrome = False
        self.relation = ""
        self.negated = False
        self.unknown = 0
        self._after_thing = False
        self._forget()

    def _forget(self) -> None:
        self.waiting: list[str] = []
        self.count: int | None = None
        self.size = 1.0
        self.gap = 0

    def read(self, word: str, following: str) -> None:
        lexicon = _lexicon()
        after_thing, self._after_thing = self._after_thing, False
        if not word[0].isalnum():
            self._flush()
            self.negated = False
        elif word in lexicon["negations"]:
            self.negated = True
        elif word in lexicon["monochrome"]:
            self.monochrome = True
        elif word in lexicon["glue"]:
            self._after_thing = after_thing
        elif (colour := _find_colour(word)) and not (word == "orange" and self._is_fruit(following)):
            self._colour(colour, after_thing, following)
        elif word in {"orange", "naranja"}:
            self._thing("orange", False)
        elif word in lexicon["relation"]:
            self._flush()
            self.relation = lexicon["relation"][word]
        elif word in lexicon["boundaries"]:
            self._boundary(word)
        elif word in lexicon["size"]:
            self.size = float(lexicon["size"][word])
        elif word.isdigit() or word in lexicon["number"]:
            self._number(word)
        else:
            self._noun(word, following)

    def _is_fruit(self, following: str) -> bool:
        return not self.waiting and not following[:1].isalpha()

    def _number(self, word: str) -> None:
        said = int(word) if word.isdigit() and len(word) < 3 else _lexicon()["number"].get(word)
        if said is not None and (self.count is None or self.count == 1) and int(said) > 0:
            self.count = min(int(said), COUNT_AT_MOST)

    def _colour(self, colour: str, after_thing: bool, following: str) -> None:
        self.colours.append(colour)
        # "un renard rouge": it stands behind its thing, unless another thing follows ("fox red house").
        if after_thing and self.things and not self.things[-1].colours and _find_thing(following) is None:
            self.things[-1] = replace(self.things[-1], colours=(colour,))
        else:
            self.waiting.append(colour)

    def _boundary(self, word: str) -> None:
        if word in {"and", "und", "et", "y"} and self.waiting:
            return  # "red and blue birds"
        self._flush()

    def _noun(self, word: str, following: str) -> None:
        lexicon = _lexicon()
        if word in lexicon["scenery"]:
            if self.waiting and word in {"sky", "himmel", "ciel", "cielo"}:
                self.sky = self.waiting[-1]
            self._forget()
        elif word in lexicon["place"] and not self._is_attribute(word, following):
            self._setting("place", lexicon["place"][word])
        elif word in lexicon["light"]:
            self._setting("light", lexicon["light"][word])
        elif word in lexicon["weather"]:
            if not self.negated:
                self.weather.append(lexicon["weather"][word])
            self._forget()
        elif thing := _find_thing(word):
            self._thing(*thing)
        else:
            self.unknown += 1
            self.gap += 1
            if self.gap > 2:
                self._flush()

    def _is_attribute(self, word: str, following: str) -> bool:
        return word in {"spring", "fall", "field"} and following in {"of", "from"}

    def _setting(self, name: str, value: str) -> None:
        if not self.negated:
            self.found.setdefault(name, value)
        if self.relation == "over":
            self._relate()
        self.negated = False
        self.relation = ""
        self._forget()

    def _thing(self, kind: str, plural: bool) -> None:
        if self.negated:
            self.negated = False
            self._forget()
            return
        count = self.count if self.count is not None and not (plural and self.count == 1) else 3 if plural else 1
        new = Thing(kind=kind, count=count, colours=tuple(self.waiting), size=self.size)
        same = next((each for each in self.things if each.kind == kind and self.count is None), None)
        if same is None and len(self.things) < KINDS_AT_MOST:
            self._relate()
            self.things.append(new)
        elif same is not None and new.colours and not same.colours:
            self.things[self.things.index(same)] = replace(same, colours=new.colours)
        self.relation = ""
        self._after_thing = True
        self._forget()

    def _relate(self) -> None:
        """ "a cat on a chair": the thing before the preposition stands so to what comes now."""
        if self.relation and self.things and not self.things[-1].relation:
            self.things[-1] = replace(self.things[-1], relation=self.relation)

    def _flush(self) -> None:
        """A colour whose noun is unknown: something about the thing before it, or a form of its own."""
        if self.waiting and self.gap:
            if self.things:
                self.things[-1] = replace(self.things[-1], accent=self.waiting[-1])
            else:
                self.things.append(
                    Thing(kind="form", count=self.count or 1, colours=tuple(self.waiting), size=self.size)
                )
        self._forget()


def understand(prompt: str) -> Understanding:
    """What there is to draw in these words; the same for the same words, whatever they are."""
    text = unicodedata.normalize("NFC", clean(prompt))
    letters: list[str] = []

    def take(match: re.Match[str]) -> str:
        said = one_line(next(group for group in match.groups() if group is not None))
        if said and len(letters) < 2:
            letters.append(shorten(said, LETTERS_AT_MOST))
        return " , "

    rest = _QUOTED.sub(take, text)
    words = _join_phrases(_TOKEN.findall(rest.lower())[:READ_AT_MOST])
    reader = _Reader()
    for index, word in enumerate(words):
        reader.read(word, words[index + 1] if index + 1 < len(words) else "")
    reader.read(".", "")
    place, light, weather = _settle(reader)
    things = tuple(reader.things)
    if any(each.kind == "face" for each in things):
        things = tuple(each for each in things if each.kind != "person")  # "portrait of a woman" is one face
    guessed = not things and not (place or light or weather or letters)
    if guessed:
        things = (Thing(kind="form", count=reader.count or 3, colours=tuple(dict.fromkeys(reader.colours))),)
    return Understanding(
        things=things,
        place=place,
        light=light,
        weather=weather,
        letters=tuple(letters),
        sky=reader.sky,
        colours=tuple(dict.fromkeys(reader.colours)),
        monochrome=reader.monochrome,
        guessed=guessed,
    )


def _join_phrases(words: list[str]) -> list[str]:
    joined: list[str] = []
    index = 0
    while index < len(words):
        for length in (3, 2):
            phrase = vocabulary.PHRASES.get(" ".join(words[index : index + length]))
            if phrase and index + length <= len(words):
                joined.append(phrase)
                index += length
                break
        else:
            joined.append(words[index])
            index += 1
    return joined


def _settle(reader: _Reader) -> tuple[str, str, tuple[str, ...]]:
    """Place, light and weather, as far as one follows from another or from the things."""
    kinds = {each.kind for each in reader.things}
    place, light = reader.found.get("place", ""), reader.found.get("light", "")
    weather = tuple(dict.fromkeys(reader.weather))
    if not place:
        if kinds & {"whale", "boat", "lighthouse"}:
            place = "water"
        elif kinds and kinds <= {"fish", "turtle"}:
            place = "underwater"
        elif kinds & {"planet"} or (kinds <= {"rocket", "star", "moon"} and "rocket" in kinds):
            place = "space"
        elif kinds & {"cactus"}:
            place = "desert"
        elif kinds & {"snowman", "penguin"} or "snowfall" in weather:
            place = "snow"
        elif "skyscraper" in kinds:
            place = "city"
        elif kinds and kinds <= INDOORS:
            place = "room"
    if not light:
        if "storm" in weather or "rain" in weather:
            light = "overcast"
        elif "moon" in kinds or ("star" in kinds and kinds - {"star"}) or "aurora" in weather or "sparkle" in weather:
            light = "night"
    return place, light, weather


INDOORS = frozenset(
    [
        "cup",
        "book",
        "lamp",
        "candle",
        "chair",
        "table",
        "clock",
        "key",
        "guitar",
        "camera",
        "bottle",
        "vase",
        "gift",
        "apple",
        "orange",
        "pear",
        "cherry",
        "strawberry",
        "banana",
        "cake",
        "egg",
    ]
)
"""Things that by themselves stand in a room."""
