"""What the commands about styles share: the word before them, and how a style is shown."""

from __future__ import annotations

from limner.domain.action import Group
from limner.domain.ask import Asked
from limner.domain.card import Button, ButtonStyle, Card, Controls, Line, Picture, Role
from limner.domain.money import Micros, spell
from limner.domain.options import Options
from limner.domain.style import Style
from limner.domain.text import one_line, shorten
from limner.errors import BadOption, NotFound, StyleGone
from limner.rules.palette import spelled
from limner.studio import Studio

STYLE = Group(name="style", help="Save, show, list, use and remove styles.", bare="style-list")

SHOWN = 600
"""Characters shown of its words; a card has room for some thousands."""


async def meant(name: str | None, asked: Asked[Options], studio: Studio) -> Style:
    """The style that a name, or the button that was pressed, means.

    Raises:
        BadOption: Neither was given, or there is no such style.
        StyleGone: It is not there any longer.
    """
    if name is not None:
        return await studio.styles.named(name, asked.member)
    if (style := await pressed(asked, studio)) is not None:
        return style
    raise BadOption(name="name", value="", why="say which, such as spring; /style list shows what there is")


async def pressed(asked: Asked[Options], studio: Studio) -> Style | None:
    """The style whose button, or form, this comes from; None: it comes from none, or is about a picture.

    Raises:
        StyleGone: It is not there any longer.
    """
    if asked.target is None:
        return None
    try:
        return await studio.styles.get(asked.target, asked.member)
    except StyleGone:
        raise
    except NotFound:
        return None


async def card_of(style: Style, asked: Asked[Options], studio: Studio, told: str | None = None) -> Card:
    """A style with all that is known of it, for the asking member."""
    worn = await studio.styles.worn_in(asked.place, asked.member)
    return shown(
        style,
        picture=await studio.styles.sheet((style,)),
        extra=studio.desk.carrying(len(style.references)),
        worn=worn is not None and worn.key == style.key,
        own=style.made_by == asked.member.id or asked.member.admin,
        told=told,
    )


def shown(style: Style, *, picture: Picture, extra: Micros, worn: bool, own: bool, told: str | None = None) -> Card:
    """The card: `extra` is what its pictures add to a price, `worn` whether the channel wears it, `own` whether whoever
    reads it may change it."""
    said = {
        "Before the prompt": shorten(style.before, SHOWN),
        "After the prompt": shorten(style.after, SHOWN),
        "Colours": spelled(style.palette),
        "Left out of prompts": shorten(", ".join(style.banned), SHOWN),
    }
    small = ["comes with Limner" if style.ready else f"saved by {shorten(one_line(style.made_by_name), 40)}"]
    small += [f"from {style.asset}"] if style.asset else []
    small += ["worn by this channel"] if worn else []
    return Card(
        private=True,
        lines=(
            Line(role=Role.TITLE, text=f"{style.name} · {style.title}" if style.title else style.name),
            *((Line(role=Role.NOTE, text=told),) if told else ()),
            *(Line(text=f"{label}: {words}") for label, words in said.items() if words),
            *((Line(role=Role.NOTE, text=_pictures(len(style.references), extra)),) if style.references else ()),
            Line(role=Role.FOOTER, text=" · ".join([*small, f"--style {style.key}"])),
        ),
        pictures=(picture,),
        controls=(Controls(buttons=_buttons(style, own=own)),),
    )


def _pictures(count: int, extra: Micros) -> str:
    costs = f", about {spell(extra)} more" if extra else ""
    what = "Its picture goes" if count == 1 else f"Its {count} pictures go"
    return f"{what} with each request that wears it{costs}."


def _buttons(style: Style, *, own: bool) -> tuple[Button, ...]:
    wear = Button(label="Wear it in this channel", action="style-use", target=style.id, style=ButtonStyle.PRIMARY)
    edit = Button(
        label="Make it your own…" if style.ready else "Edit…", action="style-save", target=style.id, form=True
    )
    remove = Button(label="Remove", action="style-remove", target=style.id, style=ButtonStyle.DANGER)
    return (wear, *((edit,) if style.ready or own else ()), *((remove,) if own and not style.ready else ()))
