"""All pictures of a collection in one file, from the web page."""

from __future__ import annotations

from limner.actions.collection import COLLECTION, meant
from limner.actions.end_downloads import END
from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, Controls, Line, Link, Role
from limner.domain.options import Name, Options, option
from limner.studio import Studio


class DownloadCollection(Options):
    """Download a collection: its originals and what is known of them, in one file."""

    name: Name | None = option("Its name", default=None, completes="collections")


@action(DownloadCollection, name="collection-download", command=True, group=COLLECTION, reply=Reply.PRIVATE)
async def collection_download(asked: Asked[DownloadCollection], studio: Studio) -> Card:
    collection = await meant(asked.options.name, asked, studio)
    url = await studio.archives.link(collection, asked.member, asked.place)
    return Card(
        lines=(
            Line(text=f"The collection {collection.name}: the originals, byte for byte, and manifest.json."),
            Line(role=Role.NOTE, text="The link is good for an hour. Whoever has it can download what you see."),
        ),
        controls=(Controls(buttons=(Link(label="Open the download", url=url, at_once=True), END)),),
        private=True,
    )
