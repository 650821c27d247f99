"""Discord's people, places and files in our words."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta

import discord

from limner.domain.place import DIRECT, Address, Attachment, Person, Place
from limner_discord.addresses import APPLICATION, ASKED, EVENT, MEMBER, REPLY_TO, ROOM, SOURCE

MARGIN = timedelta(seconds=60)
"""How long before its end a token is no longer relied on; clocks differ, and an upload takes its time."""

PICTURES = frozenset({"png", "jpg", "jpeg", "webp", "gif", "avif", "bmp", "tif", "tiff", "heic"})


def place_of(event: discord.Interaction | discord.Message) -> Place:
    """Where it happened. Direct messages belong to nobody but their member."""
    user = event.user if isinstance(event, discord.Interaction) else event.author
    guild = event.guild_id if isinstance(event, discord.Interaction) else event.guild and event.guild.id
    channel = event.channel_id if isinstance(event, discord.Interaction) else event.channel.id
    thread = event.channel if isinstance(event.channel, discord.Thread) else None
    return Place(
        platform="discord",
        space=str(guild) if guild else f"{DIRECT}{user.id}",
        channel=str(channel or 0),
        thread=str(thread.id) if thread else None,
        parent=str(thread.parent_id) if thread else None,
    )


def person_of(event: discord.Interaction | discord.Message) -> Person:
    """Who did it; admins are those who may manage the server. Messages do not tell their author's language."""
    locale: str | None
    if isinstance(event, discord.Interaction):
        rights, user, locale = event.permissions, event.user, str(event.locale)
        admin = bool(event.guild_id) and (rights.manage_guild or rights.administrator)
    else:
        user, locale = event.author, None
        admin = isinstance(user, discord.Member) and (
            user.guild_permissions.manage_guild or user.guild_permissions.administrator
        )
    held = user.roles if isinstance(user, discord.Member) else ()
    roles = tuple(sorted(str(role.id) for role in held if not role.is_default()))
    return Person(id=str(user.id), name=user.display_name, admin=admin, roles=roles, locale=locale)


def address_of(interaction: discord.Interaction, *, private: bool = False, same: bool = False) -> Address:
    """Where the answer to an interaction goes: its own message, or (`same`) the card whose button was pressed."""
    source = interaction.message if same else None
    hidden = source.flags.ephemeral if source is not None else private
    user = str(interaction.user.id)
    return Address(
        place=place_of(interaction),
        message=str(source.id) if source is not None else None,
        token=interaction.token,
        expires=interaction.expires_at - MARGIN,
        reader=user if hidden else None,
        extra={
            APPLICATION: str(interaction.application_id),
            MEMBER: user,
            EVENT: str(interaction.id),
            ASKED: f"{time.time():.3f}",
            ROOM: str(interaction.filesize_limit),
            **({SOURCE: "same"} if source is not None else {}),
        },
    )


def channels_of(interaction: discord.Interaction, typed: str) -> tuple[str, ...]:
    """The server's channels in which the member may post, by what is typed of their names."""
    guild, member, said = interaction.guild, interaction.user, typed.strip().lstrip("#").lower()
    if guild is None or not isinstance(member, discord.Member):
        return ()
    return tuple(
        f"#{each.name}"
        for each in guild.text_channels
        if said in each.name.lower() and each.permissions_for(member).send_messages
    )


def reply_address(message: discord.Message) -> Address:
    """A reply in the channel."""
    extra = {MEMBER: str(message.author.id), REPLY_TO: str(message.id), ASKED: f"{time.time():.3f}"}
    return Address(place=place_of(message), extra=extra)


def replied_to(message: discord.Message) -> str | None:
    """The id of the message that this one replies to."""
    reference = message.reference
    if reference is None or reference.type is not discord.MessageReferenceType.reply or reference.message_id is None:
        return None
    return str(reference.message_id)


def replies_to(message: discord.Message, author: discord.ClientUser) -> bool:
    """Whether it replies to a message of this author's, as far as Discord tells."""
    resolved = message.reference.resolved if message.reference else None
    return not isinstance(resolved, discord.Message) or resolved.author.id == author.id


def names_others(message: discord.Message, author: discord.ClientUser) -> bool:
    """Whether it is said to somebody by name, or to a role, or to all."""
    others = [each for each in message.mentions if each.id != author.id]
    return bool(others or message.raw_role_mentions or message.mention_everyone)


def is_addressed(message: discord.Message, bot: discord.ClientUser) -> bool:
    """Whether it is said to us: in direct messages, or by our name; a reply names whom it answers, unless its member
    switched that off."""
    return message.guild is None or bot in message.mentions


def attachment_of(file: discord.Attachment) -> Attachment:
    return Attachment(
        platform="discord",
        name=file.filename,
        url=file.url,
        media_type=file.content_type,
        size=file.size,
        seconds=file.duration,
        id=str(file.id),
    )


def files_of(message: discord.Message) -> tuple[tuple[Attachment, ...], Attachment | None]:
    """A message's pictures, and its voice note or first sound; those of forwarded messages too."""
    every = [attachment_of(each) for each in _attachments(message)]
    sound = next((each for each in every if each.claims_sound), None)
    return tuple(each for each in every if _claims_picture(each)), sound


def video_of(message: discord.Message) -> Attachment | None:
    """A message's first video: where we are addressed and nothing else is said, it is a recording to be heard."""
    every = (attachment_of(each) for each in _attachments(message))
    return next((each for each in every if (each.media_type or "").startswith("video/")), None)


def words_of(message: discord.Message, bot: int | None = None) -> str:
    """What is written in it, or in what it forwards, without the mention of the bot."""
    words = message.content or "\n".join(each.content for each in message.message_snapshots)
    for mention in (f"<@{bot}>", f"<@!{bot}>"):
        words = words.replace(mention, " ")
    return words.strip()


def _attachments(message: discord.Message) -> Iterable[discord.Attachment]:
    yield from message.attachments
    for forwarded in message.message_snapshots:
        yield from forwarded.attachments


def _claims_picture(file: Attachment) -> bool:
    return (file.media_type or "").startswith("image/") or file.name.lower().rsplit(".", 1)[-1] in PICTURES
