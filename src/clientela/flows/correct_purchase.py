"""A purchase is called off, or put right: further entries that name it, never an edit of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import queries as customers
from clientela.customers.queries import Reference
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.record_purchases import Bought, Outcome, record_purchases
from clientela.flows.return_purchase import Returned, return_purchase
from clientela.platform import transactions
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.purchases import queries as purchases
from clientela.purchases.actions import NewLine, NewReturn, ReturnedLine
from clientela.purchases.models import Line, Purchase, Return

REASON_LENGTH_MAX = 500


class NothingLeft(Problem):
    code = "nothing-left"
    status = 409
    title = "Nothing is left of this purchase"


@dataclass(frozen=True, slots=True)
class Corrected:
    """What was taken back, and what was recorded besides; either may be missing."""

    less: Returned | None
    more: Outcome | None


@transactions.retried
def cancel_purchase(
    purchase_id: UUID, *, reference: str, source: str = "", reason: str = "",
    cancelled_at: datetime, actor: Actor, now: datetime, request: str = "",
) -> Returned:  # fmt: skip
    """All that is left of it comes back, line by line; the same again changes nothing."""
    with transactions.open():
        purchase = _seen(purchase_id)
        new = NewReturn(
            source=source or purchase.source, reference=reference, returned_at=cancelled_at,
            kind=Return.Kind.CANCELLATION, reason=_reason(reason), **_all_that_is_left(purchase),
        )  # fmt: skip
        known = purchases.known("return", [(new.source, new.reference)])
        if not known and purchase.returned_minor >= purchase.total_minor > 0:
            raise NothingLeft
        return return_purchase(new, purchase_id=purchase.id, actor=actor, now=now, request=request)


@transactions.retried
def correct_purchase(
    purchase_id: UUID, *, reference: str, reason: str = "", total_minor: int | None = None,
    quantities: Sequence[tuple[int, int]] = (), added: Sequence[NewLine] = (), at: datetime,
    actor: Actor, now: datetime, request: str = "",
) -> Corrected:  # fmt: skip
    """Put a purchase right. Either `total_minor`, what it was truly worth; or `quantities`, what
    was truly bought of its lines in thousandths, and `added`, lines that were left out.

    Less is given back as an amendment, more is another purchase that names this one, so that every
    programme gets the difference and nothing else.
    """
    with transactions.open():
        purchase = _seen(purchase_id)
        less: dict[str, Any] | None = None
        more: Outcome | None = None
        if total_minor is not None:
            difference = total_minor - (purchase.total_minor - purchase.returned_minor)
            if difference < 0:
                less = {"amount_minor": -difference}
            added, extra = (), max(difference, 0)
        else:
            wanted = _less(purchase, quantities)
            less = {"lines": wanted} if wanted else None
            extra = sum(line.total_minor for line in added)
        by: dict[str, Any] = {"actor": actor, "now": now, "request": request}
        taken = None
        if less is not None:
            new = NewReturn(purchase.source, reference, at, kind=Return.Kind.AMENDMENT,
                            reason=_reason(reason), **less)  # fmt: skip
            taken = return_purchase(new, purchase_id=purchase.id, keeps_points=extra > 0, **by)
        if extra:
            more = _more(purchase, reference, extra, tuple(added), by)
    return Corrected(taken, more)


def _more(
    purchase: Purchase, reference: str, extra: int, added: tuple[NewLine, ...], by: dict[str, Any]
) -> Outcome:
    bought = Bought(
        source=purchase.source, reference=f"{reference}+",
        customer=Reference("id", str(purchase.customer_id)), purchased_at=purchase.purchased_at,
        total_minor=extra, currency=purchase.currency, channel=purchase.channel,
        place=purchase.place, lines=added, till=purchase.till, staff=purchase.staff,
        amends=purchase.id,
    )  # fmt: skip
    [outcome] = record_purchases([bought], **by)
    if outcome.error is not None:
        raise outcome.error
    if outcome.state == "new":
        told = Happening("purchase.amended", purchase.purchased_at, outcome.customer_id,
                         purchase.public_id,
                         {"minor": extra, "currency": purchase.currency})  # fmt: skip
        events.emit([told], **by)
    return outcome


def _less(purchase: Purchase, quantities: Sequence[tuple[int, int]]) -> tuple[ReturnedLine, ...]:
    lines = {line.line_no: line for line in purchases.lines_of([purchase])}
    found = []
    for place, (number, truly) in enumerate(quantities):
        line = lines.get(number)
        if line is None:
            raise InvalidInput(f"There is no line {number}.", field=f"lines.{place}.line")
        left = _left(line) - truly
        if left < 0:
            raise InvalidInput("More than was recorded goes into `added`.",
                               field=f"lines.{place}.quantity")  # fmt: skip
        if left:
            found.append(ReturnedLine(number, left))
    return tuple(found)


def _all_that_is_left(purchase: Purchase) -> dict[str, Any]:
    lines = purchases.lines_of([purchase])
    if not lines:
        return {"amount_minor": purchase.total_minor - purchase.returned_minor}
    left = tuple(ReturnedLine(line.line_no, None) for line in lines if _left(line) > 0)
    return {"lines": left} if left else {"amount_minor": 0}


def _left(line: Line) -> int:
    return line.quantity_milli - line.quantity_returned_milli


def _seen(purchase_id: UUID) -> Purchase:
    purchase = purchases.locked(purchase_id)
    if not customers.is_seen(purchase.customer_id):
        raise purchases.NoSuchPurchase
    return purchase


def _reason(given: str) -> str:
    if len(given) > REASON_LENGTH_MAX:
        raise InvalidInput("This is too long.", field="reason")
    return given
