"""Mentions: members, roles and channels as they stand in a message, on any platform that writes them in brackets."""

from __future__ import annotations

import re

from limner.domain.record import Record
from limner.domain.text import one_line

_BRACKETS = re.compile(r"<(?P<sign>@&|@!|@|#|!subteam\^)(?P<id>[A-Za-z0-9_-]{1,64})(?:\|(?P<label>[^<>]*))?>")
_SORTS = {"@": "member", "@!": "member", "@&": "role", "!subteam^": "role", "#": "channel"}


class Mention(Record):
    """Whom or what words name."""

    sort: str | None
    """`member`, `role` or `channel`; None where the words do not tell."""
    id: str | None = None
    """The platform's id; None where a name was written."""
    name: str
    """What was written, without its sign."""


def read_mention(words: str) -> Mention:
    """`<@1>`, `<@&2>`, `<#3>` as Discord writes them, `<@U1|ada>`, `<#C1|name>`, `<!subteam^S1|@name>` as Slack does,
    else a name with or without its `@` or `#`."""
    said = one_line(words)
    match = _BRACKETS.fullmatch(said)
    if match is None:
        return Mention(sort="channel" if said.startswith("#") else None, name=said.lstrip("@#").strip())
    name = (match["label"] or "").lstrip("@#").strip() or match["id"]
    return Mention(sort=_SORTS[match["sign"]], id=match["id"], name=name)
