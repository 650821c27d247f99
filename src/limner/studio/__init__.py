"""The studio: what actions stand on. It accepts, paints, hears, shows, finds and accounts; platforms are not known here."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from limner.config import Settings
from limner.domain.action import Action, On, Table
from limner.domain.ask import Asked
from limner.domain.card import Button, ButtonStyle, Card, Controls, Line, Picture, Progress, Role, State, says
from limner.domain.courier import Courier
from limner.domain.money import Micros, spell
from limner.domain.options import Options, Quality
from limner.domain.place import Address, Attachment, Member, Place
from limner.domain.request import Asset, Job, JobState, Reference, Request
from limner.domain.text import one_line
from limner.ears import Context, Heard
from limner.errors import HearingNeedsKey, NotFound, NotListening, OverBudget, ProviderTrouble, Undeliverable
from limner.media.sheet import sheet
from limner.models import Model, Purpose
from limner.models.roster import Roster
from limner.rules import prices, styles
from limner.rules.abilities import Fit, fit
from limner.store import Store
from limner.store.blobs import Blob
from limner.store.jobs import Outcome
from limner.store.notes import Note
from limner.studio.budgets import caps, spent
from limner.studio.cards import job_card, picture_of
from limner.studio.hands import Hands
from limner.studio.intake import Intake

log = structlog.get_logger(__name__)

SKETCH = "sketch"
WARN_DAYS = 30
NO_KEY = "Offline sketch: without an OpenAI key this is drawn on this machine, free of charge."


class Repeated(Exception):
    """This event was answered before; nothing more is to be shown."""


class Studio:
    """One house: its library, its hands, its rules."""

    def __init__(
        self,
        *,
        settings: Settings,
        table: Table,
        store: Store,
        roster: Roster,
        hands: Hands,
        courier: Callable[[str], Courier],
        secret: bytes,
        spool: Path,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.settings = settings
        self.table = table
        self.store = store
        self.roster = roster
        self.hands = hands
        self.courier = courier
        self._secret = secret
        self._spool = spool
        self._now = now
        self._intake = Intake(store=store, courier=courier, spool=spool)

    # ── painting ────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def hears(self) -> bool:
        """Whether voice notes of one's own can be heard."""
        return self._listener() is not None

    @property
    def sketches(self) -> bool:
        """Whether pictures come from the offline sketcher."""
        return self.settings.image.engine == "sketch" or "openai" not in self.hands.engines

    def _resolve(self, name: str | None) -> tuple[Model, str | None]:
        """The model that paints for this name, and the sentence that says so when it is another."""
        if self.sketches:
            return self.roster.resolve(SKETCH).model, None
        resolved = self.roster.resolve(name or self.settings.image.model)
        return resolved.model, resolved.note

    def _price(self, request: Request, model: Model, fitted: Fit) -> Micros:
        streamed = 2 if fitted.count == 1 else 0
        return prices.estimate(
            model,
            width=fitted.width,
            height=fitted.height,
            quality=fitted.quality,
            count=fitted.count,
            prompt=self._sent(request),
            references=len(request.references) + (1 if request.mask else 0),
            partials=min(streamed, model.partials),
        )

    def _sent(self, request: Request) -> str:
        return styles.find(request.style).wear(request.sent) if request.style else request.sent

    def words(self, job: Job) -> str:
        """The prompt of a job as the engine gets it."""
        return self._sent(job.request)

    def estimate(self, request: Request) -> Micros:
        """What a request will cost, about; never too little where the model's tokens are known."""
        model, _ = self._resolve(request.model)
        return self._price(request, model, fit(request, model))

    def default_shape(self, references: tuple[Reference, ...]) -> str:
        """The shape of what is edited, else the configured one."""
        if references:
            return f"{references[0].width}:{references[0].height}"
        return self.settings.image.shape

    async def paint(self, asked: Asked[Options], request: Request) -> Card:
        """Accepts a request: checked, priced, its money reserved, on record. Gives the card to show meanwhile.

        Raises:
            Refusal: It cannot be taken; nothing was charged.
            Repeated: This event's job is there already.
        """
        await self.hands.ready()
        model, note = self._resolve(request.model)
        fitted = fit(request, model)
        now = self._now()
        estimate = self._price(request, model, fitted)
        job = Job(
            id=await self.store.jobs.new_id(),
            team=asked.member.team,
            member=asked.member.id,
            member_name=asked.member.name,
            place=asked.place,
            address=asked.ask.address,
            event=asked.ask.event,
            request=request.evolve(count=fitted.count),
            model=model.name,
            engine=SKETCH if self.sketches else "openai",
            width=fitted.width,
            height=fitted.height,
            notes=(*((NO_KEY,) if self.sketches else ()), *await self._news(note, asked.member), *fitted.notes),
            estimate=estimate,
            created=now,
        )
        try:
            job, fresh = await self.store.jobs.accept(job, caps(self.settings.budget, asked.member, now))
        except OverBudget as trouble:
            raise OverBudget(**{**trouble.fields, "way_on": self._way_on(request, estimate)}) from None
        if not fresh:
            raise Repeated
        log.info("accepted", job=job.id, model=job.model, estimate=estimate)
        return job_card(job, model=model.title, spent=await self._spent(job))

    async def _news(self, note: str | None, member: Member) -> tuple[str, ...]:
        """The sentence that another model stands in, the first time that it concerns this team."""
        if note is None or not await self.store.once.first(f"told:{member.team}:{note}"):
            return ()
        log.warning("another model stands in", note=note)
        return (note,)

    def _way_on(self, request: Request, estimate: Micros) -> str:
        draft = self.estimate(request.evolve(quality=Quality.DRAFT, count=1))
        if draft < estimate:
            return f"One picture in draft quality would cost about {spell(draft)}."
        return "An admin can raise it."

    async def bring_in(self, place: Place, attachments: tuple[Attachment, ...]) -> tuple[Reference, ...]:
        """Attached pictures as references. See `Intake.pictures`."""
        return await self._intake.pictures(place, attachments)

    async def bring_in_mask(self, place: Place, attachment: Attachment, picture: Reference) -> Reference:
        """An attached mask. See `Intake.mask`."""
        return await self._intake.mask(place, attachment, picture)

    # ── hearing ─────────────────────────────────────────────────────────────────────────────────────────────

    async def hear(self, asked: Asked[Options]) -> tuple[Heard, Note | None]:
        """What a voice note says, and the note as kept when it asks for something.

        Raises:
            NotListening: Voice notes are not heard here, or hearing needs a key.
            BadFile: There is nothing to hear; nothing was charged.
            ProviderTrouble: The ear's model failed.
        """
        if self.settings.voice.listen == "off":
            raise NotListening(command=self.command_name("imagine"))
        if asked.ask.sound is None:
            raise NotFound(what="voice note")
        references = await self.bring_in(asked.place, asked.ask.pictures)
        target = await self._picture_meant(asked)
        with TemporaryDirectory(dir=self._spool) as folder:
            sound = await self._intake.sound(
                asked.place, asked.ask.sound, Path(folder), max_seconds=self.settings.voice.max_seconds
            )
            await self.hands.ready()
            model = self._listener()
            attempt = await self.store.jobs.open_attempt(
                job=None,
                team=asked.member.team,
                member=asked.member.id,
                purpose=Purpose.HEAR,
                model=model.name if model else self.hands.ear.name,
                engine=self.hands.ear.name,
                estimate=prices.hearing_estimate(model, sound.seconds) if model else Micros(0),
                caps=caps(self.settings.budget, asked.member, self._now()),
            )
            context = Context(
                words=asked.ask.words,
                pictures=len(references),
                replies_to=target.prompt if target else None,
                member=self.sign(asked.member.id),
            )
            try:
                heard = await self.hands.ear.hear(sound, context, tuple(each.function for each in self.table.spoken))
            except HearingNeedsKey as trouble:
                await self.store.jobs.close_attempt(attempt, outcome=Outcome.FREE, trouble=trouble.sentence)
                raise
            except ProviderTrouble as trouble:
                outcome = Outcome.FREE if trouble.charged is False else Outcome.UNKNOWN
                await self.store.jobs.close_attempt(attempt, outcome=outcome, trouble=trouble.sentence)
                raise
        paid = prices.cost(model, heard.usage) if model and heard.usage else Micros(0)
        await self.store.jobs.close_attempt(
            attempt, outcome=Outcome.PAID, cost=paid, usage=heard.usage, request_id=heard.request_id
        )
        log.info("heard", seconds=round(sound.seconds, 1), language=heard.language, action=heard.action, cost=paid)
        if heard.action is None or self.table.get(heard.action) not in self.table.spoken:
            return heard, None
        note = Note(
            id=self.store.notes.new_id(),
            team=asked.member.team,
            member=asked.member.id,
            words=heard.words,
            language=heard.language,
            action=heard.action,
            values=heard.values,
            references=references,
            target=target.id if target and heard.action == "edit" else None,
            created=self._now(),
            cost=paid,
        )
        await self.store.notes.add(note)
        return heard, note

    def _listener(self) -> Model | None:
        return self.roster.resolve(self.settings.voice.model).model if "openai" in self.hands.engines else None

    async def _picture_meant(self, asked: Asked[Options]) -> Asset | None:
        """The picture that a note answers, when it answers one."""
        if asked.target is None:
            return None
        try:
            return await self.asset(asked.target, asked.member)
        except NotFound:
            return None

    async def note(self, id: str | None, member: Member) -> Note:
        """A note that waits for its member's word.

        Raises:
            NotFound: There is none, or it is somebody else's.
            Repeated: Its word was given already.
        """
        note = await self.store.notes.get(id or "", member.team)
        if note.member != member.id and not member.admin:
            raise NotFound(what="voice note of yours")
        if note.ended:
            raise Repeated
        return note

    async def end_note(self, note: Note) -> None:
        """The note waits no more."""
        await self.store.notes.end(note.id)

    def understood(self, request: Request) -> tuple[Line, ...]:
        """A request in lines, for a member to check before it is painted."""
        model, _ = self._resolve(request.model)
        fitted = fit(request, model)
        details = [f"{fitted.width}×{fitted.height}", str(request.quality)]
        details += [f"{fitted.count} pictures"] if fitted.count > 1 else []
        details += [f"style {request.style}"] if request.style else []
        details += ["an edit"] if request.edits else []
        notes = [Line(role=Role.NOTE, text=note) for note in fitted.notes]
        return Line(role=Role.PROMPT, text=request.prompt), *notes, Line(role=Role.FOOTER, text=" · ".join(details))

    def listening(self, place: Place) -> str:
        """Where and how voice notes are heard, in a sentence."""
        match self.settings.voice.listen:
            case "off":
                return "Voice notes are not listened to here."
            case "at-once":
                return "Send a voice note that says what you see: it is painted at once."
            case _:
                return "Send a voice note that says what you see: you read what was heard before it is painted."

    # ── finding and showing ─────────────────────────────────────────────────────────────────────────────────

    async def job(self, id: str | None, member: Member) -> Job:
        """The job of this team that an id of a job or asset names.

        Raises:
            NotFound: It is not there, or not this team's.
        """
        name = _said(id)
        return await self.store.jobs.of_team(name.partition(".")[0], member.team)

    async def asset(self, id: str | None, member: Member) -> Asset:
        """The picture of this team that an id names; of several without a number, the first.

        Raises:
            NotFound: It is not there, or not this team's.
        """
        return await self.store.library.get(_said(id), member.team)

    async def newest(
        self, member: Member, *, limit: int, words: str | None = None, before: str | None = None
    ) -> tuple[Asset, ...]:
        """The newest pictures of the member's team."""
        return await self.store.library.newest(member.team, limit=limit, words=words, before=before)

    def picture_of(self, asset: Asset) -> Picture:
        """An asset as a picture on a card."""
        return picture_of(asset)

    async def pictures(self, job: Job) -> tuple[Picture, ...]:
        """A job's originals."""
        return tuple(picture_of(asset) for asset in await self.store.library.of_job(job.id))

    async def sheet(self, assets: tuple[Asset, ...], *, labels: tuple[str, ...] | None = None) -> Picture | None:
        """Several pictures as one grid, kept in the blob store; None for a single one."""
        if len(assets) < 2:
            return None
        with TemporaryDirectory(dir=self._spool) as folder:
            paths = [await self._local(asset, Path(folder)) for asset in assets]
            data, media_type, width, height = await sheet(paths, labels=labels)
        key = await self.store.blobs.put(data)
        await self.store.library.add_blob(
            Blob(key=key, media_type=media_type, width=width, height=height, size=len(data))
        )
        return Picture(
            blob=key,
            name=f"limner-{assets[0].job}-sheet.{'png' if media_type == 'image/png' else 'jpg'}",
            media_type=media_type,
            width=width,
            height=height,
            size=len(data),
            alt=f"A sheet of {len(assets)} pictures. {picture_of(assets[0]).alt}",
        )

    async def _local(self, asset: Asset, folder: Path) -> Path:
        if path := self.store.blobs.local_path(asset.blob):
            return path
        path = folder / asset.blob
        await asyncio.to_thread(path.write_bytes, await self.store.blobs.read(asset.blob))
        return path

    async def card_of(self, job: Job, *, progress: Progress | None = None, partial: Picture | None = None) -> Card:
        """The job's card as it stands now."""
        assets = await self.store.library.of_job(job.id)
        done = job.state in {JobState.PAINTED, JobState.DELIVERED}
        title = self._title(job.model)
        return job_card(
            job,
            model=title,
            assets=assets,
            sheet=await self.sheet(assets) if done else None,
            controls=self._controls(job, assets),
            spent=await self._spent(job),
            progress=progress,
            partial=partial,
        )

    def _title(self, name: str) -> str:
        return next((each.title for each in self.roster.catalogue if each.name == name), name)

    async def _spent(self, job: Job) -> str | None:
        member = Member(id=job.member, team=job.team, name=job.member_name)
        return await spent(self.store.ledger, self.settings.budget, member, self._now())

    def _controls(self, job: Job, assets: tuple[Asset, ...]) -> tuple[Controls, ...]:
        """The buttons that work on this result, each with what it costs."""
        if job.state is JobState.ENDED:
            again = self.table.get("reroll")
            label = "Paint again" if job.charged is None else "Try again"
            return (
                (Controls(buttons=(Button(label=label, action=again.name, target=job.id, estimate=job.estimate),)),)
                if again
                else ()
            )
        if not assets:
            return ()
        model, _ = self._resolve(job.request.model)
        of_job, of_picture = (
            [each for each in self.table.buttons(on) if self._works(each.needs, model)] for on in (On.JOB, On.PICTURE)
        )
        several = len(assets) > 1
        pictures = tuple(
            self._button(each, job, asset, f"{each.button} {asset.number}" if several else str(each.button))
            for each in of_picture
            for asset in assets
        )
        whole = tuple(self._button(each, job, assets[0], str(each.button)) for each in of_job)
        return (
            (Controls(buttons=pictures), Controls(buttons=whole)) if several else (Controls(buttons=pictures + whole),)
        )

    def _works(self, ability: str | None, model: Model) -> bool:
        return ability is None or bool(getattr(model, ability))

    def _button(self, action: Action, job: Job, asset: Asset, label: str) -> Button:
        derived = action.derive(job, asset, action.options()) if action.derive else None
        return Button(
            label=label,
            action=action.name,
            target=asset.id if action.on is On.PICTURE else job.id,
            estimate=self.estimate(derived) if derived else None,
            style=ButtonStyle.DANGER if action.danger else ButtonStyle.PLAIN,
            form=action.form,
        )

    async def delete(self, job: Job) -> Card:
        """Removes a job's pictures from the library, the blob store and every card that shows them."""
        copies = await self.store.cards.of_job(job.id)
        for key in await self.store.library.delete(job):
            await self.store.blobs.delete(key)
        gone = says(f"{job.id} was deleted.", Role.NOTE).evolve(state=State.GONE, job=job.id)
        for address in copies:
            try:
                await self.show(address, gone)
            except Undeliverable as trouble:
                log.info("a copy of a deleted card is out of reach", where=trouble.fields)
        return gone

    # ── posting ─────────────────────────────────────────────────────────────────────────────────────────────

    async def show(self, address: Address, card: Card) -> Address:
        """Shows a card through its platform's courier, and keeps what is now there."""
        shown = await self.courier(address.place.platform).show(address, card)
        if shown.message is not None and shown.reader is None:
            await self.store.cards.put(shown, card)
        return shown

    async def post(self, near: Place, words: str, card: Card) -> str:
        """Posts a card in the place that these words name, on the platform of `near`; gives its name.

        Raises:
            Undeliverable: There is no such place, or no way in.
        """
        courier = self.courier(near.platform)
        place, name = await courier.find(words, near)
        await self.show(Address(place=place), card)
        return name

    async def deliver(self, id: str) -> None:
        """A job's last step: its card shows what came of it."""
        job = await self.store.jobs.get(id)
        if job is None or job.deleted:
            return
        if job.ended is None:
            job = await self.store.jobs.change(id, ended=self._now())
        try:
            shown = await self.show(job.address, await self.card_of(job))
        except Undeliverable as trouble:
            log.error("a card could not be delivered", job=id, why=trouble.sentence)
            return
        state = JobState.DELIVERED if job.state is JobState.PAINTED else job.state
        await self.store.jobs.change(id, state=state, address=shown.evolve(token=None, expires=None))

    async def tell(self, job: Job, progress: Progress, partial: Picture | None) -> None:
        """Shows how far a job is. A card that cannot be shown now does not stop the painting."""
        current = await self.store.jobs.get(job.id) or job
        try:
            await self.show(current.address, await self.card_of(current, progress=progress, partial=partial))
        except Undeliverable as trouble:
            log.info("progress could not be shown", job=job.id, why=trouble.sentence)

    # ── accounts ────────────────────────────────────────────────────────────────────────────────────────────

    def sign(self, member: str) -> str:
        """A keyed hash of a member's id, for the provider: it tells members apart and names none."""
        return hmac.new(self._secret, member.encode(), hashlib.sha256).hexdigest()

    async def spent(self, member: Member) -> str:
        """What the member has spent today, in words."""
        return await spent(self.store.ledger, self.settings.budget, member, self._now()) or "you: $0.00 today"

    def models_at_work(self) -> tuple[str, ...]:
        """Which model paints and which listens, as sentences, with what ends soon."""
        if self.sketches:
            said = ["Painting: the offline sketcher, free of charge."]
        else:
            said = [self._at_work("Painting", self.settings.image.model)]
        if self._listener() is None:
            said.append("Hearing: bundled sample notes only; a voice note of your own needs an OpenAI key.")
        else:
            said.append(self._at_work("Hearing", self.settings.voice.model))
        return tuple(said)

    def _at_work(self, what: str, name: str) -> str:
        resolved = self.roster.resolve(name)
        said = resolved.note or f"{what}: {resolved.model.title}."
        ends = resolved.model.ends
        if ends and ends - self._today() < timedelta(days=WARN_DAYS):
            said += f" It ends on {ends.isoformat()}" + (
                f"; {resolved.model.successor} follows." if resolved.model.successor else "."
            )
        return said

    def _today(self) -> date:
        return self._now().date()

    def command_name(self, action: str) -> str:
        """A command as members type it."""
        return f"/{action}"


def _said(id: str | None) -> str:
    """An id as members say and paste it."""
    return one_line(id or "").strip("#“”\"'` ").lower()
