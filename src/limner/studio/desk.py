"""The desk: which model paints a request, in which words, at what price. It decides and calls nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from limner.config import Settings
from limner.domain.card import Line, Role
from limner.domain.listening import EarName
from limner.domain.money import Micros
from limner.domain.options import Format
from limner.domain.request import Job, Reference, Request
from limner.engines import IMAGES, LANES, PARTIALS, RESPONSES, SKETCH
from limner.errors import BadOption, ModelGone
from limner.eyes import LOOKED_AT, answer_tokens
from limner.models import Model, Purpose
from limner.models.roster import Roster
from limner.rules import prices, styles
from limner.rules.abilities import SINGLE, Fit, fit
from limner.studio.hands import Hands

WARN_DAYS = 30
"""How long before a model's end the status begins to speak of it."""


class Desk:
    """Knows the host's settings, the models that live, and what can be done with the hands there are."""

    def __init__(self, *, settings: Settings, roster: Roster, hands: Hands, today: Callable[[], date]) -> None:
        self.settings = settings
        self.roster = roster
        self._hands = hands
        self._today = today

    @property
    def sketches(self) -> bool:
        """Whether pictures come from the offline sketcher."""
        return self.settings.image.engine == SKETCH or not self._hands.keyed

    @property
    def hears(self) -> bool:
        """Whether voice notes of one's own can be heard."""
        return self._hands.hears

    @property
    def engines(self) -> tuple[str, ...]:
        """The engines that can be asked for here, by name."""
        return (SKETCH,) if self.sketches else (IMAGES, RESPONSES, SKETCH)

    def check_engine(self, name: str | None) -> None:
        """Returns when there is an engine of this name somewhere; one that is not here has a stand-in.

        Raises:
            BadOption: There is none.
        """
        if name is not None and name not in LANES:
            raise BadOption(name="engine", value=name[:40], why=f"this Limner has {', '.join(self.engines)}")

    def engine(self, request: Request, model: Model, fitted: Fit) -> tuple[str, str | None]:
        """The name of the engine that paints a request, and the sentence that says so when it is another than was asked
        for. Several pictures are the Images API's: a conversation makes one at a time."""
        if model.name == SKETCH:
            return SKETCH, None
        asked = request.engine if request.engine in self.engines else self.settings.image.engine
        if asked != RESPONSES:
            return IMAGES, None
        if fitted.count > 1:
            return IMAGES, f"The Responses engine paints one at a time: the Images API paints these {fitted.count}."
        if self.lead() is None:
            return IMAGES, "There is no model to lead the Responses engine: the Images API paints this."
        return RESPONSES, None

    def lead(self) -> Model | None:
        """The model that leads conversations; None: it has ended, and nothing follows it, or nobody knows it."""
        try:
            return self.roster.resolve(self.settings.image.mainline, Purpose.CONVERSE).model
        except (BadOption, ModelGone):
            return None

    async def ready(self) -> None:
        """Returns when the living models are known."""
        await self._hands.ready()

    def painter(self, name: str | None, engine: str | None = None) -> tuple[Model, str | None]:
        """The model that paints for this name (and this engine's), and the sentence that says so when it is another."""
        if self.sketches or engine == SKETCH:
            return self.roster.resolve(SKETCH).model, None
        resolved = self.roster.resolve(name or self.settings.image.model)
        return resolved.model, resolved.note

    def listener(self, ear: EarName) -> Model | None:
        """The model that listens for this ear; None where only the bundled samples are known."""
        return self._hands.listeners.resolve(*self._asked_of(ear)).model if self.hears else None

    def speaker(self) -> Model:
        """The model that speaks: the one that understands what it hears. Asked only where there is one."""
        model = self.listener(EarName.GPT_AUDIO)
        assert model is not None
        return model

    def _asked_of(self, ear: EarName) -> tuple[str, Purpose]:
        voice = self.settings.voice
        return (voice.transcriber, Purpose.TRANSCRIBE) if ear is EarName.TRANSCRIBE else (voice.model, Purpose.HEAR)

    @property
    def keyed(self) -> bool:
        """Whether there is a provider that can be asked."""
        return self._hands.keyed

    @property
    def sees(self) -> bool:
        """Whether pictures can be described."""
        try:
            return self.keyed and bool(self.viewer())
        except (BadOption, ModelGone):
            return False

    def viewer(self) -> Model:
        """The model that describes pictures.

        Raises:
            BadOption, ModelGone: Nobody knows the one configured, or it has ended and nothing follows it.
        """
        return self.roster.resolve(self.settings.describe.model, Purpose.CONVERSE).model

    def looking(self, width: int, height: int, *, prompts: int) -> Micros | None:
        """What it costs, about, to have a picture of this size described; None where nobody can."""
        if not self.sees:
            return None
        scale = min(1.0, LOOKED_AT / max(width, height))
        size = max(1, round(width * scale)), max(1, round(height * scale))
        return prices.looking_estimate(self.viewer(), *size, answer=answer_tokens(prompts))

    def speaking(self, words: str) -> Micros | None:
        """What it costs, about, to have words read aloud; None where nobody can."""
        try:
            return prices.speaking_estimate(self.speaker(), words) if self.hears else None
        except (BadOption, ModelGone):
            return None

    def replaced(self, model: Model, purpose: Purpose) -> bool:
        """Notes that the endpoint serves this model no longer; whether another follows it."""
        roster = self._hands.listeners if purpose in {Purpose.HEAR, Purpose.TRANSCRIBE} else self.roster
        roster.gone(model.name)
        try:
            return roster.resolve(model.name, purpose).model != model
        except ModelGone:
            return False

    def listening_note(self, ear: EarName) -> str | None:
        """The sentence that another model listens than the one configured for this ear."""
        return self._hands.listeners.resolve(*self._asked_of(ear)).note if self.hears else None

    def describing_note(self) -> str | None:
        """The sentence that another model describes than the one configured."""
        return self.roster.resolve(self.settings.describe.model, Purpose.CONVERSE).note if self.sees else None

    def title(self, name: str) -> str:
        """A model's name as people say it."""
        return next((each.title for each in self.roster.catalogue if each.name == name), name)

    def price(self, request: Request, model: Model, fitted: Fit) -> Micros:
        """What a request costs on this model, about; never too little where the model's tokens are known."""
        width, height = fitted.painted
        streams = fitted.count == 1 and fitted.format not in SINGLE
        words = self.sent(request, fitted)
        shown = len(fitted.references) + (1 if request.masked else 0)
        own = prices.estimate(
            model,
            width=width,
            height=height,
            quality=fitted.quality,
            count=fitted.count,
            prompt=words,
            references=shown,
            partials=min(PARTIALS, model.partials) if streams else 0,
        )
        author = prices.author_estimate() if fitted.format == Format.SVG else 0
        lead = self.lead() if self.engine(request, model, fitted)[0] == RESPONSES else None
        if lead is None:
            return Micros(own + author)
        goes_on = request.version_of is not None
        led = prices.lead_estimate(lead, model, prompt=words, shown=shown, continues=goes_on)
        return Micros(own + author + led)

    def estimate(self, request: Request) -> Micros:
        """What a request costs, about, on the model that paints it."""
        model, _ = self.painter(request.model, request.engine)
        return self.price(request, model, fit(request, model))

    def sent(self, request: Request, fitted: Fit) -> str:
        """The prompt as the engine gets it: with Limner's guidance and the style's words."""
        return styles.sent(request, shown=len(fitted.references) - len(request.references))

    def words(self, job: Job) -> str:
        """The prompt of a job as its engine got it."""
        return self.sent(job.request, fit(job.request, self.roster.named(job.model)))

    def carrying(self, pictures: int) -> Micros:
        """What so many pictures add to the price of a request, about, on the model that paints by default."""
        try:
            model, _ = self.painter(None)
        except (BadOption, ModelGone):
            return Micros(0)
        return prices.carrying(model, pictures) if model.examples else Micros(0)

    def default_shape(self, references: tuple[Reference, ...]) -> str:
        """The shape of what is edited, else the configured one."""
        if references:
            return f"{references[0].width}x{references[0].height}"
        return self.settings.image.shape

    def understood(self, request: Request) -> tuple[Line, ...]:
        """A request in lines, for a member to check before it is painted."""
        model, _ = self.painter(request.model, request.engine)
        fitted = fit(request, model)
        details = [f"{fitted.width}×{fitted.height}", str(request.quality)]
        details += [f"{fitted.count} pictures"] if fitted.count > 1 else []
        details += [worn] if (worn := styles.told(request)) else []
        details += ["an edit"] if request.edits else []
        notes = [Line(role=Role.NOTE, text=note) for note in fitted.notes]
        return Line(role=Role.PROMPT, text=request.prompt), *notes, Line(role=Role.FOOTER, text=" · ".join(details))

    def models_at_work(self) -> tuple[str, ...]:
        """Which models paint, lead conversations, listen and describe, as sentences, with what ends soon."""
        painting = (
            "Painting: the offline sketcher, free of charge."
            if self.sketches
            else self._at_work("Painting", self.settings.image.model, Purpose.PAINT)
        )
        hearing = (
            self._at_work("Hearing", *self._asked_of(self.settings.voice.ear), self._hands.listeners)
            if self.hears
            else "Hearing: the bundled sample notes; a voice note of your own needs an OpenAI key."
        )
        leading = (
            (self._at_work("Leading conversations", self.settings.image.mainline, Purpose.CONVERSE),)
            if RESPONSES in self.engines
            else ()
        )
        describing = (
            self._at_work("Describing", self.settings.describe.model, Purpose.CONVERSE)
            if self._hands.keyed
            else "Describing: nobody; it needs an OpenAI key."
        )
        return painting, *leading, hearing, describing

    def _at_work(self, what: str, name: str, purpose: Purpose, roster: Roster | None = None) -> str:
        try:
            resolved = (roster or self.roster).resolve(name, purpose)
        except (BadOption, ModelGone) as trouble:
            return f"{what}: {trouble.sentence}"
        said = f"{what}: {resolved.model.title}."
        if resolved.note:
            said += f" {resolved.note}"
        ends, successor = resolved.model.ends, resolved.model.successor
        if ends and ends - self._today() < timedelta(days=WARN_DAYS):
            said += f" It ends on {ends.isoformat()}" + (f"; {self.title(successor)} follows." if successor else ".")
        return said
