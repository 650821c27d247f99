"""Have another model paint, in a channel or wherever the team is: at once, and for nobody who names one."""

from __future__ import annotations

from limner.actions.model_show import MODEL, USUAL, standing
from limner.domain.action import action
from limner.domain.ask import Asked
from limner.domain.card import Card, Line, Role
from limner.domain.options import Name, Options, option
from limner.studio import Studio


class UseModel(Options):
    """Have a model paint what is asked for here without naming one (admins)."""

    name: Name = option("Its name, such as gpt-image-2; usual: as it was before", completes="models")
    everywhere: bool = option("Wherever the team is, and not in this channel alone", default=False)


@action(UseModel, name="model-use", command=True, group=MODEL)
async def model_use(asked: Asked[UseModel], studio: Studio) -> Card:
    said, place = asked.options, None if asked.options.everywhere else asked.place
    name = None if said.name.strip().casefold() == USUAL else said.name
    await studio.choosing.use(name, asked.member, place)
    return Card(
        lines=(
            *await standing(asked, studio),
            Line(role=Role.FOOTER, text=f"by {asked.member.name} · /model use {USUAL} takes it back"),
        )
    )
