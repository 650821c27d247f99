"""What the commands about styles share: the word before them, and how a style is shown."""

from __future__ import annotations

from limner.domain.action import Group
from limner.domain.ask import Asked
from limner.domain.card import Button, ButtonStyle, Card, Controls, Line, Role
from limner.domain.money import spell
from limner.domain.options import Options
from limner.domain.style import Style
from limner.errors import BadOption
from limner.rules.palette import spelled
from limner.studio import Studio

STYLE = Group(name="style", help="Save, show, list, use and remove styles.", bare="style-list")


async def meant(name: str | None, asked: Asked[Options], studio: Studio) -> Style:
    """The style that a name, or the button that was pressed, means.

    Raises:
        BadOption: Neither was given, or there is no such style.
        NotFound: It is not there any longer.
    """
    if name is not None:
        return await studio.styles.named(name, asked.member)
    if asked.target is not None:
        return await studio.styles.get(asked.target, asked.member)
    raise BadOption(name="name", value="", why="say which, such as spring; /style list shows what there is")


async def card_of(style: Style, asked: Asked[Options], studio: Studio, told: str | None = None) -> Card:
    """A style with all that is known of it, for the asking member."""
    name = f"{style.name} · {style.title}" if style.title else style.name
    words = [("Before the prompt", style.before), ("After the prompt", style.after)]
    lines = [Line(role=Role.TITLE, text=name)]
    lines += [Line(role=Role.NOTE, text=told)] if told else []
    lines += [Line(text=f"{label}: {said}") for label, said in words if said]
    lines += [Line(text=f"Colours: {spelled(style.palette)}")] if style.palette else []
    lines += [Line(text=f"Left out of prompts: {', '.join(style.banned)}")] if style.banned else []
    if style.references:
        lines.append(Line(role=Role.NOTE, text=_pictures(style, studio)))
    lines.append(Line(role=Role.FOOTER, text=" · ".join(await _small_print(style, asked, studio))))
    pictures = (await studio.styles.sheet((style,)),)
    return Card(
        private=True, lines=tuple(lines), pictures=pictures, controls=(Controls(buttons=_buttons(style, asked)),)
    )


def _pictures(style: Style, studio: Studio) -> str:
    count = len(style.references)
    extra = studio.desk.carrying(count)
    costs = f", about {spell(extra)} more" if extra else ""
    what = "Its picture goes" if count == 1 else f"Its {count} pictures go"
    return f"{what} with each request that wears it{costs}."


async def _small_print(style: Style, asked: Asked[Options], studio: Studio) -> list[str]:
    said = ["comes with Limner" if style.ready else f"saved by {style.made_by_name}"]
    said += [f"from {style.asset}"] if style.asset else []
    worn = await studio.styles.worn_in(asked.place, asked.member)
    said += ["worn by this channel"] if worn is not None and worn.key == style.key else []
    return [*said, f"--style {style.key}"]


def _buttons(style: Style, asked: Asked[Options]) -> tuple[Button, ...]:
    wear = Button(label="Wear it in this channel", action="style-use", target=style.id, style=ButtonStyle.PRIMARY)
    edit = Button(
        label="Make it your own…" if style.ready else "Edit…", action="style-save", target=style.id, form=True
    )
    remove = Button(label="Remove", action="style-remove", target=style.id, style=ButtonStyle.DANGER)
    own = style.made_by == asked.member.id or asked.member.admin
    return (wear, *((edit,) if style.ready or own else ()), *((remove,) if own and not style.ready else ()))
