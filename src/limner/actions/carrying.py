"""What a voice note asks for, carried out: once, with no more rights than its member has by hand."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from limner.domain.action import Action, Spoken
from limner.domain.ask import Asked
from limner.domain.card import Card, Line, Role
from limner.domain.language import spelled
from limner.domain.options import Options
from limner.domain.place import Member
from limner.domain.request import Request
from limner.errors import BadOption, ModelGone, NotForThis, OnlyInPrivate, Trouble
from limner.models import Model
from limner.store.notes import Note
from limner.studio import Repeated, Studio

NEW, CHANGED = "a new picture", "a change to the attached picture"


def action_of(note: Note, studio: Studio) -> Action:
    """The action that a note asks for; of one that was not heard, to paint."""
    return studio.table[note.action or "imagine"]


def paints(action: Action) -> bool:
    """Whether what the action does is a request to paint, to be priced and shown before."""
    return action.costs and action.price is None


async def request_of(note: Note, asked: Asked[Options], studio: Studio) -> Request:
    """What the note asks to be painted, its options checked, in the style that it names or that the channel wears.

    Raises:
        BadOption, NotFound, NotForThis: It cannot be.
    """
    action = action_of(note, studio)
    said = _options(action, note)
    if hasattr(said, "wanted"):
        request: Request = await said.wanted(
            studio, asked.member, target=note.target, references=note.references, heard=note.words
        )
    else:
        request = await _derived(action, said, note.target, asked.member, studio)
    request = request.evolve(heard=note.words or None, language=note.language, hearing=note.cost, note=note.id)
    request = await studio.styles.dress(request, asked.member, asked.place)
    return await studio.choosing.settle(request, asked.member, asked.place)


async def _derived(action: Action, said: Options, target: str | None, member: Member, studio: Studio) -> Request:
    """The request of an action that is a button: the same as pressing it makes."""
    assert action.derive is not None
    _something(target)
    job, asset = await studio.works.done(target, member), await studio.works.asset(target, member)
    request: Request = action.derive(job, asset, said)
    model: Model | None = None
    with suppress(BadOption, ModelGone):
        model, _ = studio.desk.painter(request.model, request.engine)
    if not action.offered(job, asset, model) or (action.needs and not getattr(model, action.needs, False)):
        raise NotForThis(what=asset.id)
    return request


def _something(target: str | None) -> None:
    if target is None:
        raise BadOption(name="picture", value="", why="answer one of mine, or say its id")


def understood_as(note: Note, request: Request) -> str:
    """What a note that asks for a painting was understood as, in a few words."""
    if request.told:
        return request.told
    if note.action == "reroll":
        return f"{note.target} once more"
    if request.version_of:
        return f"a change to {request.version_of}"
    return CHANGED if note.action == "edit" else NEW


def heard_lines(note: Note, understood: str) -> tuple[Line, ...]:
    """The words as heard, and apart from them their language and what was understood."""
    language = spelled(note.language)
    begins = f"Heard in {language}, understood" if language else "Understood"
    return Line(role=Role.HEARD, text=note.words), Line(role=Role.NOTE, text=f"{begins} as: {understood}.")


async def carry_out(note: Note, asked: Asked[Options], studio: Studio) -> Card:
    """Does what the note asks for: once, however often and by whatever button it is asked for."""
    await studio.counting.told(note.id)
    if paints(action_of(note, studio)):
        return await paint_note(note, asked, studio)
    return await _do(note, asked, studio)


async def paint_note(note: Note, asked: Asked[Options], studio: Studio) -> Card:
    """Paints what the note asks for."""
    once = asked.ask.evolve(event=f"note:{note.id}")
    card = await studio.paint(replace(asked, ask=once), await request_of(note, asked, studio), ends=note.id)
    await studio.notes.end(note)
    return card


async def about_to_do(note: Note, asked: Asked[Options], studio: Studio) -> str:
    """What a note that asks for no painting is going to do, in a few words.

    Raises:
        BadOption, NotFound: It cannot.
    """
    action = action_of(note, studio)
    _something(note.target)
    _options(action, note)
    await studio.works.done(note.target, asked.member)
    return doing(note, action)


async def _do(note: Note, asked: Asked[Options], studio: Studio) -> Card:
    """Does what paints nothing. Whatever stands in the way, the note waits for another word."""
    action = action_of(note, studio)
    if action.about:
        _something(note.target)
    options = _options(action, note)
    if (
        action.about
        and action.voice is Spoken.AT_ONCE
        and (await studio.works.job(note.target, asked.member)).request.private
    ):
        raise OnlyInPrivate(what=note.target)
    if not await studio.notes.claim(note):
        raise Repeated
    ask = asked.ask.evolve(action=action.name, target=note.target, heard=note.words, sound=None, answers=None)
    try:
        card = await action.run(replace(asked, ask=ask, options=options), studio)
    except Trouble:
        await studio.notes.unclaim(note)
        raise
    said = heard_lines(note, doing(note, action))
    return card.evolve(lines=(*said, *card.lines), private=False)


def doing(note: Note, action: Action) -> str:
    """What an action that paints nothing is to do, in a few words."""
    what = note.target or "the newest of yours"
    place = note.values.get("place")
    return f"{action.name} {what}" + (f" in {place}" if isinstance(place, str) else "")


def _options(action: Action, note: Note) -> Any:
    subjects = {each.name: note.target for each in action.parameters if each.subject and not each.is_file}
    known = {name: value for name, value in note.values.items() if name not in subjects}
    return action.options.read({**subjects, **known})
