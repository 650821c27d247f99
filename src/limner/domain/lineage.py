"""A family of pictures as a tree: versions follow each other along a line, everything else branches off it.

A picture may have several parents; it stands where it comes from first (the version before it, else the first picture
that it goes by), and the others are said beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from limner.domain.record import Record
from limner.domain.request import Asset
from limner.domain.text import one_line, shorten


class Branch(Record):
    """A picture in its place in the tree."""

    asset: Asset
    parent: str | None = None
    """The one that it hangs on; None: a root, or what it came from is not to be seen."""
    also: tuple[str, ...] = ()
    """The others that it was made from."""
    column: int
    """How far from its root."""
    row: int
    """The line that it stands on, from the top; versions follow each other on one."""
    branches: bool = False
    """It begins a line of its own, off its parent's."""

    @property
    def label(self) -> str:
        """Its id and version."""
        return f"{self.asset.id} v{self.asset.version}" if self.asset.version > 1 else self.asset.id

    def told(self, limit: int = 60) -> str:
        """Where it comes from, what was asked for and by whom, in a line."""
        asset = self.asset
        before = (self.parent, *self.also) if self.parent else self.also
        if asset.version_of is not None and asset.version_of == self.parent:
            origin = f"v{asset.version} of {asset.version_of}"
            origin += f", with {', '.join(self.also)}" if self.also else ""
        else:
            origin = f"from {', '.join(before)}" if before else ""
        said = [origin, f"“{shorten(one_line(asset.prompt), limit)}”", f"by {shorten(one_line(asset.member_name), 40)}"]
        return f"{asset.id}: {', '.join(part for part in said if part)}"


def grown(family: Sequence[Asset]) -> tuple[Branch, ...]:
    """The tree, or the several, of these pictures; each after the one that it hangs on, rows from top to bottom. Those
    that nothing here comes from, and that come from nothing here, are left out."""
    known = {each.id: each for each in sorted(family, key=lambda each: (each.created, each.job, each.number))}
    parents = {id: _parents(asset, known) for id, asset in known.items()}
    children: dict[str | None, list[str]] = {}
    placed: set[str] = set()
    for id, before in parents.items():
        # Whatever comes from something later is a root: no record that was tampered with makes a circle.
        parent = before[0] if before and before[0] in placed else None
        children.setdefault(parent, []).append(id)
        placed.add(id)
    related = {id for id, before in parents.items() if before} | {
        each for before in parents.values() for each in before
    }
    branches: list[Branch] = []
    row = 0
    for root in children.get(None, []):
        if root in related:
            row = _place(root, None, 0, row, known, parents, children, branches) + 1
    return tuple(branches)


def _parents(asset: Asset, known: dict[str, Asset]) -> list[str]:
    before = (*((asset.version_of,) if asset.version_of else ()), *asset.parents)
    return [each for each in dict.fromkeys(before) if each in known and each != asset.id]


def _place(
    id: str,
    parent: str | None,
    column: int,
    row: int,
    known: dict[str, Asset],
    parents: dict[str, list[str]],
    children: dict[str | None, list[str]],
    branches: list[Branch],
) -> int:
    """Puts a picture and all that hangs on it into the tree; gives the last row that they take."""
    # By hand and not by recursion: a line of a thousand versions is no reason to fail.
    last = row - 1
    open_: list[tuple[str, str | None, int, int | None]] = [(id, parent, column, row)]
    while open_:
        each, above, at, line = open_.pop()
        own = line if line is not None else last + 1
        last = max(last, own)
        also = tuple(other for other in parents[each] if other != above)
        branches.append(
            Branch(
                asset=known[each], parent=above, also=also, column=at, row=own, branches=bool(above) and line is None
            )
        )
        own_children = children.get(each, [])
        following = next((child for child in own_children if known[child].version_of == each), None)
        others = [child for child in own_children if child != following]
        open_ += [(child, each, at + 1, None) for child in reversed(others)]
        if following is not None:
            open_.append((following, each, at + 1, own))
    return last


def spelled(branches: Sequence[Branch], *, shown: Set[str], most: int) -> Iterator[str]:
    """The tree in lines; a branch is indented, and those that are `shown` are marked."""
    for each in branches[:most]:
        mark = "▸ " if each.asset.id in shown else ""
        yield f"{'↳ ' if each.branches else ''}{mark}{each.told()}"
    if len(branches) > most:
        yield f"… and {len(branches) - most} more."
