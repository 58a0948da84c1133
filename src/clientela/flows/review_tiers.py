"""Tiers are reviewed: whose time is over is measured again; whoever reaches more is raised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.loyalty.actions import tiers
from clientela.loyalty.actions.tiers import Moved
from clientela.loyalty.models import TierSet
from clientela.loyalty.queries import tiers as queries
from clientela.loyalty.queries.tiers import Review
from clientela.platform import ids, periods, transactions
from clientela.platform.http.actors import Actor

AT_ONCE = 1_000
SLICES_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Decision:
    """What a review would do, or did: from a tier to another, or to none."""

    customer_id: UUID
    ladder: str
    before: str
    after: str | None
    measured: int


def review_tiers(*, actor: Actor, now: datetime, is_trial: bool = False) -> list[Decision]:
    """Decide every standing whose time is over, in slices, each in a transaction of its own.

    A late or repeated run decides the same: what counts ends with the day until which it was kept.
    """
    decisions: list[Decision] = []
    for ladder in queries.ladders():
        zone = ZoneInfo(ladder.currency.programme.time_zone)
        after: UUID | None = None
        for _ in range(SLICES_MAX):
            due = _slice(ladder, zone, after if is_trial else None, actor=actor, now=now,
                         is_trial=is_trial)  # fmt: skip
            if not due:
                break
            after = due[-1].customer_id
            decisions += _told(ladder, due)
    return decisions


@transactions.retried
def _slice(
    ladder: TierSet, zone: ZoneInfo, after: UUID | None, *, actor: Actor, now: datetime,
    is_trial: bool,
) -> list[Review]:  # fmt: skip
    with transactions.open():
        due = queries.due_for_review(
            ladder=ladder, today=periods.day_of(now, zone), zone=zone, limit=AT_ONCE, after=after
        )
        if not is_trial:
            moved = tiers.review(due, ladder=ladder, zone=zone, actor=actor)
            events.emit(happenings(moved), actor=actor, now=now)
    return due


def _told(ladder: TierSet, due: Iterable[Review]) -> Iterator[Decision]:
    steps = {tier.id: tier for tier in ladder.tiers.all()}
    for one in due:
        to = tiers.decided(one, steps.values())
        yield Decision(
            one.customer_id, ladder.key, steps[one.tier_id].key,
            steps[to].key if to is not None else None, one.measured,
        )  # fmt: skip


def raise_all(*, actor: Actor, now: datetime) -> int:
    """Raise everybody who reaches more than they stand on: after a ladder was made or changed."""
    raised = 0
    for ladder in queries.ladders():
        zone = ZoneInfo(ladder.currency.programme.time_zone)
        after: UUID | None = None
        while members := queries.members_after(
            after, currency_id=ladder.currency_id, limit=AT_ONCE
        ):
            after = members[-1]
            raised += _raise(ladder, zone, members, actor=actor, now=now)
    return raised


@transactions.retried
def _raise(
    ladder: TierSet, zone: ZoneInfo, members: list[UUID], *, actor: Actor, now: datetime
) -> int:
    with transactions.open():
        moved = tiers.rise(dict.fromkeys(members), ladder=ladder, zone=zone, actor=actor, now=now)
        events.emit(happenings(moved), actor=actor, now=now)
    return len(moved)


def happenings(moved: Iterable[Moved]) -> Iterator[Happening]:
    for one in moved:
        yield Happening(
            "tier.lost" if one.is_lost else "tier.reached", one.moved_at, one.customer_id,
            ids.public("cus", one.customer_id),
            {"labels": dict(one.tier.labels), "tier": one.tier.key,
             "ladder": one.tier.tier_set_id, "measured": one.measured},
        )  # fmt: skip


def after_purchases(
    bought: Iterable[tuple[UUID, UUID]], *, currencies: Sequence[int], actor: Actor, now: datetime
) -> list[Happening]:
    """Whoever crosses a threshold by these purchases (customer, purchase) is raised at once;
    `currencies`: those that have a ladder.
    """
    if not currencies:
        return []
    crossed = dict(bought)
    if not crossed:
        return []
    told: list[Happening] = []
    for ladder in queries.ladders(currencies):
        zone = ZoneInfo(ladder.currency.programme.time_zone)
        told += happenings(tiers.rise(crossed, ladder=ladder, zone=zone, actor=actor, now=now))
    return told
