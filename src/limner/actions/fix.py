"""Mend the words that were heard, then go ahead."""

from __future__ import annotations

from limner.actions.carrying import action_of, carry_out
from limner.actions.imagine import PaintOptions
from limner.domain.action import On, Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.place import Member
from limner.store.notes import Note
from limner.studio import Studio


class Fix(PaintOptions):
    """Mend the words that were heard, then paint."""


async def heard(target: str, member: Member, studio: Studio) -> dict[str, str]:
    """The form's fields as the note filled them; of one that was not heard, as what was beside it did."""
    note = await studio.notes.waiting(target, member)
    await studio.counting.hold(note.id)  # whoever mends it is not to be overtaken
    values = note.values if note.action else {**note.given, "prompt": note.beside}
    if not _worded(note, studio):
        values = {"prompt": note.words}
    typed = {each.name for each in Fix.parameters() if not each.is_file}
    return {name: str(value) for name, value in values.items() if name in typed and value is not None}


@action(Fix, name="fix", button="Fix text", on=On.NOTE, reply=Reply.SAME, costs=True, form=True, fill=heard)
async def fix(asked: Asked[Fix], studio: Studio) -> Card:
    note = await studio.notes.waiting(asked.target, asked.member)
    said = asked.options.model_dump(mode="json", exclude_unset=True, exclude={"references"})
    if note.action is None:
        note = note.evolve(values=note.given, target=note.answers)
    elif not _worded(note, studio):
        note = note.evolve(action="edit" if note.target else "imagine", values={})
    options = action_of(note, studio).options
    known = {name: value for name, value in said.items() if name in options.model_fields}
    return await carry_out(note.evolve(values={**note.values, **known}), asked, studio)


def _worded(note: Note, studio: Studio) -> bool:
    """Whether what was asked for has a prompt to mend. What has none, such as a variation, becomes a change."""
    return note.action is None or "prompt" in action_of(note, studio).options.model_fields
