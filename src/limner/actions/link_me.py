"""One member of several identities: a code made under one name, entered under the other."""

from __future__ import annotations

from limner.actions.link import LINK, code_card
from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, says
from limner.domain.options import Name, Options, option
from limner.studio import Studio


class LinkMe(Options):
    """Be one member on both sides of a linked team: a code from one side, entered on the other."""

    code: Name | None = option("The code that you were given on the other side; none: give me one", default=None)


@action(LinkMe, name="link-me", group=LINK, command=True, reply=Reply.PRIVATE)
async def link_me(asked: Asked[LinkMe], studio: Studio) -> Card:
    if asked.options.code is None:
        code = await studio.uniting.my_code(asked.member, asked.place)
        return code_card(
            "link me",
            code,
            "Whoever enters it becomes you: keep it to yourself. What you have saved, your drafts, what you have spent "
            "and where you are signed in are one then. It cannot be taken back.",
        )
    await studio.uniting.be(asked.options.code, asked.member, asked.place)
    return says("You are one member here and there now: pictures, drafts, what you saved and what you spent.").evolve(
        private=True
    )
