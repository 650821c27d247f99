"""Approval: somebody asks for it, those who decide approve or ask for a change."""

from __future__ import annotations

from limner.domain.action import Group, Reply, action
from limner.domain.approval import Approval, Standing, told
from limner.domain.ask import Asked
from limner.domain.budget import Scope
from limner.domain.card import Button, ButtonStyle, Card, Controls, Line, Role, State, says
from limner.domain.options import Name, Options, Prompt, option
from limner.domain.request import Asset
from limner.domain.rules import TeamRules
from limner.domain.text import one_line, shorten
from limner.errors import Refusal
from limner.studio import Studio
from limner.studio.cards import picture_of
from limner.studio.versions import next_version
from limner.studio.whom import named

APPROVAL = Group(
    name="approval", help="Ask for a picture's approval, approve it, ask for a change.", bare="approval-approvers"
)
NAMED = 5
"""Approvers that a card names."""


class RequestApproval(Options):
    """Ask those who decide to approve a picture."""

    picture: Name = option("Its id, such as a41f", completes="assets", subject=True)


class Approve(Options):
    """Approve a picture."""

    picture: Name = option("Its id, such as a41f", completes="assets", subject=True)


class Change(Options):
    """Ask for a change before a picture is approved."""

    picture: Name = option("Its id, such as a41f", completes="assets", subject=True)
    prompt: Prompt = option("What is to be changed", kind="prose")


class AsAsked(Options):
    """Make the change that was asked for: the picture's next version."""


class Approvers(Options):
    """Show who approves pictures, or name them (admins)."""

    who: Name | None = option("A member to name", default=None, completes="members")
    remove: bool = option("Take this member off the list", default=False)


@action(RequestApproval, name="approval-request", command=True, group=APPROVAL, once=True)
async def approval(asked: Asked[RequestApproval], studio: Studio) -> Card:
    asset = await studio.works.asset(asked.options.picture, asked.member)
    if asset.private:
        raise Refusal(why=f"{asset.id} is a draft that you alone see. Send it first, and ask then.")
    stands, first = await studio.approving.ask(asset, asked.member)
    if not first:
        raise Refusal(why=told(asset.id, stands))
    deciding = await studio.approving.approvers(asked.member)
    names = [shorten(one_line(each.name), 40) for each in deciding]
    who = ", ".join(names[:NAMED]) + (" and others" if len(names) > NAMED else "") if names else "an admin"
    lines = (
        Line(role=Role.TITLE, text=f"{asset.id}: approval, please"),
        Line(text=f"{asked.member.name} asks {who} to approve this picture."),
    )
    card = _card(asset, stands, lines)
    others = tuple(each for each in deciding if each.id != asked.member.id)
    await studio.sharing.bring(card, others, asked.place)  # where they are; every copy says how it stands
    return card


@action(Approve, name="approval-approve", command=True, group=APPROVAL, reply=Reply.SAME)
async def approve(asked: Asked[Approve], studio: Studio) -> Card:
    asset = await studio.works.asset(asked.options.picture, asked.member)
    stands, first = await studio.approving.decide(asset, asked.member)
    if not first:
        raise _too_late(asset, stands)
    return _card(asset, stands, ())


@action(Change, name="approval-change", command=True, group=APPROVAL, form=True)
async def change(asked: Asked[Change], studio: Studio) -> Card:
    job, asset = await studio.works.made(asked.options.picture, asked.member)
    estimate = studio.desk.estimate(next_version(job, asset, asked.options.prompt))
    paint = Button(
        label="Make the change", action="as-asked", target=asset.id, estimate=estimate or None,
        style=ButtonStyle.PRIMARY,
    )  # fmt: skip
    then = Controls(buttons=(paint,))
    stands, first = await studio.approving.decide(asset, asked.member, words=asked.options.prompt, then=then)
    if not first:
        raise _too_late(asset, stands)
    return _card(asset, stands, (Line(role=Role.PROMPT, text=asked.options.prompt),)).evolve(controls=(then,))


@action(AsAsked, name="as-asked", costs=True)
async def as_asked(asked: Asked[AsAsked], studio: Studio) -> Card:
    asset = await studio.works.asset(asked.target, asked.member)
    stands = await studio.approving.of(asset)
    if stands is None or stands.state is not Standing.CHANGE or not stands.words:
        raise Refusal(why=f"No change of {asset.id} is asked for any longer.")
    job = await studio.works.job(asset.id, asked.member)
    return await studio.paint(asked, next_version(job, asset, stands.words))


@action(Approvers, name="approval-approvers", command=True, group=APPROVAL, reply=Reply.PRIVATE)
async def approvers(asked: Asked[Approvers], studio: Studio) -> Card:
    said = asked.options
    if said.who is not None:
        key, name = await named("who", Scope.MEMBER, said.who, asked, studio)

        def edit(rules: TeamRules) -> TeamRules:
            others = tuple(each for each in rules.approvers if each != key)
            return rules.evolve(approvers=others if said.remove else (*others, key))

        how = "does not approve pictures any longer" if said.remove else "approves pictures"
        await studio.warden.change(asked.member, edit, f"{name} {how}.")
    named_now = (await studio.approving.approvers(asked.member)) or ()
    names = ", ".join(shorten(one_line(each.name), 40) for each in named_now) or "admins"
    return says(f"Who approves pictures here: {names}. Without anybody named, admins do.").evolve(private=True)


def _card(asset: Asset, approval: Approval, lines: tuple[Line, ...]) -> Card:
    """A picture whose approval was asked for or decided."""
    buttons: tuple[Button, ...] = (
        Button(label="Approve", action="approval-approve", target=asset.id, style=ButtonStyle.PRIMARY),
        Button(label="Ask for a change…", action="approval-change", target=asset.id, form=True),
    )
    return Card(
        state=State.DONE,
        lines=(*lines, Line(role=Role.NOTE, text=told(asset.id, approval))),
        pictures=(picture_of(asset),),
        small=True,
        job=asset.job,
        controls=(Controls(buttons=buttons),) if approval.state is Standing.ASKED else (),
    )


def _too_late(asset: Asset, stands: Approval) -> Refusal:
    return Refusal(why=f"It was decided before, and the first decision stands. {told(asset.id, stands)}")
