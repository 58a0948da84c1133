"""Payments at the till out of what a customer has here; and what goes back of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from clientela.loyalty.models import Entry, Posting, Purse, Redemption, TillPayment, TillRefund
from clientela.loyalty.rules import shares
from clientela.loyalty.rules.shares import Order, Paid
from clientela.platform.transactions import needs_transaction

By = TillPayment.By


@dataclass(frozen=True, slots=True)
class Payment:
    """What was paid by one means, or `why` nothing was."""

    means: str
    wish: str
    minor: int
    money_code: str
    points: int = 0
    why: str = ""
    redemption: Redemption | None = None
    purse: Purse | None = None


@dataclass(frozen=True, slots=True)
class Back:
    """What of a payment goes back with one return; `is_last`: nothing is left of it then."""

    payment: TillPayment
    minor: int
    points: int
    is_last: bool


@needs_transaction
def note(
    payments: Sequence[Payment], *, customer_id: UUID, purchase_id: UUID, now: datetime
) -> list[TillPayment]:
    """Write down what a purchase was paid with."""
    return TillPayment.objects.bulk_create(
        TillPayment(
            customer_id=customer_id, purchase_id=purchase_id, number=number, means=one.means,
            wish=one.wish, points=one.points, minor=one.minor, money_code=one.money_code,
            why=one.why, redemption=one.redemption, paid_at=now,
            purse_id=one.purse.id if one.purse else None,
        )
        for number, one in enumerate(payments, start=1)
    )  # fmt: skip


def of_purchase(purchase_id: UUID) -> list[TillPayment]:
    found = TillPayment.objects.filter(purchase_id=purchase_id).select_related(
        "redemption__currency"
    )
    return list(found.order_by("number"))


def taken_from(customer_id: UUID, payments: Sequence[TillPayment]) -> dict[str, int]:
    """Points of their own that paid, by currency; others may have paid the rest."""
    keys = [str(one.redemption_id) for one in payments if one.redemption_id]
    if not keys:
        return {}
    postings = dict(Posting.objects.filter(
        customer_id=customer_id, source="redemption", key__in=keys, kind=Posting.Kind.REDEEM
    ).values_list("id", "currency__code"))  # fmt: skip
    found: Counter[str] = Counter()
    for entry in Entry.objects.filter(customer_id=customer_id, posting_id__in=list(postings)):
        found[postings[entry.posting_id]] += entry.amount
    return found


def going_back(
    payments: Sequence[TillPayment], *, total_minor: int, returned_minor: int
) -> list[Back]:
    """What goes back of each, when so much of the purchase has come back in all; what went back
    before does not go again.
    """
    found = []
    due = shares.back([_paid(one) for one in payments], total=total_minor, returned=returned_minor)
    for one, all_of_it in zip(payments, due, strict=True):
        minor, points = _gone(one)
        more = max(0, all_of_it.minor - minor), max(0, all_of_it.points - points)
        if any(more):
            found.append(Back(one, *more, is_last=points + more[1] >= one.points))
    return found


def points_left(payments: Sequence[TillPayment], *, total_minor: int, returned_minor: int) -> int:
    """What of the rest of a purchase is paid with points, in minor units."""
    paid = [_paid(one) for one in payments]
    mine = [one.means == By.POINTS for one in payments]
    whole = sum(one.minor for one, is_mine in zip(paid, mine, strict=True) if is_mine)
    if all(one.order is Order.PROPORTION for one in paid):
        return whole * (total_minor - returned_minor) // total_minor if total_minor else 0
    gone = shares.back(paid, total=total_minor, returned=returned_minor)
    return whole - sum(one.minor for one, is_mine in zip(gone, mine, strict=True) if is_mine)


def _paid(payment: TillPayment) -> Paid:
    made = payment.redemption
    order = Order(made.currency.part_back) if made is not None else Order.PROPORTION
    return Paid(payment.minor, payment.points, order)


@needs_transaction
def give_back(backs: Sequence[Back], *, return_id: UUID, now: datetime) -> None:
    TillRefund.objects.bulk_create(
        TillRefund(
            customer_id=one.payment.customer_id, payment=one.payment, return_id=return_id,
            points=one.points, minor=one.minor, booked_at=now,
        )
        for one in backs
    )  # fmt: skip


def _gone(payment: TillPayment) -> tuple[int, int]:
    """What went back of it so far: money and points."""
    sums = TillRefund.objects.filter(
        customer_id=payment.customer_id, payment=payment
    ).aggregate(minor=Sum("minor"), points=Sum("points"))  # fmt: skip
    return sums["minor"] or 0, sums["points"] or 0
