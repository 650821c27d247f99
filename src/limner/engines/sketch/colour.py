"""Colours as triples of 0–255, and what is done with them."""

from __future__ import annotations

Colour = tuple[int, int, int]


def hexed(code: str) -> Colour:
    """`#rrggbb` as a triple."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` of the other colour in the one."""
    return (
        round(one[0] + (other[0] - one[0]) * share),
        round(one[1] + (other[1] - one[1]) * share),
        round(one[2] + (other[2] - one[2]) * share),
    )


WHITE: Colour = (255, 255, 255)
PAPER: Colour = (250, 246, 236)
INK: Colour = (46, 42, 58)


def lighter(colour: Colour, share: float = 0.3) -> Colour:
    """Towards a warm white."""
    return mix(colour, (255, 250, 236), share)


def darker(colour: Colour, share: float = 0.3) -> Colour:
    """Towards a cool, deep shade, as painters darken."""
    return mix(colour, (38, 30, 66), share)


def luminance(colour: Colour) -> float:
    """0 for black, 1 for white."""
    return (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) / 255
