"""What a team's own rules let its members ask for: pure, from the rules and the ask to a refusal or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from limner.domain.place import Member, Place
from limner.domain.request import Request
from limner.domain.rules import TeamRules
from limner.errors import (
    BannedTerm,
    ClosedChannel,
    ModelNotPermitted,
    RoleMissing,
    StyleBanned,
    TermOfStyle,
    Trouble,
)
from limner.models import Model
from limner.rules import terms

NAMED = 3
"""Channels that a refusal names."""


def place_refusal(rules: TeamRules, member: Member, place: Place) -> Trouble | None:
    """Why this member may not ask in this place; None when they may. Admins may ask everywhere."""
    if member.admin:
        return None
    if rules.channels and place.key not in rules.channels:
        return ClosedChannel(where=_where(rules, place))
    if rules.roles and not _holds(member, rules.roles):
        return RoleMissing()
    return None


def model_refusal(rules: TeamRules, member: Member, model: Model, others: Iterable[Model]) -> Trouble | None:
    """Why this member may not ask for this model; None when they may. One of the `others` is offered that is open to
    them."""
    if permitted(rules, member, model.name):
        return None
    other = next((each for each in others if each.name != model.name and permitted(rules, member, each.name)), None)
    if other is None:
        return ModelNotPermitted(model=model.title, way_on="an admin can open it to you")
    return ModelNotPermitted(model=model.title, way_on=f"{other.title} is open to you as {other.name}")


def permitted(rules: TeamRules, member: Member, model: str) -> bool:
    """Whether a member may ask for the model of this name."""
    wanted = rules.models.get(model)
    return wanted is None or member.admin or _holds(member, wanted)


def prompt_refusal(rules: TeamRules, words: str) -> Trouble | None:
    """Why nobody may ask for these words; None when everybody may."""
    term = terms.found(rules.banned, words)
    return BannedTerm(term=term) if term is not None else None


def style_refusal(rules: TeamRules, request: Request) -> Trouble | None:
    """Why a request may not wear its style: the prompt has a term that the style leaves out, or the style one that the
    team does."""
    style = request.worn
    if style is None:
        return None
    if (term := terms.found(style.banned, request.prompt)) is not None:
        return TermOfStyle(style=style.name, term=term)
    term = terms.found(rules.banned, f"{style.before}\n{style.after}")
    return StyleBanned(style=style.name, term=term) if term is not None else None


def _holds(member: Member, wanted: Sequence[str]) -> bool:
    return not set(wanted).isdisjoint(member.roles)


def _where(rules: TeamRules, place: Place) -> str:
    """Channels of the same space where members may ask, as far as their names are known."""
    space = f"{place.platform}/{place.team_space}/"
    near = [rules.names[key] for key in rules.channels if key.startswith(space) and key in rules.names]
    if not near:
        return "an admin can tell you where I may, or let me in with /rules"
    named = near[:NAMED]
    return "I may in " + (" or ".join([", ".join(named[:-1]), named[-1]]) if len(named) > 1 else named[0])
