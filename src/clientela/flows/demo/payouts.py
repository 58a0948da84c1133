"""Customers of the demo company whose cash is paid by itself, and who earned at a partner."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from clientela.customers.queries import Reference
from clientela.flows import cash_outs, earn_at_partner, partner_statements, standing_orders
from clientela.flows.demo import journeys
from clientela.flows.demo.mark import DEMO
from clientela.flows.earn_at_partner import Told
from clientela.flows.lay_out import POINTS
from clientela.loyalty.actions import standing_orders as actions
from clientela.loyalty.actions.cash import Payout
from clientela.loyalty.models import CashOut, Reward, StandingOrder
from clientela.loyalty.queries import rewards
from clientela.platform import periods, sql, transactions
from clientela.platform.http.actors import SYSTEM, Actor
from clientela.staff import company as companies

CASH = "cash"
QUIET_DAYS = 10
FIRST = 30  # those before them play the orders and coupons


def play(*, agent: Actor, boss: Actor, now: datetime) -> None:
    """Once: four customers want it, one without an account; the last midnight paid them."""
    reward = Reward.objects.filter(key=CASH, is_demo=True).first()
    if reward is None or StandingOrder.objects.exists():
        return
    wanted = now - timedelta(days=6)
    payouts = (Payout("wallet"), Payout("wallet"), Payout("bank", journeys.IBAN, "–"))
    customers = list(itertools.islice(_rich(reward, now=now), 4))
    for customer, payout in zip(customers, payouts, strict=False):
        standing_orders.give_order(
            Reference("id", str(customer)), CASH, payout, actor=agent, now=wanted
        )
    with transactions.open():
        for customer in customers[3:]:
            actions.give([customer], reward, way="bank", actor=agent, now=wanted)
    _run(now=now)
    asked = CashOut.objects.filter(customer_id__in=customers[:1], is_automatic=True).first()
    if asked is not None:
        cash_outs.decide_cash_out(asked.id, approved=True, actor=boss, now=now)


def _rich(reward: Reward, *, now: datetime) -> Iterator[UUID]:
    """Customers whose points reach what the reward names."""
    rows = sql.statement("flows", "demo_quiet").rows(
        before=now - timedelta(days=QUIET_DAYS), limit=FIRST * 2
    )
    for id, _points in rows:
        usable = rewards.available_to([id], now=now, for_cash=True)
        if usable.get(reward.currency_id, 0) >= reward.cash_terms["auto_points"]:
            yield id


def at_partners(*, now: datetime) -> None:
    """What some earned on the ferries in the last month and of late, one of it taken back; the last
    month is settled.
    """
    rows = sql.statement("flows", "demo_quiet").rows(
        before=now - timedelta(days=QUIET_DAYS), limit=FIRST + 12
    )
    people = [Reference("id", str(id)) for id, _points in rows[-9:]]
    last = (now.replace(day=1) - timedelta(days=1)).replace(day=15)
    for at, some in ((last, people[:6]), (now - timedelta(hours=5), people[6:])):
        told = [
            Told(who, f"BF-{at:%y%m}-{number:03}", 80 + 35 * number, at - timedelta(hours=3))
            for number, who in enumerate(some, start=1)
        ]
        earn_at_partner.earn_at_partner(journeys.FERRIES, told, actor=DEMO, now=at)
    if len(people) > 1:
        earn_at_partner.take_back_earning(
            journeys.FERRIES, f"BF-{last:%y%m}-002", cause="ticket returned", actor=DEMO,
            now=last + timedelta(days=1),
        )  # fmt: skip
    for partner in (journeys.FERRIES, journeys.MUSEUM):
        partner_statements.settle_month(partner, last.date(), actor=DEMO, now=now)


def _run(*, now: datetime) -> None:
    zone = companies.current().zone
    day = periods.day_of(now, zone)
    with transactions.open():
        standing_orders.pay_slice(
            POINTS["programme"], on=day, after="", actor=SYSTEM,
            at=periods.local_midnight(day, zone), now=now,
        )  # fmt: skip
