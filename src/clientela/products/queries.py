"""Reads of the catalogue and of what customers hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

from django.db.models import Q

from clientela.platform import sql
from clientela.platform.errors import NotThere
from clientela.products import rules
from clientela.products.actions import HoldingState, Terms
from clientela.products.models import (
    Category,
    Holder,
    Holding,
    HoldingKey,
    Kind,
    Product,
    StatusMap,
)

CATEGORIES_MAX = 2_000
STATUS_MAPS_MAX = 1_000


class NoSuchHolding(NotThere):
    code = "no-such-holding"
    title = "There is no such holding"


class NoSuchKind(NotThere):
    code = "no-such-kind"
    title = "There is no such kind of product"


class NoSuchStatusMap(NotThere):
    code = "no-such-status-map"
    title = "There is no such meaning of a code"


class NoSuchProduct(NotThere):
    code = "no-such-product"
    title = "There is no such product"


@dataclass(frozen=True, slots=True)
class Known:
    """A product as a line of a purchase needs it."""

    id: UUID
    category_id: UUID | None
    held: bool
    name: str


def by_codes(codes: Iterable[str]) -> dict[str, Known]:
    """Products by normal code (`rules.code_norm`); unknown codes are missing."""
    wanted = {norm for code in codes if (norm := rules.code_norm(code))}
    if not wanted:
        return {}
    rows = Product.objects.filter(code_norm__in=wanted).values_list(
        "code_norm", "id", "category_id", "kind__held", "name", "is_held"
    )
    return {
        norm: Known(id, category, held if own is None else own, name)
        for norm, id, category, held, name, own in rows
    }


def products_named(codes: Iterable[str]) -> dict[str, Product]:
    """Whole products by normal code; unknown codes are missing."""
    wanted = {rules.code_norm(code) for code in codes}
    return {product.code_norm: product for product in Product.objects.filter(code_norm__in=wanted)}


def kinds() -> list[Kind]:
    return list(Kind.objects.all())


def kind(key: str) -> Kind:
    found = Kind.objects.filter(key=key).first()
    if found is None:
        raise NoSuchKind(f"There is no kind of product {key}.", field="kind")
    return found


def product(product_id: UUID) -> Product:
    found = Product.objects.select_related("kind", "category", "successor").filter(id=product_id)
    if (one := found.first()) is None:
        raise NoSuchProduct
    return one


def catalogue_page(
    *, query: str = "", kind: str = "", after: tuple[str, UUID] | None = None, limit: int = 50
) -> list[Product]:
    """Products by name, paged by (name, id); `query` is found in the name or begins the code."""
    rows = Product.objects.select_related("kind", "category")
    if query:
        begins = Q(code_norm__startswith=rules.code_norm(query))
        rows = rows.filter(Q(name__icontains=query) | begins)
    if kind:
        rows = rows.filter(kind_id=kind)
    if after is not None:
        name, id = after
        rows = rows.filter(Q(name__gt=name) | Q(name=name, id__gt=id))
    return list(rows.order_by("name", "id")[:limit])


def categories() -> list[Category]:
    """The whole tree, parents before their children."""
    rows = list(Category.objects.all()[:CATEGORIES_MAX])
    below: dict[UUID | None, list[Category]] = {}
    for row in sorted(rows, key=lambda row: row.key):
        below.setdefault(row.parent_id, []).append(row)
    found: list[Category] = []
    waiting = list(reversed(below.get(None, [])))
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting.extend(reversed(below.get(one.id, [])))
    return found


def category_keys(ids: Iterable[UUID]) -> dict[UUID, str]:
    rows = Category.objects.filter(id__in=set(ids))
    return dict(rows.values_list("id", "key"))


def category_labels(keys: Iterable[str]) -> dict[str, dict[str, str]]:
    """What categories are called, by their keys."""
    return dict(Category.objects.filter(key__in=set(keys)).values_list("key", "labels"))


def status_maps(*, source: str = "") -> list[StatusMap]:
    rows = StatusMap.objects.select_related("kind")
    return list((rows.filter(source=source) if source else rows)[:STATUS_MAPS_MAX])


def status_map(map_id: UUID) -> StatusMap:
    found = StatusMap.objects.filter(id=map_id).first()
    if found is None:
        raise NoSuchStatusMap
    return found


def codes() -> frozenset[str]:
    """Every code that means a status for some source and kind."""
    return frozenset(StatusMap.objects.values_list("code", flat=True)[:STATUS_MAPS_MAX])


def meanings(source: str) -> dict[tuple[str | None, str], str]:
    """(kind of product or None, normal code) -> status, of one source."""
    rows = StatusMap.objects.filter(source=source)
    return {(kind, code): status for kind, code, status in
            rows.values_list("kind_id", "code_norm", "status")}  # fmt: skip


def holding(holding_id: UUID, *, lock: bool = False) -> Holding:
    rows = Holding.objects.select_related("product__kind").filter(id=holding_id)
    found = (rows.select_for_update(of=("self",), no_key=True) if lock else rows).first()
    if found is None:
        raise NoSuchHolding
    return found


def state_of(row: Holding) -> HoldingState:
    """Its changeable values as they stand."""
    terms = Terms(**{one.name: getattr(row, one.name) for one in fields(Terms)})
    return HoldingState(row.id, row.customer_id, row.product_id, row.number, row.status, terms)


@dataclass(frozen=True, slots=True)
class Named:
    """A holding found by a name; `customer_id` is whose name it is: the main holder's, or for an
    alias that one holder's.
    """

    customer_id: UUID
    holding: HoldingState


def holdings_named(names: Sequence[tuple[str, str, str]]) -> dict[int, Named]:
    """Holdings by (kind of name, source, normal value): place in `names` -> its present values."""
    if not names:
        return {}
    rows = sql.statement("products", "holding_names").rows(
        size=len(names),
        kind=[kind for kind, _, _ in names],
        source=[source for _, source, _ in names],
        value_norm=[value for _, _, value in names],
    )
    return {
        place - 1: Named(named, HoldingState(id, customer, product, number, status, Terms(*terms)))
        for place, named, id, customer, product, number, status, *terms in rows
    }


def products(product_ids: Iterable[UUID]) -> list[Product]:
    return list(Product.objects.filter(id__in=list(product_ids)))


def states(holding_ids: Iterable[UUID]) -> list[HoldingState]:
    """Holdings as they stand, by their ids."""
    return [
        HoldingState(
            one.id, one.customer_id, one.product_id, one.number, one.status,
            Terms(one.opened_on, one.closed_on, one.matures_on, one.fixed_until_on,
                  one.balance_minor, one.balance_on, one.limit_minor, one.rate, one.currency),
        )
        for one in Holding.objects.filter(id__in=list(holding_ids))
    ]  # fmt: skip


def bought_by(purchase_ids: Iterable[UUID]) -> list[Holding]:
    """Holdings that purchases opened."""
    return list(Holding.objects.filter(purchase_id__in=list(purchase_ids)))


def holders_of(holding_ids: Iterable[UUID]) -> dict[UUID, list[Holder]]:
    """Everybody's part in these holdings."""
    found: dict[UUID, list[Holder]] = {}
    for holder in Holder.objects.filter(holding_id__in=list(holding_ids)).order_by("id"):
        found.setdefault(holder.holding_id, []).append(holder)
    return found


def customers_by_number(value: str) -> list[UUID]:
    """Who holds something with this account number or serial; at most 50."""
    norm = rules.number_norm(value)
    if not norm:
        return []
    holdings = HoldingKey.objects.filter(value_norm=norm).values_list("holding_id", flat=True)[:50]
    holders = Holder.objects.filter(holding_id__in=list(holdings))
    return list(holders.values_list("customer_id", flat=True).distinct()[:50])


def holdings_of(family: Iterable[UUID]) -> list[tuple[Holder, Holding]]:
    """Every part the family has in a holding, open ones first."""
    holders = list(Holder.objects.filter(customer_id__in=list(family)))
    holdings = Holding.objects.select_related("product__kind").in_bulk(
        [holder.holding_id for holder in holders]
    )
    pairs = [(holder, holdings[holder.holding_id]) for holder in holders]
    return sorted(pairs, key=lambda pair: (pair[1].closed_on is not None, str(pair[1].opened_on)))


def held_count_of(family: Iterable[UUID], *, today: date) -> int:
    """How many things the family holds now; one held together counts once."""
    parts = Holder.objects.filter(customer_id__in=list(family)).values("holding_id")
    open_now = Q(closed_on=None) | Q(closed_on__gt=today)
    return Holding.objects.filter(open_now, id__in=parts, status__in=rules.OPEN).count()


def names(product_ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(Product.objects.filter(id__in=set(product_ids)).values_list("id", "name"))


@dataclass(frozen=True, slots=True)
class Held:
    """A kind of product and how many customers hold one; `labels` by language, perhaps none."""

    kind: str
    labels: dict[str, str]
    customers: int


def penetration(*, today: date, limit: int = 8) -> list[Held]:
    """The kinds most customers hold, the most held first."""
    rows = sql.statement("products", "penetration").rows(
        held=list(Holding.HELD), roles=list(Holder.HOLDS), today=today, limit=limit
    )
    return [Held(kind, json.loads(labels), customers) for kind, labels, customers in rows]
