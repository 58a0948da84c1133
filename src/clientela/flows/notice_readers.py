"""Whom a notice is about, and who of them is told: asked of many members together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from clientela.customers import sight
from clientela.flows import audiences, offered_rewards
from clientela.flows.notice_letters import Found
from clientela.loyalty.models import Notice
from clientela.loyalty.queries import notices as queries
from clientela.loyalty.queries import rewards, tiers
from clientela.loyalty.rules import rewards as rules
from clientela.platform import emails, sql
from clientela.privacy import contacting
from clientela.privacy.contacting import Contact
from clientela.staff import company as companies

EMAIL = "email"
SLICE = 1_000


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a notice is about; `why` they are not told, a code, or nothing: then their `address` and
    `language`.
    """

    found: Found
    why: str = ""
    address: str = ""
    language: str = ""


def slice_of(
    notice: Notice, *, day: date, now: datetime, after: UUID | None
) -> tuple[list[Found], UUID | None]:
    """Members of a slice whom it is about, and behind whom the next one begins."""
    if notice.kind == Notice.Kind.EXPIRING:
        rows = queries.ending(notice, day=day, now=now, after=after, limit=SLICE)
        about = [Found(one.customer_id, points=one.points, days=one.days) for one in rows]
        return about, rows[-1].customer_id if len(rows) == SLICE else None
    least = 0
    if notice.reward is not None:
        least = min((price.points for price in notice.reward.prices.all()), default=0)
    members = queries.members(notice, day=day, points_min=least, after=after, limit=SLICE)
    rest = [id for id, was_told in members if not was_told]
    near = _near_tier if notice.kind == Notice.Kind.TIER else _can_have
    following = members[-1][0] if len(members) == SLICE else None
    return list(near(notice, rest, now=now)) if rest else [], following


def _near_tier(notice: Notice, members: Sequence[UUID], *, now: datetime) -> Iterator[Found]:
    """Those whom no more than the distance parts from the next step."""
    ladder = notice.ladder
    assert ladder is not None
    steps = sorted(ladder.tiers.all(), key=lambda tier: tier.threshold)
    zone = queries.zone_of(notice)
    figures = tiers.measured_each_now(members, ladder=ladder, zone=zone, now=now)
    stood = queries.steps_stood_on(ladder, members, now=now)
    for member, figure in zip(members, figures, strict=True):
        step = next((one for one in steps if one.threshold > stood.get(member, 0)), None)
        if step is not None and 0 < step.threshold - figure <= notice.distance:
            yield Found(member, missing=step.threshold - figure, tier=step, ladder=ladder)


def _can_have(notice: Notice, members: Sequence[UUID], *, now: datetime) -> Iterator[Found]:
    """Those who could redeem it at this moment."""
    reward = notice.reward
    assert reward is not None
    if not offered_rewards.is_possible(reward):
        return
    offer, today = rewards.offer_of(reward), companies.current().today(now)
    points = queries.usable_each(members, currency_id=reward.currency_id, now=now)
    stands = queries.tiers_each(members, now=now)
    had = queries.times_had_each(members, reward) if reward.member_max is not None else {}
    quotes = {
        member: rules.quote(
            offer,
            rules.Member(points.get(member, 0), stands.get(member, frozenset()),
                         had.get(member, 0)),
            now=now, today=today,
        )
        for member in members
    }  # fmt: skip
    able = [member for member, quote in quotes.items() if not quote.why]
    meant = audiences.meant_of(reward, able, company=companies.current(), now=now)
    for member in able:
        if member in meant:
            yield Found(member, points=quotes[member].points, reward=reward)


def readers(notice: Notice, about: Sequence[Found], *, now: datetime) -> list[Reader]:
    """Who of them is told, and at which address; of the others why not."""
    members = _members({one.customer_id for one in about})
    known = {
        id: Contact(one.family, (EMAIL, emails.normal(one.address).norm))
        for id, one in members.items() if one.address
    }  # fmt: skip
    allowed = contacting.answers(
        list(known.values()), purpose=notice.purpose, channel=EMAIL,
        today=companies.current().today(now),
    )  # fmt: skip
    said = dict(zip(known, allowed, strict=True))
    usual = companies.current().language
    found = []
    for one in about:
        id = one.customer_id
        member = members.get(id, NOBODY)
        answer = said.get(id)
        why = "no_address" if answer is None else "" if answer.is_allowed else answer.because
        found.append(Reader(one, why or ("demo" if member.is_demo else ""), member.address,
                            member.language or usual))  # fmt: skip
    return found


class _Member(NamedTuple):
    family: Sequence[UUID] = ()
    language: str = ""
    is_demo: bool = False
    address: str = ""


NOBODY = _Member()


def _members(customer_ids: Collection[UUID]) -> dict[UUID, _Member]:
    """What has to be known of each to write to them, in one statement."""
    rows = sql.statement("flows", "notice_readers").rows(
        members=list(customer_ids), unshown=list(sight.present().unshown_identities)
    )
    return {
        id: _Member(family, language, is_demo, address or "")
        for id, family, language, is_demo, address in rows
    }
