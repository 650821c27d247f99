"""The table of actions: one file for each thing that a member can do. To add one is to add a file."""

from __future__ import annotations

import sys
from functools import cache

from limner.domain.action import Table

ORDER = (
    *("imagine", "send", "shuffle", "redraft", "put-away"),
    *("vary", "edit", "area", "reroll", "finer", "extend", "cutout", "blend", "back", "describe"),
    *("style-save", "style-show", "style-list", "style-use", "style-remove"),
    *("show", "gallery", "search", "drafts", "share", "publish", "links", "save", "details", "library"),
    *("sessions", "link-team", "link-me"),
    *("collection-list", "collection-show", "collection-add", "collection-drop", "collection-download"),
    *("collection-delete", "contact-sheet", "tag"),
    *("approval-request", "approval-approve", "approval-change", "approval-approvers"),
    *("queue", "cancel", "usage", "budget"),
    *(
        "voice-show",
        "voice-me",
        "voice-set",
        "model-show",
        "model-use",
        "rules",
        "retention",
        "audit",
        "status",
        "export",
        "forget-me",
        "help",
    ),
    *("generate", "fix", "dismiss", "download", "upscale", "first", "delete"),
)
"""How help, menus and rows of buttons list them; an action that is not here comes last."""


@cache
def table() -> Table:
    """Every action there is."""
    return Table.of(sys.modules[__name__], ORDER)
