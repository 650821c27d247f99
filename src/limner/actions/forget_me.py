"""Forgetting a member who wishes it: told first what goes and what stays, then done."""

from __future__ import annotations

from contextlib import suppress

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Button, ButtonStyle, Card, Controls, Line, Role, says
from limner.domain.options import Options
from limner.errors import NotFound, TooLate
from limner.store.forgetting import Whole
from limner.studio import Studio


class ForgetMe(Options):
    """Have everything forgotten that is yours here; you are told first what that is."""


class ForgetMeNow(Options):
    """Forget me, and everything that is mine here."""


@action(ForgetMe, name="forget-me", command=True, reply=Reply.PRIVATE)
async def forget_me(asked: Asked[ForgetMe], studio: Studio) -> Card:
    whole = await studio.forgetting.whole(asked.member)
    sure = Button(label="Forget me", action="forget-me-now", style=ButtonStyle.DANGER)
    export = Button(label="Export it first", action="export")
    buttons = (export, sure) if studio.archives.reachable(asked.place) else (sure,)
    return Card(
        private=True,
        lines=(
            Line(role=Role.TITLE, text="Forget you here?"),
            Line(text=_goes(whole)),
            *(Line(text=each) for each in _others(whole)),
            Line(text="What it cost stays in the team's ledger, without your name."),
            Line(role=Role.WARNING, text="It is done within a minute, on all platforms, and cannot be taken back."),
        ),
        controls=(Controls(buttons=buttons),),
    )


@action(ForgetMeNow, name="forget-me-now", reply=Reply.PRIVATE, danger=True)
async def forget_me_now(asked: Asked[ForgetMeNow], studio: Studio) -> Card:
    for waiting in await studio.line.of(asked.member):
        if waiting.job.member == asked.member.id:
            with suppress(TooLate, NotFound):
                await studio.line.cancel(waiting.job.id, asked.member)
    await studio.forgetting.forget(asked.member)
    anew = "Should you ask me for anything again, we meet anew."
    return says(f"You are forgotten: what was yours goes now, within a minute. {anew}").evolve(private=True)


def _goes(whole: Whole) -> str:
    parts = [
        _many(whole.requests, "request"),
        _many(whole.pictures, "picture"),
        *((f"{whole.notes} voice notes and others that wait for your word",) if whole.notes else ()),
        *((f"{_many(whole.saved, 'picture')} that you have saved",) if whole.saved else ()),
        *((f"{_many(whole.links, 'public link')} of yours",) if whole.links else ()),
    ]
    open = f" {_many(whole.open, 'request')} under way would be cancelled first." if whole.open else ""
    return f"This goes: {', '.join(parts)}, and who you are on each platform.{open}"


def _others(whole: Whole) -> list[str]:
    shared, told = whole.shared, []
    if shared.versions:
        told.append(f"{_many(shared.versions, 'picture')} that others made of yours stay theirs.")
    if shared.collections or shared.saved or shared.links:
        told.append(
            f"Your pictures go out of {_many(shared.collections, 'collection')}; others have saved them "
            f"{_many(shared.saved, 'time')}, and {_many(shared.links, 'public link')} to them end."
        )
    if shared.copies:
        told.append(
            f"{_many(shared.copies, 'card')} more that show your pictures, also where others shared them, are taken "
            "down. What was downloaded from them is out of my reach."
        )
    told.append(
        "Your name goes from what others made and decided, and so do the words that you sent along when you shared."
    )
    if whole.collections or whole.styles:
        made = f"{_many(whole.collections, 'collection')} and {_many(whole.styles, 'style')}"
        told.append(f"{made} that you made are the team's and stay, without your name.")
    return told


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"
