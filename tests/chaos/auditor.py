"""The auditor: compares what we say with what the provider billed, what it painted, and what the chats show."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.chaos.books import Entry
from tests.chaos.chats import Shown
from tests.chaos.load import Load
from tests.chaos.stage import Stage
from tests.chaos.till import Call


@dataclass
class Findings:
    """What an audit found."""

    jobs: int = 0
    painted: int = 0
    unknown: int = 0
    """Jobs that stand as possibly charged."""
    unpaid: int = 0
    """Of these, those of which nothing was billed."""
    unkept: int = 0
    """Answers that left the provider whole and whose reader died before they were on its disk."""
    untaken: int = 0
    """Asks that are not on record, and were never acknowledged, or by the clock alone."""
    violations: list[str] = field(default_factory=list)

    def add(self, other: Findings) -> None:
        """Puts another audit's findings to these."""
        self.jobs += other.jobs
        self.painted += other.painted
        self.unknown += other.unknown
        self.unpaid += other.unpaid
        self.unkept += other.unkept
        self.untaken += other.untaken
        self.violations += other.violations


def audit(stage: Stage, load: Load) -> Findings:
    """Everything that has to be true once all is at rest."""
    return Audit(stage, load).findings


class Audit:
    """One audit."""

    def __init__(self, stage: Stage, load: Load) -> None:
        self._stage = stage
        self._load = load
        self._jobs = stage.books.jobs()
        self._calls = {call.id: call for call in stage.till.calls}
        self._of_key: defaultdict[str, list[Entry]] = defaultdict(list)
        for job in self._jobs.values():
            self._of_key[job.key].append(job)
        self.findings = Findings(jobs=len(self._jobs))
        for job in self._jobs.values():
            self._money(job)
            self._pictures(job)
        self._calls_made()
        self._cards()
        self._asks()

    def _wrong(self, what: str) -> None:
        self.findings.violations.append(what)

    # ── money ───────────────────────────────────────────────────────────────────────────────────────────────

    def _money(self, job: Entry) -> None:
        """The job's accounts, by its attempts and by what was billed for them."""
        said = f"{job.id} ({job.key}, {job.state})"
        if not job.over:
            self._wrong(f"{said} has not come to its end")
        if any(amount < 0 for amount in job.accounts.values()):
            self._wrong(f"{said} has an account below nothing: {job.accounts}")
        if job.accounts["reserved"]:
            self._wrong(f"{said} still has {job.accounts['reserved']} reserved")
        paid = [each for each in job.attempts if each.outcome == "paid"]
        doubtful = [each for each in job.attempts if each.outcome == "unknown"]
        if any(each.handle for each in doubtful):
            self._wrong(f"{said} is in doubt, and the provider knows what came of it")
        if any(each.outcome == "open" for each in job.attempts):
            self._wrong(f"{said} has an attempt that nobody closed")
        if len(paid) + len(doubtful) > 1:
            self._wrong(f"{said} was tried again after a call that may have been charged")
        if bool(doubtful) != bool(job.accounts["unknown"]):
            self._wrong(f"{said} has {len(doubtful)} doubtful attempts and {job.accounts['unknown']} possibly charged")
        self.findings.unknown += bool(doubtful)
        billed = 0
        for each in paid:
            call = self._calls.get(each.call)
            if call is None:
                self._wrong(f"{said} was settled by {each.call}, which the provider does not know")
            else:
                billed += call.billed
                if each.cost != call.billed:
                    self._wrong(f"{said}: the attempt says {each.cost}, the provider billed {call.billed}")
        if job.accounts["paid"] != billed:
            self._wrong(f"{said} was settled at {job.accounts['paid']}, and {billed} was billed")

    def _calls_made(self) -> None:
        """Every call that was billed is settled, or may be by what we say; none was made for nothing."""
        by_key: defaultdict[str, list[Call]] = defaultdict(list)
        settled = {each.call for job in self._jobs.values() for each in job.attempts if each.outcome == "paid"}
        for call in self._calls.values():
            by_key[self._key(call)].append(call)
        for key, jobs in self._of_key.items():
            tried = sum(len(job.attempts) for job in jobs)
            if len(by_key[key]) > tried:
                self._wrong(f"{key}: {len(by_key[key])} calls were made, and {tried} attempts noted")
        for key, calls in by_key.items():
            jobs = self._of_key[key]
            loose = [call for call in calls if call.billed and call.id not in settled]
            doubtful = [each for job in jobs for each in job.attempts if each.outcome == "unknown"]
            if len(loose) > len(doubtful):
                self._wrong(f"{key}: {len(loose)} calls were billed and are nowhere in our books")
            self.findings.unpaid += max(0, len(doubtful) - len(loose))
            kept = [job.pictures for job in jobs]
            self.findings.unkept += sum(call.whole and call.pictures not in kept for call in loose)
            for job in jobs:
                if job.pictures and job.pictures not in [call.pictures for call in calls]:
                    self._wrong(f"{job.id} ({key}): its pictures are none that were painted")

    def _key(self, call: Call) -> str:
        return next((key for key in self._load.asked if key in call.prompt), call.prompt)

    # ── pictures ────────────────────────────────────────────────────────────────────────────────────────────

    def _pictures(self, job: Entry) -> None:
        """What was paid for is in the library, byte for byte."""
        said = f"{job.id} ({job.key})"
        for each in job.attempts:
            call = self._calls.get(each.call)
            if each.outcome == "paid" and call is not None and job.pictures != call.pictures:
                self._wrong(f"{said}: the library has other pictures than were painted")
        if job.id in self._stage.arrived and not job.pictures:
            self._wrong(f"{said}: its pictures had arrived, and are lost")
        for key in job.pictures:
            data = self._stage.books.blob(key)
            if data is None or hashlib.sha256(data).hexdigest() != key:
                self._wrong(f"{said}: the picture {key[:8]} is {'not there' if data is None else 'damaged'}")
        self.findings.painted += bool(job.pictures)

    # ── chats ───────────────────────────────────────────────────────────────────────────────────────────────

    def _cards(self) -> None:
        """Every job has one card, and it shows the job's end."""
        cards: defaultdict[str | None, list[Shown]] = defaultdict(list)
        for card in self._load.cards():
            cards[card.job].append(card)
        for job in self._jobs.values():
            there = cards.pop(job.id, [])
            said = f"{job.id} ({job.key}, {job.state})"
            if len(there) != 1:
                self._wrong(f"{said} has {len(there)} cards")
            for card in there:
                if not card.ended:
                    self._wrong(f"{said}: its card shows no end")
                elif bool(card.pictures) != bool(job.pictures):
                    self._wrong(f"{said}: its card has {card.pictures} pictures, the library {len(job.pictures)}")
        for id, strays in cards.items():
            self._wrong(f"{len(strays)} cards of no job ({id}, {strays[0].key})")

    def _asks(self) -> None:
        """Nothing that was taken is missing, nothing is there twice."""
        shown = Counter(card.key for card in self._load.cards())
        for asked in self._load.asked.values():
            jobs = self._of_key[asked.key]
            if len(jobs) > 1 + self._load.pressed[asked.key]:
                self._wrong(f"{asked.key}: {len(jobs)} jobs of one ask and {self._load.pressed[asked.key]} clicks")
            if jobs or shown[asked.key]:
                continue
            if asked.key in self._stage.slack.taken - self._stage.slack.hasty:
                self._wrong(f"{asked.key}: Slack was told that it is taken, and it is nowhere")
            else:
                self.findings.untaken += 1
