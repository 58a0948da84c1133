"""A purchase is paid, in part, with what the customer has here: recorded and paid in one go.

First it earns, then it is paid: points of the same purchase can be used on it. If either fails,
neither happened; a repeat pays nothing again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.flows import gift_cards, pay_with_money, pay_with_points, points, share_points
from clientela.flows.pay_with_money import MoneyPlan, MoneyWish
from clientela.flows.pay_with_points import Plan, Wish
from clientela.flows.points import Explained
from clientela.flows.record_purchases import Bought, Outcome, record_purchases
from clientela.flows.told_points import expired_happenings
from clientela.loyalty.actions import till
from clientela.loyalty.actions.purses import CardUnknown
from clientela.loyalty.actions.till import Payment
from clientela.loyalty.models import TillPayment
from clientela.loyalty.queries.ledger import Earned
from clientela.loyalty.queries.pools import Sharing
from clientela.loyalty.rules.discounts import TENDERS
from clientela.platform import transactions
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.purchases import queries as purchases
from clientela.purchases.actions import ReferenceTaken
from clientela.staff import company as companies

WISHES_MAX = 10


@dataclass(frozen=True, slots=True)
class Sale:
    """A purchase, and with what of the customer's it is to be paid."""

    bought: Bought
    wishes: tuple[Wish | MoneyWish, ...] = ()


@dataclass(frozen=True, slots=True)
class Sold:
    """What became of it, and what was paid how."""

    outcome: Outcome
    payments: list[TillPayment] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SaleQuote:
    """What a purchase would earn in each kind of points and why, and what would pay for it;
    `earned` says what could be used afterwards.
    """

    customer_id: UUID
    currencies: tuple[Explained, ...]
    payments: list[TillPayment]
    earned: tuple[Earned, ...]


@transactions.retried
def record_sales(
    batch: Sequence[Sale], *, actor: Actor, now: datetime, request: str = ""
) -> list[Sold]:
    """As `record_purchases`, in their order. One that cannot be paid as was asked is refused alone,
    and nothing of it happened.
    """
    if not any(sale.wishes for sale in batch):
        bought = [sale.bought for sale in batch]
        return [
            Sold(one) for one in record_purchases(bought, actor=actor, now=now, request=request)
        ]
    plain = [place for place, sale in enumerate(batch) if not sale.wishes]
    sold: dict[int, Sold] = {}
    with transactions.open():
        outcomes = record_purchases(
            [batch[place].bought for place in plain], actor=actor, now=now, request=request
        )
        sold.update(zip(plain, map(Sold, outcomes), strict=True))
        for place, sale in enumerate(batch):
            if sale.wishes:
                sold[place] = _tried(sale, actor=actor, now=now, request=request)
    return [sold[place] for place in range(len(batch))]


@transactions.retried
def quote_sale(sale: Sale, *, actor: Actor, now: datetime) -> SaleQuote:
    """What a purchase would earn and what would pay for it: recorded as it is, and taken back.
    Refuses whatever recording it would refuse.
    """
    try:
        return transactions.tried(_quoted, sale, actor=actor, now=now)
    except CardUnknown:
        gift_cards.not_found(actor=actor, now=now)
        raise


def _quoted(sale: Sale, *, actor: Actor, now: datetime) -> SaleQuote:
    sold = _sell(sale, actor=actor, now=now, request="")
    outcome = sold.outcome
    assert outcome.id is not None
    told = points.why_purchase(purchases.get(outcome.id), now=now)
    assert outcome.customer_id is not None
    return SaleQuote(outcome.customer_id, tuple(told), sold.payments, outcome.earned)


def _tried(sale: Sale, *, actor: Actor, now: datetime, request: str) -> Sold:
    reference = sale.bought.reference
    try:
        with transactions.open():
            return _sell(sale, actor=actor, now=now, request=request)
    except Problem as refused:
        if refused.status >= 500:
            raise
        if isinstance(refused, CardUnknown):
            gift_cards.not_found(actor=actor, now=now)
        return Sold(Outcome("refused", reference, error=refused))


def _sell(sale: Sale, *, actor: Actor, now: datetime, request: str) -> Sold:
    """Under the lock of the customer's accounts, so that of two that come at once the second sees
    what the first did.
    """
    bought = sale.bought
    _check(sale)
    family = customers.family_of(customers.the_one(bought.customer).survivor)
    turns, sharing = share_points.settled_for(family, _currencies(sale), actor=actor, now=now)
    events.emit(expired_happenings(turns), actor=actor, now=now, request=request)
    if before := purchases.known("purchase", [(bought.source, bought.reference)]):
        return _again(sale, before[0][0], actor=actor, now=now, request=request)
    plans = _planned(sale, family, actor=actor, now=now)
    tenders = _with(bought, [(one.means, one.minor) for one in plans])
    [outcome] = record_purchases([tenders], actor=actor, now=now, request=request)
    if outcome.error is not None:
        raise outcome.error
    assert outcome.id is not None
    paid = _paid(
        plans, family, sharing, outcome, bought.purchased_at, actor=actor, now=now, request=request
    )
    assert outcome.customer_id is not None
    noted = till.note(paid, customer_id=outcome.customer_id, purchase_id=outcome.id, now=now)
    return Sold(_left(outcome, noted), noted)


def _texts(wishes: Sequence[Wish | MoneyWish]) -> list[str]:
    return list(dict.fromkeys(wish.text() for _place, wish in _in_turn(wishes)))


def _currencies(sale: Sale) -> set[int]:
    """The kinds of points it is to be paid with."""
    return {pay_with_points.rate(one).currency_id for one in sale.wishes if isinstance(one, Wish)}


def _left(outcome: Outcome, payments: Sequence[TillPayment]) -> Outcome:
    """With what can be used after the points were taken; those of others were not theirs."""
    assert outcome.customer_id is not None
    used = till.taken_from(outcome.customer_id, payments)
    earned = (
        one._replace(balance=one.balance - used.get(one.currency, 0)) for one in outcome.earned
    )
    return outcome._replace(earned=tuple(earned))


def _check(sale: Sale) -> None:
    if sale.bought.fault is not None:
        raise sale.bought.fault
    if not companies.current().is_on("loyalty"):
        raise InvalidInput("Nothing can be paid with here.", field="payments")
    if len(sale.wishes) > WISHES_MAX:
        raise InvalidInput(f"A purchase is paid by {WISHES_MAX} means at most.", field="payments")


def _again(sale: Sale, purchase_id: UUID, *, actor: Actor, now: datetime, request: str) -> Sold:
    """The same purchase again: what was paid stands. Paid otherwise, it is another one."""
    payments = till.of_purchase(purchase_id)
    if list(dict.fromkeys(one.wish for one in payments)) != _texts(sale.wishes):
        raise ReferenceTaken(
            f"{sale.bought.source} {sale.bought.reference} is recorded with other payments.",
            field="payments",
        )
    tenders = _with(sale.bought, [(one.means, one.minor) for one in payments])
    [outcome] = record_purchases([tenders], actor=actor, now=now, request=request)
    return Sold(outcome, payments)


def _with(bought: Bought, more: Sequence[tuple[str, int]]) -> Bought:
    """The purchase with what was paid by which means."""
    sums = dict(bought.tenders)
    for means, minor in more:
        sums[str(means)] = sums.get(str(means), 0) + minor
    return bought._replace(tenders=tuple(sorted(one for one in sums.items() if one[1])))


def _planned(
    sale: Sale, family: Sequence[UUID], *, actor: Actor, now: datetime
) -> list[Plan | MoneyPlan]:
    """Gift cards first, then the wallet, then points, each of what is still due."""
    bought = sale.bought
    due = bought.total_minor - sum(minor for _means, minor in bought.tenders)
    used: Counter[int] = Counter()
    plans: list[Plan | MoneyPlan] = []
    for place, wish in _in_turn(sale.wishes):
        at = f"payments.{place}"
        if isinstance(wish, MoneyWish):
            plan: Plan | MoneyPlan = pay_with_money.plan(
                wish, family, due_minor=due, currency=bought.currency, actor=actor, now=now,
                field=at,
            )  # fmt: skip
        else:
            plan = pay_with_points.plan(
                wish, family, due_minor=due, total_minor=bought.total_minor,
                currency=bought.currency, used=used, now=now, field=at,
            )  # fmt: skip
            used[plan.reward.currency_id] += plan.points
        due -= plan.minor
        plans.append(plan)
    return plans


def _in_turn(wishes: Sequence[Wish | MoneyWish]) -> list[tuple[int, Wish | MoneyWish]]:
    return sorted(enumerate(wishes), key=lambda one: (TENDERS.index(one[1].means), one[0]))


def _paid(
    plans: Sequence[Plan | MoneyPlan], family: Sequence[UUID], sharing: Mapping[int, Sharing],
    outcome: Outcome, at: datetime, *, actor: Actor, now: datetime, request: str,
) -> list[Payment]:  # fmt: skip
    by: dict[str, Any] = {"actor": actor, "now": now, "request": request}
    paid: list[Payment] = []
    for number, plan in enumerate(plans, start=1):
        if isinstance(plan, MoneyPlan):
            paid += pay_with_money.take(plan, purchase=outcome, number=number, at=at, **by)
        else:
            shared = sharing.get(plan.reward.currency_id)
            paid.append(
                pay_with_points.take(plan, family, sharing=shared, purchase=outcome, at=at, **by)
            )
    return paid
