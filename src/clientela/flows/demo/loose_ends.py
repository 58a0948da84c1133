"""What is still open in the demo company's points: set aside for orders elsewhere, and points that
returns could not take back.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from clientela.customers.queries import Reference
from clientela.flows import decide_clawback, hold_points
from clientela.flows.demo.mark import DEMO, SOURCE
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.return_purchase import return_purchase
from clientela.loyalty.actions.cash import AlreadyDecided
from clientela.loyalty.actions.redeeming import NotEnoughPoints
from clientela.loyalty.models import Hold, Posting
from clientela.purchases.actions import NewReturn

WEBSHOP = "webshop"
HELD, HELD_MINUTES = 60, 10 * 24 * 60
SALE_MINOR = 1_480_000  # a fitted kitchen: more points than a debt may be
BOUGHT_DAYS_AGO = 4
RETURNED = 2


def play(cast: Sequence[UUID], *, now: datetime) -> None:
    """One order waits; two sales came back after their points were set aside for an order, and one
    of these is decided.
    """
    for customer in cast:
        with suppress(NotEnoughPoints):
            _held(customer, HELD, "web-4711", now=now - timedelta(hours=5))
            break
    for number, customer in enumerate(cast[-RETURNED:]):
        _bought_and_returned(customer, f"kitchen-{number}", now=now)
    with suppress(AlreadyDecided):
        for posting in Posting.objects.filter(
            customer_id__in=cast[-1:], kind=Posting.Kind.REVERSE, forgiven__gt=0
        ):
            decide_clawback.let_go(posting.pk, reason="Pasūtījums jau bija nosūtīts", actor=DEMO,
                                   now=now - timedelta(hours=2))  # fmt: skip


def _bought_and_returned(customer: UUID, name: str, *, now: datetime) -> None:
    """A sale whose points were set aside when it came back: what a debt does not hold is let go."""
    at = now - timedelta(days=BOUGHT_DAYS_AGO)
    sale = Bought(
        source=SOURCE, reference=name, customer=Reference("id", str(customer)), purchased_at=at,
        total_minor=SALE_MINOR, currency="EUR", channel="store", place="riga-1",
    )  # fmt: skip
    [sold] = record_purchases([sale], actor=DEMO, now=at)
    assert sold.id is not None
    points = sum(one.points for one in sold.earned[:1])
    held = _held(customer, points, f"order-{name}", now=at + timedelta(hours=1))
    back = NewReturn(SOURCE, f"{name}-back", now - timedelta(days=1), amount_minor=SALE_MINOR)
    return_purchase(back, purchase_id=sold.id, actor=DEMO, now=back.returned_at)
    hold_points.release_hold(held.id, actor=DEMO, now=now - timedelta(hours=6))


def _held(customer: UUID, points: int, reference: str, *, now: datetime) -> Hold:
    wanted = hold_points.Wanted(
        Reference("id", str(customer)), points, HELD_MINUTES, source=WEBSHOP, reference=reference
    )
    return hold_points.hold_points(wanted, actor=DEMO, now=now).hold
