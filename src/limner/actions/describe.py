"""Four prompts for any picture: one of the library, one attached, or those of any message."""

from __future__ import annotations

from limner.actions.aloud import button, read
from limner.actions.use import painted_from
from limner.domain.action import On, Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Button, Card, Controls, Line, Role
from limner.domain.money import Micros, spell
from limner.domain.options import Name, Options, option
from limner.domain.place import Attachment
from limner.domain.request import Asset, Reference
from limner.errors import BadOption, OverBudget
from limner.store.audit import Verdict, What
from limner.store.descriptions import Description
from limner.studio import Studio
from limner.studio.cards import reference_of
from limner.studio.desk import Desk

PROMPTS = 4


class Describe(Options):
    """Describe a picture in four prompts, to paint from."""

    picture: Name | None = option(
        "The id of a picture in the library, if none is attached", default=None, completes="assets"
    )
    file: Attachment | None = option("The picture to describe", default=None)
    aloud: bool = option("Read what is to be seen aloud too", default=False)


def price(desk: Desk, asset: Asset) -> Micros | None:
    """What describing a picture costs, about; None where nobody can."""
    return desk.looking(asset.width, asset.height, prompts=PROMPTS)


async def may_describe(asked: Asked[Options], studio: Studio) -> None:
    """Refuses where, or of whom, the team's rules take nothing, and where nobody can look."""
    await studio.warden.enter(asked.member, asked.place, what=What.DESCRIBE)
    studio.describing.check()


@action(
    Describe,
    name="describe",
    command=True,
    button="Describe",
    on=On.PICTURE,
    menu="Describe this picture",
    reply=Reply.PRIVATE,
    costs=True,
    price=price,
    meanwhile="Looking at it…",
    before=may_describe,
)
async def describe(asked: Asked[Options], studio: Studio) -> Card:
    asset, picture = await _meant(asked, studio)
    try:
        described = await studio.describing.look(
            picture, asked.member, asked.place, prompts=PROMPTS, language=asked.member.locale
        )
    except OverBudget as trouble:
        raise await studio.warden.refused(asked.member, trouble, What.DESCRIBE) from None
    job = asset.job if asset else None
    why = f"{described.model.title}, {spell(described.cost)}"
    await studio.warden.record(asked.member, What.DESCRIBE, Verdict.DONE, why, job=job)
    kept = await studio.describing.keep(described, asked.member, picture, asset)
    notes = await studio.choosing.news(studio.desk.describing_note(), asked.member)
    footer = [described.model.title, spell(described.cost)]
    sound = None
    words = kept.description or kept.prompts[0]
    if isinstance(asked.options, Describe) and asked.options.aloud:
        sound, told = await read(words, asset, asked, studio)
        notes = (*notes, *told.notes)
        footer += told.footer
    footer += [spent] if (spent := await studio.board.spent(asked.member)) else []
    return Card(
        private=True,
        lines=(
            Line(role=Role.TITLE, text=_title(kept)),
            *((Line(text=kept.description),) if kept.description else ()),
            *(Line(text=f"{number} · {prompt}") for number, prompt in enumerate(kept.prompts, 1)),
            *(Line(role=Role.NOTE, text=note) for note in notes),
            Line(role=Role.FOOTER, text=" · ".join(footer)),
        ),
        controls=(Controls(buttons=(*_buttons(kept, studio), *button(kept.id, words, asset, studio.desk))),),
        sound=sound,
    )


async def _meant(asked: Asked[Options], studio: Studio) -> tuple[Asset | None, Reference]:
    """The picture: the one named, else that of the card that is meant, else the first attached."""
    said = asked.options if isinstance(asked.options, Describe) else Describe()
    attached = (*((said.file,) if said.file else ()), *asked.ask.pictures)
    # A card's own files are attached to it too; in a thread, what is brought along is meant before the card.
    named = said.picture or (asked.target if asked.ask.answers or not attached else None)
    if named is None:
        if not attached:
            raise BadOption(name="picture", value="", why="attach the picture to describe, or say its id")
        (picture,) = await studio.intake.pictures(asked.place, attached[:1])
        return None, picture
    asset = await studio.works.asset(named, asked.member)
    return asset, reference_of(asset)


def _title(kept: Description) -> str:
    how_many = ("One prompt", "Two prompts", "Three prompts", "Four prompts")[len(kept.prompts) - 1]
    return f"{how_many} for {kept.asset or 'this picture'}"


def _buttons(kept: Description, studio: Studio) -> tuple[Button, ...]:
    return tuple(
        Button(
            label=f"Use {number}",
            action="use",
            target=kept.id,
            options={"number": str(number)},
            estimate=studio.desk.estimate(painted_from(kept, number, studio)) or None,
        )
        for number in range(1, len(kept.prompts) + 1)
    )
