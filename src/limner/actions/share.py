"""Post a picture somewhere else, once, with credit."""

from __future__ import annotations

from limner.domain.action import On, Reply, Spoken, action, public
from limner.domain.ask import Asked
from limner.domain.card import Card, Line, Role, says
from limner.domain.mention import read_mention
from limner.domain.options import Name, Options, option
from limner.domain.place import Address
from limner.errors import Refusal
from limner.store.audit import Verdict, What
from limner.studio import Studio
from limner.studio.sharing import Aim
from limner.studio.whom import member_named


class Share(Options):
    """Post a picture in another place, with credit."""

    picture: Name = option("Its id, such as a41f", completes="assets", subject=True)
    place: Name = option("Where to: #marketing, @somebody, slack:#design", completes="places")
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
    job = await studio.works.done(said.picture, asked.member)
    if said.note:
        await studio.warden.utter(asked.member, said.note, What.SHARE, job=job.id)
    aim = await _aim(said.place, asked, studio)
    if job.request.private and aim.direct:
        raise Refusal(why=f"{job.id} is a draft that you alone see. Send it to a channel first, and share it then.")
    await studio.sharing.once(f"{said.picture} {said.note or ''}", aim, asked.member)
    if job.request.private:  # to share a draft is to send it there
        extra = asked.ask.address.extra if aim.place.platform == asked.place.platform else {}
        address = Address(place=aim.place, extra=extra, elsewhere=False)
        await studio.drafts.send(job, asked.member, address, words=said.note)
        return says(f"{job.id} is now in {aim.name}, and no draft any longer.").evolve(private=True)
    card = await studio.works.card(said.picture, asked.member)
    credit = f"Shared by {asked.member.name}, made by {job.member_name}."
    noted = (Line(role=Role.PROMPT, text=said.note),) if said.note else ()
    await studio.sharing.post(aim, card.evolve(lines=(Line(text=credit), *noted, *card.lines)))
    await studio.warden.record(asked.member, What.SHARE, Verdict.DONE, f"to {aim.name}", job=job.id)
    return says(f"{job.id} is now in {aim.name}.").evolve(private=True)


async def _aim(words: str, asked: Asked[Share], studio: Studio) -> Aim:
    """The channel or the person that words name."""
    mention = read_mention(words)
    if mention.sort == "member" or words.lstrip().startswith("@"):
        whom = await member_named("place", words, asked, studio)
        return await studio.sharing.person(whom, asked.place)
    return await studio.sharing.channel(words, asked.place, asked.member)
