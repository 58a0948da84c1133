"""Reads of the catalogue and of what customers hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from clientela.platform import sql
from clientela.platform.errors import NotThere
from clientela.products import rules
from clientela.products.actions import HoldingState, Terms
from clientela.products.models import Holder, Holding, HoldingKey, Kind, Product


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
        "code_norm", "id", "category_id", "kind__held", "name"
    )
    return {norm: Known(id, category, held, name) for norm, id, category, held, name in rows}


def products_named(codes: Iterable[str]) -> dict[str, Product]:
    """Whole products by normal code; unknown codes are missing."""
    wanted = {rules.code_norm(code) for code in codes}
    return {product.code_norm: product for product in Product.objects.filter(code_norm__in=wanted)}


def kinds() -> list[Kind]:
    return list(Kind.objects.all())


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
