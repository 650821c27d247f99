"""What can go wrong, and the sentence a member reads when it does.

    Trouble
    ├── Refusal                 the request cannot be taken; nothing was charged
    │   ├── BadOption           EmptyPrompt, PromptTooLong, UnknownFlag, UnknownCommand, ImpossibleShape,
    │   │                       UnknownStyle, TooManyPictures
    │   ├── BadFile             NotAPicture, DamagedPicture, PictureTooLarge, PictureFileTooLarge, BadMask,
    │   │                       TooLargeToUpscale, NotSound, SilentSound, SoundTooLong, NotFetched, ForeignHost
    │   ├── NotFound            not there, or not this team's: the two look the same; StyleGone, SearchGone,
    │   │                       CollectionGone
    │   │   └── DeadLink        LinkOver, LinkTaken, ArchiveOver, EntranceOver
    │   ├── NothingToChange
    │   ├── LinkUsed
    │   ├── NoPage              there is nowhere to open it, or not just now; NoDownload
    │   ├── NotReady            StillOpen, TooLate, NothingToSend
    │   ├── NotSent
    │   ├── MayNotPost          NotKnownThere, AlreadyShared
    │   ├── NotYours            NotYourNote, NotYourRequest, NotYourStyle, NotYourCollection
    │   ├── NotAdmin
    │   ├── BadCode         OwnCode, AlreadyOne, OtherTeam, AlreadyJoined
    │   ├── NotJoined
    │   ├── SignInFailed
    │   ├── NoTeam
    │   ├── NotApprover
    │   ├── AgainstRules        ClosedChannel, RoleMissing, ModelNotPermitted, BannedTerm, TermOfStyle, StyleBanned,
    │   │                       Screened, Unscreened
    │   ├── OverBudget
    │   ├── NotListening        NotListeningToYou, NotListeningToThem, HearingNeedsKey
    │   └── DescribingNeedsKey
    ├── ProviderTrouble         the model's side; each class says whether money may have been spent
    │   ├── Moderated           OutOfMoney, Unverified, RateLimited, BadKey, ModelGone, MainlineGone
    │   ├── RequestRefused      NoResponses, FormatNotServed
    │   ├── NeverSent           surely not charged: may be tried again
    │   ├── ProviderFailed      a 5xx answer
    │   ├── OutcomeUnknown      sent, and no whole answer came back: never called again by itself; Cancelled
    │   ├── CancelledInTime     before it was sent
    │   ├── NoPicture           BadPicture
    │   ├── InVain              AnsweredInWords, Declined, Unfinished, CancelledAtWork: it may have counted tokens
    │   └── NotDescribed        WouldNotDescribe
    ├── PlatformTrouble         Undeliverable
    └── HostTrouble             ConfigError, MissingPart, DataInUse, WorkerInUse, StoreTrouble

A class's docstring is the sentence, with its fields in braces. Anything that is not a `Trouble` never reaches a
member: the adapter's outer edge logs it and shows `Trouble` itself, with an id to quote.
"""

from __future__ import annotations

from typing import Any, ClassVar


class Trouble(Exception):
    """Something went wrong on our side. Nothing was lost; please try again, and quote {ref} if it stays."""

    charged: ClassVar[bool | None] = False
    """Whether money was spent: no, yes, or (None) perhaps."""

    defaults: ClassVar[dict[str, Any]] = {"ref": "this"}

    ways: tuple[Any, ...] = ()
    """Buttons for the card that tells it: ways on."""

    def __init__(self, **fields: Any) -> None:
        self.fields = {**self.defaults, **fields}
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """The one sentence (sometimes two short ones) that a member reads."""
        return " ".join((type(self).__doc__ or "").split()).format_map(self.fields)


class Refusal(Trouble):
    """{why}"""


# ── options ─────────────────────────────────────────────────────────────────────────────────────────────────


class BadOption(Refusal, ValueError):
    """{name} cannot be “{value}”: {why}."""


class EmptyPrompt(BadOption):
    """Say what you see: the prompt was empty. For example: {example}"""

    defaults: ClassVar[dict[str, Any]] = {"example": "/imagine a red fox in snow"}


class PromptTooLong(BadOption):
    """That prompt has {length:,} characters, and {limit:,} is the most the model takes. Please shorten it a little."""


class UnknownFlag(BadOption):
    """I do not know “{flag}”.{hint} The flags are: {known}."""


class UnknownCommand(BadOption):
    """I do not know /{name}.{hint} /help shows what there is."""


class ImpossibleShape(BadOption):
    """“{value}” is no shape I can paint. Try square, wide, tall, a ratio such as 16:9, or a size such as 1536x1024."""


class UnknownStyle(BadOption):
    """There is no style “{name}” here.{hint} /style list shows what there is."""

    defaults: ClassVar[dict[str, Any]] = {"hint": ""}


class TooManyPictures(BadOption):
    """That is {count} pictures, and {limit} is the most that go with one request. Please leave some out."""


class TooFewPictures(BadOption):
    """Blending takes two pictures at least. Please attach more, or name those of the library by their ids."""


class NoTransparency(BadOption):
    """{model} makes no transparent backgrounds, so it cannot cut anything out. {way_on}"""


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────


class BadFile(Refusal):
    """The file “{name}” cannot be used. Please attach another one."""

    defaults: ClassVar[dict[str, Any]] = {"name": "attached"}


class NotAPicture(BadFile):
    """“{name}” is not a picture I can read. Please attach a PNG, JPEG, WebP or GIF."""


class DamagedPicture(BadFile):
    """“{name}” is damaged or incomplete. Please save it again and attach the new copy."""


class PictureTooLarge(BadFile):
    """“{name}” is {width}×{height} pixels, more than I open safely. Please attach one of at most {limit} megapixels."""


class PictureFileTooLarge(BadFile):
    """“{name}” is too big a file. Please attach one of at most {limit_mb} MB."""


class BadMask(BadFile):
    """That mask does not fit: {why}. It has to be a PNG of the picture's size, transparent where it may change."""


class NotToUpscale(Refusal):
    """{picture} cannot be resampled: a drawing (SVG) is any size already, and a moving picture is best as it is.
    Download has it."""


class TooLargeToUpscale(BadFile):
    """“{name}” would have more than {limit} megapixels at {factor} times its size, and that is the most I make. Please
    choose less, or use an upscaler of your own on the original."""


class NotSound(BadFile):
    """There is no sound I can hear in “{name}”. Please record it again, or type your prompt."""


class SilentSound(BadFile):
    """I listened to “{name}” and heard only silence. Please check the microphone, or type your prompt."""


class SoundTooLong(BadFile):
    """“{name}” is longer than the {limit} seconds I listen to. Please say it more briefly, or type your prompt."""


class NotFetched(BadFile):
    """I could not fetch “{name}” from {platform}. Please attach it again, or ask an admin to check my permissions."""


class ForeignHost(BadFile):
    """“{name}” is kept somewhere I do not fetch from. Please attach the file itself."""


# ── permission and money ────────────────────────────────────────────────────────────────────────────────────


class NotFound(Refusal):
    """There is no “{what}” here. /gallery shows what there is."""


class NothingToChange(Refusal):
    """There is no picture of mine on that message, so there is nothing that I could change. To paint a new one, say it
    without replying, or with /imagine; to change a picture of your own, attach it to /edit."""


class DeadLink(NotFound):
    """This link leads nowhere. Press Edit area under the picture for a new one."""


class ArchiveOver(DeadLink):
    """This link to a download is over, or leads nowhere. /export and /collection download give a new one."""


class EntranceOver(DeadLink):
    """This link to sign in is over, was used already, or leads nowhere. /gallery in your team's chat gives you a new
    one."""


class SignInFailed(Refusal):
    """{platform} did not say who you are, so nobody was signed in. Please try again, or use /gallery in chat."""


class NoTeam(Refusal):
    """You are in no team on {platform} that this Limner is in. Use it there first, or ask its host to invite it."""


class LinkOver(DeadLink):
    """The time of this link is over. Press Edit area under the picture for a new one; nothing was charged."""


class LinkTaken(DeadLink):
    """This link was opened in another browser, and is good in that one alone. Press Edit area under the picture for
    one of your own; nothing was charged."""


class LinkUsed(Refusal):
    """This link was used already, and is good for one change. Press Edit area under the picture for a new one; nothing
    was charged twice."""


class NoPage(Refusal):
    """I cannot open a page to paint on: {why}. Use /edit instead, with the picture and a mask: a PNG of its size,
    transparent where it may change."""


class NoDownload(NoPage):
    """I cannot hand this over as a file: {why}. Whoever runs this Limner can set `[web] public_url`."""


class NoAddress(Refusal):
    """This Limner has no address that others can open, so no public link could lead there. Whoever hosts it can
    set [web] public_url; until then, Download gives you the file."""


class StillDraft(Refusal):
    """{what} is a private draft, which nobody else is to see. Send it first; what was sent can be made public."""


class StyleGone(NotFound):
    """That style was removed meanwhile. /style list shows what there is."""


class SearchGone(NotFound):
    """That search is from another time. /gallery and /search begin a new one."""


class CollectionGone(NotFound):
    """That collection was deleted meanwhile; its pictures are still there. /collection list shows what there is."""


class NotReady(Refusal):
    """“{what}” is still being painted. Please ask for it again when it is done."""


class StillOpen(NotReady):
    """“{what}” is not painted to its end yet. Please cancel it first, or delete it when it is done."""


class TooLate(NotReady):
    """“{what}” has come to its end already, so there is nothing left to {verb}."""


class NothingToSend(NotReady):
    """“{what}” ended without a picture, so there is nothing to send. Try again paints it once more."""


class NotSent(Refusal):
    """I may not post in {where}, so “{what}” was not sent and stays your private draft. /share {what} posts it in
    another place."""


class MayNotPost(Refusal):
    """You may not post in {where} yourself, so I post nothing there for you. Choose a place where you may."""


class NotKnownThere(MayNotPost):
    """I do not know who you are on {platform}, so I cannot tell where you may post there. /link me joins your names."""


class AlreadyShared(MayNotPost):
    """You have shared {what} with {where} a moment ago, and once is enough."""


class NotYours(Refusal):
    """Only {who} can {verb} this. You can make your own with Vary or Reroll."""

    defaults: ClassVar[dict[str, Any]] = {"who": "its author or an admin"}


class NotYourNote(NotYours):
    """Only whoever spoke this note can go on with it. Say what you see yourself, or type it."""


class NotYourRequest(NotYours):
    """Only whoever asked for this can go on with it. Say what you see yourself with /imagine."""


class NotYourStyle(NotYours):
    """The style {style} is {who}'s: only they or an admin can {verb} it. Save your own under another name."""


class NotYourCollection(NotYours):
    """The collection {name} is {who}'s: only they or an admin can delete it."""


class NotAdmin(Refusal):
    """Only an admin can {verb}. Please ask one."""


class BadCode(Refusal):
    """That code is mistyped, was used already, or is older than 15 minutes. The same command without a code, on the
    other side, gives a new one."""


class OwnCode(BadCode):
    """That code was made on this side. Enter it on the other one: in the server or workspace that shall be one team
    with this."""


class AlreadyOne(BadCode):
    """The two are one team already. /link team --undo takes them apart."""


class OtherTeam(BadCode):
    """That code is another team's. Before you can be one member there and here, admins of both make one team of them by
    /link team."""


class AlreadyJoined(BadCode):
    """Whoever that code was made for is {whom} already here. Each person has one name on each side."""


class NotJoined(Refusal):
    """This team stands for itself: nothing is linked that could be undone. /link team links it."""


class NotApprover(Refusal):
    """Approving is for {who}. Please ask one of them."""


class AgainstRules(Refusal):
    """This team's rules do not allow that; an admin can tell you more."""


class ClosedChannel(AgainstRules):
    """I may not paint in this channel; {where}."""


class RoleMissing(AgainstRules):
    """Painting is for some roles only here, and you hold none of them yet; an admin can give you one."""


class ModelNotPermitted(AgainstRules):
    """{model} is for some roles only here; {way_on}."""


class BannedTerm(AgainstRules):
    """“{term}” is on this team's list of words to leave out; please put it in other words."""


class TermOfStyle(AgainstRules):
    """The style {style} leaves “{term}” out; please put it in other words, or wear another style or none."""


class StyleBanned(AgainstRules):
    """The style {style} has “{term}” in its words, which this team leaves out; please wear another style or none."""


class Screened(AgainstRules):
    """The safety check saw {what} in this, so nothing was painted or charged; please put it in other words."""


class Unscreened(AgainstRules):
    """I could not have this checked just now, and nothing is painted unchecked here; please try again in a minute."""


class OverBudget(Refusal):
    """This would cost about {estimate}, and {left} is left of {whose} {period} budget of {cap}. {way_on}"""


class NothingToCancel(Refusal):
    """Nothing of yours waits here or is being painted, so there is nothing to cancel; /queue shows what there is."""


class OnlyInPrivate(Refusal):
    """{what} is a private draft, and this would be for all to see; /drafts brings it up for you alone."""


class NotForThis(Refusal):
    """That cannot be had of {what} as it is; its card has the buttons for what can. /show {what} brings it up."""


class NotListening(Refusal):
    """I do not listen to voice notes here. Please type your prompt with {command}."""


class NotListeningToYou(NotListening):
    """You asked me not to listen to you, so I did not. “/voice me on” takes that back; or type your prompt."""


class NotListeningToThem(NotListening):
    """Whoever spoke that note asked me not to listen to them. Please type what you see with /imagine."""


class HearingNeedsKey(NotListening):
    """Hearing needs an OpenAI key, and this Limner has none. Please type your prompt; the host can set
    OPENAI_API_KEY."""


class DescribingNeedsKey(Refusal):
    """Describing a picture needs an OpenAI key, and this Limner has none. Say in your own words what you see, with
    /imagine; the host can set OPENAI_API_KEY."""


# ── the model's side ────────────────────────────────────────────────────────────────────────────────────────


class ProviderTrouble(Trouble):
    """The model could not do this just now. Nothing was charged; please try again."""


class Moderated(ProviderTrouble):
    """The model's safety rules declined this prompt. Nothing was charged; put it in other words and try again."""


class OutOfMoney(ProviderTrouble):
    """The OpenAI account behind this Limner is out of credit. Nothing was charged; please tell your admin."""


class Unverified(ProviderTrouble):
    """OpenAI asks the organisation behind this Limner to verify itself first. Nothing was charged; please tell
    your admin."""


class BadKey(ProviderTrouble):
    """OpenAI did not accept this Limner's key. Nothing was charged; please tell your admin to check it."""


class RateLimited(ProviderTrouble):
    """OpenAI is busy for us right now. Nothing was charged; please try again in a minute."""

    defaults: ClassVar[dict[str, Any]] = {"retry_after": None}


class ModelGone(ProviderTrouble):
    """The model {model} is no longer served, and nothing follows it. Nothing was charged; please choose another
    model."""


class RequestRefused(ProviderTrouble):
    """The model did not accept this request ({why}). Nothing was charged; change an option and try again."""


class MainlineGone(ProviderTrouble):
    """The model {model}, which leads the conversation with the Responses engine, is no longer served, and nothing
    follows it. Nothing was charged; please choose the engine “openai”, or tell your admin."""


class NoResponses(RequestRefused):
    """The server behind this Limner has no Responses API, so that engine cannot paint here. Nothing was charged; please
    choose the engine “openai”, or tell your admin."""


class FormatNotServed(RequestRefused):
    """OpenAI does not let the account behind this Limner have {format} files yet. Nothing was charged; have it as PNG,
    or ask your admin to ask OpenAI for access."""


class NeverSent(ProviderTrouble):
    """I could not reach OpenAI. Nothing was charged; please try again in a moment."""


class ProviderFailed(ProviderTrouble):
    """OpenAI had a fault of its own. Most likely nothing was charged; please try again."""

    charged: ClassVar[bool | None] = None


class OutcomeUnknown(ProviderTrouble):
    """The answer was cut off on its way, so this may have been charged. I have not tried again by myself; you can."""

    charged: ClassVar[bool | None] = None


class CancelledInTime(ProviderTrouble):
    """Cancelled by {by}. Nothing was charged."""


class Cancelled(OutcomeUnknown):
    """Cancelled by {by}. The model was at work on it already, so this may have been charged."""


class NoPicture(ProviderTrouble):
    """The model answered without a picture, which may have been charged. Put it in other words and try again."""

    charged: ClassVar[bool | None] = None


class BadPicture(NoPicture):
    """The model answered with something that is no picture, which may have been charged. Please try again."""


class InVain(ProviderTrouble):
    """The model came to an end without a picture. What it used {verb} charged. Please try again."""

    charged: ClassVar[bool | None] = None
    defaults: ClassVar[dict[str, Any]] = {"verb": "may be"}
    """Where nobody told how many tokens it took; where somebody did, they are its field `spent`."""


class AnsweredInWords(InVain):
    """The model answered in words instead of a picture: “{words}” What it used {verb} charged. Put it in other words
    and try again."""


class Declined(InVain):
    """The model's safety rules declined this picture. What it used {verb} charged. Put it in other words and try
    again."""


class Unfinished(InVain):
    """The model ended before there was a picture ({why}). What it used {verb} charged. Please try again."""


class CancelledAtWork(InVain):
    """Cancelled by {by}. The model was at work on it already. What it used {verb} charged."""


class NotDescribed(ProviderTrouble):
    """The model answered without words that can be used; {cost} was charged. You can try again, or say in your own
    words what you see."""

    charged: ClassVar[bool | None] = True


class WouldNotDescribe(NotDescribed):
    """The model would not describe this picture; {cost} was charged. Please say in your own words what you see."""


# ── the platform's side, and the host's ─────────────────────────────────────────────────────────────────────


class PlatformTrouble(Trouble):
    """{platform} did not take my answer. Nothing was lost: /gallery has it."""


class Undeliverable(PlatformTrouble):
    """I may not post in {where}. Please choose another place, or ask an admin to let me in."""


class HostTrouble(Trouble):
    """{why}"""


class ConfigError(HostTrouble):
    """{where}: {why}"""


class MissingPart(HostTrouble):
    """{part} is not installed. Install it with: {cure}"""


class DataInUse(HostTrouble):
    """Another Limner is using {directory}. Stop it first, or choose another [data] directory; one process
    works there at a time."""


class WorkerInUse(HostTrouble):
    """Another process runs as “{worker}” already. Stop it first, or give this one another --id; two with the same
    would paint and pay for the same jobs."""


class StoreTrouble(HostTrouble):
    """I can take nothing on just now: {why}. Nothing was charged and nothing is lost; please try again in a few
    minutes, and tell your admin if it stays."""

    defaults: ClassVar[dict[str, Any]] = {"why": "my database does not answer"}
