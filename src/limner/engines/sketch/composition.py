"""Where things stand: by thirds, what is large behind, what is small in front, nothing hidden that was counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random

from limner.engines.sketch.reader import Thing
from limner.engines.sketch.things import Kind, Level, kinds
from limner.engines.sketch.understanding import Understanding

DRAWN_AT_MOST = 36
LEAN_AT_MOST = 5
"""More than so many have no room on another thing."""


@dataclass(frozen=True, kw_only=True)
class Placed:
    """One thing at its place, in pixels."""

    kind: Kind
    colour: str | None
    accent: str | None
    x: float
    """Its middle."""
    y: float
    """Its foot."""
    height: float
    flip: bool
    depth: float
    """What has more is nearer, and covers what has less."""
    aloft: bool
    """It touches no ground, and so throws no shadow on it."""

    @property
    def width(self) -> float:
        return self.height * self.kind.aspect


@dataclass
class _Group:
    """All of one thing, in one level."""

    thing: Thing
    kind: Kind
    level: Level
    anchor: _Group | None = None
    how: str = ""
    together: tuple[_Group, ...] = ()
    placed: tuple[Placed, ...] = ()


def compose(understood: Understanding, width: int, height: int, random: Random) -> tuple[Placed, ...]:
    """The things at their places, those behind first."""
    known = kinds()
    groups: list[_Group] = []
    left = DRAWN_AT_MOST
    for thing in understood.things:
        kind = known.get(thing.kind, known["form"])
        level = _level(thing, kind, understood.place)
        count = min(thing.count, left)
        left -= count
        if count:
            groups.append(_Group(replace(thing, count=count), kind, level))
    _lean(groups)
    side = random.random() < 0.5
    _place_rows(groups, width, height, random, side)
    order = [Level.HEAVEN, Level.FAR, Level.AIR, Level.WATER, Level.NEAR]
    drawn = [each for level in order for group in groups if group.level is level for each in group.placed]
    return tuple(sorted(drawn, key=lambda each: each.depth))


def _lean(groups: list[_Group]) -> None:
    """What was said to be on or under the next thing leans on it, and so do those named together with it."""
    for index, (group, following) in enumerate(pairwise(groups)):
        if group.thing.relation not in {"on", "under"} or Level.HEAVEN in {group.level, following.level}:
            continue
        together = [group]
        for earlier in reversed(groups[:index]):
            if earlier.thing.relation or earlier.level is not Level.NEAR:
                break
            together.insert(0, earlier)
        if sum(each.thing.count for each in together) <= LEAN_AT_MOST:
            for each in together:
                each.anchor, each.how = following, group.thing.relation
                each.together = tuple(together)


def _level(thing: Thing, kind: Kind, place: str) -> Level:
    if place in {"space", "underwater"} and kind.level in {Level.NEAR, Level.WATER}:
        return Level.AIR
    if thing.relation == "over" and kind.level is Level.NEAR:
        return Level.AIR
    return kind.level


def _place_rows(groups: list[_Group], width: int, height: int, random: Random, side: bool) -> None:
    """Every group gets its places; those that lean on another come after it."""
    free = [each for each in groups if each.anchor is None]
    for level in Level:
        row = [each for each in free if each.level is level]
        if row:
            alone = len({each.level for each in free if each.level is not Level.HEAVEN}) == 1 and not any(
                each.thing.relation == "over" for each in row
            )
            _place_level(row, level, width, height, random, side, alone)
    for group in reversed(groups):
        if group.anchor is not None and group.together[0] is group:
            _place_by_anchor(group.together, group.anchor, width, height, random)


def _zone(level: Level, alone: bool) -> tuple[float, float, float]:
    """Highest foot, lowest foot, and how much of the height things may take, in shares of the height."""
    match level:
        case Level.HEAVEN:
            return 0.31, 0.31, 0.26
        case Level.AIR:
            return (0.32, 0.76, 0.72) if alone else (0.20, 0.46, 0.42)
        case Level.FAR:
            return 0.72, 0.80, 0.70
        case Level.WATER:
            return 0.76, 0.86, 0.6
        case _:
            return 0.82, 0.92, 0.70


def _place_level(
    row: list[_Group], level: Level, width: int, height: int, random: Random, side: bool, alone: bool
) -> None:
    high, low, room = _zone(level, alone)
    short = min(width, height)
    items: list[tuple[_Group, int, float]] = []
    total = sum(each.thing.count for each in row)
    crowd = 1.0 if total <= 1 else 0.86 if total == 2 else 0.74 if total == 3 else 0.62
    stride = random.uniform(0.80, 1.04) if total <= 3 else 1.0  # nearer or farther, from picture to picture
    solo = 1.34 if alone and total == 1 else 1.12 if alone and total <= 3 else 1.0
    for group in row:
        natural = group.kind.height * group.thing.size * solo
        if alone and total == 1:
            natural = max(natural, 0.42 * group.thing.size)  # the only thing there is fills its picture
        fewer = crowd if group.thing.count > 1 or len(row) > 2 else 0.9 if total > 1 else 1.0
        tall = min(natural * fewer * stride * short, room * height)
        items += [(group, number, tall) for number in range(group.thing.count)]
    if len(row) > 1 and level in {Level.NEAR, Level.FAR, Level.WATER}:
        items = _interleave(items)
    rows = 1 if total <= 5 else 2 if total <= 12 else 3
    if level is Level.AIR and total > 2:
        rows = 1 if alone and total <= 4 and width > height * 1.2 else max(rows, 2 if total <= 8 else 3)
    per_row = -(-total // rows)
    placed: dict[int, list[Placed]] = {}
    for index in range(rows):
        part = items[index * per_row : (index + 1) * per_row]
        if not part:
            continue
        share = 0.5 if rows == 1 else index / (rows - 1)
        foot = (high + (low - high) * share) * height
        if level is Level.AIR and alone and total > 1:
            # Evenly over the whole sheet: each row about the middle of its own band.
            middle = 0.10 + 0.78 * (index + 0.5) / rows
            foot = middle * height + 0.5 * min(part[0][2], 0.62 * height / rows)
        if rows > 1 and level in {Level.NEAR, Level.FAR, Level.WATER}:
            # Rows so far apart that a row hides no more than the feet of the one behind it.
            first = 0.72 if rows == 2 else 0.60
            step = (0.94 - first) * height / (rows - 1)
            foot = (first + (0.94 - first) * share) * height
            part = [(g, n, min(tall * (0.78 + 0.22 * share), step * 1.2)) for g, n, tall in part]
        _place_line(part, foot, level, width, height, random, side if index % 2 == 0 else not side, placed, rows, alone)
    for group in row:
        group.placed = tuple(placed[id(group)])


def _interleave(items: list[tuple[_Group, int, float]]) -> list[tuple[_Group, int, float]]:
    """The big ones in the middle, so that none stands alone at an edge."""
    ordered = sorted(items, key=lambda each: -each[2])
    return [*ordered[1::2][::-1], *ordered[0::2]]


def _place_line(
    part: Sequence[tuple[_Group, int, float]],
    foot: float,
    level: Level,
    width: int,
    height: int,
    random: Random,
    side: bool,
    placed: dict[int, list[Placed]],
    rows: int,
    alone: bool,
) -> None:
    """Side by side from left to right, never wider than the sheet."""
    spread = 0.88 * width
    widths = [tall * max(0.35, group.kind.aspect) * 1.06 for group, _, tall in part]
    shrink = min(1.0, spread / sum(widths))
    if rows > 1:
        lines_room = (0.62 if level is Level.AIR and alone else 0.42) * height / rows
        tallest = max(tall for _, _, tall in part)
        if level is Level.AIR:
            shrink = min(shrink, lines_room / tallest)
    used = sum(widths) * shrink
    gap = (spread - used) / (len(part) + 1)
    if len(part) == 1:
        third = 0.36 if side else 0.64
        if level is Level.NEAR and not alone:
            third = 0.34 if side else 0.66
        elif level is Level.FAR and not alone:
            third = 0.67 if side else 0.33
        elif level is Level.HEAVEN:
            third = 0.17 if side else 0.83
        elif level is Level.AIR and not alone:
            third = 0.64 if side else 0.36
        elif alone:
            third = 0.46 if side else 0.54
        third += random.uniform(-0.07, 0.07)
        half = widths[0] * shrink / 2
        starts = [min(max(third * width - half, 0.05 * width), 0.95 * width - 2 * half)]
    else:
        starts, at = [], 0.06 * width + gap
        for each in widths:
            starts.append(at + random.uniform(-0.3, 0.3) * gap)
            at += each * shrink + gap
    for start, wide, (group, number, tall) in zip(starts, widths, part, strict=True):
        size = tall * shrink
        lift = 0.0
        if level is Level.AIR:
            lift = random.uniform(-0.02, 0.02) * height if rows > 1 else random.uniform(-0.07, 0.05) * height
            lift += (size - min(size, foot * 0.9)) if size > foot * 0.9 else 0.0
        elif rows == 1 and len(part) > 1:
            lift = random.uniform(-0.02, 0.03) * height
        bottom = min(max(foot + lift, size * 1.04 + 0.03 * height), 0.95 * height)
        placed.setdefault(id(group), []).append(
            _placed(group, number, start + wide * shrink / 2, bottom, size, random, width, side)
        )


def _placed(
    group: _Group, number: int, x: float, y: float, size: float, random: Random, width: int, side: bool
) -> Placed:
    colours = group.thing.colours
    # A single thing looks into the picture; several look here and there, mostly one way.
    flip = x > width / 2 if group.thing.count == 1 else (random.random() < 0.3) == side
    return Placed(
        kind=group.kind,
        colour=colours[number % len(colours)] if colours else None,
        accent=group.thing.accent,
        x=x,
        y=y,
        depth=y if group.level in {Level.FAR, Level.NEAR, Level.WATER} else 0,
        aloft=group.level in {Level.AIR, Level.HEAVEN},
        height=max(2.0, size),
        flip=flip and group.kind.flips,
    )


def _place_by_anchor(together: Sequence[_Group], anchor: _Group, width: int, height: int, random: Random) -> None:
    """On top of another thing, or at its foot, side by side."""
    if not anchor.placed:
        return
    base = anchor.placed[len(anchor.placed) // 2]
    on = together[0].how == "on"
    seat = base.y - base.kind.seat * base.height
    room = seat - 0.03 * height if on else base.height * 0.5
    short = min(width, height)
    wanted = [min(group.kind.height * group.thing.size * short, max(room, 0.08 * short)) for group in together]
    wide = sum(
        tall * max(0.4, group.kind.aspect) * group.thing.count for tall, group in zip(wanted, together, strict=True)
    )
    shrink = min(1.0, base.width * (0.92 if on else 1.1) / wide)
    at = base.x - wide * shrink / 2
    for tall, group in zip(wanted, together, strict=True):
        placed = []
        size = tall * shrink
        step = size * max(0.4, group.kind.aspect)
        for number in range(group.thing.count):
            foot = seat + 0.03 * size if on else base.y + 0.03 * height
            one = _placed(group, number, at + step / 2, foot, size, random, width, base.flip)
            placed.append(replace(one, depth=base.y + 1 if on else foot, flip=base.flip and group.kind.flips))
            at += step
        group.placed = tuple(placed)
