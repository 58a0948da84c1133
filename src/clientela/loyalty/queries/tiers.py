"""Who stands on which tier, who climbs, and whose time is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from clientela.customers import queries as customers
from clientela.loyalty.models import Standing, Tier, TierSet
from clientela.loyalty.rules import tiers as rules
from clientela.loyalty.rules.tiers import Window
from clientela.platform import periods, sql


@dataclass(frozen=True, slots=True)
class Climbing:
    """A customer whose figure reaches a higher tier than the one they stand on."""

    customer_id: UUID
    measured: int
    tier_id: int


@dataclass(frozen=True, slots=True)
class Review:
    """A standing whose time is over, and what was measured in its last period."""

    standing_id: UUID
    customer_id: UUID
    tier_id: int
    kept_until: date
    measured: int


def factors_at(
    moments: Sequence[tuple[UUID, datetime]], *, currency_id: int
) -> dict[int, list[int]]:
    """For each rule that multiplies for a tier, the places of the moments at which the customer
    stood on it.
    """
    rows = sql.statement("loyalty", "factors_at").rows(
        size=len(moments), currency_id=currency_id,
        **sql.columns(moments, ("customer_id", "occurred_at")),
    )  # fmt: skip
    found: dict[int, list[int]] = {}
    for rule_id, place in rows:
        found.setdefault(rule_id, []).append(place - 1)
    return found


def keys_at(moments: Sequence[tuple[UUID, datetime]]) -> list[frozenset[str]]:
    """On which tiers each customer stood at the moment."""
    rows = sql.statement("loyalty", "tiers_at").rows(
        size=len(moments), **sql.columns(moments, ("customer_id", "occurred_at"))
    )
    found: list[set[str]] = [set() for _ in moments]
    for place, key in rows:
        found[place - 1].add(key)
    return [frozenset(keys) for keys in found]


def ladders(currency_ids: Iterable[int] | None = None) -> list[TierSet]:
    """Ladders with what is needed to climb them."""
    found = TierSet.objects.select_related("currency__programme")
    return list(found if currency_ids is None else found.filter(currency_id__in=currency_ids))


def climbing(
    customer_ids: Iterable[UUID], *, ladder: str, since: datetime, now: datetime
) -> list[Climbing]:
    """Those of these customers who reach more than they stand on."""
    listed = list(customer_ids)
    many = len(listed) > sql.PREPARED_ROWS_MAX
    rows = sql.statement("loyalty", "climbing_many" if many else "climbing").rows(
        size=len(listed), customer_id=listed, ladder=ladder, since=since, now=now
    )
    return [Climbing(*row) for row in rows]


def due_for_review(
    *, ladder: TierSet, today: date, zone: ZoneInfo, limit: int, after: UUID | None = None
) -> list[Review]:
    """Standings kept until a day that has passed, in order of customers."""
    rows = sql.statement("loyalty", "reviews").rows(
        ladder=ladder.key, today=today, zone=str(zone), after=after, limit=limit
    )
    return [Review(*row) for row in rows]


def measured_now(standing: Standing, *, zone: ZoneInfo, now: datetime) -> Review:
    window = cast(Window, standing.tier_set.time_window)
    since = periods.local_midnight(rules.first_day(window, periods.day_of(now, zone)), zone)
    row = sql.execute(
        "SELECT loyalty_measured(%s, %s, %s, %s)",
        [
            customers.family_of(standing.customer_id),
            standing.tier_set_id,
            since,
            now + timedelta(days=1),
        ],
    ).fetchone()
    assert row is not None
    return Review(standing.id, standing.customer_id, standing.tier_id, standing.kept_until, row[0])


def members_after(after: UUID | None, *, currency_id: int, limit: int) -> list[UUID]:
    """Customers with an account of a currency, a slice in order."""
    rows = sql.execute(
        "SELECT DISTINCT customer_id FROM loyalty_account WHERE currency_id = %s"
        " AND (%s::uuid IS NULL OR customer_id > %s::uuid) ORDER BY customer_id LIMIT %s",
        [currency_id, after, after, limit],
    )
    return [id for (id,) in rows.fetchall()]


def steps_of(ladder: TierSet) -> list[Tier]:
    """The steps, lowest first, each with how many stand on it (`members`)."""
    counted = Count("standing", filter=Q(standing__ends_at=None))
    found = ladder.tiers.annotate(members=counted).select_related("factor_rule")
    return list(found.order_by("threshold"))
