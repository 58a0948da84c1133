"""Tiers with a past: who came from a lower one, and whose time is over and waits for the review."""

from __future__ import annotations

from datetime import datetime, timedelta

from clientela.flows.demo.mark import DEMO
from clientela.loyalty.models import Standing, Tier
from clientela.platform import transactions

AMONG_MAX = 120
CAME, ROSE = timedelta(days=400), timedelta(days=90)


def play(ladder: str, *, now: datetime) -> None:
    """Every third of some came from the lowest tier, and every seventh is due for review."""
    standings = Standing.objects.filter(tier_set=ladder)
    lowest = Tier.objects.filter(tier_set=ladder).order_by("threshold").first()
    if lowest is None or standings.filter(ends_at__isnull=False).exists():
        return
    listed = list(standings.order_by("customer_id")[:AMONG_MAX])
    rose = [one for one in listed[::3] if one.tier_id != lowest.id]
    with transactions.open():
        standings.filter(id__in=[one.id for one in rose]).update(starts_at=now - ROSE)
        Standing.objects.bulk_create(
            Standing(
                customer_id=one.customer_id, tier_set_id=ladder, tier=lowest,
                starts_at=now - CAME, ends_at=now - ROSE, kept_until=now.date(),
                measured=lowest.threshold, decided_by=DEMO.id,
            )
            for one in rose
        )  # fmt: skip
        due = [one.id for one in listed[1::7]]
        last = now.date().replace(day=1) - timedelta(days=1)
        standings.filter(id__in=due, ends_at=None).exclude(id__in=[one.id for one in rose]).update(
            starts_at=now - CAME, kept_until=last
        )
