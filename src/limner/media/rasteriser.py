"""The process that draws an SVG: reads it from standard input, writes a PNG to standard output, and can do no more.

It is given a few seconds of processor and a bounded memory, writes no file, and is handed nothing that names one:
whatever would lead out of the drawing is taken off before it is drawn. Exit status 1: it cannot be drawn.
"""

from __future__ import annotations

import sys
from io import StringIO
from xml.parsers import expat
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

SECONDS = 3
MEMORY = 1 << 30
LEFT_OUT = frozenset({"script", "foreignObject", "iframe", "audio", "video"})
"""Elements that are no drawing."""
INSIDE = ("data:image/png;", "data:image/jpeg;", "data:image/jpg;", "data:image/gif;", "data:image/webp;")
"""How pictures begin that a drawing brings along; SVG in SVG is not among them."""


class Hostile(Exception):
    """It declares entities, by which a few lines become gigabytes."""


def harmless(data: bytes) -> str:
    """The SVG written anew without its document type, without scripts, and without any reference to what is not in it.

    Raises:
        Hostile: It declares entities.
        xml.parsers.expat.ExpatError: It is no XML.
    """
    out = StringIO()
    writing = XMLGenerator(out, "utf-8", short_empty_elements=True)
    left_out = 0
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def entity(*_: object) -> None:
        raise Hostile

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal left_out
        if left_out or name.rpartition(":")[2] in LEFT_OUT:
            left_out += 1
        else:
            kept = {key: said for key, said in attributes.items() if _stays(key, said)}
            writing.startElement(name, AttributesImpl(kept))

    def end(name: str) -> None:
        nonlocal left_out
        if left_out:
            left_out -= 1
        else:
            writing.endElement(name)

    def text(words: str) -> None:
        if not left_out:
            writing.characters(words)

    parser.EntityDeclHandler = entity
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.Parse(data, True)
    return out.getvalue()


def _stays(key: str, said: str) -> bool:
    if key.rpartition(":")[2] not in {"href", "src"}:
        return True
    return said.strip().startswith(("#", *INSIDE))


def bound() -> None:
    """Takes from this process what drawing does not need, where the system can do that."""
    try:
        import resource
    except ImportError:  # Windows: the time-out is what bounds it there
        return
    for what, most in (("CPU", SECONDS), ("AS", MEMORY), ("FSIZE", 0), ("CORE", 0)):
        try:
            resource.setrlimit(getattr(resource, f"RLIMIT_{what}"), (most, most))
        except (ValueError, OSError, AttributeError):  # not every system has each of them
            continue


def main() -> int:
    """Draws what is on standard input; the argument is the longer side in pixels."""
    bound()
    import resvg_py

    longest = int(sys.argv[1])
    try:
        drawing = harmless(sys.stdin.buffer.read())
        png = resvg_py.svg_to_bytes(svg_string=drawing, width=longest, height=longest)
    except (Hostile, expat.ExpatError, ValueError):
        return 1
    sys.stdout.buffer.write(png)
    return 0


if __name__ == "__main__":
    sys.exit(main())
