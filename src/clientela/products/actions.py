"""Every write to the catalogue and to what customers hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from clientela.platform import ids, sql
from clientela.platform.transactions import needs_transaction
from clientela.products import rules
from clientela.products.models import Category, Holder, Holding, Kind, Product

OPEN_COLUMNS = (
    "id", "customer_id", "product_id", "number", "serial", "status", "opened_on", "closed_on",
    "balance_minor", "currency", "purchase_id", "holder_id", "role", "source", "reference",
)  # fmt: skip
CHANGE_COLUMNS = (
    "id", "customer_id", "product_id", "number", "status", "opened_on", "closed_on",
    "balance_minor", "currency",
)  # fmt: skip
NAME_COLUMNS = ("kind", "source", "value_norm", "customer_id", "holding_id")
HOLDER_COLUMNS = ("id", "customer_id", "holding_id", "main_customer_id", "role")


@dataclass(frozen=True, slots=True)
class NewHolding:
    """`reference`: what its source calls it; `number`: the account number people say."""

    customer_id: UUID
    product_id: UUID
    source: str
    reference: str = ""
    number: str = ""
    serial: str = ""
    status: str = Holding.Status.ACTIVE
    role: str = Holder.Role.OWNER
    opened_on: date | None = None
    closed_on: date | None = None
    balance_minor: int | None = None
    currency: str = ""
    purchase_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class HoldingState:
    """A holding's changeable values as a source tells them."""

    id: UUID
    customer_id: UUID
    product_id: UUID
    number: str
    status: str
    opened_on: date | None
    closed_on: date | None
    balance_minor: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class NewHolder:
    customer_id: UUID
    holding_id: UUID
    main_customer_id: UUID
    role: str


@needs_transaction
def define_kinds(kinds: Iterable[Mapping[str, Any]]) -> None:
    """Kinds of products by key; defining one twice changes nothing."""
    for kind in kinds:
        Kind.objects.update_or_create(
            key=kind["key"],
            defaults={"labels": kind["labels"], "icon": kind.get("icon", "package"),
                      "held": kind.get("held", False)},
        )  # fmt: skip


@needs_transaction
def define_categories(categories: Iterable[Mapping[str, Any]]) -> None:
    """Places in the tree; a parent comes before its children."""
    for category in categories:
        parent = Category.objects.filter(key=category.get("parent")).first()
        Category.objects.update_or_create(
            key=category["key"], defaults={"labels": category["labels"], "parent": parent}
        )


@needs_transaction
def save_product(
    *, code: str, name: str, kind: str, price_minor: int | None = None, currency: str = "",
    category: str = "", is_demo: bool = False,
) -> tuple[Product, str]:  # fmt: skip
    """Create the product of this code, or bring it up to date: ("new" | "changed" | "unchanged").

    The kind must exist (see `define_kinds`).
    """
    values = {
        "code": code, "name": name, "kind_id": kind, "price_minor": price_minor,
        "currency": currency if price_minor is not None else "",
        "category": Category.objects.filter(key=category).first() if category else None,
    }  # fmt: skip
    product, created = Product.objects.get_or_create(
        code_norm=rules.code_norm(code), defaults={**values, "is_demo": is_demo}
    )
    if created:
        return product, "new"
    different = {name: value for name, value in values.items() if getattr(product, name) != value}
    if not different:
        return product, "unchanged"
    Product.objects.filter(id=product.id).update(**different)
    for name_, value in different.items():
        setattr(product, name_, value)
    return product, "changed"


@needs_transaction
def open_holdings(
    batch: Sequence[NewHolding], *, today: date | None = None, is_demo: bool = False
) -> list[tuple[int, UUID]]:
    """Open holdings not known yet: (place in the batch, new id); a taken reference is left out.

    `today` is the day balances hold for.
    """
    if not batch:
        return []
    rows = [
        (id, new.customer_id, new.product_id, new.number, new.serial, new.status, new.opened_on,
         new.closed_on, new.balance_minor, new.currency, new.purchase_id, holder, new.role,
         new.source, new.reference)
        for id, holder, new in zip(
            ids.uuid7s(len(batch)), ids.uuid7s(len(batch)), batch, strict=True)
    ]  # fmt: skip
    written = sql.statement("products", "open_holdings").rows(
        size=len(rows), today=today, is_demo=is_demo, **sql.columns(rows, OPEN_COLUMNS)
    )
    fresh = {id for (id,) in written}
    opened = [(place, row[0]) for place, row in enumerate(rows) if row[0] in fresh]
    name_holdings(
        [
            (kind, batch[place].source, value, batch[place].customer_id, id)
            for place, id in opened
            for kind, value in (("number", batch[place].number), ("serial", batch[place].serial))
        ]
    )
    return opened


@needs_transaction
def name_holdings(names: Sequence[tuple[str, str, str, UUID, UUID]]) -> None:
    """More names (kind, source, value, main holder, holding); empty values are passed over."""
    rows = [
        (kind, source, rules.number_norm(value), customer, holding)
        for kind, source, value, customer, holding in names
        if rules.number_norm(value)
    ]
    if rows:
        sql.statement("products", "add_names").run(
            size=len(rows), **sql.columns(rows, NAME_COLUMNS)
        )


@needs_transaction
def add_holders(batch: Sequence[NewHolder]) -> list[tuple[UUID, UUID]]:
    """Parts in holdings; (customer, holding) of each that is new."""
    if not batch:
        return []
    rows = [
        (id, new.customer_id, new.holding_id, new.main_customer_id, new.role)
        for id, new in zip(ids.uuid7s(len(batch)), batch, strict=True)
    ]
    return sql.statement("products", "add_holders").rows(
        size=len(rows), **sql.columns(rows, HOLDER_COLUMNS)
    )  # type: ignore[return-value]


@needs_transaction
def change_holdings(batch: Sequence[HoldingState], *, today: date) -> list[UUID]:
    """New values for known holdings; the caller has compared them with the present ones."""
    if not batch:
        return []
    rows = [
        (new.id, new.customer_id, new.product_id, new.number, new.status, new.opened_on,
         new.closed_on, new.balance_minor, new.currency)
        for new in batch
    ]  # fmt: skip
    written = sql.statement("products", "change_holdings").rows(
        size=len(rows), today=today, **sql.columns(rows, CHANGE_COLUMNS)
    )
    return [id for (id,) in written]
