"""Keep a style: from words, from pictures, from an asset; or change one."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import MaxLen
from pydantic import BeforeValidator, Field

from limner.actions.rules import read_terms
from limner.actions.style import STYLE, card_of, pressed
from limner.domain.action import On, Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Name, Options, Pictures, option
from limner.domain.place import Member
from limner.domain.reference import PICTURES_LIMIT, Reference
from limner.domain.request import Asset
from limner.domain.style import NONE, TERMS_LIMIT, WORDS_LIMIT, Style, StyleName
from limner.domain.text import clean, shorten, visible
from limner.errors import BadOption, NotFound, StyleGone, TooManyPictures
from limner.rules.palette import PALETTE_LIMIT, Palette
from limner.rules.styles import suggested
from limner.studio import Studio
from limner.studio.cards import reference_of

WORDS = {"before", "after", "palette", "banned"}
"""The options that say something of a style as they are; left empty in a form, they say nothing any longer."""


def _read_words(words: Any) -> str:
    said = clean(str(words))
    return "" if said.lower() == NONE or not visible(said) else said


def _read_banned(words: Any) -> tuple[str, ...]:
    said = str(words)
    terms = () if said.strip().lower() == NONE else read_terms(said)
    if len(terms) > TERMS_LIMIT:
        raise BadOption(name="banned", value=shorten(said, 40), why=f"a style has {TERMS_LIMIT} terms at most")
    return terms


Words = Annotated[str, BeforeValidator(_read_words), MaxLen(WORDS_LIMIT)]
Banned = Annotated[tuple[str, ...], BeforeValidator(_read_banned)]


class SaveStyle(Options):
    """Save a style, or change one: words, colours, pictures."""

    name: StyleName = option("What it is called, such as spring", completes="styles")
    before: Words | None = option("Words before the prompt, such as: soft watercolour of", default=None, kind="prose")
    after: Words | None = option("Words after the prompt, such as: pale sky, no people", default=None, kind="prose")
    palette: Palette | None = option(
        "Its colours, such as #2b6cb0, navy; left out, they are taken from its pictures",
        default=None,
        maximum=PALETTE_LIMIT,
    )
    banned: Banned | None = option("Words that a prompt in this style may not have, with commas", default=None)
    references: Annotated[Pictures, Field(max_length=PICTURES_LIMIT)] = option("A picture that shows it", default=())
    picture: Name | None = option(
        "The id of a picture in the library that shows it; none: it has no pictures any longer",
        default=None,
        completes="assets",
        spoken=False,
    )


async def filled(target: str, member: Member, studio: Studio) -> dict[str, str]:
    """The form's fields as the style has them, or as the picture suggests."""
    picture = None
    try:
        style = await studio.styles.get(target, member)
    except StyleGone:
        raise
    except NotFound:
        asset = await studio.works.asset(target, member)
        style, picture = await _from(asset, member, studio), asset.id
    values = {
        "name": style.name,
        "before": style.before,
        "after": style.after,
        "palette": ", ".join(style.palette),
        "banned": ", ".join(style.banned),
        "picture": picture,
    }
    return {name: value for name, value in values.items() if value}


async def _from(asset: Asset, member: Member, studio: Studio) -> Style:
    """What a picture suggests: a name and words out of its prompt, what its own style says, and its colours."""
    request = (await studio.works.job(asset.id, member)).request
    taken = {each.key for each in await studio.styles.of(member)}
    name, after = suggested(request.prompt, taken)
    worn = request.worn
    return Style(
        id=asset.id,
        name=name,
        before=worn.before if worn else "",
        after=worn.after if worn else after,
        banned=worn.banned if worn else (),
        palette=await studio.styles.colours((reference_of(asset),)),
    )


@action(
    SaveStyle,
    name="style-save",
    command=True,
    group=STYLE,
    button="Style from this",
    on=On.PICTURE,
    reply=Reply.PRIVATE,
    form=True,
    fill=filled,
)
async def style_save(asked: Asked[SaveStyle], studio: Studio) -> Card:
    said, member = asked.options, asked.member
    before, asset = await _beginning(asked, studio)
    pictures = await _pictures(asked, asset, studio)
    changes: dict[str, Any] = {name: value for name in WORDS if (value := getattr(said, name)) is not None}
    # A field that was empty before is not emptied: the colours may still be the pictures'.
    emptied = (name for name in WORDS & set(asked.ask.empty) if before is None or getattr(before, name))
    changes |= {name: () if name in {"palette", "banned"} else "" for name in emptied}
    if pictures is not None:
        changes |= {"references": pictures, "asset": asset.id if asset else None}
    taken = await studio.styles.colours(pictures) if pictures and "palette" not in changes else ()

    def make(known: Style | None) -> Style:
        base = known or before or Style(id="", name=said.name)
        made = base.evolve(**{"palette": base.palette or taken, **changes, "name": said.name, "title": ""})
        if not (made.before or made.after or made.references or made.palette):
            why = "a style is words, pictures or colours: say at least one of them"
            raise BadOption(name="before", value="", why=why)
        if known is not None:
            return made
        return made.evolve(made_by=member.id, made_by_name=member.name)

    style = await studio.styles.save(said.name, member, make)
    told = f"Saved. Ask with --style {style.key} to paint in it."
    if asset is not None and asset.private:
        told += " Its picture is yours alone; in this style the team sees it."
    return await card_of(style, asked, studio, told)


async def _beginning(asked: Asked[SaveStyle], studio: Studio) -> tuple[Style | None, Asset | None]:
    """The style whose form this was, and the picture that it is to be made from: the one named, the one whose button
    was pressed, the one that is answered."""
    said, member = asked.options.picture, asked.member
    style = await pressed(asked, studio)
    if said is not None:
        return style, None if said.strip().lower() == NONE else await studio.works.asset(said, member)
    if style is not None or asked.target is None:
        return style, None
    near = asked.ask.answers is not None or asked.place.thread is not None
    return None, await (studio.works.answered(asked) if near else studio.works.asset(asked.target, member))


async def _pictures(asked: Asked[SaveStyle], asset: Asset | None, studio: Studio) -> tuple[Reference, ...] | None:
    """The pictures that are to show it; None: as it was."""
    said = asked.options
    own = (reference_of(asset),) if asset else ()
    attached = (*said.references, *asked.ask.pictures)
    if len(own) + len(attached) > PICTURES_LIMIT:
        raise TooManyPictures(count=len(own) + len(attached), limit=PICTURES_LIMIT)
    if not own and not attached:
        return () if said.picture is not None else None
    return (*own, *await studio.intake.pictures(asked.place, attached))
