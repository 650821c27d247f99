"""The end of all of a member's sessions on the web page."""

from __future__ import annotations

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, says
from limner.domain.options import Options
from limner.studio import Studio


class SignOut(Options):
    """Sign out of the web page in every browser."""


@action(SignOut, name="sign-out", reply=Reply.PRIVATE)
async def sign_out(asked: Asked[SignOut], studio: Studio) -> Card:
    ended = await studio.entrance.end_all(asked.member)
    where = f"of {ended} browser{'s' if ended > 1 else ''}" if ended else "everywhere; you were signed in nowhere"
    return says(f"You are signed out {where}. /gallery gives you a link to sign in anew.").evolve(private=True)
