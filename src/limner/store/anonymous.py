"""Taking a member's name out of what is others': who cancelled, who asked, who shared, and what the cards say of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, Text, and_, delete, or_, select, type_coerce, update

from limner.domain.card import Card, Line, Role, State
from limner.domain.place import DIRECT, LOCAL, PAGE_OF, Member
from limner.domain.text import one_line, shorten
from limner.domain.traces import Traces
from limner.store.database import now
from limner.store.erasing import Doomed, doom
from limner.store.tables import approvals, attempts, audit, budgets, cards, identities, jobs, members, spaces

NOBODY = "a former member"
"""What is called who was forgotten."""
_SHORT = 40
"""Characters of a name on cards."""
_OWN_WORDS = frozenset({Role.PROMPT, Role.HEARD})
"""Lines that are somebody's own words, and stay as they said them."""
_SHARED = "Shared by "


def traces_of(connection: Connection, member: Member) -> Traces:
    """By what a member is known here."""
    people = select(identities.c.platform, identities.c.person).where(identities.c.member == member.id)
    homes = select(spaces.c.platform, spaces.c.space).where(spaces.c.team == member.team)
    return Traces(
        team=member.team,
        at=now(),
        names=tuple(sorted(_names_of(connection, member))),
        people=tuple((each.platform, each.person) for each in connection.execute(people).all()),
        spaces=tuple((each.platform, each.space) for each in connection.execute(homes).all()),
    )


def left_of(connection: Connection, traces: Traces) -> Traces:
    """What of these traces speaks of nobody else by now: somebody may have come who bears the name, or they themselves
    once more."""
    borne = {*connection.execute(select(members.c.name).where(members.c.team == traces.team)).scalars()}
    known = select(identities.c.platform, identities.c.person).where(identities.c.team == traces.team)
    known = known.where(identities.c.person.in_([person for _, person in traces.people]))
    met = {(each.platform, each.person) for each in connection.execute(known).all()}
    return traces.evolve(
        names=tuple(each for each in traces.names if each not in borne),
        people=tuple(each for each in traces.people if each not in met),
    )


def _names_of(connection: Connection, member: Member) -> frozenset[str]:
    """What a member has been called here: in two chats one may have two names, and names change. Not what somebody else
    of the team is called too: that tells of nobody."""
    known = {member.name}
    records = select(jobs.c.record).where(jobs.c.team == member.team, jobs.c.member == member.id)
    known |= {job.member_name for job in connection.execute(records).scalars()}
    its = type_coerce(approvals.c.record, Text).contains(f'"{member.id}"', autoescape=True)
    for each in connection.execute(select(approvals.c.record).where(approvals.c.team == member.team, its)).scalars():
        known |= {
            name for id, name in ((each.asker, each.asked_by), (each.decider, each.decided_by)) if id == member.id
        }
    others = select(members.c.name).where(members.c.team == member.team, members.c.id != member.id)
    taken = {*connection.execute(others).scalars(), NOBODY, ""}
    return frozenset(known - taken)


def nameless(text: str, names: Iterable[str]) -> str:
    """A sentence of ours without these names, wherever one stands as ours name people."""
    for name in _spellings(names):
        said = re.escape(name)
        text = re.sub(rf"((?i:\b(?:by|for|of|from|to|asks|and)|[:,(]) ){said}(?!\w)", rf"\g<1>{NOBODY}", text)
        text = re.sub(rf"^{said}(?= (?:asks|approves|does|is|has)\b)", NOBODY[0].upper() + NOBODY[1:], text)
        text = re.sub(rf"(?<!\w){said}(?=’s\b)", NOBODY, text)
    return text


def take_names(connection: Connection, member: Member, traces: Traces) -> None:
    """Takes these traces of a member out of everything that is not theirs, within a transaction; what chats show of it
    is doomed to be shown anew."""
    names = frozenset(traces.names)
    _of_approvals(connection, member, names)
    for name in names:
        connection.execute(
            update(budgets).where(budgets.c.team == member.team, budgets.c.set_by == name).values(set_by=NOBODY)
        )
    if names:
        _of_log(connection, member, names)
        _of_jobs(connection, member, names)
        _of_cards(connection, member, names)
    _of_addresses(connection, member, traces.people)


def _of_approvals(connection: Connection, member: Member, names: frozenset[str]) -> None:
    told = type_coerce(approvals.c.record, Text)
    its = or_(told.contains(f'"{member.id}"', autoescape=True), *_tells(told, names))
    query = select(approvals.c.asset, approvals.c.record).where(approvals.c.team == member.team, its)
    for asset, record in connection.execute(query).all():
        changed: dict[str, str | None] = {}
        for id, name in (("asker", "asked_by"), ("decider", "decided_by")):
            whose = getattr(record, id)
            if whose == member.id or (whose is None and getattr(record, name) in names):
                changed |= {id: None, name: NOBODY}
        connection.execute(update(approvals).where(approvals.c.asset == asset).values(record=record.evolve(**changed)))


def _of_log(connection: Connection, member: Member, names: frozenset[str]) -> None:
    own = select(jobs.c.id).where(jobs.c.team == member.team, jobs.c.member == member.id)
    its = or_(audit.c.member == member.id, audit.c.job.in_(own))
    query = select(audit.c.id, audit.c.why, its.label("own")).where(
        audit.c.team == member.team, or_(*_says(audit.c.why, names))
    )
    for id, why, of_theirs in connection.execute(query).all():
        said = why
        for name in names if of_theirs else ():
            said = said.replace(name, NOBODY)
        connection.execute(update(audit).where(audit.c.id == id).values(why=nameless(said, names)))


def _of_jobs(connection: Connection, member: Member, names: frozenset[str]) -> None:
    told = type_coerce(jobs.c.record, Text)
    cancelled = [told.contains(f'"cancelled_by":{_json(each)}', autoescape=True) for each in _spellings(names)]
    query = select(jobs.c.id, jobs.c.record).where(jobs.c.team == member.team, or_(*cancelled)).with_for_update()
    for id, job in connection.execute(query).all():
        trouble = nameless(job.trouble, names) if job.trouble else job.trouble
        left = job.evolve(cancelled_by=NOBODY, trouble=trouble)
        connection.execute(update(jobs).where(jobs.c.id == id).values(record=left))
    tried = select(attempts.c.id, attempts.c.trouble).where(
        attempts.c.team == member.team, or_(*_says(attempts.c.trouble, names))
    )
    for id, trouble in connection.execute(tried).all():
        connection.execute(update(attempts).where(attempts.c.id == id).values(trouble=nameless(trouble, names)))


def _of_cards(connection: Connection, member: Member, names: frozenset[str]) -> None:
    query = select(cards.c.sequence, cards.c.card).where(
        _of_team(connection, member), _of_others(member), or_(*_tells(type_coerce(cards.c.card, Text), names))
    )
    again = []
    for sequence, card in connection.execute(query).all():
        changed = without(card, names)
        if changed != card:
            connection.execute(update(cards).where(cards.c.sequence == sequence).values(card=changed))
            if card.state not in {State.WAITING, State.PAINTING}:  # those are shown anew by what they wait for
                again.append(str(sequence))
    doom(connection, Doomed.CARD, again)


def _of_addresses(connection: Connection, member: Member, people: Iterable[tuple[str, str]]) -> None:
    """By which ids the chats know a member, out of where cards of others are; what stands in their own direct messages,
    or was for their eyes alone, is no card of ours any longer."""
    for platform, person in people:
        of_theirs = type_coerce(cards.c.address, Text).contains(_json(person), autoescape=True)
        direct = cards.c.space == f"{DIRECT}{person}"
        query = select(cards.c.sequence, cards.c.address).where(
            cards.c.platform == platform, or_(of_theirs, direct), _of_team(connection, member), _of_others(member)
        )
        for sequence, address in connection.execute(query).all():
            if address.reader == person or address.place.space == f"{DIRECT}{person}":
                connection.execute(delete(cards).where(cards.c.sequence == sequence))
                continue
            extra = {key: value for key, value in address.extra.items() if value != person}
            left = address.evolve(extra=extra)
            connection.execute(update(cards).where(cards.c.sequence == sequence).values(address=left))


def _of_team(connection: Connection, member: Member) -> ColumnElement[bool]:
    """That a card stands in one of the team's own places, or is one that it has sent to direct messages: of other teams
    the same person may be a member too."""
    here = connection.execute(select(spaces.c.platform, spaces.c.space).where(spaces.c.team == member.team)).all()
    where = [and_(cards.c.platform == each.platform, cards.c.space == each.space) for each in here]
    where.append(and_(cards.c.platform == "web", cards.c.space == f"{PAGE_OF}{member.team}"))
    where += [cards.c.space == LOCAL] if any(each.platform == LOCAL for each in here) else []
    sent = type_coerce(cards.c.address, Text)
    where += [sent.contains(f'"home":{_json(each.space)}', autoescape=True) for each in here]
    return or_(*where)


def _of_others(member: Member) -> ColumnElement[bool]:
    """That a card is not of what the member asked for, which is erased whole."""
    own = select(jobs.c.id).where(jobs.c.team == member.team, jobs.c.member == member.id)
    return or_(cards.c.job.is_(None), cards.c.job.not_in(own))


def without(card: Card, names: Iterable[str]) -> Card:
    """A card without these names, and without the words that they sent along with what they shared."""
    names = frozenset(names)
    lines: list[Line] = []
    theirs = False
    own = sum(each.role is Role.PROMPT for each in card.lines)
    for line in card.lines:
        if theirs and line.role is Role.PROMPT and own > 1:
            theirs = False
            continue
        said = line.text if line.role in _OWN_WORDS else nameless(line.text, names)
        theirs = said.startswith(f"{_SHARED}{NOBODY}") and said != line.text
        lines.append(line.evolve(text=said))
    return card.evolve(lines=tuple(lines))


def _spellings(names: Iterable[str]) -> list[str]:
    """The names as records and cards have them, the longest first: one may begin as another does."""
    every = {spelled for each in names for spelled in (each, shorten(one_line(each), _SHORT)) if spelled}
    return sorted(every, key=len, reverse=True)


def _says(column: ColumnElement[str], names: Iterable[str]) -> list[ColumnElement[bool]]:
    """That a column names one of them."""
    return [column.contains(each, autoescape=True) for each in _spellings(names)]


def _tells(record: ColumnElement[str], names: Iterable[str]) -> list[ColumnElement[bool]]:
    """That a record, as JSON, names one of them."""
    return [record.contains(_json(each)[1:-1], autoescape=True) for each in _spellings(names)]


def _json(word: str) -> str:
    return json.dumps(word, ensure_ascii=False)
