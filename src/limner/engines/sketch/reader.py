"""Reading a prompt word by word: a thing gathers the colours, the number and the size that stand before it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from limner.engines.sketch.lexicon import find_colour, find_thing, tables

KINDS_AT_MOST = 7
COUNT_AT_MOST = 24
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


class Reader:
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
        lexicon = tables()
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
        elif (colour := find_colour(word)) and not (word == "orange" and self._is_fruit(following)):
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
        elif word.isdecimal() or word in lexicon["number"]:
            self._number(word)
        else:
            self._noun(word, following)

    def _is_fruit(self, following: str) -> bool:
        return not self.waiting and not following[:1].isalpha()

    def _number(self, word: str) -> None:
        said = int(word) if word.isdecimal() and len(word) < 3 else tables()["number"].get(word)
        if said is not None and (self.count is None or self.count == 1) and int(said) > 0:
            self.count = min(int(said), COUNT_AT_MOST)

    def _colour(self, colour: str, after_thing: bool, following: str) -> None:
        self.colours.append(colour)
        # "un renard rouge": it stands behind its thing, unless another thing follows ("fox red house").
        if after_thing and self.things and not self.things[-1].colours and find_thing(following) is None:
            self.things[-1] = replace(self.things[-1], colours=(colour,))
        else:
            self.waiting.append(colour)

    def _boundary(self, word: str) -> None:
        if word in {"and", "und", "et", "y"} and self.waiting:
            return  # "red and blue birds"
        self._flush()

    def _noun(self, word: str, following: str) -> None:
        lexicon = tables()
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
        elif thing := find_thing(word):
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
