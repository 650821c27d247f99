"""What was decided of late, and why; for admins."""

from __future__ import annotations

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, Line, Role
from limner.domain.options import Name, Options, option
from limner.domain.text import shorten
from limner.store.audit import Entry, What
from limner.studio import Studio

NEWEST = 20
LENGTH = 160
"""Characters of a line."""
ASKED = {
    What.PAINT: "painting",
    What.HEAR: "hearing a voice note",
    What.DESCRIBE: "describing a picture",
    What.CANCEL: "cancelling",
    What.FIRST: "painting before all others",
    What.DELETE: "deleting",
    What.SHARE: "sharing",
    What.SEND: "sending a private draft",
    What.BUDGET: "changing a budget",
    What.RULES: "changing the rules",
    What.STYLE: "changing a style",
    What.PUBLISH: "public links",
    What.COLLECT: "collections",
    What.APPROVE: "approval",
    What.SIGN_IN: "signing in on the page",
    What.LINK: "linking",
}


class Audit(Options):
    """Show what was decided of late, and why (admins)."""

    job: Name | None = option("About one job alone, such as a41f", default=None, completes="assets")


@action(Audit, name="audit", command=True, reply=Reply.PRIVATE)
async def audit(asked: Asked[Audit], studio: Studio) -> Card:
    job = asked.options.job.strip().strip("#").lower().partition(".")[0] if asked.options.job else None
    entries = await studio.warden.newest(asked.member, limit=NEWEST, job=job)
    zone = await studio.budgets.zone(asked.member.team)
    lines = tuple(Line(text=_line(each, f"{each.created.astimezone(zone):%d %b %H:%M}")) for each in entries)
    return Card(
        private=True,
        lines=(
            Line(role=Role.TITLE, text=f"Decisions about {job}" if job else "The latest decisions"),
            *(lines or (Line(text="Nothing has been decided yet."),)),
            Line(role=Role.FOOTER, text=f"The newest {NEWEST} at most · times in {zone.key}"),
        ),
    )


def _line(entry: Entry, when: str) -> str:
    decision = entry.decision
    about = f" {decision.job}" if decision.job else ""
    who = entry.name or "Limner"
    return shorten(f"{when} · {who} · {ASKED[decision.what]}{about}: {decision.verdict}. {decision.why}", LENGTH)
