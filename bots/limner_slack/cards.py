"""Cards as Block Kit: one pure function from a card to a message's blocks and its fallback text.

A member's words stand only in `plain_text` objects and in the `text` elements of rich text, where nothing acts: no
mention, no link, no markup. The fallback text, which Slack does parse, is escaped. In rich text a control sequence such
as `<!channel>` is broken by an invisible word joiner besides, for whoever copies the blocks into something that parses.

Limits: docs.slack.dev/reference/block-kit (50 blocks, section 3,000 characters, context 10 elements, actions 25, button
text 75, alternative text 2,000). Messages whose blocks pass about 13,200 characters of JSON were seen to fail with
`msg_blocks_too_long` (slackapi/bolt-js#2509), so texts are cut until they are well below.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from limner.domain.card import Button, ButtonStyle, Card, Controls, Line, Link, Picture, Progress, Role, State
from limner.domain.money import spell
from limner.domain.text import clean, one_line, shorten

Block = dict[str, Any]

BLOCKS = 50
JSON_SIZE = 12_000
ACTIONS = 25
CONTEXTS = 10
BUTTON_TEXT = 75
IMAGES = 10
HEADER = 150
FALLBACK = 1_500
CUTS = (1_800, 900, 400, 160, 80)
"""Characters that one text may have, tried in turn until the message is small enough."""

SHOWN_TYPES = frozenset({"image/png", "image/jpeg", "image/gif"})
"""What an image block can show; WebP is refused."""

ACTION_ID = "limner:"
PROGRESS_ID = "limner-progress"
FOLLOWS_ID = "limner-follows"
"""Of a message to one reader that cannot be edited: what came of it follows in another one."""
FOLLOWS = "It is under way; what comes of it follows in a message of its own."

_SEQUENCE = re.compile(r"<(?=[!@#])")
_FORMING = frozenset({State.WAITING, State.PAINTING})
_WIDE_ROW = 5
"""Buttons in one row look right up to here; Slack itself takes 25."""


class Message(NamedTuple):
    """What `chat.postMessage` and its kin are given."""

    blocks: list[Block]
    text: str


def escape(words: str) -> str:
    """The words with Slack's three control characters as entities, so that nothing in them acts."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shown(card: Card) -> tuple[Picture, ...]:
    """The pictures that stand on the card itself: the sheet of several, else the pictures one by one, and the versions
    side by side."""
    if card.sheet is not None and (len(card.pictures) > 1 or card.small):
        return (card.sheet,)
    strip = (card.strip,) if card.strip is not None and card.pictures else ()
    return (*card.pictures[:IMAGES], *strip)


def render(card: Card, files: Mapping[str, str] | None = None, *, follows: bool = False) -> Message:
    """The card as Block Kit. `files` gives the id of the Slack file that shows a picture, by the picture's blob; those
    without one are left out for now. `follows`: the message cannot be edited, and says what stays true."""
    held = files or {}
    blocks: list[Block] = []
    for cut in CUTS:
        blocks = _blocks(card, held, cut, follows=follows)
        if _size(blocks) <= JSON_SIZE:
            break
    while _size(blocks) > JSON_SIZE and len(blocks) > 1:
        blocks.pop()
    return Message(blocks, fallback(card))


def fallback(card: Card) -> str:
    """The card in one line, for notifications and for screen readers that do not read blocks."""
    parts = [*card.lines_of(Role.TITLE, Role.PROMPT, Role.HEARD), *card.lines_of(Role.TEXT, Role.WARNING)]
    if card.state in _FORMING:
        parts.append(_said(card.progress))
    said = " · ".join(part for part in (one_line(each) for each in parts) if part)
    return escape(shorten(said, FALLBACK)) or "Limner"


def _size(blocks: list[Block]) -> int:
    return len(json.dumps(blocks, separators=(",", ":"), ensure_ascii=False))


def _blocks(card: Card, files: Mapping[str, str], cut: int, *, follows: bool) -> list[Block]:
    images = [_image(each, files[each.blob], cut) for each in shown(card) if each.blob in files]
    footers = [line for line in card.lines if line.role is Role.FOOTER]
    end = _context((each.text for each in footers), cut)
    controls = _numbered(card.controls)
    room = BLOCKS - len(images) - len(end) - 1
    controls = controls[: max(room - 4, 0)]
    body = _body([line for line in card.lines if line.role is not Role.FOOTER], cut)
    if follows:
        images.insert(0, {"type": "context", "block_id": FOLLOWS_ID, "elements": [_plain(FOLLOWS)]})
    elif card.state in _FORMING or card.progress is not None:
        images.insert(0, _progress(card.progress))
    body = body[: max(room - len(controls), 0)]
    blocks = [*body, *images, *end, *controls]
    return blocks or _context(("Nothing to show.",), cut)


def _plain(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words, "emoji": False}


def _body(lines: Iterable[Line], cut: int) -> list[Block]:
    blocks: list[Block] = []
    notes: list[str] = []
    for line in lines:
        words = clean(line.text)
        if not words:
            continue
        if line.role is Role.NOTE:
            notes.append(words)
            continue
        blocks += _context(notes, cut)
        notes = []
        blocks.append(_line(line.role, words, cut))
    return [*blocks, *_context(notes, cut)]


def _line(role: Role, words: str, cut: int) -> Block:
    match role:
        case Role.TITLE:
            return {"type": "header", "text": _plain(shorten(one_line(words), HEADER))}
        case Role.PROMPT:
            return _quote([{"type": "text", "text": shorten(_disarmed(words), cut)}])
        case Role.HEARD:
            microphone = {"type": "emoji", "name": "studio_microphone"}
            return _quote([microphone, {"type": "text", "text": " " + shorten(_disarmed(words), cut)}])
        case Role.WARNING:
            return {"type": "section", "text": _plain(shorten(f"⚠️ {words}", cut))}
        case _:
            return {"type": "section", "text": _plain(shorten(words, cut))}


def _disarmed(words: str) -> str:
    return _SEQUENCE.sub("<\u2060", words)


def _quote(elements: list[dict[str, Any]]) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": elements}]}


def _context(texts: Iterable[str], cut: int) -> list[Block]:
    said = [_plain(shorten(words, cut)) for words in (clean(each) for each in texts) if words]
    return [{"type": "context", "elements": said[at : at + CONTEXTS]} for at in range(0, len(said), CONTEXTS)]


def _image(picture: Picture, file: str, cut: int) -> Block:
    return {
        "type": "image",
        "slack_file": {"id": file},
        "alt_text": shorten(one_line(picture.alt) or "AI-generated picture", cut),
    }


def _progress(progress: Progress | None) -> Block:
    # A block id of its own: whoever reads the message can tell a forming card from a finished one.
    return {"type": "context", "block_id": PROGRESS_ID, "elements": [_plain(_said(progress))]}


def _said(progress: Progress | None) -> str:
    """`Painting · 6 s`."""
    if progress is None:
        return "Waiting"
    words = shorten(one_line(progress.stage), 60) or "Waiting"
    if progress.seconds <= 0:
        return words
    return f"{words} · {progress.seconds:.0f} s"


def _numbered(rows: Iterable[Controls]) -> list[Block]:
    blocks: list[Block] = []
    number = 0
    for row in rows:
        elements = []
        for each in row.buttons:
            element = _link(each, number) if isinstance(each, Link) else _button(each, number)
            if element is not None:
                elements.append(element)
                number += 1
        if row.label and elements:
            blocks += _context((row.label,), BUTTON_TEXT)
        step = ACTIONS if len(elements) > ACTIONS else max(_WIDE_ROW, len(elements))
        blocks += [{"type": "actions", "elements": elements[at : at + step]} for at in range(0, len(elements), step)]
    return blocks


def _label(words: str, price: str = "") -> dict[str, Any]:
    return _plain(shorten(one_line(words) or "…", BUTTON_TEXT - len(price)) + price)


def _button(button: Button, number: int) -> dict[str, Any]:
    price = f" ~{spell(button.estimate)}" if button.estimate is not None else ""
    element: dict[str, Any] = {
        "type": "button",
        "action_id": f"{ACTION_ID}{number}",
        "text": _label(button.label, price),
        "value": button.code,
    }
    if button.style is not ButtonStyle.PLAIN:
        element["style"] = button.style.value
    if button.style is ButtonStyle.DANGER:
        element["confirm"] = {
            "title": _plain(shorten(f"{one_line(button.label)}?", 100)),
            "text": _plain("This cannot be undone."),
            "confirm": _plain(shorten(one_line(button.label) or "Yes", 30)),
            "deny": _plain("Keep it"),
            "style": "danger",
        }
    return element


def _link(link: Link, number: int) -> dict[str, Any] | None:
    if not link.url.startswith(("https://", "http://")) or len(link.url) > 3000:
        return None
    return {"type": "button", "action_id": f"{ACTION_ID}{number}", "text": _label(link.label), "url": link.url}
