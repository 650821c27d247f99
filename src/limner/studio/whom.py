"""Whom a budget is for, by an admin's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limner.domain.ask import Asked
from limner.domain.budget import Scope
from limner.domain.mention import Mention, read_mention
from limner.domain.options import Options
from limner.domain.place import Member, Person
from limner.domain.text import one_line, shorten
from limner.errors import BadOption, Undeliverable
from limner.studio.sharing import ELSEWHERE

if TYPE_CHECKING:
    from limner.studio import Studio

NAME_LIMIT = 60
"""Characters of a channel's or a role's name as it is kept."""
HERE = {"here", "this channel"}
ALL = {Scope.TEAM: "the team's budget is everybody's", Scope.EVERYONE: "everyone's budget is for nobody in particular"}
SORTS = {"member": Scope.MEMBER, "role": Scope.ROLE, "channel": Scope.CHANNEL}


async def whom(scope: Scope | None, words: str | None, asked: Asked[Options], studio: Studio) -> tuple[Scope, str, str]:
    """The scope, its key, and its name as members read it. Without a scope, what the words mention tells; without
    either, it is the team.

    Raises:
        BadOption: There is nobody and nothing of that name here, or the words do not go with the scope.
    """
    if words is None or not words.strip():
        if scope in {Scope.MEMBER, Scope.ROLE}:
            raise BadOption(name="who", value="", why=f"say which {scope} it is for")
        return (*await _channel("here", asked, studio),) if scope is Scope.CHANNEL else (scope or Scope.TEAM, "", "")
    if scope in ALL:
        raise BadOption(name="who", value=shorten(words, 40), why=f"{ALL[scope]}; leave it out")
    here = words.strip().lower() in HERE
    said = read_mention(words)
    meant = Scope.CHANNEL if here else SORTS.get(said.sort or "")
    if scope and meant and scope is not meant:
        raise BadOption(name="who", value=shorten(words, 40), why=f"that is a {meant}, and the scope says {scope}")
    match scope or meant or Scope.MEMBER:
        case Scope.CHANNEL:
            return await _channel("here" if here else words, asked, studio)
        case Scope.ROLE:
            return await _role(said, asked, studio)
        case _:
            member = await _member(said, asked, studio)
            return Scope.MEMBER, member.id, member.name


async def named(option: str, scope: Scope, words: str, asked: Asked[Options], studio: Studio) -> tuple[str, str]:
    """The key and the name of the channel or role that an option's words name.

    Raises:
        BadOption: As `whom`, about this option.
    """
    try:
        _, key, name = await whom(scope, words, asked, studio)
    except BadOption as trouble:
        raise BadOption(**{**trouble.fields, "name": option}) from None
    return key, shorten(one_line(name), NAME_LIMIT)


async def member_named(option: str, words: str, asked: Asked[Options], studio: Studio) -> Member:
    """The member whom an option's words name.

    Raises:
        BadOption: There is nobody of that name here.
    """
    try:
        return await _member(read_mention(words), asked, studio)
    except BadOption as trouble:
        raise BadOption(**{**trouble.fields, "name": option}) from None


async def _channel(words: str, asked: Asked[Options], studio: Studio) -> tuple[Scope, str, str]:
    here = words == "here"
    try:
        if ELSEWHERE.fullmatch(words):
            aim = await studio.sharing.channel(words, asked.place, asked.member)
            return Scope.CHANNEL, aim.place.key, aim.name
        courier = studio.courier(asked.place.platform)
        place, name = await courier.find(asked.place.channel if here else words, asked.place)
    except Undeliverable as problem:
        if not here:
            why = "I know no such channel here; “here” is this one"
            raise BadOption(name="who", value=shorten(words, 40), why=why) from problem
        place, name = asked.place, f"channel {asked.place.channel}"  # a conversation without a name
    return Scope.CHANNEL, place.key, name


async def _member(said: Mention, asked: Asked[Options], studio: Studio) -> Member:
    known = await studio.people.known(said.id or said.name, asked.place)
    if known is not None:
        return known
    if said.id is not None and asked.place.platform not in {"web", "cli"}:  # mentioned, and never heard of before
        return await studio.people.meet(Person(id=said.id, name=said.name), asked.place)
    named = [each for each in await studio.people.of_team(asked.member) if each.name.casefold() == said.name.casefold()]
    if len(named) == 1:
        return named[0]
    why = (
        "there are several of that name; give the member's id"
        if named
        else "I know nobody of that name here; give the member's id, or wait until they have asked for something"
    )
    raise BadOption(name="who", value=shorten(said.name, 40), why=why)


async def _role(said: Mention, asked: Asked[Options], studio: Studio) -> tuple[Scope, str, str]:
    names = await studio.people.names(asked.member)
    if said.id is not None:
        return Scope.ROLE, said.id, names.get(said.id, said.name)
    held = {role for each in await studio.people.of_team(asked.member) for role in each.roles}
    if said.name in held:
        return Scope.ROLE, said.name, names.get(said.name, said.name)
    for key, name in names.items():
        if key in held and name.lstrip("@").casefold() == said.name.casefold():
            return Scope.ROLE, key, name
    why = "I know no role of that name here; mention it as in a message, or give its id"
    raise BadOption(name="who", value=shorten(said.name, 40), why=why)
