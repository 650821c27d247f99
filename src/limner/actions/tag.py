"""Tags: words by which a team finds pictures again."""

from __future__ import annotations

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, says
from limner.domain.options import Name, Options, option
from limner.domain.place import Member
from limner.studio import Studio


class Tag(Options):
    """Put tags on a picture, or take them off."""

    picture: Name = option("Its id, such as a41f", completes="assets", subject=True)
    tags: Name = option("Words with commas between them, such as launch, hero picture", completes="tags")
    remove: bool = option("Take these off, in place of putting them on", default=False)


async def filled(target: str, member: Member, studio: Studio) -> dict[str, str]:
    """The form with the tags that are on it, as many as go in."""
    said = ""
    for each in await studio.collecting.tags_on(await studio.works.asset(target, member)):
        longer = f"{said}, {each}" if said else each
        said = longer if len(longer) <= 100 else said
    return {"tags": said} if said else {}


@action(Tag, name="tag", command=True, reply=Reply.PRIVATE, form=True, fill=filled)
async def tag(asked: Asked[Tag], studio: Studio) -> Card:
    said = asked.options
    asset = await studio.works.asset(said.picture, asked.member)
    tags = await studio.collecting.tag(asset, said.tags, asked.member, remove=said.remove)
    told = f"{asset.id} is tagged {', '.join(tags)}." if tags else f"{asset.id} has no tags any longer."
    return says(f"{told} /gallery --tag finds what has one.").evolve(private=True)
