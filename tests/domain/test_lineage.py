"""Trees of pictures: whatever was made from whatever, and whatever was deleted since, each has one place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from limner.domain.lineage import Branch, grown, spelled
from limner.domain.money import Micros
from limner.domain.request import Asset

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def an_asset(
    number: int, *parents: str, version_of: str | None = None, version: int = 1, prompt: str = "a fox"
) -> Asset:
    id = f"a{number}"
    return Asset(
        id=id,
        job=id,
        number=1,
        team="t",
        member="m",
        member_name="Ada",
        blob=id,
        media_type="image/png",
        width=64,
        height=64,
        size=1,
        prompt=prompt,
        model="gpt-image-1",
        quality="draft",
        cost=Micros(0),
        parents=parents,
        version_of=version_of,
        version=version,
        created=NOON + timedelta(seconds=number),
    )


@st.composite
def families(draw: st.DrawFn) -> list[Asset]:
    """Anything that members can bring about: versions, branches and blends, with some of it deleted."""
    count = draw(st.integers(1, 30))
    made: list[Asset] = []
    for number in range(count):
        before = draw(st.lists(st.sampled_from([each.id for each in made]), max_size=3, unique=True)) if made else []
        version_of = before[0] if before and draw(st.booleans()) else None
        version = 1 + next((each.version for each in made if each.id == version_of), 0)
        made.append(an_asset(number, *before, version_of=version_of, version=version))
    gone = draw(st.sets(st.integers(0, count - 1)))
    return [each for number, each in enumerate(made) if number not in gone]


def by_id(branches: tuple[Branch, ...]) -> dict[str, Branch]:
    return {each.asset.id: each for each in branches}


@given(families())
def test_each_picture_that_has_relatives_has_one_place_of_its_own(family: list[Asset]) -> None:
    branches = grown(family)
    placed = by_id(branches)
    known = {each.id for each in family}
    related = {each.id for each in family if known & set(each.parents)} | {
        parent for each in family for parent in each.parents if parent in known
    }

    assert placed.keys() == related
    assert len(branches) == len(placed)
    assert len({(each.column, each.row) for each in branches}) == len(branches)
    for number, each in enumerate(branches):
        before = {other.asset.id for other in branches[:number]}
        assert each.parent is None or each.parent in before
        assert each.column == (placed[each.parent].column + 1 if each.parent else 0)
        assert {each.parent, *each.also} - {None} == set(each.asset.parents) & placed.keys()


@given(families())
def test_versions_follow_each_other_on_one_row(family: list[Asset]) -> None:
    placed = by_id(grown(family))
    for each in placed.values():
        if not each.branches and each.parent is not None:
            assert each.row == placed[each.parent].row
            assert each.asset.version_of == each.parent
            assert each.asset.version == placed[each.parent].asset.version + 1


def test_a_tree_is_told_in_lines() -> None:
    family = [
        an_asset(1, prompt="a red fox"),
        an_asset(2, "a1", version_of="a1", version=2, prompt="make the sky orange"),
        an_asset(3, "a1", prompt="a red fox"),
        an_asset(4, "a2", "a3", version_of="a2", version=3, prompt="both"),
        an_asset(5),
    ]
    assert list(spelled(grown(family), shown={"a2"}, most=10)) == [
        "a1: “a red fox”, by Ada",
        "▸ a2: v2 of a1, “make the sky orange”, by Ada",
        "a4: v3 of a2, with a3, “both”, by Ada",
        "↳ a3: from a1, “a red fox”, by Ada",
    ]
    assert list(spelled(grown(family), shown=set(), most=3))[-1] == "… and 1 more."


def test_a_long_line_and_a_circle_that_cannot_be_are_no_trouble() -> None:
    line = [
        an_asset(number, f"a{number - 1}", version_of=f"a{number - 1}", version=number) for number in range(2, 3000)
    ]
    assert len(grown([an_asset(1), *line])) == 2999
    assert len(grown([an_asset(1, "a2"), an_asset(2, "a1")])) == 2
