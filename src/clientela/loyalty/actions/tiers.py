"""Tiers: climbed when a purchase crosses a threshold, decided when their time is over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Value
from django.db.models.functions import Greatest, Least

from clientela.loyalty.models import Standing, Tier, TierSet
from clientela.loyalty.queries import tiers as queries
from clientela.loyalty.queries.headroom import Watched
from clientela.loyalty.queries.tiers import Climbing, Review
from clientela.loyalty.rules import tiers as rules
from clientela.loyalty.rules.tiers import StepUp, Terms
from clientela.platform import periods, sql
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction


@dataclass(frozen=True, slots=True)
class Moved:
    """A customer came to stand elsewhere: on `tier`, or (when `is_lost`) no longer on it."""

    customer_id: UUID
    tier: Tier
    measured: int
    moved_at: datetime
    is_lost: bool = False


@needs_transaction
def rise(
    crossed: Mapping[UUID, UUID | None], *, ladder: TierSet, zone: ZoneInfo, actor: Actor,
    now: datetime, late: Iterable[tuple[UUID, datetime]] = (),
    watched: Watched | None = None,
) -> list[Moved]:  # fmt: skip
    """Raise whoever reaches a higher tier; `crossed`: customer -> the purchase that may have done
    it. Nobody is lowered here.

    `late`: customers with instants that may lie in a closed period. What such a period reaches now
    counts from now on, as long as a tier reached in it would be kept. `watched`: of whose accounts
    more is known.
    """
    today = periods.day_of(now, zone)
    opened = periods.local_midnight(rules.opened_on(queries.terms_of(ladder).window, today), zone)
    days = [(id, periods.day_of(at, zone)) for id, at in late if at < opened]
    climbing = queries.climbing(crossed, ladder=ladder, zone=zone, now=now, watched=watched)
    if days:
        climbing += queries.climbing_late(days, ladder=ladder, zone=zone, today=today)
    if not climbing:
        return []
    steps = ladder.tiers.in_bulk()
    ordered = sorted(climbing, key=lambda one: (steps[one.tier_id].threshold, one.day))
    best = {one.customer_id: one for one in ordered}  # the highest, of equals the latest
    rising = [_rising(one, queries.terms_of(ladder), zone, now) for one in best.values()]
    _stand(rising, crossed, ladder=ladder, actor=actor)
    return [Moved(one.customer_id, steps[one.tier_id], one.measured, now) for one in rising]


@needs_transaction
def measure_anew(customers: Sequence[UUID]) -> None:
    """What these accounts know of how far their owners are from a tier does not hold any more; a
    standing that moves says so by itself.
    """
    sql.execute(
        "UPDATE loyalty_account SET measure_at = 0 WHERE customer_id = ANY (%s)",
        [list(customers)],
        prepare=True,
    )


@dataclass(frozen=True, slots=True)
class _Rising:
    customer_id: UUID
    tier_id: int
    measured: int
    starts_at: datetime
    kept_until: date | None


def _rising(one: Climbing, terms: Terms, zone: ZoneInfo, now: datetime) -> _Rising:
    """When a tier reached on a day begins, and until when it is kept."""
    begins = rules.begins_on(terms, one.day, one.came_on)
    starts_at = now if begins is None else max(now, periods.local_midnight(begins, zone))
    from_day = begins if begins is not None and terms.keeps == "end_of_period" else one.day
    kept = rules.kept_until(terms, from_day, one.came_on)
    return _Rising(one.customer_id, one.tier_id, one.measured, starts_at, kept)


def _stand(
    rising: Iterable[_Rising], crossed: Mapping[UUID, UUID | None], *, ladder: TierSet, actor: Actor
) -> None:
    """A new standing closes the former at its start."""
    by_start: dict[datetime, list[_Rising]] = defaultdict(list)
    for one in rising:
        by_start[one.starts_at].append(one)
    for starts_at, together in by_start.items():
        Standing.objects.filter(
            tier_set=ladder, ends_at=None, customer_id__in=[one.customer_id for one in together]
        ).update(ends_at=Greatest("starts_at", Value(starts_at)))
        Standing.objects.bulk_create(
            [
                Standing(
                    customer_id=one.customer_id, tier_set=ladder, tier_id=one.tier_id,
                    starts_at=starts_at, kept_until=one.kept_until, measured=one.measured,
                    purchase_id=crossed.get(one.customer_id), decided_by=actor.id,
                )
                for one in together
            ],
            ignore_conflicts=True,  # somebody else's purchase raised them at this very moment
        )  # fmt: skip


@needs_transaction
def review(due: Iterable[Review], *, ladder: TierSet, zone: ZoneInfo, actor: Actor) -> list[Moved]:
    """Decide standings whose time is over by what was measured in their last period: kept on, or
    moved from the midnight that ended it and its grace.
    """
    steps, terms = {tier.id: tier for tier in ladder.tiers.all()}, queries.terms_of(ladder)
    moved = []
    for one in due:
        to = decided(one, steps.values(), terms)
        following = rules.kept_on(terms, one.kept_until, one.came_on)
        if to == one.tier_id:
            Standing.objects.filter(id=one.standing_id, customer_id=one.customer_id).update(
                kept_until=following, measured=one.measured
            )
            continue
        moved += _move(one, to, steps, ladder=ladder, following=following, actor=actor,
                       ends_at=queries.review_at(terms, one.kept_until, zone))  # fmt: skip
    return moved


def decided(one: Review, steps: Iterable[Tier], terms: Terms) -> int | None:
    """The tier a review leads to, None for none."""
    ordered = [StepUp(tier.id, tier.threshold) for tier in steps]
    found = rules.reviewed(ordered, one.tier_id, one.measured, terms.lowers)
    return found.tier_id if found else None


def _move(
    one: Review, to: int | None, steps: Mapping[int, Tier], *, ladder: TierSet, ends_at: datetime,
    following: date | None, actor: Actor,
) -> list[Moved]:  # fmt: skip
    Standing.objects.filter(id=one.standing_id, customer_id=one.customer_id).update(ends_at=ends_at)
    before = steps[one.tier_id]
    if to is not None:
        Standing.objects.create(
            customer_id=one.customer_id, tier_set=ladder, tier_id=to, starts_at=ends_at,
            kept_until=following, measured=one.measured, decided_by=actor.id,
        )  # fmt: skip
        if steps[to].threshold > before.threshold:
            return [Moved(one.customer_id, steps[to], one.measured, ends_at)]
    return [Moved(one.customer_id, before, one.measured, ends_at, is_lost=True)]


@needs_transaction
def after_return(
    *, customer_id: UUID, purchase_id: UUID, actor: Actor, now: datetime
) -> list[Moved]:
    """A tier that was reached by a purchase which came back is computed anew at once; where the
    ladder waits, its review comes near instead.
    """
    moved: list[Moved] = []
    standings = Standing.objects.select_related("tier_set__currency__programme", "tier").filter(
        customer_id=customer_id, purchase_id=purchase_id, ends_at=None
    )
    for standing in standings:
        ladder, terms = standing.tier_set, queries.terms_of(standing.tier_set)
        zone = ZoneInfo(ladder.currency.programme.time_zone)
        figure = queries.measured_now(customer_id, ladder=ladder, zone=zone, now=now)
        steps = {tier.id: tier for tier in ladder.tiers.all()}
        found = rules.tier_for([StepUp(id, tier.threshold) for id, tier in steps.items()], figure)
        if found is not None and found.threshold >= standing.tier.threshold:
            continue
        if terms.reversal_waits:
            _hasten(standing, today=periods.day_of(now, zone))
            continue
        one = Review(standing.id, customer_id, standing.tier_id, now.date(), now.date(), figure)
        moved += _move(one, found.tier_id if found else None, steps, ladder=ladder,
                       ends_at=max(now, standing.starts_at), following=standing.kept_until,
                       actor=actor)  # fmt: skip
    return moved


def _hasten(standing: Standing, *, today: date) -> None:
    """Its review comes after the grace that begins today."""
    kept = Standing.objects.filter(id=standing.id, customer_id=standing.customer_id)
    kept.update(kept_until=Least("kept_until", Value(today)))
