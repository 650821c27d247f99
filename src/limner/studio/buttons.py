"""Buttons: what can be done with a result, each with what it costs. Only what works on it is offered."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from limner.domain.action import Action, On, Table
from limner.domain.card import Button, ButtonStyle, Controls
from limner.domain.options import Format
from limner.domain.place import Place
from limner.domain.request import Asset, Job, JobState, Request
from limner.errors import BadOption, ModelGone
from limner.models import Model
from limner.rules.abilities import fit
from limner.studio.desk import Desk

Models = dict[tuple[str | None, str | None], Model | None]
"""What paints for a name and an engine's name; None: nobody knows it any longer."""

GATED = frozenset({Format.GIF, Format.SVG})
"""Kinds of files that OpenAI lets some accounts have."""


class Buttons:
    """Makes the rows of buttons on a job's card."""

    def __init__(self, *, table: Table, desk: Desk, page: Callable[[Place], str | None]) -> None:
        """`page`: the web page's address for those in a place, None where they cannot reach it."""
        self._table = table
        self._desk = desk
        self._page = page

    def of(self, job: Job, assets: tuple[Asset, ...]) -> tuple[Controls, ...]:
        """The buttons of a card that shows these pictures: of one all that can be done with it; of several a button
        each that brings it up alone, a row of what is done most, and what concerns all of them. A draft has its own
        row before."""
        rows = tuple(row for row in self._rows(job, assets) if row)
        if job.request.private:
            rows = tuple(tuple(each.evolve(private=True) for each in row) for row in rows)
        return tuple(Controls(buttons=row) for row in rows)

    def _rows(self, job: Job, assets: tuple[Asset, ...]) -> tuple[tuple[Button, ...], ...]:
        if job.state is JobState.ENDED:
            label = "Paint again" if job.charged is None else "Try again"
            again = Button(label=label, action="reroll", target=job.id, estimate=job.estimate or None)
            return ((again, *self._as_png(job)),)
        if not assets:
            return ()
        draft = self._row(job, assets[0], job.id, On.DRAFT) if job.request.private else ()
        if len(assets) == 1:
            return draft, self._row(job, assets[0], assets[0].id, On.PICTURE, On.JOB)
        opening = tuple(Button(label=f"{each.number} …", action="open", target=each.id) for each in assets)
        return draft, opening, self._of_each(job, assets), self._row(job, assets[0], job.id, On.JOB)

    def _as_png(self, job: Job) -> tuple[Button, ...]:
        """A way on for what not every account may have."""
        if job.charged is not False or job.request.format not in GATED:
            return ()
        still = job.request.evolve(format=Format.PNG, frames=None, frame_ms=None)
        estimate = self._desk.estimate(still) or None
        return (Button(label="As PNG", action="as-png", target=job.id, estimate=estimate, style=ButtonStyle.PRIMARY),)

    def _of_each(self, job: Job, assets: tuple[Asset, ...]) -> tuple[Button, ...]:
        """What is done most with a picture, for each of several."""
        models: Models = {}
        for action in self._table.buttons(On.PICTURE):
            options = next(iter(action.presets.values()), {})
            row = [
                self._button(action, job, each, each.id, f"{action.button} {each.number}", options, models)
                for each in assets
            ]
            if found := tuple(each for each in row if each):
                return found
        return ()

    def _row(self, job: Job, asset: Asset, target: str, *on: On) -> tuple[Button, ...]:
        """The buttons that stand on these and work on this picture, in the table's order."""
        made: list[Button | None] = []
        models: Models = {}
        for action in self._table.buttons(*on):
            label = action.named(job, asset) if action.named else action.button or action.name
            presets = action.presets or {label: {}}
            made += [
                self._button(action, job, asset, target, said, options, models) for said, options in presets.items()
            ]
        return tuple(each for each in made if each)

    def _button(
        self,
        action: Action,
        job: Job,
        asset: Asset,
        target: str,
        label: str,
        options: Mapping[str, str],
        models: Models,
    ) -> Button | None:
        """The button, or None where it would not work. `models` are those found already."""
        derived = None
        if action.derive is not None:
            derived = action.derive(job, asset, None if action.form else action.options.read(options))
        request = derived or job.request
        if (which := (request.model, request.engine)) not in models:
            models[which] = self._model(request)
        model = models[which]
        paints = action.costs and action.price is None
        if (paints or action.needs) and (model is None or not _able(model, action)):
            return None
        if not action.offered(job, asset, model) or (action.page and self._page(job.place) is None):
            return None
        try:
            estimate = self._desk.price(derived, model, fit(derived, model)) if derived and model else None
        except BadOption:
            return None
        if action.price is not None and (estimate := action.price(self._desk, asset)) is None:
            return None
        return Button(
            label=label,
            action=action.name,
            target=target,
            options=dict(options),
            estimate=estimate or None,
            style=_style(action),
            form=action.form,
        )

    def _model(self, request: Request) -> Model | None:
        """What paints a request; None: nobody knows it any longer."""
        try:
            return self._desk.painter(request.model, request.engine)[0]
        except (BadOption, ModelGone):
            return None


def _style(action: Action) -> ButtonStyle:
    if action.danger:
        return ButtonStyle.DANGER
    return ButtonStyle.PRIMARY if action.primary else ButtonStyle.PLAIN


def _able(model: Model, action: Action) -> bool:
    return action.needs is None or bool(getattr(model, action.needs))
