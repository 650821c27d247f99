"""The warden: asks a team's rules and moderation before anything costs money, and writes down what was decided."""

from __future__ import annotations

import asyncio

import structlog

from limner.config import Moderation
from limner.domain.card import Button
from limner.domain.place import Member, Place
from limner.domain.request import Request
from limner.domain.rules import TeamRules
from limner.engines import SKETCH
from limner.errors import BannedTerm, NotAdmin, Screened, StyleBanned, TermOfStyle, Trouble, Unscreened
from limner.models import Model, Purpose
from limner.rules.permissions import model_refusal, place_refusal, prompt_refusal, style_refusal
from limner.store import Store
from limner.store.audit import Decision, Entry, Verdict, What
from limner.store.rules import Edit
from limner.studio.desk import Desk
from limner.studio.screening import Screenings

log = structlog.get_logger(__name__)

REWORD = "reword"
"""The action behind the button that opens a refused prompt."""
SHORT = 2_000
"""Characters of a prompt that are looked through at once."""
MENDED = (BannedTerm, TermOfStyle, StyleBanned, Screened)
"""What other words, or another style, make good."""
SAW = {
    "harassment": "harassment",
    "harassment/threatening": "threats",
    "hate": "hatred",
    "hate/threatening": "hateful threats",
    "illicit": "instructions for wrongdoing",
    "illicit/violent": "instructions for violence",
    "self-harm": "self-harm",
    "self-harm/instructions": "self-harm",
    "self-harm/intent": "self-harm",
    "sexual": "sexual content",
    "sexual/minors": "sexual content about minors",
    "violence": "violence",
    "violence/graphic": "graphic violence",
}
"""The provider's categories in words."""


class Warden:
    """Lets in, or says why not."""

    def __init__(self, *, settings: Moderation, store: Store, desk: Desk, screenings: Screenings) -> None:
        self._settings = settings
        self._store = store
        self._desk = desk
        self._screenings = screenings

    async def enter(self, member: Member, place: Place, *, what: What) -> TeamRules:
        """The team's rules, for a member who may ask in this place.

        Raises:
            ClosedChannel, RoleMissing: They may not.
        """
        rules = await self._store.rules.get(member.team)
        if (trouble := place_refusal(rules, member, place)) is not None:
            raise await self.refused(member, trouble, what)
        return rules

    async def lets_in(self, member: Member, place: Place) -> bool:
        """Whether a member may ask in this place; where nobody asked, nothing is written down of it."""
        return place_refusal(await self._store.rules.get(member.team), member, place) is None

    async def admit(self, member: Member, place: Place, request: Request, model: Model) -> str:
        """Lets a request pass that may be painted by this model; gives how it was screened, in words for the log.

        Raises:
            AgainstRules: It may not; the refusal has a button to mend the prompt where that is the way on.
        """
        rules = await self.enter(member, place, what=What.PAINT)
        trouble = self._model_refusal(rules, member, model) or await _words_refusal(rules, request)
        screened = ""
        if trouble is None:
            trouble, screened = await self._screen(rules, request, model)
        if trouble is None:
            return screened
        if isinstance(trouble, MENDED):
            trouble.ways = await self._mending(member, request)
        raise await self.refused(member, trouble)

    async def utter(self, member: Member, words: str, what: What, *, job: str | None = None) -> None:
        """Returns when these words of a member's may be posted by Limner.

        Raises:
            BannedTerm: They may not.
        """
        rules = await self._store.rules.get(member.team)
        if (trouble := await _prompt_refusal(rules, words)) is not None:
            raise await self.refused(member, trouble, what, job=job)

    def _model_refusal(self, rules: TeamRules, member: Member, model: Model) -> Trouble | None:
        if not rules.models or model.name == SKETCH:  # without a key it stands in for every model, and costs nothing
            return None
        # A rule for a model that has ended holds for the one that paints in its place.
        meant = {self._painter(name): roles for name, roles in rules.models.items()} | rules.models
        return model_refusal(rules.evolve(models=meant), member, model, self._desk.roster.alive(Purpose.PAINT))

    def _painter(self, name: str) -> str:
        try:
            return self._desk.painter(name)[0].name
        except Trouble:
            return name

    async def _screen(self, rules: TeamRules, request: Request, model: Model) -> tuple[Trouble | None, str]:
        required = self._settings.required
        if model.name == SKETCH:
            return None, "drawn offline"
        if not required and not (self._settings.screen and rules.moderation):
            return None, "not screened: switched off"
        answer = await self._screenings.of(request)
        if answer.screening is not None and answer.screening.flagged:
            return Screened(what=_seen(answer.screening.categories)), ""
        return (Unscreened(), "") if required and not answer.whole else (None, answer.how)

    async def _mending(self, member: Member, request: Request) -> tuple[Button, ...]:
        refused = await self._store.refused.add(team=member.team, member=member.id, request=request)
        return (Button(label="Put it in other words", action=REWORD, target=refused.id, form=True),)

    def accepted(self, member: Member, why: str) -> Decision:
        """The decision to paint, for the transaction that accepts the job."""
        return decision(member, What.PAINT, Verdict.ACCEPTED, why)

    async def refused(
        self, member: Member, trouble: Trouble, what: What = What.PAINT, *, job: str | None = None
    ) -> Trouble:
        """The trouble, once it is written down."""
        await self.record(member, what, Verdict.REFUSED, f"{type(trouble).__name__}: {_reason(trouble)}", job=job)
        return trouble

    async def record(self, member: Member, what: What, verdict: Verdict, why: str, *, job: str | None = None) -> None:
        """Writes a decision into the audit log."""
        log.info("decided", what=what, verdict=verdict, job=job)
        await self._store.audit.add(decision(member, what, verdict, why, job=job))

    async def change(self, member: Member, edit: Edit, why: str) -> TeamRules:
        """Changes the team's rules, with a line in the audit log; gives them as they are then.

        Raises:
            NotAdmin: Only admins may.
            BadOption: The change cannot be.
        """
        if not member.admin:
            raise await self.refused(member, NotAdmin(verb="change the rules"), What.RULES)
        return await self._store.rules.change(member.team, edit, decision(member, What.RULES, Verdict.DONE, why))

    async def rules(self, member: Member) -> TeamRules:
        """The team's rules, for its admins.

        Raises:
            NotAdmin: Only admins may read them.
        """
        if not member.admin:
            raise NotAdmin(verb="see the rules")
        return await self._store.rules.get(member.team)

    async def newest(self, member: Member, *, limit: int, job: str | None = None) -> tuple[Entry, ...]:
        """The latest decisions about the member's team, or about one of its jobs; newest first.

        Raises:
            NotAdmin: Only admins may read them.
        """
        if not member.admin:
            raise NotAdmin(verb="read the audit log")
        return await self._store.audit.newest(member.team, limit=limit, job=job)


async def _words_refusal(rules: TeamRules, request: Request) -> Trouble | None:
    """Why nobody may ask for this prompt, or for it in this style."""
    if (refused := await _prompt_refusal(rules, request.prompt)) is not None or request.worn is None:
        return refused
    if len(request.prompt) <= SHORT:
        return style_refusal(rules, request)
    return await asyncio.to_thread(style_refusal, rules, request)


async def _prompt_refusal(rules: TeamRules, words: str) -> Trouble | None:
    """The same as the rule says; beside the loop where it takes more than a moment."""
    if not rules.banned:
        return None
    if len(words) <= SHORT:
        return prompt_refusal(rules, words)
    return await asyncio.to_thread(prompt_refusal, rules, words)


def decision(member: Member, what: What, verdict: Verdict, why: str, *, job: str | None = None) -> Decision:
    """A decision about what this member asked for."""
    return Decision(team=member.team, member=member.id, job=job, what=what, verdict=verdict, why=why)


def _seen(categories: tuple[str, ...]) -> str:
    """What moderation saw, in words."""
    said = list(dict.fromkeys(SAW.get(each, "something unsafe") for each in categories)) or ["something unsafe"]
    return " and ".join([", ".join(said[:-1]), said[-1]]) if len(said) > 1 else said[0]


def _reason(trouble: Trouble) -> str:
    """Which rule it was; a refusal's sentence says it, but not always in few words."""
    match trouble:
        case BannedTerm() | TermOfStyle() | StyleBanned():
            return f"the term “{trouble.fields['term']}”"
        case Screened():
            return f"moderation saw {trouble.fields['what']}"
    return trouble.sentence
