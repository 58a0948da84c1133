"""Every write to the catalogue and to what customers hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F

from clientela.platform import ids, sql
from clientela.platform.transactions import needs_transaction
from clientela.products import rules
from clientela.products.models import (
    Category,
    Holder,
    Holding,
    HoldingKey,
    Kind,
    Product,
    StatusMap,
)

VALUE_COLUMNS = (
    "opened_on", "closed_on", "matures_on", "fixed_until_on", "balance_minor", "balance_on",
    "limit_minor", "rate", "currency", "term_months", "renewal_of",
)  # fmt: skip
OPEN_COLUMNS = (
    "id", "customer_id", "product_id", "number", "serial", "status", *VALUE_COLUMNS,
    "purchase_id", "holder_id", "role", "source", "reference",
)  # fmt: skip
CHANGE_COLUMNS = ("id", "customer_id", "product_id", "number", "status", *VALUE_COLUMNS)
NAME_COLUMNS = ("kind", "source", "value_norm", "customer_id", "holding_id")
HOLDER_COLUMNS = ("id", "customer_id", "holding_id", "main_customer_id", "role")


@dataclass(frozen=True, slots=True)
class Terms:
    """When a holding runs and what it is worth; `rate` is a share (0.031 is 3.1 %); `renewal_of`:
    the holding it took the place of.
    """

    opened_on: date | None = None
    closed_on: date | None = None
    matures_on: date | None = None
    fixed_until_on: date | None = None
    balance_minor: int | None = None
    balance_on: date | None = None
    limit_minor: int | None = None
    rate: Decimal | None = None
    currency: str = ""
    term_months: int | None = None
    renewal_of: UUID | None = None


NO_TERMS = Terms()


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
    terms: Terms = NO_TERMS
    purchase_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class HoldingState:
    """A holding's changeable values as they stand, or as a source tells them."""

    id: UUID
    customer_id: UUID
    product_id: UUID
    number: str
    status: str
    terms: Terms


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


@dataclass(frozen=True, slots=True)
class ProductValues:
    """A product as a source tells it; the kind must exist (see `define_kinds`). What is None is not
    said: a product that is known keeps it. `attributes` are canonical already.
    """

    code: str
    name: str
    kind: str
    price_minor: int | None = None
    currency: str = ""
    category_id: UUID | None = None
    form: str | None = None
    attributes: Mapping[str, Any] | None = None
    terms: str | None = None
    is_held: bool | None = None
    successor_id: UUID | None = None


@needs_transaction
def save_products(
    batch: Sequence[ProductValues], *, is_demo: bool = False
) -> list[tuple[UUID, str]]:
    """Create products by their code, or bring them up to date: (id, "new" | "changed" |
    "unchanged") in the order of the batch. Codes differ within a batch.
    """
    norms = [rules.code_norm(new.code) for new in batch]
    known = {product.code_norm: product for product in Product.objects.filter(code_norm__in=norms)}
    fresh: list[Product] = []
    answers: list[tuple[UUID, str]] = []
    for norm, new in zip(norms, batch, strict=True):
        product, values = known.get(norm), _product_values(new)
        if product is None:
            fresh.append(Product(code_norm=norm, is_demo=is_demo, **values))
            answers.append((fresh[-1].id, "new"))
        elif any(getattr(product, name) != value for name, value in values.items()):
            Product.objects.filter(id=product.id).update(**values)
            answers.append((product.id, "changed"))
        else:
            answers.append((product.id, "unchanged"))
    Product.objects.bulk_create(fresh)
    return answers


def _product_values(new: ProductValues) -> dict[str, Any]:
    said: dict[str, Any] = {
        "code": new.code, "name": new.name, "kind_id": new.kind, "price_minor": new.price_minor,
        "currency": new.currency if new.price_minor is not None else "",
    }  # fmt: skip
    for name in ("category_id", "form", "attributes", "terms", "is_held", "successor_id"):
        value = getattr(new, name)
        if value is not None:
            said[name] = value
    return said


@needs_transaction
def change_product(product: Product, **values: Any) -> list[str]:
    """The names of what changed; here None empties a value."""
    changed = [name for name, value in values.items() if getattr(product, name) != value]
    if changed:
        Product.objects.filter(id=product.id).update(**values)
    return changed


@needs_transaction
def change_kind(kind: Kind, **values: Any) -> list[str]:
    changed = [name for name, value in values.items() if getattr(kind, name) != value]
    if changed:
        Kind.objects.filter(key=kind.key).update(**values)
    return changed


@needs_transaction
def map_status(
    *, source: str, kind: str | None, code: str, status: str, by: str, now: datetime
) -> tuple[StatusMap, str]:
    """What a source's code means from now on: (row, new | changed | unchanged)."""
    key: dict[str, Any] = {"source": source, "kind_id": kind, "code_norm": rules.code_norm(code)}
    known = StatusMap.objects.filter(**key).first()
    if known is not None and known.status == status:
        return known, "unchanged"
    row, created = StatusMap.objects.update_or_create(
        **key, defaults={"code": code, "status": status, "set_by": by, "set_at": now}
    )
    return row, "new" if created else "changed"


@needs_transaction
def unmap_status(row: StatusMap) -> None:
    """The code means nothing here any more: whoever uses it is refused."""
    StatusMap.objects.filter(id=row.id).delete()


@needs_transaction
def open_holdings(batch: Sequence[NewHolding], *, is_demo: bool = False) -> list[tuple[int, UUID]]:
    """Open holdings not known yet: (place in the batch, new id); a taken reference is left out."""
    if not batch:
        return []
    rows = [
        (id, new.customer_id, new.product_id, new.number, new.serial, new.status,
         *astuple(new.terms), new.purchase_id, holder, new.role, new.source, new.reference)
        for id, holder, new in zip(
            ids.uuid7s(len(batch)), ids.uuid7s(len(batch)), batch, strict=True)
    ]  # fmt: skip
    written = sql.statement("products", "open_holdings").rows(
        size=len(rows), is_demo=is_demo, **sql.columns(rows, OPEN_COLUMNS)
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
def alias_holdings(aliases: Sequence[tuple[str, str, UUID, UUID]]) -> None:
    """Names (source, alias, customer, holding) for one customer's part in a holding."""
    rows = [("alias", *alias) for alias in aliases]
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
    )


@needs_transaction
def change_holdings(batch: Sequence[HoldingState]) -> list[UUID]:
    """New values for known holdings; the caller has compared them with the present ones."""
    if not batch:
        return []
    rows = [
        (new.id, new.customer_id, new.product_id, new.number, new.status, *astuple(new.terms))
        for new in batch
    ]
    written = sql.statement("products", "change_holdings").rows(
        size=len(rows), **sql.columns(rows, CHANGE_COLUMNS)
    )
    return [id for (id,) in written]


@needs_transaction
def close_holding(holding_id: UUID, *, customer_id: UUID, on: date) -> None:
    """A holding ends on that day; one that has ended stays as it is."""
    open_now = Holding.objects.filter(id=holding_id, customer_id=customer_id, closed_on=None)
    open_now.update(status=Holding.Status.CLOSED, closed_on=on, version=F("version") + 1)


@needs_transaction
def remove_products(product_ids: Sequence[UUID]) -> int:
    """Products that nothing speaks of; how many there were."""
    return Product.objects.filter(id__in=list(product_ids)).delete()[0]


@needs_transaction
def drop_kinds(keys: Iterable[str]) -> int:
    """Kinds of which there is no product and no meaning of a status; how many there were."""
    idle = Kind.objects.filter(key__in=list(keys), product=None, statusmap=None)
    return idle.delete()[0]


@needs_transaction
def put_back(product_id: UUID, **values: Any) -> None:
    """A product's values as they were."""
    Product.objects.filter(id=product_id).update(**values)


@needs_transaction
def hold_holdings(holding_ids: Sequence[UUID]) -> list[UUID]:
    """Lock holdings in the order of customers; those that are there."""
    rows = Holding.objects.select_for_update(no_key=True).filter(id__in=list(holding_ids))
    return list(rows.order_by("customer_id", "id").values_list("id", flat=True))


@needs_transaction
def remove_holdings(holding_ids: Sequence[UUID]) -> int:
    """Holdings that nothing speaks of, with everybody's part in them and their names."""
    gone = list(holding_ids)
    HoldingKey.objects.filter(holding_id__in=gone).delete()
    Holder.objects.filter(holding_id__in=gone).delete()
    return Holding.objects.filter(id__in=gone).delete()[0]


@needs_transaction
def unname_holdings(holding_ids: Sequence[UUID]) -> None:
    """Free the names of holdings, so that others may have them."""
    HoldingKey.objects.filter(holding_id__in=list(holding_ids)).delete()


@needs_transaction
def remove_holders(pairs: Sequence[tuple[UUID, UUID]]) -> int:
    """Take customers' parts (customer, holding) away; how many there were."""
    if not pairs:
        return 0
    return sql.statement("products", "remove_holders").run(
        size=len(pairs), **sql.columns(pairs, ("customer_id", "holding_id"))
    )


@needs_transaction
def end_names(holding_id: UUID, *, kind: str, keep: str) -> None:
    """Nobody finds the holding by what it was called before; `keep` is what it is called now."""
    former = HoldingKey.objects.filter(holding_id=holding_id, kind=kind)
    former.exclude(value_norm=rules.number_norm(keep)).delete()


@needs_transaction
def set_serial(holding_id: UUID, *, customer_id: UUID, serial: str) -> None:
    Holding.objects.filter(id=holding_id, customer_id=customer_id).update(serial=serial)


@needs_transaction
def remove_holder(holder: Holder) -> None:
    """Somebody's part in a holding is over; the main holder's is over with the holding alone."""
    Holder.objects.filter(id=holder.id, customer_id=holder.customer_id).delete()


@needs_transaction
def mark_demo(customers: Sequence[UUID]) -> int:
    """What these customers of the demo company hold by buying it belongs to the demo too."""
    return Holding.objects.filter(customer_id__in=customers, is_demo=False).update(is_demo=True)
