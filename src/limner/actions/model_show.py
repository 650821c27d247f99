"""Which model paints here what names none."""

from __future__ import annotations

from limner.domain.action import Group, Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, Line, Role
from limner.domain.options import Options
from limner.engines import SKETCH
from limner.models import Purpose
from limner.studio import Studio

MODEL = Group(name="model", help="Show and choose which model paints.", bare="model-show")
USUAL = "usual"
"""Said for a model's name: the one that is usual."""
NAMED = 12


class ShowModel(Options):
    """Show which model paints here, and which ones there are."""


@action(ShowModel, name="model-show", command=True, group=MODEL, reply=Reply.PRIVATE)
async def model_show(asked: Asked[ShowModel], studio: Studio) -> Card:
    await studio.desk.ready()
    there = [each.name for each in studio.desk.roster.alive(Purpose.PAINT) if each.name != SKETCH][:NAMED]
    on = f"There are {', '.join(there)}. Admins choose with /model use; whoever names one in a request has that."
    return Card(private=True, lines=(*await standing(asked, studio), Line(role=Role.NOTE, text=on)))


async def standing(asked: Asked[Options], studio: Studio) -> tuple[Line, ...]:
    """Which model paints in this place, and why."""
    chosen = await studio.choosing.chosen(asked.member, asked.place)
    model, note = studio.desk.painter(chosen)
    why = "chosen by an admin" if chosen else "as this Limner is configured"
    lines = (Line(text=f"{model.title} paints here what names no model: {why}."),)
    return (*lines, Line(role=Role.NOTE, text=note)) if note else lines
