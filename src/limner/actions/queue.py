"""What waits, what is being painted, and what could not be shown."""

from __future__ import annotations

from datetime import UTC, datetime

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Button, Card, Controls, Line, Role
from limner.domain.options import Options
from limner.domain.place import Member
from limner.domain.request import Job, JobState, Priority
from limner.domain.text import one_line, shorten
from limner.store.pending import Stuck
from limner.studio import Studio
from limner.studio.line import Waiting
from limner.studio.waiting import spell_wait

ENTRIES = 25
"""The most jobs listed; of cards that could not be shown, the most besides."""
STUCK = 10
BUTTONS = 10
"""The most buttons of a kind: the platforms have limits."""


class Queue(Options):
    """What waits and is being painted here, and how long it takes."""


@action(Queue, name="queue", command=True, reply=Reply.PRIVATE)
async def queue(asked: Asked[Queue], studio: Studio) -> Card:
    return await listing(asked.member, studio)


async def listing(member: Member, studio: Studio) -> Card:
    """The team's queue, as this member may see it."""
    waiting = await studio.line.of(member)
    stuck = await studio.line.stuck(member)
    lines = [Line(role=Role.TITLE, text="The queue" if waiting else "Nothing waits here.")]
    lines += [Line(text=_entry(each)) for each in waiting[:ENTRIES]]
    if len(waiting) > ENTRIES:
        lines.append(Line(role=Role.NOTE, text=f"… and {len(waiting) - ENTRIES} more."))
    if stuck:
        lines.append(Line(role=Role.WARNING, text="These are done and could not be shown yet:"))
        lines += [Line(text=_stuck(each)) for each in stuck[:STUCK]]
        if len(stuck) > STUCK:
            lines.append(Line(role=Role.NOTE, text=f"… and {len(stuck) - STUCK} more."))
    shown = waiting[:ENTRIES]
    rows = (
        tuple(_button("Cancel", "cancel", each.job) for each in shown if each.own)[:BUTTONS],
        tuple(_button("First", "first", each.job) for each in shown if member.admin and _behind(each))[:BUTTONS],
        tuple(_button("Show", "open", each.job) for each in stuck[:STUCK]),
    )
    return Card(private=True, lines=tuple(lines), controls=tuple(Controls(buttons=row) for row in rows if row))


def _button(label: str, action: str, job: Job) -> Button:
    return Button(label=f"{label} {job.id}", action=action, target=job.id)


def _behind(each: Waiting) -> bool:
    return each.job.state is JobState.ACCEPTED and each.job.priority is not Priority.FIRST


def _entry(each: Waiting) -> str:
    job = each.job
    if not each.open:
        return f"{each.says} · a private job"
    many = f" ×{job.request.count}" if job.request.count > 1 else ""
    later = " · when nobody else waits" if job.priority is Priority.LATER else ""
    prompt = shorten(one_line(job.request.prompt), 60)
    return f"{each.says} · “{prompt}”{many} by {shorten(one_line(job.member_name), 40)}{later} · {job.id}"


def _stuck(each: Stuck) -> str:
    job = each.job
    again = spell_wait((each.due - datetime.now(UTC)).total_seconds())
    return f"{job.id} by {shorten(one_line(job.member_name), 40)}: {job.undelivered} I try again in about {again}."
