"""Styles as members meet them: found by name, kept, removed, and worn by requests and channels."""

from __future__ import annotations

import difflib
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from limner.domain.card import Picture
from limner.domain.place import Member, Place
from limner.domain.reference import Reference
from limner.domain.request import Request
from limner.domain.rules import TeamRules
from limner.domain.style import NONE, Style, Wearing, fold
from limner.domain.text import one_line, shorten
from limner.errors import BadOption, NotFound, NotYourStyle, StyleGone, UnknownStyle
from limner.media.colours import colours
from limner.media.header import JPEG
from limner.media.swatches import SHOWN, Swatch, swatches
from limner.rules import styles as rules
from limner.rules import terms
from limner.store import Blob, Store
from limner.store.audit import Verdict, What
from limner.store.styles import MOST, Make, is_style
from limner.studio.warden import Warden, decision

ALT_LIMIT = 1_000
"""Characters of what is read instead of a sheet."""


class Styles:
    """Knows the ready ones and each team's own, which come first where both have a name."""

    def __init__(self, *, store: Store, warden: Warden, spool: Path) -> None:
        self._store = store
        self._spool = spool
        self._warden = warden

    async def of(self, member: Member) -> tuple[Style, ...]:
        """All that the member's team can wear: its own by name, then the ready ones."""
        own = await self._store.styles.of(member.team)
        taken = {each.key for each in own}
        return (*own, *(each for key, each in rules.ready().items() if key not in taken))

    async def named(self, name: str, member: Member) -> Style:
        """The style of this name.

        Raises:
            UnknownStyle: There is none; the nearest is said.
        """
        key = fold(name)
        found = await self._known(key, member.team)
        if found is None:
            names = {each.key: each.name for each in await self.of(member)}
            near = difflib.get_close_matches(key, names, n=1)
            hint = f" Did you mean {names[near[0]]}?" if near else ""
            raise UnknownStyle(name=shorten(one_line(name), 40), hint=hint)
        return found

    async def _known(self, key: str, team: str) -> Style | None:
        return await self._store.styles.named(key, team) or rules.ready().get(key)

    async def get(self, id: str, member: Member) -> Style:
        """The style of this id, as buttons name it.

        Raises:
            StyleGone: It is not there any longer, or another team's.
            NotFound: It is no style's.
        """
        try:
            return rules.ready().get(id) or await self._store.styles.get(id, member.team)
        except NotFound as gone:
            raise (StyleGone() if is_style(id) else gone) from None

    async def colours(self, pictures: tuple[Reference, ...]) -> tuple[str, ...]:
        """The colours that stand for these pictures.

        Raises:
            BadFile: One of them cannot be read.
        """
        with TemporaryDirectory(dir=self._spool) as folder:
            return await colours([await self._store.blobs.file(each.blob, Path(folder)) for each in pictures])

    async def sheet(self, styles: tuple[Style, ...], *, first: int = 1) -> Picture:
        """What these styles look like, as one picture; they are numbered from `first`. Only whoever asked is shown it,
        so it is kept no longer than its platform needs to fetch it: the sweeper takes what nothing uses."""
        with TemporaryDirectory(dir=self._spool) as folder:
            tiles = [await self._swatch(each, number, Path(folder)) for number, each in enumerate(styles, first)]
            data, width, height = await swatches(tiles)
        key = await self._store.blobs.put(data)
        blob = Blob(key=key, media_type=JPEG, width=width, height=height, size=len(data))
        await self._store.library.add_blob(blob)
        self._store.blobs.claimed(key)
        said = "; ".join(f"{each.name}: {rules.called(each)}" for each in styles)
        return Picture(
            blob=key,
            name="limner-styles.jpg",
            media_type=JPEG,
            width=width,
            height=height,
            size=len(data),
            alt=shorten(one_line(f"What styles look like. {said}"), ALT_LIMIT),
        )

    async def _swatch(self, style: Style, number: int, folder: Path) -> Swatch:
        shown: list[Path] = []
        for each in style.references[:SHOWN]:
            with suppress(NotFound):
                shown.append(await self._store.blobs.file(each.blob, folder))
        if style.ready and (sample := rules.SAMPLES / f"{style.name}.webp").exists():
            shown = [sample]
        return Swatch(
            number=number,
            name=style.name,
            told=rules.called(style),
            words=style.before.rstrip(":") or style.after,
            pictures=tuple(shown),
            palette=style.palette,
        )

    # ── kept ────────────────────────────────────────────────────────────────────────────────────────────────

    async def save(self, name: str, member: Member, make: Make) -> Style:
        """Keeps what is made of the team's style of this name, or of none; gives it.

        Raises:
            NotYourStyle: Somebody else's has the name.
            BannedTerm, BadOption: Its words have what it, or the team, leaves out; or the team has too many.
            NotFound: One of its pictures was deleted.
        """

        def checked(known: Style | None) -> Style:
            if known is not None:
                _own(known, member, "change")
            made = make(known)
            consistent(made)
            return made

        known = await self._store.styles.named(fold(name), member.team)
        try:
            made = checked(known)
        except NotYourStyle as trouble:
            raise await self._warden.refused(member, trouble, What.STYLE) from None
        for words in (made.name, made.before, made.after):
            await self._warden.utter(member, words, What.STYLE)
        done = decision(member, What.STYLE, Verdict.DONE, f"{'Changed' if known else 'Saved'} {_quoted(made)}.")
        kept = await self._store.styles.put(made.key, member.team, checked, done)
        if kept is None:
            why = f"the team has {MOST} styles, which is as many as I keep; remove one first"
            raise BadOption(name="name", value=shorten(made.name, 40), why=why)
        return kept

    async def remove(self, name: str, member: Member) -> Style:
        """Forgets a style of the team's; channels that wear it wear none from then on, and what was painted in it
        stays as it is. Gives what it was.

        Raises:
            UnknownStyle: There is none of this name.
            NotYourStyle: It is somebody else's.
            BadOption: It comes with Limner.
        """
        style = await self.named(name, member)
        if style.ready:
            raise BadOption(name="name", value=style.name, why="that one comes with Limner and stays")
        try:
            _own(style, member, "remove")
        except NotYourStyle as trouble:
            raise await self._warden.refused(member, trouble, What.STYLE) from None
        if style.key in (await self._store.rules.get(member.team)).wears.values():
            await self._store.rules.change(member.team, lambda rules: _without(rules, style))
        done = decision(member, What.STYLE, Verdict.DONE, f"Removed {_quoted(style)}.")
        await self._store.styles.remove(style.key, member.team, lambda now: _own(now, member, "remove"), done)
        return style

    # ── worn ────────────────────────────────────────────────────────────────────────────────────────────────

    async def use(self, style: Style | None, member: Member, place: Place) -> None:
        """Has a channel wear a style, or none.

        Raises:
            ClosedChannel, RoleMissing: The member may not ask there.
        """
        await self._warden.enter(member, place, what=What.STYLE)

        def change(rules: TeamRules) -> TeamRules:
            others = {key: name for key, name in rules.wears.items() if key != place.key}
            return rules.evolve(wears=others | ({place.key: style.key} if style else {}))

        why = f"A channel wears {_quoted(style) if style else 'no style'}."
        await self._store.rules.change(member.team, change, decision(member, What.STYLE, Verdict.DONE, why))

    async def worn_in(self, place: Place, member: Member) -> Style | None:
        """What a channel wears."""
        key = (await self._store.rules.get(member.team)).wears.get(place.key)
        return await self._known(key, member.team) if key else None

    async def dress(self, request: Request, member: Member, place: Place) -> Request:
        """The request with what it wears: the style that it names, else the channel's. One that was dressed stays as it
        is, unless it names another by now.

        Raises:
            UnknownStyle: It names one that is not there.
        """
        said = request.style
        if request.wearing is not None and request.wearing.said == said:
            return request
        if said is None or not said.strip():
            style = await self.worn_in(place, member)
        else:
            style = None if fold(said) == NONE else await self.named(said, member)
        by_channel = style is not None and (said is None or not said.strip())
        return request.evolve(wearing=Wearing(said=said, style=style, by_channel=by_channel))


def consistent(style: Style) -> None:
    """Returns when a style's own words have none of the terms that it leaves out.

    Raises:
        BadOption: They have one.
    """
    for name in ("before", "after"):
        words = getattr(style, name)
        if (term := terms.found(style.banned, words)) is not None:
            why = f"“{term}” is among the words that this style leaves out"
            raise BadOption(name=name, value=shorten(one_line(words), 40), why=why)


def _own(style: Style, member: Member, verb: str) -> None:
    if style.made_by != member.id and not member.admin:
        raise NotYourStyle(style=style.name, who=style.made_by_name, verb=verb)


def _without(rules: TeamRules, style: Style) -> TeamRules:
    return rules.evolve(wears={place: key for place, key in rules.wears.items() if key != style.key})


def _quoted(style: Style) -> str:
    return f"the style “{style.name}”"
