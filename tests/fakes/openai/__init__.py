"""OpenAI's API as a real server on the loopback: pictures, hearing, models, moderation, and faults to order."""

from tests.fakes.openai.faults import FAULTS, RESPONSE_FAULTS
from tests.fakes.openai.meter import Meter
from tests.fakes.openai.received import File, Received
from tests.fakes.openai.server import KEY, FakeOpenAI, conforming

__all__ = ["FAULTS", "KEY", "RESPONSE_FAULTS", "FakeOpenAI", "File", "Meter", "Received", "conforming"]
