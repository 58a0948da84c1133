"""Ladders: defined, climbed when a purchase crosses a threshold, reviewed after a period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from clientela.loyalty.actions import programme
from clientela.loyalty.models import Currency, Standing, Tier, TierSet
from clientela.loyalty.queries import tiers as queries
from clientela.loyalty.queries.tiers import Review
from clientela.loyalty.rules import tiers as rules
from clientela.loyalty.rules.tiers import StepUp, Window
from clientela.platform import money, periods, text
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

THRESHOLD_MAX = 10**12
KNOWN = {"key", "labels", "benefits", "threshold", "factor"}
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moved:
    """A customer came to stand elsewhere: on `tier`, or (when `is_lost`) no longer on it."""

    customer_id: UUID
    tier: Tier
    measured: int
    moved_at: datetime
    is_lost: bool = False


@needs_transaction
def define(body: Mapping[str, Any], *, currency: Currency, actor: Actor, now: datetime) -> TierSet:
    """A ladder with its tiers, by key; the same text again changes nothing.

    {"key", "labels", "measure", "currency", "window", "tiers": [{"key", "labels", "benefits",
    "threshold", "factor"}]}. A factor is published as a rule; purchases keep the version they had.
    """
    measure, code = body.get("measure", "points"), body.get("currency", "")
    if measure not in TierSet.Measure.values:
        raise InvalidInput("A ladder measures points or spend.", field="ladder.measure")
    if measure == TierSet.Measure.SPEND and code not in money.CURRENCIES:
        raise InvalidInput("Say in which currency spending counts.", field="ladder.currency")
    window = body.get("window", "rolling")
    if window not in TierSet.Window.values:
        raise InvalidInput("The window is rolling or calendar.", field="ladder.window")
    ladder, _ = TierSet.objects.update_or_create(
        key=body["key"],
        defaults={"currency": currency, "labels": dict(body.get("labels", {})),
                  "measure": measure, "money_code": code if measure == "spend" else "",
                  "time_window": window},
    )  # fmt: skip
    listed = body.get("tiers", [])
    _drop(ladder, keep={str(one.get("key")) for one in listed})
    for place, one in enumerate(listed):
        _define_tier(ladder, one, f"ladder.tiers.{place}", actor=actor, now=now)
    return ladder


def _drop(ladder: TierSet, *, keep: set[str]) -> None:
    gone = ladder.tiers.exclude(key__in=keep)
    for tier in gone:
        if Standing.objects.filter(tier=tier).exists():
            raise InvalidInput(f"Customers stand or stood on {tier.key}.", field="ladder.tiers")
    gone.delete()


def _define_tier(
    ladder: TierSet, one: Mapping[str, Any], field: str, *, actor: Actor, now: datetime
) -> None:
    if unknown := set(one) - KNOWN:
        raise InvalidInput("This is not known of a tier.", field=f"{field}.{min(unknown)}")
    labels, threshold = dict(one.get("labels", {})), one.get("threshold")
    if not text.clean(str(labels.get("en", ""))):
        raise InvalidInput("Name the tier in English at least.", field=f"{field}.labels")
    if not isinstance(threshold, int) or not 0 < threshold <= THRESHOLD_MAX:
        raise InvalidInput("A threshold is a whole number above 0.", field=f"{field}.threshold")
    factor = _factor(one.get("factor", "1"), field)
    rule = None
    if factor != 1:
        version = programme.publish(
            currency=ladder.currency, key=f"tier-{one['key']}", labels=_named(labels, factor),
            body={"earn": "factor", "num": factor.numerator, "den": factor.denominator},
            actor=actor, now=now,
        )  # fmt: skip
        rule = version.rule
    Tier.objects.update_or_create(
        tier_set=ladder, key=one["key"],
        defaults={"labels": labels, "benefits": dict(one.get("benefits", {})),
                  "threshold": threshold, "factor_rule": rule},
    )  # fmt: skip


def _factor(written: Any, field: str) -> Fraction:
    try:
        factor = Fraction(str(written))
    except (ValueError, ZeroDivisionError):
        factor = Fraction(0)
    if not 0 < factor <= 100:
        raise InvalidInput('Write a factor such as "1.5" or "3/2".', field=f"{field}.factor")
    return factor


def _named(labels: Mapping[str, str], factor: Fraction) -> dict[str, str]:
    """`Gold × 1.5`, with the decimal mark of each language."""
    exact = factor.denominator in (1, 2, 4, 5, 10, 20, 100)
    shown = f"{float(factor):g}" if exact else f"{factor.numerator}/{factor.denominator}"
    return {
        language: f"{name} × {shown.replace('.', money.DECIMAL_MARKS.get(language, '.'))}"
        for language, name in labels.items()
    }


@needs_transaction
def rise(
    crossed: Mapping[UUID, UUID | None], *, ladder: TierSet, zone: ZoneInfo, actor: Actor,
    now: datetime,
) -> list[Moved]:  # fmt: skip
    """Raise whoever reaches a higher tier now; `crossed`: customer -> the purchase that may have
    done it. Nobody is lowered here.
    """
    today, window = periods.day_of(now, zone), cast(Window, ladder.time_window)
    climbing = queries.climbing(
        crossed, ladder=ladder.key, now=now,
        since=periods.local_midnight(rules.first_day(window, today), zone),
    )  # fmt: skip
    if not climbing:
        return []
    steps = ladder.tiers.in_bulk()
    Standing.objects.filter(
        tier_set=ladder, ends_at=None, customer_id__in=[one.customer_id for one in climbing]
    ).update(ends_at=now)
    Standing.objects.bulk_create(
        [
            Standing(
                customer_id=one.customer_id, tier_set=ladder, tier_id=one.tier_id, starts_at=now,
                kept_until=rules.kept_until(window, today), measured=one.measured,
                purchase_id=crossed.get(one.customer_id), decided_by=actor.id,
            )
            for one in climbing
        ],
        ignore_conflicts=True,  # somebody else's purchase raised them at this very moment
    )  # fmt: skip
    return [
        Moved(one.customer_id, steps[one.tier_id], one.measured, now) for one in climbing
    ]  # fmt: skip


@needs_transaction
def review(due: Iterable[Review], *, ladder: TierSet, zone: ZoneInfo, actor: Actor) -> list[Moved]:
    """Decide standings whose time is over by what was measured in their last period: kept on, or
    lowered from the midnight that ended it.
    """
    steps = {tier.id: tier for tier in ladder.tiers.all()}
    moved = []
    for one in due:
        to = decided(one, steps.values())
        following = rules.kept_until(cast(Window, ladder.time_window), one.kept_until)
        if to == one.tier_id:
            Standing.objects.filter(id=one.standing_id, customer_id=one.customer_id).update(
                kept_until=following, measured=one.measured
            )
            continue
        moved += _move(one, to, steps, ladder=ladder, ends_at=ends_at(one.kept_until, zone),
                       following=following, actor=actor)  # fmt: skip
    return moved


def decided(one: Review, steps: Iterable[Tier]) -> int | None:
    """The tier a review leads to: the one the figure reaches, whichever that is."""
    found = rules.tier_for([StepUp(tier.id, tier.threshold) for tier in steps], one.measured)
    return found.tier_id if found else None


def ends_at(kept_until: date, zone: ZoneInfo) -> datetime:
    return periods.local_midnight(kept_until + DAY, zone)


def _move(
    one: Review, to: int | None, steps: Mapping[int, Tier], *, ladder: TierSet, ends_at: datetime,
    following: date, actor: Actor,
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
    """A tier that was reached by a purchase which came back is computed anew at once."""
    moved = []
    standings = Standing.objects.select_related("tier_set__currency__programme", "tier").filter(
        customer_id=customer_id, purchase_id=purchase_id, ends_at=None
    )
    for standing in standings:
        ladder = standing.tier_set
        zone = ZoneInfo(ladder.currency.programme.time_zone)
        one = queries.measured_now(standing, zone=zone, now=now)
        steps = {tier.id: tier for tier in ladder.tiers.all()}
        to = decided(one, steps.values())
        if to is None or steps[to].threshold < standing.tier.threshold:
            moved += _move(one, to, steps, ladder=ladder, ends_at=now,
                           following=standing.kept_until, actor=actor)  # fmt: skip
    return moved
