"""Tiers are reviewed: whose time is over is measured again; whoever reaches more is raised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import rate_anew
from clientela.loyalty.actions import tiers
from clientela.loyalty.actions.tiers import Moved
from clientela.loyalty.models import TierSet
from clientela.loyalty.queries import headroom
from clientela.loyalty.queries import tiers as queries
from clientela.loyalty.queries.headroom import Watched
from clientela.loyalty.queries.ledger import Earned, Scheme
from clientela.loyalty.queries.tiers import Review
from clientela.platform import ids, periods, transactions
from clientela.platform.http.actors import Actor

AT_ONCE = 1_000
SLICES_MAX = 100_000
PREVIEW_SLICES_MAX = 10
Way = Literal["up", "stays", "down"]
WAYS: tuple[Way, ...] = ("up", "stays", "down")
# What moves without a purchase, so that nobody is raised for it at once.
BY_NIGHT = (TierSet.Measure.PRODUCTS, TierSet.Measure.BALANCE, TierSet.Measure.POINTS)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a review would do, or did: from a tier to another, or to none."""

    customer_id: UUID
    ladder: str
    before: str
    after: str | None
    measured: int
    way: Way = "stays"


def zone_of(ladder: TierSet) -> ZoneInfo:
    return ZoneInfo(ladder.currency.programme.time_zone)


def review_tiers(
    *, actor: Actor, now: datetime, is_trial: bool = False, on: date | None = None,
    most: int | None = None,
) -> list[Decision]:  # fmt: skip
    """Decide every standing whose time is over, in slices, each in a transaction of its own.

    A late or repeated run decides the same: what counts ends with the day until which it was kept.
    `on`: a trial as it would be on that day, by what is there so far; `most`: so many, about, and
    the rest with the next call.
    """
    decisions: list[Decision] = []
    for ladder in queries.ladders():
        zone = zone_of(ladder)
        today = on if on is not None and is_trial else periods.day_of(now, zone)
        after: UUID | None = None
        for _ in range(SLICES_MAX):
            if most is not None and len(decisions) >= most:
                return decisions
            due = _slice(ladder, zone, after if is_trial else None, actor=actor, now=now,
                         today=today, is_trial=is_trial)  # fmt: skip
            if not due:
                break
            after = due[-1].customer_id
            decisions += _told(ladder, due)
    return decisions


def preview(
    ladder: TierSet, *, on: date, after: UUID | None = None, ways: Sequence[str] = (),
    limit: int = 50,
) -> tuple[list[Decision], UUID | None]:  # fmt: skip
    """A page of what a review of that day would decide, in order of customers, and the key of the
    next one; `ways`: only who goes that way. Nothing is written.
    """
    found: list[Decision] = []
    for _ in range(PREVIEW_SLICES_MAX):
        due = queries.due_for_review(
            ladder=ladder, today=on, zone=zone_of(ladder), limit=limit, after=after
        )
        for one in _told(ladder, due):
            after = one.customer_id
            if not ways or one.way in ways:
                found.append(one)
            if len(found) == limit:
                return found, after
        if len(due) < limit:
            return found, None
    return found, after


@transactions.retried
def _slice(
    ladder: TierSet, zone: ZoneInfo, after: UUID | None, *, actor: Actor, now: datetime,
    today: date, is_trial: bool,
) -> list[Review]:  # fmt: skip
    with transactions.open():
        due = queries.due_for_review(
            ladder=ladder, today=today, zone=zone, limit=AT_ONCE, after=after
        )
        if not is_trial:
            moved = tiers.review(due, ladder=ladder, zone=zone, actor=actor)
            events.emit(happenings(moved), actor=actor, now=now)
    return due


def review_slice(programme: str, *, actor: Actor, at: datetime, now: datetime) -> int:
    """Decide a slice of the standings of one programme whose time is over at an instant, in the
    transaction that is open; how many, 0 when none is left.
    """
    for ladder in queries.ladders():
        if ladder.currency.programme_id != programme:
            continue
        zone = ZoneInfo(ladder.currency.programme.time_zone)
        due = queries.due_for_review(
            ladder=ladder, today=periods.day_of(at, zone), zone=zone, limit=AT_ONCE
        )
        if due:
            moved = tiers.review(due, ladder=ladder, zone=zone, actor=actor)
            events.emit(happenings(moved), actor=actor, now=now)
            return len(due)
    return 0


def _told(ladder: TierSet, due: Iterable[Review]) -> Iterator[Decision]:
    steps = {tier.id: tier for tier in ladder.tiers.all()}
    terms = queries.terms_of(ladder)
    for one in due:
        to = tiers.decided(one, steps.values(), terms)
        before, reached = steps[one.tier_id], steps[to] if to is not None else None
        figure = reached.threshold if reached else 0
        way: Way = "stays" if to == one.tier_id else "up" if figure > before.threshold else "down"
        yield Decision(one.customer_id, ladder.key, before.key, reached.key if reached else None,
                       one.measured, way)  # fmt: skip


def raise_all(*, actor: Actor, now: datetime, ladders: Sequence[TierSet] | None = None) -> int:
    """Raise everybody who reaches more than they stand on: after a ladder was made or changed.
    `ladders`: with one all that count the same points.
    """
    raised = 0
    alike: dict[int, list[TierSet]] = {}
    for ladder in queries.ladders() if ladders is None else ladders:
        if headroom.is_watched(ladder):
            alike.setdefault(ladder.counted_id or ladder.currency_id, []).append(ladder)
            continue
        for members in queries.members(currency_id=ladder.currency_id, at_once=AT_ONCE):
            raised += _raise([ladder], members, None, actor=actor, now=now)
    for counted, some in alike.items():
        for members in queries.members(currency_id=counted, at_once=AT_ONCE):
            raised += _raise(some, members, counted, actor=actor, now=now)
    return raised


def night(*, actor: Actor, now: datetime) -> None:
    """Each night: what was due is decided, and whoever came to more without buying is raised."""
    review_tiers(actor=actor, now=now)
    moving = [one for one in queries.ladders() if one.measure in BY_NIGHT]
    raise_all(actor=actor, now=now, ladders=moving)


@transactions.retried
def _raise(
    ladders: Sequence[TierSet], members: list[UUID], counted: int | None, *, actor: Actor,
    now: datetime,
) -> int:  # fmt: skip
    """`counted`: the points whose accounts know who is far from a tier."""
    with transactions.open():
        watched = headroom.watch(members, currency_id=counted) if counted is not None else None
        moved: list[Moved] = []
        for place, ladder in enumerate(ladders):
            known = watched and watched._replace(is_first=place == 0)
            moved += tiers.rise(dict.fromkeys(members), ladder=ladder, zone=zone_of(ladder),
                                actor=actor, now=now, watched=known)  # fmt: skip
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
    bought: Iterable[tuple[UUID, UUID, datetime]], *, schemes: Sequence[Scheme],
    earned: Mapping[UUID, Sequence[Earned]], actor: Actor, now: datetime,
) -> list[Happening]:  # fmt: skip
    """Whoever crosses a threshold by these purchases (customer, purchase, when) is raised at once,
    also by one that came late; what was bought after that one earns the difference where the ladder
    says so. `earned`: what was just booked for them, in the transaction that is open.
    """
    listed = list(bought)
    if not listed or not any(scheme.ladders for scheme in schemes):
        return []
    crossed: dict[UUID, UUID | None] = {customer: purchase for customer, purchase, _ in listed}
    told: list[Happening] = []
    late = [(customer, at) for customer, _, at in listed]
    for ladder, watched in _watching(listed, schemes, earned):
        moved = tiers.rise(crossed, ladder=ladder, zone=zone_of(ladder), actor=actor, now=now,
                           late=late, watched=watched)  # fmt: skip
        told += happenings(moved)
        if ladder.late == TierSet.Late.RE_RATES:
            told += rate_anew.after_purchases(listed, ladder=ladder, actor=actor, now=now)
    return told


def _watching(
    bought: Sequence[tuple[UUID, UUID, datetime]], schemes: Sequence[Scheme],
    earned: Mapping[UUID, Sequence[Earned]],
) -> Iterator[tuple[TierSet, Watched | None]]:  # fmt: skip
    """Every ladder, with what the booking of the points that it counts found out."""
    near, far = defaultdict[str, set[UUID]](set), defaultdict[str, set[UUID]](set)
    for customer, purchase, _ in bought:
        for one in earned.get(purchase, ()):
            (near if one.is_near else far)[one.currency].add(customer)
    begun: set[str] = set()
    for scheme in schemes:
        for ladder in scheme.ladders:
            if not headroom.is_watched(ladder):
                yield ladder, None
                continue
            code = (ladder.counted or ladder.currency).code
            yield ladder, Watched(near[code], far[code], scheme.ladders_version,
                                  is_first=code not in begun)  # fmt: skip
            begun.add(code)
