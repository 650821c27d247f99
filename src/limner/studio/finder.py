"""The finder: from what members say they look for to pages of the library."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from limner.domain.ask import Asked
from limner.domain.budget import Scope
from limner.domain.calendar import day_of, midnight, spell_date
from limner.domain.collection import read_tags
from limner.domain.days import Span, days_said
from limner.domain.options import Options
from limner.domain.place import Member
from limner.domain.reference import Reference
from limner.domain.request import Asset
from limner.domain.style import fold
from limner.domain.text import one_line, shorten
from limner.domain.wanted import Page, Wanted
from limner.errors import BadOption
from limner.jobs.looking import seen
from limner.store import Store
from limner.store.searches import Search, is_search
from limner.studio.budgets import Budgets
from limner.studio.desk import Desk
from limner.studio.whom import named

if TYPE_CHECKING:
    from limner.studio import Studio

NEWEST = Search(wanted=Wanted(), told="The newest pictures")
DATES = "say a day, such as 2026-11-03, 3 November, yesterday or two weeks ago"


class Finder:
    """Finds."""

    def __init__(self, *, store: Store, desk: Desk, budgets: Budgets, now: Callable[[], datetime]) -> None:
        self._store, self._desk, self._budgets, self._now = store, desk, budgets, now

    async def page(
        self, search: Search, member: Member, *, limit: int, before: str | None = None, after: str | None = None
    ) -> Page:
        """A page of what a search finds, as this member may see it.

        Raises:
            NotFound: The picture that it is to begin with is not there.
            CollectionGone: The collection that it looks in was deleted.
        """
        if search.wanted.collection is not None:
            await self._store.collections.get(search.wanted.collection, member.team)
        return await self._store.finding.page(
            member.team, search.wanted, member=member.id, limit=limit, before=before, after=after
        )

    async def keep(self, search: Search, member: Member) -> str | None:
        """An id for a search, for buttons; None: it is that for everything."""
        if search.wanted == Wanted():
            return None
        return await self._store.searches.keep(search, team=member.team, member=member.id)

    async def kept(self, id: str | None, member: Member) -> Search | None:
        """The search of an id; None: it is no search's.

        Raises:
            SearchGone: It is not there any longer.
        """
        if id is None or not is_search(id):
            return None
        return await self._store.searches.get(id, team=member.team)

    async def likeness(self, picture: Asset | Reference) -> str:
        """The likeness of a picture.

        Raises:
            BadOption: It cannot be seen.
        """
        look = picture.look if isinstance(picture, Asset) else None
        name = picture.id if isinstance(picture, Asset) else picture.name or "picture"
        if look is None:
            bytes_of = self._store.blobs.local_path(picture.blob) or await self._store.blobs.read(picture.blob)
            look = await seen(bytes_of, name)
        if look is None:
            raise BadOption(name="like", value=shorten(one_line(name), 40), why="I cannot see what is in that picture")
        return look.likeness

    async def search(self, said: Any, asked: Asked[Options], studio: Studio) -> Search:
        """What a member's options look for; those that are not there are not looked at.

        Raises:
            BadOption: One of them means nothing here.
        """
        facts: dict[str, Any] = {}
        told: list[str] = []
        for name, value in said.model_dump(exclude_unset=True).items():
            if value and name in _FACTS:
                facts[name], words = await _FACTS[name](value, asked, studio)
                told += [words] if words else []
        found, days = await self._days(said, asked.member)
        facts, told = {**facts, **found}, [*told, *days]
        if said.words and said.words.strip():
            facts["words"] = said.words
            told.insert(0, f"with “{said.words}”")
        facts["best"] = bool(said.best and said.words)
        wanted = Wanted(**{_FIELDS.get(name, name): value for name, value in facts.items()})
        if wanted == Wanted():
            return NEWEST
        title = "The best matches" if wanted.best else "The newest pictures"
        return Search(wanted=wanted, told=shorten(f"{title} {' · '.join(told)}", 280))

    async def _days(self, said: Any, member: Member) -> tuple[dict[str, datetime], list[str]]:
        if not said.since and not said.until:
            return {}, []
        zone = await self._budgets.zone(member.team)
        today = day_of(self._now(), zone)
        since, until = _days("since", said.since, today), _days("until", said.until, today)
        if since and until and until[1] < since[0]:
            raise BadOption(name="until", value=shorten(said.until, 40), why="that is before “since”")
        found: dict[str, datetime] = {}
        told: list[str] = []
        if since:
            found["since"] = midnight(since[0], zone)
            told.append(f"since {_spelled(since[0])}")
        if until:
            found["until"] = midnight(until[1] + timedelta(days=1), zone)
            told.append(f"until {_spelled(until[1])}")
        return found, told


def _days(name: str, words: str | None, today: date) -> Span | None:
    if not words:
        return None
    if (days := days_said(words, today)) is None:
        raise BadOption(name=name, value=shorten(one_line(words), 40), why=DATES)
    return days


def _spelled(day: date) -> str:
    return f"{spell_date(day)} {day.year}"


Fact = Callable[[Any, Asked[Options], "Studio"], Awaitable[tuple[Any, str]]]
"""From what was said to what it means, and how the title says so."""


async def _by(words: str, asked: Asked[Options], studio: Studio) -> tuple[str, str]:
    if words.strip().casefold() == "me":
        return asked.member.id, "by you"
    key, name = await named("by", Scope.MEMBER, words, asked, studio)
    return key, f"by {name}"


async def _channel(words: str, asked: Asked[Options], studio: Studio) -> tuple[str, str]:
    key, name = await named("channel", Scope.CHANNEL, words, asked, studio)
    return key, f"in {name}"


async def _model(words: str, asked: Asked[Options], studio: Studio) -> tuple[str, str]:
    model = studio.desk.roster.named(one_line(words).lower())
    return model.name, f"by {model.title}"


async def _style(words: str, asked: Asked[Options], studio: Studio) -> tuple[str, str]:
    return fold(words) or "none", f"in the style {one_line(words)}"


async def _collection(words: str, asked: Asked[Options], studio: Studio) -> tuple[str, str]:
    collection = await studio.collecting.named(words, asked.member, option="collection")
    return collection.id, f"in the collection {collection.name}"


async def _tag(words: str, asked: Asked[Options], studio: Studio) -> tuple[str, str]:
    ((key, name),) = list(read_tags(words).items())[:1]
    return f"{asked.member.team} {key}", f"tagged {name}"


async def _plain(word: str, asked: Asked[Options], studio: Studio) -> tuple[str, str]:
    return word, word


async def _approved(value: bool, asked: Asked[Options], studio: Studio) -> tuple[bool, str]:
    return value, "approved"


async def _saved(value: bool, asked: Asked[Options], studio: Studio) -> tuple[bool, str]:
    return value, "that you have saved"


_FACTS: dict[str, Fact] = {
    "by": _by,
    "channel": _channel,
    "model": _model,
    "style": _style,
    "shape": _plain,
    "colour": _plain,
    "approved": _approved,
    "saved": _saved,
    "collection": _collection,
    "tag": _tag,
}
_FIELDS = {"by": "member"}
