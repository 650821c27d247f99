"""What the sketcher understands of a prompt: things with their colours and counts, a place, a light, a weather, words.

A small grammar over single words, without a model: what stands before a thing belongs to it, and what it does not know
it leaves out. It gives an answer to every text and raises nothing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from limner.domain.text import clean, one_line, shorten
from limner.engines.sketch import vocabulary
from limner.engines.sketch.reader import Reader, Thing

READ_AT_MOST = 4000
"""Words that are read; a sketch has room for far fewer."""
LETTERS_AT_MOST = 80

_QUOTED = re.compile(
    r"“([^“”]*)”|„([^„“”]*)[“”]|«([^«»]*)»|\"([^\"]*)\"|(?<!\w)'([^']+)'(?!\w)|(?<!\w)‘([^‘’]+)’(?!\w)"
)
_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|\d+|[,.;:!?()\n]")


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
        parts = ["shapes and colours"] if self.guessed else [each.words for each in self.things]
        parts += [each for each in (self.place, self.light, *self.weather) if each]
        parts += [f"“{each}”" for each in self.letters]
        return "understood: " + ("; ".join(parts) if parts else "a mood")


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
    reader = Reader()
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


def _settle(reader: Reader) -> tuple[str, str, tuple[str, ...]]:
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
        elif kinds & {"moon", "ghost"} or _has_starry_sky(reader) or "aurora" in weather or "sparkle" in weather:
            light = "night"
    return place, light, weather


def _has_starry_sky(reader: Reader) -> bool:
    """Stars among other things, or several of them, are those of the night; one by itself is a sign."""
    stars = [each for each in reader.things if each.kind == "star"]
    return bool(stars) and (len(reader.things) > 1 or stars[0].count > 1)


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
