"""Products and holdings."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import StrictStr

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
    reference,
)
from clientela.flows.hold_products import Held, hold_product, save_product
from clientela.platform import ids
from clientela.products.actions import Terms

doors = Doors(tags=["products"])


class Product(Body):
    code: Name
    name: Name
    kind: Name
    price: Money | None = None


class ProductSaved(Body):
    id: str
    code: str
    state: Literal["new", "changed", "unchanged"]


class Holding(Body):
    """`external`: what its source calls the holding; sent again it is brought up to date."""

    customer: Customer
    product: Name
    external: BySource | None = None
    role: StrictStr = "owner"
    status: StrictStr = "active"
    number: Text = ""
    serial: Text = ""
    opened_on: Day | None = None
    closed_on: Day | None = None
    balance: Money | None = None


class HoldingSaved(Body):
    id: str
    customer: str
    state: Literal["new", "changed", "unchanged"]


@doors.write("POST", "/products", right="products.edit", answer=ProductSaved,
             summary="Create or update a product")  # fmt: skip
def create_product(request: HouseRequest, body: Product) -> dict[str, Any]:
    """A product by its code; a kind that is new is created with it."""
    product, state = save_product(
        code=body.code, name=body.name, kind=body.kind,
        price_minor=body.price.minor if body.price else None,
        currency=body.price.currency if body.price else "",
    )  # fmt: skip
    return {"id": product.public_id, "code": product.code, "state": state}


@doors.write("POST", "/holdings", right="products.edit", answer=HoldingSaved,
             summary="Open or update a holding")  # fmt: skip
def create_holding(request: HouseRequest, body: Holding) -> dict[str, Any]:
    """That a customer holds a product: an account, a contract, a thing with a serial."""
    held = hold_product(
        Held(
            customer=reference(body.customer), product=body.product,
            source=body.external.source if body.external else "",
            reference=body.external.id if body.external else "",
            role=body.role, status=body.status, number=body.number, serial=body.serial,
            terms=Terms(
                opened_on=body.opened_on, closed_on=body.closed_on,
                balance_minor=body.balance.minor if body.balance else None,
                balance_on=request.started_at.date() if body.balance else None,
                currency=body.balance.currency if body.balance else "",
            ),
        ),
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return {
        "id": ids.public("hol", held.id), "customer": ids.public("cus", held.customer_id),
        "state": held.state,
    }  # fmt: skip
