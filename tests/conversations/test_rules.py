"""A team's rules and the safety check: before anything costs money, in one private sentence, with a way on."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from limner.domain.request import Request
from limner.ears.samples import samples
from limner.errors import Refusal
from tests.conversations.reading import id_of, paintings
from tests.fakes.discord.members import Acting
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.processes.installation import until_it
from tests.stages import Seen, Stage
from tests.stages.discord import DiscordStage
from tests.stages.slack import SlackStage
from tests.stages.web import WebStage

NOTE = samples()[0].path.read_bytes()
CHATS = ("discord", "slack")


def plain(seen: Seen) -> str:
    """The text without the platform's way to write it."""
    return seen.text.replace("\\", "").replace("&amp;", "&")


def admin(stage: Stage) -> str:
    """Somebody who may set rules."""
    return "ada" if stage.platform == "web" else "admin"


def private(seen: Seen, stage: Stage, member: str = "ada") -> bool:
    """Whether this member alone sees it; the page has one person."""
    return stage.platform == "web" or seen.private_to == member


async def rule(stage: Stage, **values: Any) -> Seen:
    return await stage.command("rules", member=admin(stage), **values)


def jpeg(color: str, size: tuple[int, int] = (64, 64)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, color).save(out, "JPEG")
    return out.getvalue()


# ── the safety check ──


async def test_a_flagged_prompt_is_refused_kindly_and_nothing_is_painted(
    stage: Stage, openai: FakeOpenAI, keyed_house: House
) -> None:
    openai.flags = lambda words: ("violence/graphic",) if "blood" in words else ()

    refused = await stage.command("imagine", prompt="rivers of blood")

    assert "The safety check saw graphic violence in this" in plain(refused)
    assert "put it in other words" in plain(refused)
    assert private(refused, stage)
    assert refused.buttons == ("Put it in other words",)
    assert paintings(openai) == 0
    assert keyed_house.rows("SELECT id FROM jobs") == []
    assert keyed_house.rows("SELECT id FROM ledger") == []


async def test_other_words_for_a_refused_prompt_are_asked_for_with_what_was_said_filled_in(
    stage: Stage, openai: FakeOpenAI, keyed_house: House
) -> None:
    openai.flags = lambda words: "blood" in words
    refused = await stage.command("imagine", prompt="rivers of blood", shape="wide", quality="draft")
    ((draft,),) = keyed_house.rows("SELECT id FROM notes")

    form = await stage.limner.forms.of("reword", person=stage.person, place=stage.place, target=draft)
    assert form.values["prompt"] == "rivers of blood"
    assert form.values["shape"] == "wide"
    stranger = stage.person.evolve(id="999")
    with pytest.raises(Refusal):
        await stage.limner.forms.of("reword", person=stranger, place=stage.place, target=draft)

    if stage.platform == "discord":
        await stage.press(refused, "Put it in other words")
        painted = await stage.settled(await stage.submit(prompt="rivers of wine"))  # type: ignore[attr-defined]
        assert "rivers of wine" in painted.text
        assert painted.private_to is None
        assert openai.requests[-1].parsed["size"] == "1536x1024"


async def test_a_prompt_is_screened_once_however_often_it_is_painted(stage: Stage, openai: FakeOpenAI) -> None:
    first = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft", style="product"))
    await stage.settled(await stage.press(first, "Reroll"))

    assert paintings(openai) == 2
    (screened,) = openai.screened
    assert screened.parsed == {"model": "omni-moderation-latest", "input": "a red fox"}


async def test_the_same_words_at_the_same_time_make_one_call(keyed_house: House, openai: FakeOpenAI) -> None:
    openai.screening_hold = asyncio.Event()
    async with keyed_house.open() as limner:
        screenings = limner._studio.warden._screenings
        asked = [asyncio.create_task(screenings.of(Request(prompt="a red fox"))) for _ in range(5)]
        await openai.asked_for_moderation()
        asked[0].cancel()  # one who leaves takes the answer from nobody
        openai.screening_hold.set()
        verdicts = await asyncio.gather(*asked[1:])

    assert {each.screening.flagged for each in verdicts if each.screening} == {False}
    assert len(verdicts) == 4
    assert len(openai.screened) <= 2


async def test_pictures_that_members_bring_are_screened_small_and_together(stage: Stage, openai: FakeOpenAI) -> None:
    brought = (("one.jpg", jpeg("red", (3000, 2000))), ("two.jpg", jpeg("blue")))
    painted = await stage.settled(await stage.command("edit", prompt="mix them", quality="draft", files=brought))

    assert len(painted.pictures) == 1
    (screened,) = openai.screened
    words, picture = screened.parsed["input"]
    assert words["text"].endswith("mix them")
    assert picture["image_url"]["url"].startswith("data:image/jpeg;base64,")
    assert len(picture["image_url"]["url"]) < 500_000


@pytest.mark.parametrize("fault", ["server_error", "html", "half_json", "bad_key"])
async def test_without_a_verdict_the_request_goes_on_and_the_log_says_so(
    keyed_house: House, openai: FakeOpenAI, fault: str
) -> None:
    openai.screening_faults += [fault]
    async with WebStage(keyed_house) as stage:
        painted = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
        assert len(painted.pictures) == 1
        assert "not screened" in plain(await stage.command("audit"))


async def test_a_server_without_moderation_is_not_asked_again_and_again(stage: Stage, openai: FakeOpenAI) -> None:
    openai.screens = False
    for prompt in ("a red fox", "a blue fox", "a green fox"):
        await stage.settled(await stage.command("imagine", prompt=prompt, quality="draft"))

    assert paintings(openai) == 3
    assert len(openai.screened) == 1


async def test_where_the_host_requires_a_verdict_nothing_is_painted_without(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    keyed_house.sections["moderation"] = {"required": True}
    openai.screening_faults += ["server_error"]
    async with WebStage(keyed_house) as stage:
        await stage.command("rules", screening="off")
        refused = await stage.command("imagine", prompt="a red fox", quality="draft")

    assert "nothing is painted unchecked here" in refused.text
    assert paintings(openai) == 0


async def test_a_host_may_leave_screening_out(keyed_house: House, openai: FakeOpenAI) -> None:
    keyed_house.sections["moderation"] = {"screen": False}
    async with WebStage(keyed_house) as stage:
        await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
        assert "not screened: switched off" in (await stage.command("audit")).text

    assert openai.screened == []


async def test_a_team_may_leave_screening_out(stage: Stage, openai: FakeOpenAI) -> None:
    assert "are not screened" in plain(await rule(stage, screening="off"))
    await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))

    assert openai.screened == []
    assert paintings(openai) == 1


async def test_the_offline_sketcher_asks_nobody(offline_stage: Stage) -> None:
    painted = await offline_stage.settled(await offline_stage.command("imagine", prompt="rivers of blood"))

    assert len(painted.pictures) >= 1
    assert "drawn offline" in plain(await offline_stage.command("audit", member=admin(offline_stage)))


async def test_every_call_tells_members_apart_by_a_keyed_hash(stage: Stage, openai: FakeOpenAI) -> None:
    openai.hears.append(
        ("imagine", {"heard": "a red fox", "language": "en", "prompt": "a red fox", "quality": "draft"})
    )
    heard = await stage.settled(await stage.voice(NOTE))
    await stage.settled(await stage.press(heard, "Generate"))

    paid = [each for each in openai.requests if each.method == "POST"]
    told = {each.parsed["safety_identifier"] for each in paid}
    assert {each.path for each in paid} == {"/v1/chat/completions", "/v1/images/generations"}
    assert len(told) == 1
    assert len(told.pop()) == 64


# ── the team's own words ──


async def test_a_banned_term_is_named_and_found_in_disguise(stage: Stage, openai: FakeOpenAI) -> None:
    await rule(stage, banned="Big Brand, gore")

    for prompt in ("the BIG-BRAND logo", "b\u00edg br\u200band"):
        refused = await stage.command("imagine", prompt=prompt)
        assert "“Big Brand” is on this team's list of words to leave out" in plain(refused)
        assert private(refused, stage)
        assert refused.buttons == ("Put it in other words",)
    assert "“gore”" in plain(await stage.command("imagine", prompt="a little gore", member=admin(stage)))
    assert paintings(openai) == 0
    assert openai.screened == []

    await rule(stage, banned="BIG brand", remove=True)
    await stage.settled(await stage.command("imagine", prompt="the BIG-BRAND logo", quality="draft"))
    assert paintings(openai) == 1


async def test_a_reroll_of_what_is_banned_by_now_is_refused(stage: Stage, openai: FakeOpenAI) -> None:
    first = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    await rule(stage, banned="fox")

    refused = await stage.press(first, "Reroll")

    assert "“fox”" in plain(refused)
    assert paintings(openai) == 1


async def test_a_refused_note_keeps_the_house_from_being_billed_for_a_picture(stage: Stage, openai: FakeOpenAI) -> None:
    await rule(stage, banned="fox")
    openai.hears.append(("imagine", {"heard": "a red fox", "language": "en", "prompt": "a red fox"}))
    heard = await stage.settled(await stage.voice(NOTE))

    refused = await stage.press(heard, "Generate")

    assert "“fox”" in plain(refused)
    assert paintings(openai) == 0


@pytest.mark.parametrize("stage", CHATS, indirect=True)
async def test_what_a_note_may_not_ask_for_is_told_its_member_alone(
    stage: Stage, keyed_house: House, openai: FakeOpenAI
) -> None:
    keyed_house.sections["voice"] = {"listen": "at-once"}
    await stage.restart()
    await rule(stage, banned="fox")
    openai.hears.append(("imagine", {"heard": "a red fox", "language": "en", "prompt": "a red fox"}))

    await stage.voice(NOTE)
    await until_it(lambda: _everyone_reads(stage, "answered this in private"))

    (told,) = [each for each in _messages(stage) if "“fox” is on this team's list" in plain(each)]
    assert told.private_to == "ada"
    assert not any("Listening" in plain(each) for each in _messages(stage))
    assert paintings(openai) == 0


def _messages(stage: Stage) -> list[Seen]:
    """Everything that was said by Limner, wherever."""
    if isinstance(stage, DiscordStage):
        return [stage.seen(each) for each in stage.fake.messages.values() if each.author is stage.fake.bot]
    assert isinstance(stage, SlackStage)
    return [stage.seen(each) for each in stage.fake.workspace.messages if each.by_bot]


async def _everyone_reads(stage: Stage, words: str) -> bool:
    return any(words in plain(each) for each in await stage.cards(member="bob"))


async def test_a_word_that_goes_with_a_shared_picture_is_held_to_the_list(stage: Stage, openai: FakeOpenAI) -> None:
    first = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    await rule(stage, banned="gore")

    refused = await stage.command("share", picture=id_of(first), place=stage.elsewhere, note="some G\u200bore")

    assert "“gore” is on this team's list of words to leave out" in plain(refused)
    assert await stage.cards(place=stage.elsewhere.strip("#") if stage.platform == "slack" else stage.elsewhere) == ()
    assert "sharing" in plain(await stage.command("audit", job=id_of(first), member=admin(stage)))


# ── channels, roles and models ──


async def test_where_a_channel_is_closed_the_open_one_is_named(stage: Stage, openai: FakeOpenAI) -> None:
    if stage.platform == "web":
        pytest.skip("the one person on the page is an admin, who may ask everywhere")
    assert stage.elsewhere.strip("#") in plain(await rule(stage, channel=stage.elsewhere))

    refused = await stage.command("imagine", prompt="a red fox")

    assert "I may not paint in this channel; I may in" in plain(refused)
    assert stage.elsewhere.strip("#") in plain(refused)
    assert private(refused, stage)
    assert paintings(openai) == 0
    await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft", member="admin"))
    assert paintings(openai) == 1

    await rule(stage, channel=stage.elsewhere, remove=True)
    await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    assert paintings(openai) == 2


async def test_a_thread_is_as_open_as_its_channel(keyed_house: House, openai: FakeOpenAI) -> None:
    async with DiscordStage(keyed_house) as stage:
        await stage.command("rules", member="admin", channel="here")
        other = stage.fake.add_channel("other")
        within, without = [await stage.fake.add_thread("a thread", each) for each in (stage.fake.channel, other)]

        painted = await Acting(stage.fake, "ada", within).slash("imagine", prompt="a red fox", quality="draft")
        refused = await Acting(stage.fake, "ada", without).slash("imagine", prompt="a red fox", quality="draft")
        await stage.fake.until(lambda: painted.shown is not None and refused.shown is not None)
        await stage.settled(stage.seen(painted.shown))

        assert "I may not paint in this channel" in plain(stage.seen(refused.shown))
    assert paintings(openai) == 1


async def test_platforms_are_answered_before_the_verdict_is_there(keyed_house: House, openai: FakeOpenAI) -> None:
    openai.screening_hold = asyncio.Event()
    async with DiscordStage(keyed_house) as stage:
        asked = await stage.act("ada").slash("imagine", prompt="a red fox", quality="draft")
        await openai.asked_for_moderation()

        assert asked.acknowledged is not None
        assert paintings(openai) == 0
        assert keyed_house.rows("SELECT id FROM ledger") == []

        openai.screening_hold.set()
        await openai.arrived(2)  # the list of models, and the picture


async def test_a_note_in_a_closed_channel_is_not_heard(stage: Stage, openai: FakeOpenAI) -> None:
    if stage.platform == "web":
        pytest.skip("the one person on the page is an admin, who may ask everywhere")
    await rule(stage, channel=stage.elsewhere)

    refused = await stage.settled(await stage.command("imagine", spoken=NOTE))

    assert "I may not paint in this channel" in plain(refused)
    assert private(refused, stage)
    assert [each for each in openai.requests if each.method == "POST"] == []
    audited = plain(await stage.command("audit", member="admin"))
    assert "hearing a voice note: refused" in audited


async def test_a_role_opens_what_is_closed_to_others(keyed_house: House, openai: FakeOpenAI) -> None:
    async with DiscordStage(keyed_house) as stage:
        role = f"<@&{stage.fake.artists_role}>"
        stage.fake.artists.add("bob")
        await stage.command("rules", member="admin", role=role)

        refused = await stage.command("imagine", prompt="a red fox", quality="draft")
        painted = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft", member="bob"))

        assert "Painting is for some roles only here" in plain(refused)
        assert private(refused, stage)
        assert len(painted.pictures) == 1
        await stage.command("rules", member="admin", role=role, remove=True)
        await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    assert paintings(openai) == 2


async def test_a_model_for_a_role_is_refused_to_others_with_one_that_is_open(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    async with DiscordStage(keyed_house) as stage:
        stage.fake.artists.add("bob")
        role = f"<@&{stage.fake.artists_role}>"
        # The name that people know: the rule holds for the model that paints in its place.
        shown = await stage.command("rules", member="admin", model="gpt-image-1", role=role)
        assert "alone." in plain(shown)

        refused = await stage.command("imagine", prompt="a red fox", quality="draft")
        assert "is for some roles only here" in plain(refused)
        assert "is open to you as" in plain(refused)
        open_one = plain(refused).split("is open to you as ")[1].split(".\n")[0].strip(". \n")
        await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft", model=open_one))
        await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft", member="bob"))
    assert paintings(openai) == 2


async def test_a_rule_about_a_model_leaves_the_offline_sketcher_to_everybody(house: House) -> None:
    async with DiscordStage(house) as stage:
        await stage.command("rules", member="admin", model="gpt-image-1", role=f"<@&{stage.fake.artists_role}>")

        painted = await stage.settled(await stage.command("imagine", prompt="a red fox"))

        assert len(painted.pictures) == 1


# ── rules and log: for admins, each team its own ──


async def test_only_admins_see_and_change_the_rules_and_the_log(stage: Stage) -> None:
    if stage.platform == "web":
        pytest.skip("the one person on the page is an admin")
    for command, values in (("rules", {}), ("rules", {"banned": "fox"}), ("audit", {})):
        refused = await stage.command(command, member="bob", **values)
        assert "Only an admin can" in plain(refused)
        assert private(refused, stage, "bob")
    assert "nothing" in plain(await stage.command("rules", member="admin"))


async def test_the_rules_are_shown_as_they_stand(stage: Stage) -> None:
    await rule(stage, banned="gore, Big Brand", zone="paris")
    shown = await rule(stage)

    assert "“gore”, “Big Brand”" in plain(shown)
    assert "Europe/Paris" in plain(shown)
    assert "all channels" in plain(shown)
    assert private(shown, stage, admin(stage))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"zone": "Atlantis/Centre"}, "no time zone has this name"),
        ({"zone": "Europe/Berln"}, "try Europe/Berlin"),
        ({"banned": " , "}, "name at least one word"),
        ({"banned": "x" * 61}, "60 characters at most"),
        ({"banned": "gore", "remove": True}, "not on the list"),
        ({"channel": "#nowhere-at-all"}, "no such channel"),
        ({"role": "wizards"}, "no role of that name"),
        ({"model": "gpt-image-1"}, "say which role"),
        ({"model": "dall-e-9"}, "no model"),
        ({"remove": True}, "name the word, channel, role or model"),
    ],
)
async def test_rules_that_make_no_sense_get_a_sentence(house: House, values: dict[str, Any], told: str) -> None:
    async with WebStage(house) as stage:
        assert told in (await stage.command("rules", **values)).text
        assert "nothing" in (await stage.command("rules")).text


async def test_the_log_tells_who_asked_for_what_and_why_it_was_so_decided(stage: Stage, openai: FakeOpenAI) -> None:
    openai.flags = lambda words: "blood" in words
    await rule(stage, banned="gore")
    first = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    await stage.command("imagine", prompt="some gore")
    await stage.command("imagine", prompt="rivers of blood")
    await stage.command("share", picture=id_of(first), place=stage.elsewhere)
    await stage.press(first, "Delete")

    log = plain(await stage.command("audit", member=admin(stage)))
    about = plain(await stage.command("audit", job=id_of(first), member=admin(stage)))

    assert "changing the rules: done. Nobody may ask for “gore”." in log
    assert f"painting {id_of(first)}: accepted." in log
    assert "; screened" in log
    assert "painting: refused. BannedTerm: the term “gore”" in log
    assert "painting: refused. Screened: moderation saw violence" in log
    assert f"sharing {id_of(first)}: done." in log
    assert f"deleting {id_of(first)}: done." in log
    assert "rivers of blood" not in log
    assert log.index("deleting") < log.index("sharing") < log.index("changing the rules")
    assert "gore" not in about
    assert "deleting" in about


async def test_another_teams_rules_and_log_are_never_seen(stage: Stage, openai: FakeOpenAI) -> None:
    first = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    await rule(stage, banned="fox")
    elsewhere = stage.place.evolve(space="another", channel="another")
    member = await stage.limner._store.people.member(elsewhere, stage.person.evolve(admin=True))
    warden = stage.limner._studio.warden

    assert (await warden.rules(member)).banned == ()
    assert await warden.newest(member, limit=20) == ()
    assert await warden.newest(member, limit=20, job=id_of(first)) == ()


async def test_rules_outlive_a_restart(stage: Stage, openai: FakeOpenAI) -> None:
    await rule(stage, banned="fox")
    await stage.restart()

    assert "“fox”" in plain(await stage.command("imagine", prompt="a red fox"))
