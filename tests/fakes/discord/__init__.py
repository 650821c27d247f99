"""Discord as a real server on the loopback: REST, gateway and CDN, and members who act on it."""

from tests.fakes.discord.members import Acting
from tests.fakes.discord.server import TOKEN, Call, FakeDiscord, Interaction
from tests.fakes.discord.world import File, Message

__all__ = ["TOKEN", "Acting", "Call", "FakeDiscord", "File", "Interaction", "Message"]
