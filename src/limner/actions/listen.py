"""A voice note: heard by the ear, then shown before anything is painted."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace

from limner.domain.action import On, action
from limner.domain.ask import Asked
from limner.domain.card import Button, ButtonStyle, Card, Controls, Line, Role, State
from limner.domain.money import Micros, spell
from limner.domain.options import Options
from limner.domain.request import Request
from limner.ears import Heard
from limner.errors import BadOption, OverBudget
from limner.store.audit import Verdict, What
from limner.store.notes import Note
from limner.studio import Studio
from limner.studio.hearing import NotHeard


class Listen(Options):
    """Hear a voice note and do what it says."""


async def may_listen(asked: Asked[Listen], studio: Studio) -> None:
    """Refuses a note that is not to be heard."""
    await studio.listening.admit(asked)


@action(Listen, name="listen", meanwhile="Listening…", before=may_listen)
async def listen(asked: Asked[Listen], studio: Studio) -> Card:
    return await told(asked, studio, studio.hearing.hear(asked))


async def told(asked: Asked[Options], studio: Studio, hearing: Awaitable[tuple[Heard, Note | None]]) -> Card:
    """What was heard, as a card that waits for a word; or the job's card, where it goes ahead by itself."""
    try:
        heard, note = await hearing
    except OverBudget as trouble:
        raise await studio.warden.refused(asked.member, trouble, What.HEAR) from None
    except NotHeard as lost:
        return unheard(lost)
    await studio.warden.record(
        asked.member, What.HEAR, Verdict.ACCEPTED, f"understood as {heard.action or 'no request'}"
    )
    news = await studio.news(studio.desk.listening_note(await studio.listening.ear(asked.member.team)), asked.member)
    notes = (*news, *((heard.label,) if heard.label else ()))
    lines = (Line(role=Role.HEARD, text=heard.words), *(Line(role=Role.NOTE, text=note) for note in notes))
    if note is None:
        way_on = "I heard no request in it. Say what you see, or type /imagine a red fox in snow"
        return Card(lines=(*lines, Line(text=way_on)))
    cost = (Line(role=Role.FOOTER, text=f"heard for {spell(note.cost)}"),) if note.cost else ()
    try:
        request = await request_of(note, asked, studio)
        understood, estimate = studio.desk.understood(request), studio.desk.estimate(request)
        if await studio.listening.goes_ahead(asked.member.team, asked.place, estimate):
            return await paint_note(note, asked, studio)
    except BadOption as trouble:
        # The note was paid for: what was heard stays, to be mended.
        mending = tuple(each for each in _buttons(note, Micros(0), studio) if each.style is not ButtonStyle.PRIMARY)
        warning = Line(role=Role.WARNING, text=trouble.sentence)
        return Card(lines=(*lines, warning, *cost), controls=(Controls(buttons=mending),))
    buttons = tuple(_buttons(note, estimate, studio))
    return Card(lines=(*lines, *understood, *cost), controls=(Controls(buttons=buttons),))


def unheard(lost: NotHeard) -> Card:
    """A note that could not be heard, and the ways on: to have it heard again, or to type it."""
    again = Button(label="Try again", action="hear-again", target=lost.note.id, estimate=lost.estimate or None)
    typed = Button(label="Type it", action="fix", target=lost.note.id, form=True)
    kept = "Your note is kept for a day, for you to have it heard again."
    return Card(
        state=State.FAILED,
        lines=(Line(role=Role.WARNING, text=lost.trouble.sentence), Line(role=Role.NOTE, text=kept)),
        controls=(Controls(buttons=(again, typed)),),
    )


def _buttons(note: Note, estimate: Micros, studio: Studio) -> list[Button]:
    return [
        Button(
            label=each.button or each.name,
            action=each.name,
            target=note.id,
            form=each.form,
            estimate=(estimate or None) if each.costs and not each.form else None,
            style=ButtonStyle.PRIMARY if each.costs and not each.form else ButtonStyle.PLAIN,
        )
        for each in studio.table.buttons(On.NOTE)
    ]


async def request_of(note: Note, asked: Asked[Options], studio: Studio) -> Request:
    """What the note asks for, its options checked, in the style that it names or that the channel wears."""
    said = studio.table[note.action or "imagine"].options.read(note.values)
    request = await said.wanted(studio, asked.member, target=note.target, references=note.references, heard=note.words)
    request = request.evolve(heard=note.words or None, hearing=note.cost, note=note.id)
    return await studio.styles.dress(request, asked.member, asked.place)


async def paint_note(note: Note, asked: Asked[Options], studio: Studio) -> Card:
    """Paints what the note asks for: once, however often and by whatever button it is asked for."""
    once = asked.ask.evolve(event=f"note:{note.id}")
    card = await studio.paint(replace(asked, ask=once), await request_of(note, asked, studio))
    await studio.hearing.end(note)
    return card
