"""Rates of exchange are recorded, and purchases that waited for them earn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import (
    baskets,
    crossings,
    earning_facts,
    exchange,
    points_in_time,
    purchases_told,
    review_tiers,
)
from clientela.loyalty.actions import earning
from clientela.loyalty.actions import rates as actions
from clientela.loyalty.actions.earning import Basis
from clientela.loyalty.actions.rates import NewRate
from clientela.loyalty.models import RateWanted
from clientela.loyalty.queries import ledger
from clientela.loyalty.queries.ledger import Earned, Scheme
from clientela.platform import ids, transactions
from clientela.platform.http.actors import Actor
from clientela.purchases import queries as purchases
from clientela.staff import company as companies

SLICE = 500


class Recorded(NamedTuple):
    """For each rate whether it is new; how many purchases earned by them at last, and whether more
    of them follow.
    """

    fresh: list[bool]
    earned: int = 0
    more: bool = False


class Late(NamedTuple):
    """How many waited no longer, and how many of them earned something."""

    looked_at: int
    earned: int


@transactions.retried
def record_rates(
    batch: Sequence[NewRate], *, source: str = "", actor: Actor, now: datetime, request: str = ""
) -> Recorded:
    """Into the money of the company. What purchases earned before stays, with the rate it was
    computed by; those that waited for a rate earn now, a slice at once and the others by the
    worker.
    """
    from clientela.flows.jobs_of_points import earn_late

    home = companies.current().currency
    with transactions.open():
        fresh = actions.record(batch, home=home, source=source, actor=actor, now=now)
        if not any(fresh):
            return Recorded(fresh)
        told = Happening("rates.recorded", now, None, "", {"rates": sum(fresh)})
        events.emit([told], actor=actor, now=now, request=request)
        late = earn_waiting(actor=actor, now=now, request=request)
        more = late.looked_at == SLICE
        if more:
            earn_late.defer(since=int(now.timestamp()))
    return Recorded(fresh, late.earned, more)


@transactions.retried
def earn_waiting(*, actor: Actor, now: datetime, request: str = "") -> Late:
    """One slice of purchases that waited for a rate and have one now: what is left of each after
    its returns earns as if it were recorded today, once. One transaction.
    """
    company = companies.current()
    with transactions.open():
        schemes = ledger.schemes() if company.is_on("loyalty") else []
        waiting = actions.come([one.currency_id for one in schemes], limit=SLICE)
        bases = _bases(waiting, schemes)
        gains: dict[UUID, tuple[Earned, ...]] = defaultdict(tuple)
        points: dict[int, int] = {}
        for scheme in schemes:
            mine = {one.purchase_id: one.pk for one in waiting
                    if one.currency_id == scheme.currency_id}  # fmt: skip
            own = [basis for basis in bases if basis.purchase_id in mine]
            for earned in _earn(own, scheme, actor=actor, now=now):
                assert earned.purchase_id is not None
                gains[earned.purchase_id] += (earned,)
                points[mine[earned.purchase_id]] = earned.points
        actions.end(waiting, points, now=now)
        _follow(bases, gains, schemes, actor=actor, now=now, request=request)
    return Late(len(waiting), len(gains))


def _bases(waiting: Sequence[RateWanted], schemes: Sequence[Scheme]) -> list[Basis]:
    """What is left of the purchases, with the rates of their days."""
    bought = purchases.by_ids({one.purchase_id for one in waiting})
    left = baskets.of_many(bought, baskets.paths()) if bought else []
    bases = [
        Basis(one.id, one.customer_id, one.purchased_at, basket.minor, one.currency, one.id.bytes,
              one.channel, basket)
        for one, basket in zip(bought, left, strict=True) if basket.minor > 0
    ]  # fmt: skip
    return exchange.with_rates(bases, schemes) if bases else []


def _earn(own: Sequence[Basis], scheme: Scheme, *, actor: Actor, now: datetime) -> list[Earned]:
    if not own:
        return []
    company = companies.current()
    answers = earning_facts.answers(own, [scheme], company=company, now=now)
    if scheme.has_crossings:
        own, answers = crossings.lifted(own, [scheme], answers, company=company, now=now)
    return earning.earn_for(own, actor=actor, now=now, schemes=[scheme], answers=answers)


def _follow(
    bases: Sequence[Basis], gains: dict[UUID, tuple[Earned, ...]], schemes: Sequence[Scheme], *,
    actor: Actor, now: datetime, request: str,
) -> None:  # fmt: skip
    """What follows earning: lives, tiers, the log."""
    done = [(basis, basis.purchase_id) for basis in bases if basis.purchase_id in gains]
    if not done:
        return
    turned = points_in_time.after_earning(
        [(basis.customer_id, basis.occurred_at) for basis, _ in done],
        schemes=schemes, actor=actor, now=now,
    )  # fmt: skip
    risen = review_tiers.after_purchases(
        [(basis.customer_id, id, basis.occurred_at) for basis, id in done if id is not None],
        schemes=schemes, earned=gains, actor=actor, now=now,
    )  # fmt: skip
    told = purchases_told.earned(
        (basis.customer_id, basis.occurred_at, ids.public("pur", id), gain)
        for basis, id in done if id is not None for gain in gains[id]
    )  # fmt: skip
    events.emit([*turned, *risen], before=[told], actor=actor, now=now, request=request)
