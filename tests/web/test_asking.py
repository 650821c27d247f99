"""Asking over HTTP: what is posted becomes an ask, and its files are gone afterwards."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner import actions
from limner.domain.place import Address, Attachment
from limner.errors import ForeignHost, PictureFileTooLarge, Trouble, Undeliverable
from limner_web import forms, uploads
from limner_web.courier import WAITING_LIMIT, Event, Subscriber
from limner_web.viewer import HERE, Viewer
from tests.stages.web import Browser, WebStage, place_of
from tests.web.peer import png

HOSTILE = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "{{ 7*7 }} {% raw %} ${7*7}",
    "\u202egnp.exe\u2066 @everyone <!channel>",
    "</blockquote></article><h1>mine</h1>",
    "\" onmouseover=alert(1) ' `",
]


async def test_words_become_an_ask_and_the_answer_comes_by_itself(page: WebStage) -> None:
    seen = await page.settled(await page.command("imagine", prompt="a red fox", shape="wide", count=3))

    ask = page.limner.asks[0]
    assert (ask.action, ask.values) == ("imagine", {"prompt": "a red fox", "shape": "wide", "count": "3"})
    assert ask.place == place_of("studio")
    assert seen.alts == ("AI-generated: a red fox",)
    assert seen.pictures == (page.limner.blobs["picture"],)
    assert seen.buttons == ("Reroll ~$0.04", "Fix text", "Delete")


async def test_the_post_returns_before_the_answer_is_there(page: WebStage) -> None:
    page.limner.paint_on.clear()
    status, text = await page.browser.post("/ask", {"words": "a fox", "channel": "studio", "event": "e" * 12})

    assert (status, text) == (202, "")
    await page.browser.until(lambda: len(page.browser.cards) == 1)
    assert next(iter(page.browser.cards.values())).attributes["data-state"] == "waiting"
    page.limner.paint_on.set()


async def test_the_same_submission_twice_is_one_ask(page: WebStage) -> None:
    said = {"words": "a fox", "channel": "studio", "event": "e" * 12}
    await page.browser.post("/ask", said)
    await page.browser.post("/ask", said)
    await page.browser.until(lambda: "e" * 12 in page.browser.answered)

    assert len(page.limner.asks) == 1


async def test_the_panel_fills_what_was_not_typed(page: WebStage) -> None:
    said = {"words": "a fox --tall", "option-shape": "wide", "option-quality": "fine", "option-style": "  "}
    await page.browser.post("/ask", {**said, "channel": "studio", "event": "e" * 12})
    await page.browser.until(lambda: "e" * 12 in page.browser.answered)

    assert page.limner.asks[0].values == {"prompt": "a fox", "shape": "tall", "quality": "fine"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("  ", "Say what you see"),
        ("/imagin a fox", "Did you mean /imagine?"),
        ("/delete", "I do not know /delete"),
        ("a fox --sape wide", "Did you mean --shape?"),
        ("a fox --shape banana", "is no shape I can paint"),
        ("x" * 32_001, "32,000 is the most"),
    ],
)
async def test_a_refusal_is_the_answer_itself_and_nobody_elses(page: WebStage, words: str, sentence: str) -> None:
    other = Browser(page.browser.client)
    await other.open()
    status, text = await page.browser.post("/ask", {"words": words, "channel": "studio"})

    assert status == 200
    assert sentence in text
    assert "Only you see this" in text
    assert page.limner.asks == []
    assert page.browser.cards == other.cards == {}
    await other.close()


async def test_without_scripts_a_refusal_comes_with_the_whole_page(page: WebStage) -> None:
    said = {"words": "a fox --sape wide", "channel": "studio", "csrf": page.browser.csrf}
    async with page.browser.client.post("/ask", data=said) as answer:
        assert answer.status == 422
        text = await answer.text()
    assert "Did you mean --shape?" in text
    assert "composer" in text


async def test_uploads_are_handed_over_and_removed(page: WebStage) -> None:
    data = png("teal")
    await page.settled(await page.command("imagine", prompt="like this", files=(("../../etc/fox\u202e.png", data),)))

    assert page.limner.fetched == [data]
    assert [each.name for each in page.limner.spool.iterdir()] == ["fetched"]
    assert page.limner.asks[0].pictures[0].media_type == "image/png"


async def test_a_voice_note_goes_with_its_words_and_pictures(page: WebStage) -> None:
    seen = await page.voice(b"OggS sound", words="make it so")

    assert "a red fox" in seen.text
    ask = page.limner.asks[0]
    assert (ask.action, ask.values["prompt"]) == ("imagine", "make it so")
    assert page.limner.fetched == [b"OggS sound"]


async def test_a_sample_note_is_heard_from_its_file(page: WebStage) -> None:
    status, _ = await page.browser.post("/sample", {"sample": "fox", "channel": "studio", "event": "s" * 12})
    assert status == 202
    await page.browser.until(lambda: "s" * 12 in page.browser.answered)

    assert page.limner.fetched[0].startswith(b"OggS")
    status, text = await page.browser.post("/sample", {"sample": "../../etc/passwd", "channel": "studio"})
    assert "There is no" in text


async def test_seventeen_pictures_are_too_many(page: WebStage) -> None:
    files = tuple((f"{number}.png", png()) for number in range(17))
    seen = await page.command("imagine", prompt="all of these", files=files)

    assert "16 is the most" in seen.text
    assert list(page.limner.spool.iterdir()) == []


async def test_a_file_that_is_too_large_is_a_sentence(page: WebStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "FILE_LIMIT", 1_000_000)
    seen = await page.command("imagine", prompt="like this", files=(("big.png", b"\0" * 3_000_000),))

    assert "“big.png” is too big a file. Please attach one of at most 1 MB." in seen.text
    assert list(page.limner.spool.iterdir()) == []


async def test_a_body_beyond_every_limit_is_not_read(page: WebStage) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", page.port)
    cookies = page.browser.client.cookie_jar.filter_cookies(page.browser.client._base_url)  # type: ignore[arg-type]
    writer.write(
        f"POST /ask HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\nX-CSRF: {page.browser.csrf}\r\n"
        f"Cookie: limner_session={cookies['limner_session'].value}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 99999999999\r\n\r\n".encode()
    )
    line = await reader.readline()
    writer.close()
    await writer.wait_closed()

    assert b"413" in line


async def test_a_form_of_countless_empty_parts_is_too_much(page: WebStage) -> None:
    headers = {"X-CSRF": page.browser.csrf, "Content-Type": "multipart/form-data; boundary=x"}
    parts = (f'--x\r\nContent-Disposition: form-data; name="{number}"\r\n\r\n\r\n' for number in range(4_500))
    body = "".join((*parts, "--x--\r\n")).encode()
    async with page.browser.client.post("/ask", data=body, headers=headers) as answer:
        assert answer.status == 413
        assert "more than I take at once" in await answer.text()


async def test_a_garbled_body_is_a_sentence_and_leaves_nothing(page: WebStage) -> None:
    headers = {"X-CSRF": page.browser.csrf, "Content-Type": "multipart/form-data; boundary=x"}
    body = b'--x\r\nContent-Disposition: form-data; name="pictures"; filename="a.png"\r\n\r\nabc'
    async with page.browser.client.post("/ask", data=body, headers=headers) as answer:
        assert answer.status == 400
        assert "could not read" in await answer.text()

    assert list(page.limner.spool.iterdir()) == []


@pytest.mark.parametrize("path", ["/ask", "/voice", "/press", "/form"])
async def test_what_is_posted_to_an_unknown_channel_leaves_nothing(page: WebStage, path: str) -> None:
    form = aiohttp.FormData({"words": "like this", "channel": "nowhere", "code": "limner:reroll:a41f:"})
    form.add_field("pictures", png(), filename="fox.png", content_type="image/png")
    _, text = await page.browser.post(path, form)

    assert "There is no" in text
    assert list(page.limner.spool.iterdir()) == []


@pytest.mark.parametrize("prompt", HOSTILE)
async def test_a_hostile_prompt_is_text(page: WebStage, prompt: str) -> None:
    form = {"words": prompt, "channel": "studio", "event": "h" * 12}
    await page.browser.post("/ask", form)
    await page.browser.until(lambda: "h" * 12 in page.browser.answered)

    said = " ".join(page.limner.asks[0].values["prompt"].split())
    card = next(iter(page.browser.cards.values()))
    assert card.by("blockquote")[0].text == said
    assert card.by("img")[0].attributes["alt"] == f"AI-generated: {said}"
    assert card.by("script") == card.by("h1") == []
    assert not card.find(lambda each: any(name.startswith("on") for name in each.attributes))


async def test_what_breaks_inside_is_a_kind_sentence_with_an_id(page: WebStage) -> None:
    page.limner.broken = True
    seen = await page.command("imagine", prompt="a fox")

    assert "Something went wrong on our side" in seen.text
    assert "secret inside" not in seen.text
    assert seen.private_to


async def test_a_form_button_opens_the_form_and_its_answer_is_an_ask(page: WebStage) -> None:
    seen = await page.settled(await page.command("imagine", prompt="a fox"))
    message = seen.message.removeprefix("card-")
    said = {"code": "limner:form.fix:n1:", "message": message, "channel": "studio"}
    status, html = await page.browser.post("/press", said)
    assert status == 200
    assert "as heard" in html
    assert "<option selected>fine</option>" in html

    status, _ = await page.browser.post("/form", {**said, "field-prompt": "a blue fox", "event": "f" * 12})
    assert status == 202
    await page.browser.until(lambda: "f" * 12 in page.browser.answered)
    ask = page.limner.asks[-1]
    assert (ask.action, ask.target, ask.values) == ("fix", "n1", {"prompt": "a blue fox"})
    assert ask.address.message == message  # it answers in place


@pytest.mark.parametrize("code", ["", "limner:nothing:a41f:", "x" * 500, "limner:reroll:../../x:"])
async def test_a_button_of_another_time_is_a_sentence(page: WebStage, code: str) -> None:
    status, text = await page.browser.post("/press", {"code": code, "channel": "studio"})

    assert status == 200
    assert "no longer works" in text


async def test_every_window_sees_the_same_and_one_that_comes_back_misses_nothing(page: WebStage) -> None:
    other = Browser(page.browser.client)
    await other.open()
    first = await page.settled(await page.command("imagine", prompt="a red fox"))
    await other.until(lambda: first.message in other.cards)
    await other.close()
    second = await page.settled(await page.command("imagine", prompt="a blue fox"))

    await other.open()
    assert list(other.cards) == [first.message, second.message]
    await other.close()


async def test_what_is_private_reaches_the_asking_browser_alone(page: WebStage) -> None:
    async with aiohttp.ClientSession(page.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
        stranger = Browser(client)
        await stranger.open()
        help = await page.command("help")
        public = await page.settled(await page.command("imagine", prompt="a fox"))
        await stranger.until(lambda: public.message in stranger.cards)

        assert help.private_to
        assert help.message not in stranger.cards
        await stranger.close()
    assert help.message not in {each.message for each in await page.cards()}


async def test_suggestions_know_commands_flags_values_and_names(page: WebStage) -> None:
    async def suggested(words: str) -> str:
        async with page.browser.client.get("/suggest", params={"words": words}) as answer:
            return await answer.text()

    assert 'data-text="/imagine "' in await suggested("/im")
    assert 'data-text="a fox --shape "' in await suggested("a fox --sh")
    assert 'data-text="a fox --wide "' in await suggested("a fox --wi")
    assert 'data-text="a fox --style storybook "' in await suggested("a fox --style sto")
    assert 'data-text="a fox --style &#34;line art&#34; "' in await suggested("a fox --style li")
    assert await suggested("a plain sentence") == ""


# ── the courier ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "file://{spool}/../secret.key", "file://{spool}/%2e%2e/secret.key", "http://127.0.0.1/x"],
)
async def test_nothing_outside_the_spool_is_fetched(page: WebStage, url: str, tmp_path: Path) -> None:
    (page.limner.spool.parent / "secret.key").write_text("key")
    attachment = Attachment(platform="web", name="x", url=url.format(spool=page.limner.spool))

    with pytest.raises(ForeignHost):
        await page.limner.reach.fetch(attachment, tmp_path / "out", 1000)


async def test_a_link_out_of_the_spool_is_not_followed(page: WebStage, tmp_path: Path) -> None:
    link = page.limner.spool / "link"
    link.symlink_to("/etc/hostname")

    with pytest.raises(ForeignHost):
        await page.limner.reach.fetch(Attachment(platform="web", name="x", url=link.as_uri()), tmp_path / "out", 1000)


async def test_fetching_stops_at_the_limit(page: WebStage, tmp_path: Path) -> None:
    file = page.limner.spool / "big"
    file.write_bytes(b"x" * 2000)

    with pytest.raises(PictureFileTooLarge):
        await page.limner.reach.fetch(Attachment(platform="web", name="x", url=file.as_uri()), tmp_path / "o", 1000)


async def test_channels_are_found_by_name_and_others_are_closed(page: WebStage) -> None:
    place, name = await page.limner.reach.find(" #Showcase ", place_of("studio"))

    assert (place.channel, name) == ("showcase", "#showcase")
    with pytest.raises(Undeliverable):
        await page.limner.reach.find("#marketing", place_of("studio"))
    with pytest.raises(Undeliverable):
        await page.limner.reach.show(Address(place=place.evolve(channel="nowhere")), page.limner.done("x"))


async def test_a_slow_browser_holds_the_latest_of_each_card_and_no_more() -> None:
    slow = Subscriber(Viewer(person=HERE, session="s"), "studio")
    for number in range(10_000):
        slow.put(f"card {number % 3}", Event(name="card", data=str(number), id=number))
    assert len(slow) == 3

    for number in range(WAITING_LIMIT + 1):
        slow.put(f"card {number}", Event(name="card", data=str(number), id=number))
    stream = slow.events()
    assert (await anext(stream)).name == "resync"
    assert len(slow) < WAITING_LIMIT


# ── reading words ───────────────────────────────────────────────────────────────────────────────────────────────


@given(st.text(max_size=300))
def test_any_text_is_an_ask_or_a_sentence(words: str) -> None:
    table = actions.table()
    try:
        action, values = forms.typed(table, words, {})
    except Trouble:
        pass  # a sentence
    else:
        assert action.command or action.name == forms.SAID
        assert values.keys() <= {each.name for each in action.parameters}


@given(st.text(alphabet='/-imagne shapestyl—" ', max_size=60))
def test_a_suggestion_goes_on_with_what_is_typed(words: str) -> None:
    table = actions.table()
    for each in forms.suggest(table, words):
        before = words[: len(words) - len(words.split(" ")[-1].split("\t")[-1])]
        assert each.text.startswith(before)
    forms.wanted(table, words)
