"""Cards on Discord: within its limits whatever they hold, and every word on them inert."""

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from limner.domain.card import (
    Button,
    Card,
    Controls,
    Line,
    Link,
    Picture,
    Press,
    Progress,
    Role,
    State,
    says,
)
from limner.domain.money import Micros
from limner_discord.cards import render
from limner_discord.markup import inert, length, quoted
from limner_discord.uploads import FILE_LIMIT, MIB, REQUEST_LIMIT, Limits, Size
from tests.contracts import breaches

HOSTILE = [
    "@everyone @here <@123456789012345678> <@&123456789012345678> <#123456789012345678>",
    "[free pictures](https://evil.example/x) https://evil.example <https://evil.example> discord.gg/abc",
    "```py\nprint()\n``` `code` **bold** __under__ ~~gone~~ ||secret|| *it* _it_",
    "# heading\n## heading\n### heading\n-# small\n> quote\n>>> all\n- item\n* item\n+ item\n1. one\n 12. twelve",
    "<t:1700000000:R> <:wave:123456789012345678> <a:wave:123456789012345678> </imagine:123456789012345678> <id:home>",
    "\\@everyone \\\\`x` \\[a\\](b) \\# x\n\\> y",
    "\u202egnp.exe \u2066x\u2069 \x00\x1b[31m \ud800 a\u2028# b",
]


def texts(components: list[dict[str, Any]]) -> list[str]:
    return [each["content"] for each in walk(components) if each["type"] == 10]


def walk(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [found for each in components for found in (each, *walk(each.get("components", [])))]


def acting(markup: str) -> list[str]:
    """What of this Discord would act on, once escaped punctuation is literal."""
    literal = re.sub(r"\\([^0-9A-Za-z\s])", "·", markup)
    signs = (
        r"@(everyone|here)|<[@#:at/i+h]|[`*_~|]|\[.*\]\(|https?://|discord(app)?\.(gg|com/invite)"
        r"|(?m:^(> )?\s*(#|>|-|\+|\d+\.))"
    )
    return [found[0] for found in re.finditer(signs, literal)]


def picture(number: int = 1, size: int = 2 * MIB, **more: Any) -> Picture:
    return Picture(
        **{
            "blob": f"b{number}",
            "name": f"limner-a41f-{number}.png",
            "media_type": "image/png",
            "width": 1024,
            "height": 1024,
            "size": size,
            "alt": f"AI-generated: a red fox {number}",
            "asset": f"a41f.{number}",
            **more,
        }
    )


words = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=300), st.text("a🦊*\\@`\n<", max_size=9000))
ids = st.from_regex(r"[a-z0-9.]{1,12}", fullmatch=True)
buttons = st.builds(
    Button,
    label=words,
    action=st.sampled_from(["reroll", "vary", "delete", "edit"]),
    target=st.none() | ids,
    options=st.dictionaries(st.sampled_from(["shape", "n"]), st.text("ab:é", min_size=1, max_size=4), max_size=2),
    estimate=st.none() | st.integers(0, 10_000_000).map(Micros),
    form=st.booleans(),
)
links = st.builds(
    Link, label=words, url=st.sampled_from(["https://a.example/x", "javascript:x", "http://a/" + "x" * 600])
)
pictures = st.builds(
    picture,
    st.integers(1, 3),
    st.integers(1, 40 * MIB),
    name=st.sampled_from(["limner-a41f.png", "../../x.png", "", "ü.webp"]),
    alt=words,
    media_type=st.sampled_from(["image/png", "image/webp", "image/jpeg"]),
)
cards = st.builds(
    Card,
    state=st.sampled_from(State),
    lines=st.lists(st.builds(Line, role=st.sampled_from(Role), text=words), max_size=30).map(tuple),
    progress=st.none() | st.builds(Progress, stage=words, seconds=st.floats(0, 1e6)),
    pictures=st.lists(pictures, max_size=14).map(tuple),
    sheet=st.none() | pictures,
    partial=st.none() | pictures,
    strip=st.none() | pictures,
    files=st.lists(pictures, max_size=12).map(tuple),
    small=st.booleans(),
    controls=st.lists(
        st.builds(
            Controls, label=st.none() | words, buttons=st.lists(st.one_of(buttons, links), max_size=8).map(tuple)
        ),
        max_size=14,
    ).map(tuple),
)


@given(cards)
@example(Card())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_card_stays_within_discords_limits_and_breaches_nothing(card: Card) -> None:
    message = render(card)
    components = message.view.to_components()
    every = walk(components)

    assert len(every) <= 40
    assert sum(length(text) for text in texts(components)) <= 4000
    codes = [each["custom_id"] for each in every if "custom_id" in each]
    assert len(codes) == len(set(codes))
    names = [each.name for each in message.uploads]
    assert len(names) == len(set(names)) <= 10
    assert all(each.limit <= FILE_LIMIT for each in message.uploads)
    assert sum(each.limit for each in message.uploads) < REQUEST_LIMIT
    assert all(each.limit >= each.picture.size for each in message.uploads if each.size is Size.ORIGINAL)
    referred = {
        media["url"].removeprefix("attachment://")
        for each in every
        for media in [each.get("file"), *(item["media"] for item in each.get("items", []))]
        if media
    }
    assert referred == set(names)
    body = json.dumps({"components": components, "flags": 1 << 15, "allowed_mentions": {"parse": []}}).encode()
    headers = {"content-type": "application/json", "authorization": "Bot x"}
    assert breaches("discord", "POST", "/api/v10/channels/1/messages", headers, body) == []


@given(
    st.text(st.one_of(st.sampled_from("\\`*_~|<>[]()@#:/-+.1 \n🦊eE"), st.characters()), max_size=200),
    st.integers(0, 300),
)
@settings(deadline=None)
def test_words_are_inert_and_fit_however_they_are_cut(said: str, limit: int) -> None:
    for shown in (inert(said, limit), inert(said, limit, lines=False), quoted(said, limit)):
        assert length(shown) <= limit
        assert acting(re.sub(r"(?m)^> ", "", shown)) == []


@pytest.mark.parametrize("said", HOSTILE)
def test_a_hostile_prompt_is_shown_to_the_letter_and_does_nothing(said: str) -> None:
    card = Card(lines=tuple(Line(role=role, text=said) for role in Role))

    shown = "\n".join(texts(render(card).view.to_components()))

    body = re.sub(r"(?m)^(### |-# |> |⚠️ |🎙️ “)", "", shown)
    assert acting(body) == []


def test_a_prompt_reads_as_it_was_written_once_escapes_are_taken_away() -> None:
    shown = texts(render(says("2 * 3 < 7 [sic] #1 -- a_b", Role.PROMPT)).view.to_components())[0]

    assert re.sub(r"\\(.)", r"\1", shown) == "> 2 * 3 < 7 [sic] #1 -- a_b"


def test_a_note_and_a_prompt_are_two_quotations_and_what_was_heard_has_its_microphone() -> None:
    lines = (
        Line(role=Role.PROMPT, text="look at this"),
        Line(role=Role.PROMPT, text="a red fox"),
        Line(role=Role.HEARD, text="um, a red fox"),
    )

    shown = texts(render(Card(lines=lines)).view.to_components())[0]

    assert shown == "> look at this\n\n> a red fox\n🎙️ “um, a red fox”"


def test_a_finished_card_shows_prompt_picture_with_alt_text_footer_and_priced_buttons() -> None:
    card = Card(
        state=State.DONE,
        lines=(
            Line(role=Role.PROMPT, text="a red fox"),
            Line(role=Role.NOTE, text="21:9 is not to be had: 3:1 used."),
            Line(role=Role.FOOTER, text="gpt-image-2 · 1024×1024 · $0.041 · a41f"),
        ),
        pictures=(picture(),),
        controls=(
            Controls(
                buttons=(
                    Button(label="Reroll", action="reroll", target="a41f", estimate=Micros(40_000)),
                    Link(label="Original", url="https://limner.example/a41f"),
                )
            ),
        ),
    )

    message = render(card)

    components = message.view.to_components()
    assert texts(components) == [
        "> a red fox",
        "-# 21:9 is not to be had: 3:1 used.\n-# gpt-image-2 · 1024×1024 · $0.041 · a41f",
    ]
    gallery = next(each for each in walk(components) if each["type"] == 12)
    assert [item["description"] for item in gallery["items"]] == ["AI-generated: a red fox 1"]
    pressed, link = (each for each in walk(components) if each["type"] == 2)
    assert pressed["label"] == "Reroll ~$0.04"
    assert Press.read(pressed["custom_id"]) == Press(action="reroll", target="a41f", options={}, form=False)
    assert link["url"] == "https://limner.example/a41f"
    assert [(each.name, each.size) for each in message.uploads] == [("limner-a41f-1.png", Size.ORIGINAL)]


def test_while_it_forms_the_card_shows_elapsed_time_and_the_picture_so_far_as_a_small_preview() -> None:
    card = Card(
        state=State.PAINTING,
        lines=(Line(role=Role.PROMPT, text="a red fox"),),
        progress=Progress(stage="Painting", seconds=12.4),
        partial=picture(),
    )

    message = render(card)

    assert texts(message.view.to_components())[0] == "> a red fox\n**Painting…** 12 s"
    assert [each.size for each in message.uploads] == [Size.SMALL]


def test_ten_pictures_of_nine_mebibytes_go_as_previews_where_the_originals_do_not_fit() -> None:
    message = render(Card(state=State.DONE, pictures=tuple(picture(n, 9 * MIB) for n in range(1, 11))))

    assert len(message.uploads) == 10
    assert sum(each.limit for each in message.uploads) < REQUEST_LIMIT
    assert "Shown smaller" in texts(message.view.to_components())[0]


def test_of_an_original_that_is_too_large_to_hand_over_a_preview_goes_and_the_card_says_so() -> None:
    message = render(Card(files=(picture(1, 11 * MIB), picture(2, MIB))))

    assert [(each.name, each.size) for each in message.uploads] == [
        ("limner-a41f-1.webp", Size.LARGE),
        ("limner-a41f-2.png", Size.ORIGINAL),
    ]
    said = texts(message.view.to_components())[0]
    assert "the original has 11 MB, more than goes into a message here" in said
    assert "whoever runs this Limner can hand it over" in said


def test_where_originals_can_be_had_by_a_browser_buttons_lead_to_those_that_do_not_fit() -> None:
    linked = [picture(n, n * 6 * MIB).evolve(link=f"https://limner.example/{n}") for n in (1, 2, 3)]

    message = render(Card(state=State.DONE, pictures=tuple(linked)))

    buttons = [each for each in walk(message.view.to_components()) if each["type"] == 2]
    assert [(each["label"], each["url"]) for each in buttons] == [
        ("Original 1", "https://limner.example/2"),
        ("Original 2", "https://limner.example/3"),
    ]
    assert "The buttons lead to them" in texts(message.view.to_components())[0]


def test_what_a_server_is_allowed_beyond_the_usual_goes_as_it_is() -> None:
    message = render(Card(state=State.DONE, pictures=(picture(1, 40 * MIB),)), Limits.told(50 * MIB))

    assert [each.size for each in message.uploads] == [Size.ORIGINAL]


@given(st.lists(st.integers(1, 60 * MIB), min_size=1, max_size=10), st.integers(1, 50 * MIB))
@settings(deadline=None)
def test_what_was_refused_is_halved_until_it_fits_or_goes_without_pictures(sizes: list[int], room: int) -> None:
    card = Card(state=State.DONE, pictures=tuple(picture(n, size) for n, size in enumerate(sizes, 1)))
    limits = Limits()
    for _ in range(40):
        uploads = render(card, limits).uploads
        assert all(each.limit <= limits.file for each in uploads)
        sent = [each.limit for each in uploads]
        if sum(sent) <= room:
            break
        limits = limits.below(sent)
    assert sum(sent) <= room
    assert render(card, limits.none()).uploads == ()


def test_a_gallery_shows_its_sheet_alone() -> None:
    card = Card(small=True, pictures=tuple(picture(n) for n in range(1, 10)), sheet=picture(99))

    assert [each.picture.blob for each in render(card).uploads] == ["b99"]


def test_small_pictures_beside_large_files_keep_within_one_request() -> None:
    files = tuple(picture(n, 9 * MIB) for n in (11, 12))
    uploads = render(Card(small=True, pictures=tuple(picture(n) for n in range(1, 9)), files=files)).uploads

    assert len(uploads) == 10
    assert sum(each.limit for each in uploads) < REQUEST_LIMIT


def test_the_buttons_of_many_pictures_become_choices_when_rows_would_not_fit() -> None:
    rows = tuple(
        Controls(
            label=f"Picture {n}",
            buttons=tuple(
                Button(label=label, action=label.lower(), target=f"a41f.{n}")
                for label in ("Vary", "Edit", "Save", "Share")
            ),
        )
        for n in range(1, 11)
    )
    general = Controls(buttons=(Button(label="Reroll", action="reroll", target="a41f"),))

    components = walk(render(Card(state=State.DONE, controls=(general, *rows))).view.to_components())

    assert [each["label"] for each in components if each["type"] == 2] == ["Reroll"]
    choices = [option for each in components if each["type"] == 3 for option in each["options"]]
    assert len(choices) == 40
    assert choices[0]["label"] == "Picture 1 · Vary"
    assert Press.read(choices[0]["value"]) is not None


def test_what_is_gone_shows_no_picture_and_no_button() -> None:
    card = Card(
        state=State.GONE,
        lines=(Line(text="Deleted."),),
        pictures=(picture(),),
        controls=(Controls(buttons=(Button(label="Reroll", action="reroll"),)),),
    )

    message = render(card)

    assert message.uploads == ()
    assert [each["type"] for each in walk(message.view.to_components())] == [17, 10]


def test_a_drawing_is_shown_as_a_picture_and_handed_over_as_it_is() -> None:
    drawing = Picture(
        blob="d", name="limner-a41f.svg", media_type="image/svg+xml", width=9, height=9, size=900, alt="A", asset="a41f"
    )
    shown = render(Card(state=State.DONE, pictures=(drawing,))).uploads

    assert [(each.name, each.size) for each in shown] == [
        ("limner-a41f.webp", Size.LARGE),
        ("limner-a41f.svg", Size.ORIGINAL),
    ]
