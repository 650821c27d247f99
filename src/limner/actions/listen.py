"""A voice note: heard by the ear, then shown before anything is painted."""

from __future__ import annotations

from limner.domain.action import On, action
from limner.domain.ask import Asked
from limner.domain.card import Button, ButtonStyle, Card, Controls, Line, Role
from limner.domain.options import Options
from limner.studio import Studio


class Listen(Options):
    """Hear a voice note and do what it says."""


@action(Listen, name="listen", meanwhile="Listening…")
async def listen(asked: Asked[Listen], studio: Studio) -> Card:
    heard, note = await studio.hear(asked)
    lines = (Line(role=Role.HEARD, text=heard.words), *((Line(role=Role.NOTE, text=heard.label),) if heard.label else ()))
    if note is None:
        hint = f"I heard no request in it. Say what you see, or type it: {studio.command_name('imagine')} a red fox in snow"
        return Card(lines=(*lines, Line(text=hint)))
    if studio.settings.voice.listen == "at-once":
        return await studio.perform(note, asked)
    request = await studio.read_note(note, asked.member)
    return Card(
        lines=(*lines, *studio.understood(request)),
        controls=(
            Controls(
                buttons=(
                    Button(
                        label="Generate",
                        action="generate",
                        target=note.id,
                        estimate=studio.estimate(request),
                        style=ButtonStyle.PRIMARY,
                    ),
                    *(
                        Button(
                            label=each.button or each.name,
                            action=each.name,
                            target=note.id,
                            form=each.form,
                        )
                        for each in studio.table.buttons(On.NOTE)
                        if each.name != "generate"
                    ),
                )
            ),
        ),
    )
