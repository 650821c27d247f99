"""The team's own rules: shown to its admins, and changed by them."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from functools import cache
from typing import Literal
from zoneinfo import available_timezones

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.budget import Scope
from limner.domain.calendar import zone_named
from limner.domain.card import Card, Line, Role
from limner.domain.options import Name, Options, option
from limner.domain.rules import TeamRules
from limner.domain.text import one_line, shorten
from limner.errors import BadOption
from limner.rules.terms import folded
from limner.studio import Studio
from limner.studio.whom import named

TERM_LIMIT = 60
"""Characters of a banned term."""
MOST = 200
"""Entries of each list."""

Edit = Callable[[TeamRules], TeamRules]
Step = tuple[Edit, str]
"""A change, and what it does in words."""


class Rules(Options):
    """Show the team's rules, or change them (admins)."""

    zone: Name | None = option("Where the team's days begin, such as Europe/Paris", default=None)
    banned: Name | None = option("Words that no prompt may have, with commas between them", default=None)
    channel: Name | None = option("A channel where members may ask; without any, they may in all", default=None)
    role: Name | None = option("A role that may ask, or (with a model) that may use it", default=None)
    model: Name | None = option("A model for that role alone", default=None, completes="models")
    screening: Literal["on", "off"] | None = option("Whether OpenAI's moderation screens requests", default=None)
    remove: bool = option("Take off the lists what is named, in place of adding it", default=False)


@action(Rules, name="rules", command=True, reply=Reply.PRIVATE)
async def rules(asked: Asked[Rules], studio: Studio) -> Card:
    current = await studio.warden.rules(asked.member)
    steps = await steps_of(asked, studio)
    if not steps:
        return card_of(current, studio, ())
    told = tuple(words for _, words in steps)

    def every(before: TeamRules) -> TeamRules:
        for edit, _ in steps:
            before = edit(before)
        return pruned(before)

    return card_of(await studio.warden.change(asked.member, every, " ".join(told)), studio, told)


async def steps_of(asked: Asked[Rules], studio: Studio) -> list[Step]:
    """What these options change.

    Raises:
        BadOption: One of them cannot be.
    """
    said, steps = asked.options, list[Step]()
    if said.zone is not None:
        zone = read_zone(said.zone)
        steps.append((lambda rules: rules.evolve(zone=zone), f"Days begin in {zone}."))
    if said.banned is not None:
        steps.append(_listed("banned", read_terms(said.banned), {}, remove=said.remove))
    if said.channel is not None:
        key, name = await named("channel", Scope.CHANNEL, said.channel, asked, studio)
        steps.append(_listed("channels", (key,), {key: name}, remove=said.remove))
    if said.model is not None:
        steps.append(await _model(said.model, asked, studio))
    elif said.role is not None:
        key, name = await named("role", Scope.ROLE, said.role, asked, studio)
        steps.append(_listed("roles", (key,), {key: name}, remove=said.remove))
    if said.screening is not None:
        screens = said.screening == "on"
        how = "are screened" if screens else "are not screened any longer"
        steps.append((lambda rules: rules.evolve(moderation=screens), f"Requests {how}."))
    if said.remove and not (said.banned or said.channel or said.role or said.model):
        raise BadOption(name="remove", value="true", why="name the word, channel, role or model to take off as well")
    return steps


LISTS = {
    "banned": ("Nobody may ask for", "may be asked for again"),
    "channels": ("Members may ask in", "is not among the channels any longer"),
    "roles": ("These may ask:", "is not among the roles any longer"),
}
"""How each list is spoken of."""


def _listed(field: str, entries: tuple[str, ...], names: dict[str, str], *, remove: bool) -> Step:
    """Puts entries on a list, or takes them off; which ones they are does not depend on case or accents."""
    same = {folded(each) for each in entries}

    def edit(rules: TeamRules) -> TeamRules:
        before: tuple[str, ...] = getattr(rules, field)
        others = tuple(each for each in before if folded(each) not in same)
        if remove:
            if len(others) == len(before):
                shown = names.get(entries[0], entries[0])
                raise BadOption(name=field, value=shorten(shown, 40), why="it is not on the list")
            return rules.evolve(**{field: others})
        if len(others) + len(entries) > MOST:
            raise BadOption(name=field, value=shorten(entries[0], 40), why=f"the list holds {MOST} at most")
        return rules.evolve(**{field: (*others, *entries)}, names={**rules.names, **names})

    shown = ", ".join(f"“{names.get(each, each)}”" for each in entries)
    added, removed = LISTS[field]
    return edit, f"{shown} {removed}." if remove else f"{added} {shown}."


async def _model(words: str, asked: Asked[Rules], studio: Studio) -> Step:
    said = asked.options
    name = words.lower()
    model = studio.desk.roster.resolve(name).model
    if said.role is None:
        if not said.remove:
            why = "say which role may use it, or remove to open it to everybody"
            raise BadOption(name="model", value=shorten(words, 40), why=why)
        return _models(name, lambda roles: (), {}), f"Everybody may use {model.title}."
    role, called = await named("role", Scope.ROLE, said.role, asked, studio)
    if said.remove:
        return _models(name, lambda roles: _without(roles, role), {}), f"“{called}” may not use {model.title} by role."
    return _models(name, lambda roles: (*_without(roles, role), role), {role: called}), (
        f"{model.title} is for “{called}” and whoever else is named for it."
    )


def _models(name: str, edit: Callable[[tuple[str, ...]], tuple[str, ...]], names: dict[str, str]) -> Edit:
    def change(rules: TeamRules) -> TeamRules:
        others = {each: roles for each, roles in rules.models.items() if each != name}
        roles = edit(rules.models.get(name, ()))
        # Without a role it is for everybody again: a model for nobody is one that the host leaves out.
        return rules.evolve(models=others | ({name: roles} if roles else {}), names={**rules.names, **names})

    return change


def _without(roles: tuple[str, ...], role: str) -> tuple[str, ...]:
    return tuple(each for each in roles if each != role)


def pruned(rules: TeamRules) -> TeamRules:
    """The rules without the names of what is not in them any longer."""
    used = {*rules.channels, *rules.roles, *rules.voice.channels}
    used |= {role for roles in rules.models.values() for role in roles}
    return rules.evolve(names={key: name for key, name in rules.names.items() if key in used})


def read_terms(words: str) -> tuple[str, ...]:
    """Terms with commas between them.

    Raises:
        BadOption: There is none, or one that is too long.
    """
    terms = tuple(dict.fromkeys(term for each in words.split(",") if (term := one_line(each)) and folded(term).strip()))
    if not terms:
        raise BadOption(name="banned", value="", why="name at least one word")
    if long := next((each for each in terms if len(each) > TERM_LIMIT), None):
        raise BadOption(name="banned", value=shorten(long, 40), why=f"a term has {TERM_LIMIT} characters at most")
    return terms


def read_zone(words: str) -> str:
    """An IANA time zone by its name, its city alone or in any case.

    Raises:
        BadOption: There is none; the nearest ones are said.
    """
    said = one_line(words).replace(" ", "_")
    known = _zones()
    if (found := known.get(said.lower())) is not None:
        return found
    cities: dict[str, list[str]] = {}
    for name in known.values():
        cities.setdefault(name.rpartition("/")[2].lower(), []).append(name)
    if len(named := cities.get(said.lower(), [])) == 1:
        return named[0]
    if not known:  # a machine without a table of zones
        return str(zone_named(said))
    near = named or difflib.get_close_matches(said.lower(), [*known, *cities], n=3, cutoff=0.6)
    names = dict.fromkeys(known.get(each) or cities.get(each, [each])[0] for each in near)
    offered = ", ".join(list(names)[:3]) or "Europe/Berlin, America/New_York and UTC"
    raise BadOption(name="zone", value=shorten(one_line(words), 40), why=f"no time zone has this name; try {offered}")


@cache
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


def card_of(rules: TeamRules, studio: Studio, told: tuple[str, ...]) -> Card:
    """The rules in words, after what was changed."""
    named = rules.names
    host = studio.settings.moderation
    screened = "are screened by OpenAI's moderation" if rules.moderation else "are not screened"
    if host.required and not rules.moderation:
        screened = "are screened all the same: the host requires it"
    elif not host.screen and not host.required:
        screened = "are not screened: the host has switched it off"
    models = (
        f"{studio.desk.title(name)}: {_or([named.get(each, f'role {each}') for each in roles])} alone."
        for name, roles in rules.models.items()
    )
    lines = (
        f"Members may ask in {_or([named.get(each, each) for each in rules.channels]) or 'all channels'}.",
        f"Who may ask: {_or([named.get(each, f'role {each}') for each in rules.roles]) or 'everybody'}.",
        *models,
        f"Left out of prompts: {', '.join(f'“{each}”' for each in rules.banned) or 'nothing'}.",
        f"Requests {screened}.",
    )
    return Card(
        private=True,
        lines=(
            Line(role=Role.TITLE, text="The team's rules"),
            *(Line(role=Role.NOTE, text=each) for each in told),
            *(Line(text=each) for each in lines),
            Line(role=Role.FOOTER, text=f"Days and months begin at 0:00 ({rules.zone}) · admins may ask everywhere"),
        ),
    )


def _or(names: list[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
