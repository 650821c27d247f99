"""Pictures over HTTP: previews that fit the page, originals byte for byte.

A picture of the library is asked for by its id and looked up for whoever asks. One that is not of the library (a
partial picture, a sheet) is named by a signed token: nobody can ask for bytes that were not put on a card.
"""

from __future__ import annotations

import hashlib
from urllib.parse import quote

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from limner.app import Limner
from limner.domain.card import File, Picture
from limner.domain.place import LOCAL
from limner.errors import NotFound
from limner_web.viewer import Viewer

WIDTHS = (320, 640, 800, 1600)
"""Pixels of the previews, the longer side."""
SHOWN = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
"""What a browser may be told that it is; everything else is only ever handed over as a file."""
PLAYED = frozenset({"audio/ogg", "audio/mpeg"})
"""For the page's player; handed over as a file all the same."""
PREVIEW = ("image/webp", "image/png")


_NAMED = ("blob", "name", "media_type", "size")


class Links:
    """Addresses of pictures on the page."""

    def __init__(self, secret: bytes, space: str = LOCAL) -> None:
        """`space`: the page's space that they are good in."""
        self._secret = secret
        self._serializer = URLSafeSerializer(secret, salt=f"limner.web.picture {space}")

    def within(self, space: str) -> Links:
        """The same for another of the page's spaces."""
        return Links(self._secret, space)

    def preview(self, picture: File, width: int) -> str:
        """The picture made small, at most this many pixels either way."""
        return f"{self._base(picture)}/{width}/{quote(picture.name, safe='')}"

    def sources(self, picture: Picture, *widths: int) -> str:
        """The previews as a `srcset`: each with the width that it has."""
        longest = max(picture.width, picture.height, 1)
        fitting = dict.fromkeys(min(each, longest) for each in widths)
        told = {min(each, longest): self.preview(picture, each) for each in reversed(widths)}
        return ", ".join(f"{told[each]} {max(1, round(picture.width * each / longest))}w" for each in fitting)

    def original(self, picture: File) -> str:
        """The picture itself."""
        return f"{self._base(picture)}/original/{quote(picture.name, safe='')}"

    def download(self, file: File) -> str:
        """The picture or the sound itself, to be saved or played."""
        return f"{self._base(file)}/download/{quote(file.name, safe='')}"

    def read(self, token: str) -> File:
        """The picture or the sound that a token names.

        Raises:
            NotFound: It is none of ours.
        """
        try:
            return File(**dict(zip(_NAMED, self._serializer.loads(token), strict=True)), alt="")
        except (BadSignature, TypeError, ValueError) as problem:
            raise NotFound(what="picture") from problem

    def _base(self, file: File) -> str:
        if isinstance(file, Picture) and file.asset is not None:
            return f"/pictures/{quote(file.asset, safe='')}"
        # No more than is needed to find it: everything else would only make the address long.
        return f"/pieces/{self._serializer.dumps([getattr(file, name) for name in _NAMED])}"


async def answer(request: Request, limner: Limner, links: Links, *, viewer: Viewer) -> Response:
    """A picture, as a preview, as it is, or to be saved.

    Raises:
        NotFound: It is not there, or not this team's.
    """
    said = request.path_params
    of_library = "token" not in said
    picture: File
    if not of_library:
        picture = links.within(viewer.space).read(said["token"])
        if not await limner.pictures.there(picture):  # a preview of it may be in memory still
            raise NotFound(what=picture.name)
    else:
        picture = await limner.asset(said["asset"], place=viewer.place(), person=viewer.person)
    form = said["form"]
    tag = f'"{hashlib.sha256(f"{picture.blob} {form}".encode()).hexdigest()[:24]}"'
    # Asked about again each time, or not kept at all: what was deleted must not come up out of a cache.
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache" if of_library else "no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if of_library and tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if form.isdecimal() and int(form) in WIDTHS:
        data, media_type = await limner.pictures.thumb(picture, int(form))
    elif form in {"original", "download"}:
        data, media_type = await limner.pictures.read(picture), picture.media_type
    else:
        raise NotFound(what="picture")
    saved = form == "download" or media_type not in SHOWN
    headers["Content-Disposition"] = disposition(picture.name, saved=saved)
    told = media_type if media_type in SHOWN or media_type in PLAYED else "application/octet-stream"
    return Response(data, media_type=told, headers=headers)


def disposition(name: str, *, saved: bool) -> str:
    """The `Content-Disposition` of a file, RFC 6266: a plain name for old readers, the true one beside it."""
    plain = "".join(char if char.isascii() and (char.isalnum() or char in "-_. ") else "_" for char in name)
    how = "attachment" if saved else "inline"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
