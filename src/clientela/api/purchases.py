"""Purchases and returns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt, StrictStr
from pydantic_core import to_json

from clientela.api.router import Doors
from clientela.api.types import (
    Body,
    Customer,
    HouseRequest,
    Instant,
    Minor,
    Money,
    Name,
    Quantity,
    Text,
    public_id,
    reference,
)
from clientela.customers.queries import Reference
from clientela.flows.pay_with_money import MoneyWish
from clientela.flows.pay_with_points import Wish
from clientela.flows.record_purchases import BATCH_ROWS_MAX, LINES_MAX, Bought
from clientela.flows.return_purchase import Returned, return_purchase
from clientela.flows.sell import WISHES_MAX, Sale, Sold, record_sales
from clientela.flows.whole_batches import taken
from clientela.loyalty.models import TillPayment
from clientela.platform import ids
from clientela.platform.errors import BatchTooLarge, InvalidInput, Problem
from clientela.purchases import queries as purchases
from clientela.purchases.actions import Covers, NewLine, NewReturn, ReturnedLine

doors = Doors(tags=["purchases"])
UNREADABLE = Reference("unreadable", "")


class CoversWhat(Body):
    """What a line that sells a cover is for; without it, the only thing in the basket."""

    line: Annotated[StrictInt, Field(ge=1)] | None = None
    serial: Text = ""
    months: Annotated[StrictInt, Field(ge=0, le=1_200)] | None = None


class Line(Body):
    """A position; its tax and discount are parts of what `total_minor` counts already.

    A reward, a gift card, a top-up, and what settles an earlier purchase on account earn no points.
    """

    product: Text = ""
    quantity: Annotated[Quantity, Field(validate_default=True)] = "1"  # type: ignore[assignment]
    total_minor: Minor
    tax_minor: Minor = 0
    discount_minor: Minor = 0
    serial: Text | None = None
    covers: CoversWhat | None = None
    kind: Literal["item", "reward", "gift_card", "top_up", "account"] = "item"
    tags: Annotated[list[Name], Field(max_length=20)] = []

    def covers_what(self) -> Covers | None:
        named = self.covers
        return None if named is None else Covers(named.line, named.serial, named.months)

    def new(self) -> NewLine:
        return NewLine(
            quantity_milli=self.quantity, total_minor=self.total_minor, product_code=self.product,
            tax_minor=self.tax_minor, discount_minor=self.discount_minor, serial=self.serial or "",
            covers=self.covers_what(), kind="" if self.kind == "item" else self.kind,
            tags=tuple(sorted({tag.lower() for tag in self.tags})),
        )  # fmt: skip


class PayBody(Body):
    """What of the customer's pays for it. Points: so many, exactly, or with `up_to` at most as
    many; without a number as many as can be used; `reward`: the rate, a reward of money off. A
    gift card by its `code` or the wallet: `minor`, or as much as there is.
    """

    means: Literal["points", "gift_card", "wallet"] = "points"
    points: Annotated[StrictInt, Field(ge=1, le=10**12)] | None = None
    up_to: StrictBool | None = None
    reward: Text = ""
    minor: Annotated[StrictInt, Field(ge=1, le=10**12)] | None = None
    code: Text = ""


class NewPurchase(Body):
    """`discount_minor` is off the whole of it, `delivery_minor` a part of it that no line has: the
    lines, less the one, with the other, are the total.
    """

    source: Name
    reference: Name
    customer: Customer
    purchased_at: Instant
    total: Money
    channel: Text = ""
    place: Text = ""
    till: Text = ""
    staff: Text = ""
    lines: Annotated[list[Line], Field(max_length=LINES_MAX)] = []
    discount_minor: Annotated[StrictInt, Field(ge=0, le=10**12)] = 0
    delivery_minor: Annotated[StrictInt, Field(ge=0, le=10**12)] = 0
    payments: Annotated[list[PayBody], Field(max_length=WISHES_MAX)] = []


class PurchaseBatch(Body):
    purchases: Annotated[list[NewPurchase], Field(min_length=1)]
    all_or_nothing: StrictBool = False


class Earned(Body):
    currency: str
    earned: int
    balance: int


class PaidAnswer(Body):
    """What was used; `why` nothing was."""

    means: str
    points: int
    money: Money
    redemption: str | None
    why: str | None


class PurchaseResult(Body):
    reference: str
    state: Literal["new", "repeated", "refused"]
    id: str | None
    customer: str | None
    points: list[Earned]
    covers: list[str]
    error: dict[str, Any] | None
    payments: list[PaidAnswer] = []
    merged_from: str | None = None


class Recorded(Body):
    new: int
    repeated: int
    refused: int
    results: list[PurchaseResult]


class LineBack(Body):
    line: Annotated[StrictInt, Field(ge=1)]
    quantity: Quantity | None = None


class Return(Body):
    """Either `amount` or `lines`; without either, all that is left of the purchase."""

    reference: Name
    returned_at: Instant
    source: Name | None = None
    reason: Text = ""
    amount: Money | None = None
    lines: Annotated[list[LineBack], Field(max_length=LINES_MAX)] = []


class PointsBack(Body):
    currency: str
    reversed: int
    debt: int
    forgiven: int
    balance: int


class ReturnRecorded(Body):
    id: str
    purchase: str
    state: Literal["new", "repeated"]
    amount: Money
    points: list[PointsBack]


@doors.write("POST", "/purchases", right="purchases.write", answer=Recorded,
             summary="Record purchases")  # fmt: skip
def create(request: HouseRequest, body: PurchaseBatch) -> bytes:
    """1 to 10,000 purchases in one transaction; a bad one is refused alone. One with `payments` is
    paid at once with what the customer has here: it earns first, then is paid. A repeat pays
    nothing again; what cannot be paid as asked refuses the purchase. With `all_or_nothing` a bad
    one refuses all, and `rows` of the error says which.
    """
    if len(body.purchases) > BATCH_ROWS_MAX:
        raise BatchTooLarge(f"Send at most {BATCH_ROWS_MAX} purchases at once.", field="purchases")
    batch = [sale_of(row, f"purchases.{place}.") for place, row in enumerate(body.purchases)]
    sold = taken(
        record_sales, batch, is_whole=body.all_or_nothing, fault_of=_fault_of, field="purchases",
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return to_json(_recorded(sold, request_id=request.request_id))


@doors.write("POST", "/purchases/{purchase_id}/returns", right="purchases.write",
             answer=ReturnRecorded, summary="Record a return")  # fmt: skip
def give_back(request: HouseRequest, purchase_id: StrictStr, body: Return) -> dict[str, Any]:
    """Money or goods given back of one purchase; points it no longer earns are taken back."""
    purchase = purchases.get(public_id("pur", purchase_id))
    if body.amount is not None and body.lines:
        raise InvalidInput("Send either an amount or lines.", field="amount")
    if body.amount is not None and body.amount.currency != purchase.currency:
        raise InvalidInput(f"This purchase is in {purchase.currency}.", field="amount.currency")
    if body.amount is not None and body.amount.minor <= 0:
        raise InvalidInput("A return gives back more than nothing.", field="amount.minor")
    left = purchase.total_minor - purchase.returned_minor
    new = NewReturn(
        source=body.source or purchase.source, reference=body.reference,
        returned_at=body.returned_at,
        amount_minor=None if body.lines else body.amount.minor if body.amount else left,
        lines=tuple(ReturnedLine(line.line, line.quantity) for line in body.lines),
        reason=body.reason,
    )  # fmt: skip
    done = return_purchase(
        new, purchase_id=purchase.id, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return returned(done)


def sale_of(row: NewPurchase, at: str = "") -> Sale:
    """A purchase with what is to pay for it."""
    return Sale(bought_of(row, at), tuple(map(_wish, row.payments)))


def bought_of(row: NewPurchase, at: str = "") -> Bought:
    """A purchase as flows take it; `at` is where it stands in the body."""
    customer, fault = _customer(row.customer, at)
    return Bought(
        source=row.source, reference=row.reference, customer=customer,
        purchased_at=row.purchased_at, total_minor=row.total.minor, currency=row.total.currency,
        channel=row.channel, place=row.place, till=row.till, staff=row.staff,
        lines=tuple(line.new() for line in row.lines), discount_minor=row.discount_minor,
        delivery_minor=row.delivery_minor, fault=fault,
    )  # fmt: skip


def _wish(one: PayBody) -> Wish | MoneyWish:
    """A number alone is meant exactly."""
    if one.means != "points":
        return MoneyWish(one.means, one.minor, one.code)
    up_to = one.points is None if one.up_to is None else one.up_to
    return Wish(one.points, up_to, one.reward)


def _customer(customer: Customer, at: str) -> tuple[Reference, Problem | None]:
    """Whom a purchase names; one that cannot be read refuses that purchase alone."""
    try:
        return reference(customer, field=f"{at}customer"), None
    except InvalidInput as fault:
        return UNREADABLE, fault


def _recorded(sold: Sequence[Sold], *, request_id: str) -> dict[str, Any]:
    states = [one.outcome.state for one in sold]
    return {
        "new": states.count("new"),
        "repeated": states.count("repeated"),
        "refused": states.count("refused"),
        "results": [_result(one, request_id) for one in sold],
    }


def _fault_of(sold: Sold) -> Problem | None:
    return sold.outcome.error


def _result(sold: Sold, request_id: str) -> dict[str, Any]:
    outcome = sold.outcome
    result = {
        "reference": outcome.reference,
        "state": outcome.state,
        "id": ids.public("pur", outcome.id) if outcome.id else None,
        "customer": ids.public("cus", outcome.customer_id) if outcome.customer_id else None,
        "points": [
            {"currency": gain.currency, "earned": gain.points, "balance": gain.balance}
            for gain in outcome.earned
        ],
        "covers": [ids.public("pol", id) for id in outcome.covers],
        "error": outcome.error.as_dict(request_id=request_id) if outcome.error else None,
    }
    if sold.payments:
        result["payments"] = [_paid(one) for one in sold.payments]
    if outcome.merged_from:
        result["merged_from"] = ids.public("cus", outcome.merged_from)
    return result


def _paid(one: TillPayment) -> dict[str, Any]:
    return {
        "means": one.means, "points": one.points,
        "money": {"minor": one.minor, "currency": one.money_code},
        "redemption": one.redemption.public_id if one.redemption else None,
        "why": one.why or None,
    }  # fmt: skip


def returned(done: Returned) -> dict[str, Any]:
    given = done.given_back
    return {
        "id": ids.public("ret", given.id),
        "purchase": given.purchase.public_id,
        "state": "new" if given.fresh else "repeated",
        "amount": {"minor": given.amount_minor, "currency": given.purchase.currency},
        "points": [
            {"currency": points.currency, "reversed": points.points, "debt": points.new_debt,
             "forgiven": points.forgiven, "balance": points.balance}
            for points in done.taken_back
        ],
    }  # fmt: skip
