"""What the doctor finds at the provider: the key, the models with their lives and prices, the engines. It is free."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from limner.config import OpenAI, Settings
from limner.domain.courier import Finding
from limner.engines import IMAGES, RESPONSES, SKETCH
from limner.engines.openai_responses import MISSING
from limner.errors import BadKey, BadOption, ConfigError, ModelGone, NeverSent, Trouble
from limner.models import Purpose
from limner.models.catalogue import Catalogue
from limner.models.roster import Roster, served
from limner.studio.hands import NO_KEY

if TYPE_CHECKING:
    from openai import AsyncOpenAI

UNPRICED = "its prices are not known, so it is counted as the dearest: write them into [image] catalogue"


async def provider(settings: Settings, catalogue: Catalogue) -> tuple[Finding, ...]:
    """Whether pictures can be painted there, and by what."""
    openai = settings.openai
    if settings.image.engine == SKETCH:
        return (Finding(ok=True, what="Pictures come from the offline sketcher, as [image] engine says"),)
    try:
        key = openai.api_key
    except ConfigError as trouble:
        return (Finding(ok=False, what="OpenAI's key", mend=trouble.sentence),)
    if key is None and openai.base_url is None:
        what = f"No OpenAI key in {openai.api_key_env}: pictures come from the offline sketcher, free of charge"
        return (Finding(ok=True, what=what),)
    where = openai.base_url or "OpenAI"
    roster = Roster(catalogue, own_endpoint=openai.base_url is not None, today=lambda: datetime.now(UTC).date())
    client = _connected(openai)
    try:
        await _learn(roster, client)
        converses = await _converses(client)
    except Trouble as trouble:
        return (Finding(ok=False, what=where, mend=trouble.sentence),)
    finally:
        await client.close()
    return (
        Finding(ok=True, what=f"{where} accepts the key" if key else f"{where} answers"),
        *_models(settings, roster),
        _engines(settings, converses),
    )


def _models(settings: Settings, roster: Roster) -> tuple[Finding, ...]:
    asked = [
        (settings.image.model, Purpose.PAINT, "[image] model", "paints"),
        (settings.image.mainline, Purpose.CONVERSE, "[image] mainline", "leads conversations"),
        (settings.describe.model, Purpose.CONVERSE, "[describe] model", "describes"),
    ]
    if settings.voice.listen != "off" and settings.voice.base_url is None:
        asked.append((settings.voice.model, Purpose.HEAR, "[voice] model", "listens"))
        asked.append((settings.voice.transcriber, Purpose.TRANSCRIBE, "[voice] transcriber", "transcribes"))
    told = []
    for name, purpose, key, verb in asked:
        try:
            resolved = roster.resolve(name, purpose)
        except (BadOption, ModelGone) as trouble:
            told.append(Finding(ok=False, what=key, mend=trouble.sentence))
            continue
        until = f", until {resolved.model.ends.isoformat()}" if resolved.model.ends else ""
        note = f" ({resolved.note})" if resolved.note else ""
        unpriced = "" if roster.catalogue.get(name) else f"; {UNPRICED}"
        told.append(Finding(ok=True, what=f"{resolved.model.title} {verb}{until}{note}{unpriced}"))
    return tuple(told)


def _engines(settings: Settings, converses: bool) -> Finding:
    there = [IMAGES, *([RESPONSES] if converses else []), SKETCH]
    if converses or settings.image.engine != RESPONSES:
        without = "" if converses else f"; “{RESPONSES}” not, for this server has no Responses API"
        return Finding(ok=True, what=f"Engines: {', '.join(there)}{without}")
    mend = f'this server has no Responses API; write [image] engine = "{IMAGES}"'
    return Finding(ok=False, what=f"The engine “{RESPONSES}”", mend=mend)


def _connected(settings: OpenAI) -> AsyncOpenAI:
    from limner.openai.client import connect

    key = settings.api_key.get_secret_value() if settings.api_key is not None else NO_KEY
    return connect(api_key=key, base_url=settings.base_url, organization=settings.organization)


async def _learn(roster: Roster, client: AsyncOpenAI) -> None:
    """Lets the roster know what the endpoint serves, if it tells.

    Raises:
        BadKey: It does not accept the key.
        NeverSent: It cannot be reached.
    """
    import openai

    try:
        await client.models.with_raw_response.list()
        roster.learn(await served(client))
    except openai.AuthenticationError as problem:
        raise BadKey() from problem
    except openai.APIConnectionError as problem:
        raise NeverSent() from problem
    except openai.APIStatusError:
        return  # a server without a list, which may paint all the same


async def _converses(client: AsyncOpenAI) -> bool:
    """Whether there is a Responses API: where there is one, a request for nothing is refused for what it lacks."""
    import openai

    try:
        await client.post("/responses", body={}, cast_to=object)
    except openai.APIStatusError as refused:
        return refused.status_code not in MISSING
    except openai.OpenAIError:
        return False
    return True
