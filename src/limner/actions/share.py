"""Post a picture somewhere else, once, with credit."""

from __future__ import annotations

from limner.domain.action import On, Reply, Spoken, action, public
from limner.domain.ask import Asked
from limner.domain.card import Card, Line, Role, says
from limner.domain.options import Name, Options, option
from limner.domain.place import Address
from limner.store.audit import Verdict, What
from limner.studio import Studio


class Share(Options):
    """Post a picture in another place, with credit."""

    picture: Name = option("Its id, such as a41f", completes="assets", subject=True)
    place: Name = option("Where to, such as #marketing", completes="places")
    note: Name | None = option("A word to go with it", default=None)


@action(
    Share,
    name="share",
    command=True,
    voice=Spoken.ASKS,
    button="Share…",
    on=On.JOB,
    offered=public,
    reply=Reply.PRIVATE,
    form=True,
)
async def share(asked: Asked[Share], studio: Studio) -> Card:
    said = asked.options
    job = await studio.done(said.picture, asked.member)
    if said.note:
        await studio.warden.utter(asked.member, said.note, What.SHARE, job=job.id)
    if job.request.private:  # to share a draft is to send it there
        place, where = await studio.courier(asked.place.platform).find(said.place, asked.place)
        address = Address(place=place, extra=asked.ask.address.extra, elsewhere=False)
        await studio.drafts.send(job, asked.member, address, words=said.note)
        return says(f"{job.id} is now in {where}, and no draft any longer.").evolve(private=True)
    card = await studio.card(said.picture, asked.member)
    credit = f"Shared by {asked.member.name}, made by {job.member_name}."
    noted = (Line(role=Role.PROMPT, text=said.note),) if said.note else ()
    where = await studio.board.post(
        asked.place, said.place, card.evolve(lines=(Line(text=credit), *noted, *card.lines))
    )
    await studio.warden.record(asked.member, What.SHARE, Verdict.DONE, f"to {where}", job=job.id)
    return says(f"{job.id} is now in {where}.").evolve(private=True)
