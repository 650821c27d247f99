"""Calls for a member that belong to no job, such as the hearing of a note: each is on record with its money reserved
before it is made, and settled after, whatever comes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from limner.domain.money import Micros
from limner.domain.place import Member, Place
from limner.errors import HearingNeedsKey, ModelGone, OutcomeUnknown, ProviderTrouble
from limner.models import Model, Purpose, Usage
from limner.rules import prices
from limner.store import Store
from limner.store.attempts import Outcome
from limner.studio.budgets import Budgets
from limner.studio.desk import Desk


class Answer(Protocol):
    """What a provider gave."""

    @property
    def usage(self) -> Usage | None: ...

    @property
    def request_id(self) -> str | None: ...


A = TypeVar("A", bound=Answer)
M = TypeVar("M", Model, Model | None)


class Calling:
    """Makes them."""

    def __init__(self, *, store: Store, desk: Desk, budgets: Budgets) -> None:
        self._store = store
        self._desk = desk
        self._budgets = budgets
        self._worker = store.presence.worker

    async def make(
        self,
        call: Callable[[M], Awaitable[A]],
        *,
        model: Callable[[], M],
        estimate: Callable[[M], Micros],
        purpose: Purpose,
        engine: str,
        member: Member,
        place: Place,
        useless: Callable[[A, Micros], ProviderTrouble | None] = lambda answer, paid: None,
    ) -> tuple[A, M, Micros]:
        """What the call gave, the model that gave it, and what that cost. It is made once; again only when its model
        turns out to be gone, and then with the model that follows, which `model` names. `useless` says why an answer
        that was paid for is of no use.

        Raises:
            OverBudget: A cap has no room for the estimate; nothing was asked.
            ProviderTrouble: The model failed, or its answer is of no use; `charged` says what that cost.
        """
        await self._desk.ready()
        while True:
            asked = model()
            attempt = await self._store.jobs.open_attempt(
                job=None,
                team=member.team,
                member=member.id,
                channel=place.key,
                worker=self._worker,
                purpose=purpose,
                model=asked.name if asked else engine,
                engine=engine,
                estimate=estimate(asked),
                caps=await self._budgets.caps(member, place),
            )
            try:
                answer = await self._closing(attempt, call(asked))
            except ModelGone:
                if asked is None or not self._desk.replaced(asked, asked.purpose):
                    raise
                continue
            paid = prices.cost(asked, answer.usage) if asked and answer.usage else estimate(asked)
            trouble = useless(answer, paid)
            await self._store.jobs.close_attempt(
                attempt,
                outcome=Outcome.PAID,
                cost=paid,
                usage=answer.usage,
                request_id=answer.request_id,
                trouble=trouble.sentence if trouble else None,
            )
            if trouble is not None:
                raise trouble
            return answer, asked, paid

    async def _closing(self, attempt: int, call: Awaitable[A]) -> A:
        """What the call gives; the attempt is closed where it fails."""
        try:
            return await call
        except (HearingNeedsKey, ProviderTrouble) as trouble:
            outcome = Outcome.FREE if trouble.charged is False else Outcome.UNKNOWN
            await self._store.jobs.close_attempt(attempt, outcome=outcome, trouble=trouble.sentence)
            raise
        except BaseException:  # cut off, or broken: nobody knows what it cost
            await self._store.jobs.close_attempt(attempt, outcome=Outcome.UNKNOWN, trouble=OutcomeUnknown().sentence)
            raise
