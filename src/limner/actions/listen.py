"""A voice note: heard by the ear, then shown before anything is painted."""

from __future__ import annotations

from collections.abc import Awaitable

from limner.actions.carrying import about_to_do, action_of, carry_out, heard_lines, paints, request_of, understood_as
from limner.domain.action import On, Spoken, action
from limner.domain.ask import Asked
from limner.domain.card import Button, ButtonStyle, Card, Controls, Line, Role, State
from limner.domain.money import Micros, spell
from limner.domain.options import Options
from limner.ears import Heard, Why
from limner.errors import BadOption, NotForThis, NotFound, NothingToCancel, NotReady, OnlyInPrivate, OverBudget
from limner.store.audit import Verdict, What
from limner.store.notes import Note
from limner.studio import Studio
from limner.studio.hearing import NotHeard

_SAY = "Say what you see, or type /imagine a red fox in snow."
NOTHING_ASKED = {
    Why.SILENCE: f"I heard no words in it. {_SAY}",
    Why.MUSIC: f"I heard music, and no words. {_SAY}",
    Why.TALK: f"I heard no request in it. {_SAY}",
    Why.NOT_YET: "As you say: nothing was painted. Whenever you like, say what you see.",
    Why.BEYOND: "I understood the words, but that is nothing I can do for a voice note; /help shows what there is to "
    "type. Nothing was done.",
    Why.UNCLEAR: f"I could not make sense of it, so nothing was done. {_SAY}",
}
"""What is said of a note that asks for nothing."""


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
        return unheard(lost)  # whose model speaks too: not asked again a moment after it failed
    await studio.warden.record(
        asked.member, What.HEAR, Verdict.ACCEPTED, f"understood as {heard.action or 'no request'}"
    )
    stands_in = studio.desk.listening_note(await studio.listening.ear(asked.member.team))
    news = await studio.choosing.news(stands_in, asked.member)
    notes = tuple(Line(role=Role.NOTE, text=each) for each in (*news, *((heard.label,) if heard.label else ())))
    if note is None:
        words = (Line(role=Role.HEARD, text=heard.words),) if heard.words else ()
        card = Card(lines=(*words, *notes, Line(text=NOTHING_ASKED[heard.why])))
        return await _aloud(card, asked, studio, None)
    cost = (Line(role=Role.FOOTER, text=f"heard for {spell(note.cost)}"),) if note.cost else ()
    try:
        card = await _answer(note, asked, studio, notes, cost)
    except (BadOption, NotFound, NotReady, NotForThis, OnlyInPrivate, NothingToCancel) as trouble:
        # The note was paid for: what was heard stays, to be mended.
        lines = (Line(role=Role.HEARD, text=note.words), *notes, Line(role=Role.WARNING, text=trouble.sentence))
        mending = tuple(each for each in _buttons(note, None, studio) if each.style is not ButtonStyle.PRIMARY)
        card = Card(lines=(*lines, *cost), controls=(Controls(buttons=mending),))
    card = await _aloud(card, asked, studio, note)
    if studio.counting.says(card):
        await studio.counting.begin(note, asked)
    return card


async def _aloud(card: Card, asked: Asked[Options], studio: Studio, note: Note | None) -> Card:
    """The card with what it says aloud, for a member who wants that; the words as heard are shown meanwhile."""
    if card.job is not None or not await studio.answering.wanted(asked.member, asked.place):
        return card  # of a job they hear when it is done
    heard = tuple(line for line in card.lines if line.role is Role.HEARD)
    meanwhile = Card(state=State.WAITING, lines=(*heard, Line(text="Saying it aloud…")))
    await studio.board.replace(asked.ask.address, meanwhile)
    return await studio.answering.aloud(card, asked.member, asked.place, about=note.id if note else None)


async def _answer(
    note: Note, asked: Asked[Options], studio: Studio, notes: tuple[Line, ...], cost: tuple[Line, ...]
) -> Card:
    """What was understood, to be confirmed; or what came of it, where it goes ahead by itself."""
    action = action_of(note, studio)
    if not paints(action):
        if action.voice is Spoken.AT_ONCE:
            return await carry_out(note, asked, studio)
        said = heard_lines(note, await about_to_do(note, asked, studio))
        return Card(lines=(*said, *notes, *cost), controls=(Controls(buttons=tuple(_buttons(note, None, studio))),))
    request = await request_of(note, asked, studio)
    understood, estimate = studio.desk.understood(request), studio.desk.estimate(request)
    said = heard_lines(note, understood_as(note, request))
    if await studio.listening.goes_ahead(asked.member.team, asked.place, estimate):
        if not studio.counting.seconds:
            return await carry_out(note, asked, studio)
        understood = (*understood, Line(role=Role.NOTE, text=studio.counting.going))
    buttons = tuple(_buttons(note, estimate, studio))
    return Card(lines=(*said, *notes, *understood, *cost), controls=(Controls(buttons=buttons),))


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


def _buttons(note: Note, estimate: Micros | None, studio: Studio) -> list[Button]:
    """The ways on with a note. What paints nothing has its own form in place of the one that mends a prompt."""
    action = action_of(note, studio)
    buttons = [
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
    if paints(action):
        return buttons
    first, _, *rest = buttons
    own = [Button(label=action.button or action.name, action=action.name, target=note.target, form=True)]
    return [first.evolve(label=action.name.capitalize()), *(own if action.form and note.target else []), *rest]
