"""Products, holdings and purchases, as an import understands them without a mapping."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from clientela.customers.models import ExternalId
from clientela.exports.rules import Cell, Column
from clientela.flows.exporting.tables import ROWS_AT_ONCE, Asked, Table
from clientela.platform import ids, money
from clientela.products.models import Holder, HoldingKey, Product
from clientela.products.models import Holding as HoldingRow
from clientela.purchases.models import Line, Purchase

PRODUCTS = (Column("product"), Column("name"), Column("kind"), Column("price", "number"),
            Column("currency"))  # fmt: skip
HOLDINGS = (
    Column("holding"), Column("customer"), Column("product"), Column("role"), Column("status"),
    Column("opened_on", "day"), Column("closed_on", "day"), Column("matures_on", "day"),
    Column("fixed_until_on", "day"), Column("number"), Column("serial"),
    Column("balance", "number"), Column("balance_on", "day"), Column("limit", "number"),
    Column("rate", "number"), Column("currency"),
)  # fmt: skip
PURCHASES = (
    Column("customer"), Column("date", "instant"), Column("amount", "number"), Column("currency"),
    Column("reference"), Column("quantity", "number"), Column("product"), Column("channel"),
    Column("place"), Column("returned", "number"),
)  # fmt: skip


def products(asked: Asked) -> Table:
    asked.actor.needs("products.view")
    return Table(PRODUCTS, (
        [one.code, one.name, one.kind_id, _amount(one.price_minor, one.currency), one.currency]
        for piece in _pieces(Product.objects.filter(retired_at=None)) for one in piece
    ))  # fmt: skip


def holdings(asked: Asked) -> Table:
    """A row for each holder that may be seen."""
    asked.actor.needs("products.view")
    return Table(HOLDINGS, _holdings(asked))


def purchases(asked: Asked) -> Table:
    """A row for each purchase; its product where it has one line."""
    asked.actor.needs("purchases.view")
    return Table(PURCHASES, _purchases(asked))


def _holdings(asked: Asked) -> Iterator[list[Cell]]:
    for piece in _pieces(Holder.objects.filter(asked.sight.of())):
        found = HoldingRow.objects.select_related("product").in_bulk(
            [holder.holding_id for holder in piece]
        )
        names = _names([holder.customer_id for holder in piece], asked.source)
        keys = dict(HoldingKey.objects.filter(
            kind="reference", holding_id__in=list(found)
        ).values_list("holding_id", "value_norm"))  # fmt: skip
        for holder in piece:
            one = found[holder.holding_id]
            yield [
                keys.get(one.id, one.public_id), names[holder.customer_id], one.product.code,
                holder.role, one.status, one.opened_on, one.closed_on, one.matures_on,
                one.fixed_until_on, one.number, one.serial,
                _amount(one.balance_minor, one.currency), one.balance_on,
                _amount(one.limit_minor, one.currency), one.rate, one.currency,
            ]  # fmt: skip


def _purchases(asked: Asked) -> Iterator[list[Cell]]:
    for piece in _pieces(Purchase.objects.filter(asked.sight.of())):
        names = _names([one.customer_id for one in piece], asked.source)
        codes = _codes(piece)
        for one in piece:
            yield [
                names[one.customer_id], one.purchased_at, _amount(one.total_minor, one.currency),
                one.currency, one.external_ref, Decimal(one.quantity_milli) / 1000,
                codes.get(one.id, ""), one.channel, one.place,
                _amount(one.returned_minor, one.currency),
            ]  # fmt: skip


def _codes(piece: Sequence[Purchase]) -> dict[UUID, str]:
    found: dict[UUID, list[str]] = {}
    lines = Line.objects.filter(purchase_id__in=[one.id for one in piece])
    for line in lines.values_list("purchase_id", "product_code"):
        found.setdefault(line[0], []).append(line[1])
    return {id: codes[0] for id, codes in found.items() if len(codes) == 1}


def _pieces(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    last: UUID | None = None
    while True:
        following = rows if last is None else rows.filter(id__gt=last)
        piece = list(following.order_by("id")[:ROWS_AT_ONCE])
        if not piece:
            return
        yield piece
        last = piece[-1].id


def _names(found: Sequence[UUID], source: str) -> dict[UUID, str]:
    """What the source calls customers; else their own ids."""
    rows = ExternalId.objects.filter(customer_id__in=found, source=source)
    return {id: ids.public("cus", id) for id in found} | dict(
        rows.order_by("external_id").values_list("customer_id", "external_id")
    )


def _amount(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None else money.Money(minor, currency).to_decimal()
