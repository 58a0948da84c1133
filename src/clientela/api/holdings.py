"""What customers hold: opened, changed, closed; who has a part in it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictInt, StrictStr

from clientela.api import whose
from clientela.api.retention.answers import day, family
from clientela.api.router import Doors
from clientela.api.types import (
    Body,
    BySource,
    Customer,
    Day,
    HouseRequest,
    Money,
    Name,
    Text,
    public_id,
    reference,
)
from clientela.customers import queries as customers
from clientela.flows import change_holding, held
from clientela.flows.change_holding import Change
from clientela.flows.hold_products import Held, hold_product
from clientela.platform import ids
from clientela.products import queries as products
from clientela.products.actions import Terms
from clientela.products.models import Holding as Row

doors = Doors(tags=["holdings"])


def _rate(value: Any) -> Decimal:
    """Per cent a year, as a text, `"3.15"`; kept as a share."""
    if not isinstance(value, str) or len(value) > 12:
        raise ValueError('send a rate as a text, such as "3.15"')
    rate = Decimal(value)
    if not rate.is_finite() or not 0 <= rate <= 999:
        raise ValueError("a rate is 0 to 999 per cent")
    return rate / 100


Rate = Annotated[Decimal, BeforeValidator(_rate, json_schema_input_type=str)]
Months = Annotated[StrictInt, Field(ge=1, le=change_holding.TERM_MONTHS_MAX)]


class Values(Body):
    """Left out: not said. `renewal_of`: the holding it takes the place of, hol_…."""

    number: Text | None = None
    serial: Text | None = None
    opened_on: Day | None = None
    closed_on: Day | None = None
    matures_on: Day | None = None
    fixed_until_on: Day | None = None
    balance: Money | None = None
    balance_on: Day | None = None
    limit: Money | None = None
    rate: Rate | None = None
    term_months: Months | None = None
    renewal_of: StrictStr | None = None

    def terms(self, request: HouseRequest) -> dict[str, Any]:
        """What is said, by the names of `Terms`."""
        told: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("opened_on", "closed_on", "matures_on", "fixed_until_on", "balance_on",
                         "rate", "term_months")
        }  # fmt: skip
        for name, amount in (("balance_minor", self.balance), ("limit_minor", self.limit)):
            if amount is not None:
                told |= {name: amount.minor, "currency": amount.currency}
        if self.balance is not None and self.balance_on is None:
            told["balance_on"] = request.started_at.date()
        if self.renewal_of is not None:
            told["renewal_of"] = public_id("hol", self.renewal_of, field="renewal_of")
        return {name: value for name, value in told.items() if value is not None}


class NewHolding(Values):
    """`external`: what its source calls the holding; sent again it is brought up to date. `status`
    is one of ours, or a code of that source that is mapped (`/status-maps`).
    """

    customer: Customer
    product: Name
    external: BySource | None = None
    role: StrictStr = "owner"
    status: StrictStr = "active"


class HoldingChange(Values):
    status: StrictStr | None = None


class HoldingClosing(Body):
    """`status`: closed, matured or written_off."""

    on: Day | None = None
    status: StrictStr = "closed"


class HolderBody(Body):
    """owner, joint, guarantor, beneficiary or user."""

    customer: Customer
    role: StrictStr


class HoldingSaved(Body):
    id: str
    customer: str
    merged_from: str | None = None
    state: Literal["new", "changed", "unchanged"]


class HoldingPart(Body):
    customer: str
    merged_from: str | None = None
    name: str
    role: str


class Holding(Body):
    id: str
    customer: str
    merged_from: str | None = None
    product: str
    name: str
    kind: str
    status: str
    number: str
    serial: str
    opened_on: str | None
    closed_on: str | None
    matures_on: str | None
    fixed_until_on: str | None
    balance: Money | None
    balance_on: str | None
    limit: Money | None
    rate: str | None
    term_months: int | None
    renewal_of: str | None
    holders: list[HoldingPart]


class HoldingList(Body):
    items: list[dict[str, Any]]
    next: str | None


@doors.read("/customers/{customer_id}/holdings", right="products.view", answer=HoldingList,
            summary="Read what a customer holds")  # fmt: skip
def listed(request: HouseRequest, customer_id: StrictStr) -> dict[str, Any]:
    """Every part the customer has in a holding, as in the profile: present ones first."""
    found = held.holdings_of(family(customer_id), now=request.started_at)
    return {"items": found, "next": None}


@doors.read("/holdings/{holding_id}", right="products.view", answer=Holding,
            summary="Read a holding")  # fmt: skip
def read(request: HouseRequest, holding_id: StrictStr) -> dict[str, Any]:
    """With everybody who has a part in it."""
    return _holding(products.holding(public_id("hol", holding_id)))


@doors.write("POST", "/holdings", right="products.edit", answer=HoldingSaved,
             summary="Open or update a holding")  # fmt: skip
def create_holding(request: HouseRequest, body: NewHolding) -> dict[str, Any]:
    """That a customer holds a product: an account, a contract, a thing with a serial."""
    done = hold_product(
        Held(
            customer=reference(body.customer), product=body.product,
            source=body.external.source if body.external else "",
            reference=body.external.id if body.external else "",
            role=body.role, status=body.status, number=body.number or "",
            serial=body.serial or "", terms=Terms(**body.terms(request)),
        ),
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return {
        "id": ids.public("hol", done.id), "customer": ids.public("cus", done.customer_id),
        "state": done.state, **whose.came_with(body.customer, done.customer_id),
    }  # fmt: skip


@doors.write("PATCH", "/holdings/{holding_id}", right="products.edit", answer=Holding,
             summary="Change a holding")  # fmt: skip
def change(request: HouseRequest, holding_id: StrictStr, body: HoldingChange) -> dict[str, Any]:
    """The values that are named."""
    wanted = Change(body.number, body.serial, body.status, body.terms(request))
    return _holding(change_holding.change(
        public_id("hol", holding_id), wanted, actor=request.actor, now=request.started_at,
        request=request.request_id,
    ))  # fmt: skip


@doors.write("POST", "/holdings/{holding_id}/closing", right="products.edit", answer=Holding,
             summary="Close a holding")  # fmt: skip
def close(request: HouseRequest, holding_id: StrictStr, body: HoldingClosing) -> dict[str, Any]:
    """Its last day, today where none is said."""
    return _holding(change_holding.close(
        public_id("hol", holding_id), on=body.on, status=body.status, actor=request.actor,
        now=request.started_at, request=request.request_id,
    ))  # fmt: skip


@doors.write("POST", "/holdings/{holding_id}/holders", right="products.edit", answer=Holding,
             summary="Give somebody a part in a holding")  # fmt: skip
def add_holder(request: HouseRequest, holding_id: StrictStr, body: HolderBody) -> dict[str, Any]:
    """A part that is there already changes nothing."""
    holding = public_id("hol", holding_id)
    change_holding.add_holder(
        holding, reference(body.customer), role=body.role, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _holding(products.holding(holding))


@doors.write("POST", "/holdings/{holding_id}/holders/removal", right="products.edit",
             answer=Holding, summary="End somebody's part in a holding")  # fmt: skip
def remove_holder(request: HouseRequest, holding_id: StrictStr, body: HolderBody) -> dict[str, Any]:
    """The main holder's part is over with the holding alone."""
    holding = public_id("hol", holding_id)
    change_holding.remove_holder(
        holding, reference(body.customer), role=body.role, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _holding(products.holding(holding))


def _holding(row: Row) -> dict[str, Any]:
    if not customers.is_seen(row.customer_id):
        raise products.NoSuchHolding
    parts = products.holders_of([row.id]).get(row.id, [])
    names = customers.names_of(part.customer_id for part in parts)
    return {
        "id": row.public_id, "customer": ids.public("cus", row.customer_id),
        "product": row.product.code, "name": row.product.name, "kind": row.product.kind_id,
        "status": row.status, "number": row.number, "serial": row.serial,
        "opened_on": day(row.opened_on), "closed_on": day(row.closed_on),
        "matures_on": day(row.matures_on), "fixed_until_on": day(row.fixed_until_on),
        "balance": _money(row.balance_minor, row.currency), "balance_on": day(row.balance_on),
        "limit": _money(row.limit_minor, row.currency),
        "rate": None if row.rate is None else f"{(row.rate * 100).normalize():f}",
        "term_months": row.term_months,
        "renewal_of": ids.public("hol", row.renewal_of) if row.renewal_of else None,
        "holders": [
            {"customer": ids.public("cus", part.customer_id), "name": names[part.customer_id],
             "role": part.role}
            for part in parts if part.customer_id in names
        ],
    }  # fmt: skip


def _money(minor: int | None, currency: str) -> dict[str, Any] | None:
    return None if minor is None else {"minor": minor, "currency": currency}
