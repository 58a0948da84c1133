"""Keeping sales without a customer, and letting them go once somebody has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.platform import ids
from clientela.platform.transactions import needs_transaction
from clientela.purchases.unnamed.models import UnnamedSale

VALUES = ("source", "external_ref", "sold_at", "recorded_at", "amount_minor", "currency",
          "product_code", "channel", "place")  # fmt: skip
TIMES = ("sold_at", "recorded_at")


@dataclass(frozen=True, slots=True)
class NewUnnamed:
    source: str
    reference: str
    sold_at: datetime
    amount_minor: int
    currency: str
    product_code: str = ""
    channel: str = ""
    place: str = ""

    def said(self) -> tuple[object, ...]:
        return self.sold_at, self.amount_minor, self.currency


@dataclass(frozen=True, slots=True)
class Kept:
    """`id` of what is new; `is_same`: it was kept before with the same content."""

    id: UUID | None
    is_same: bool


@needs_transaction
def keep(batch: Sequence[NewUnnamed], *, now: datetime) -> list[Kept]:
    """Keep sales; one that is kept already stands, whoever came first."""
    rows = [
        UnnamedSale(
            id=id, source=new.source, external_ref=new.reference, sold_at=new.sold_at,
            recorded_at=now, amount_minor=new.amount_minor, currency=new.currency,
            product_code=new.product_code, channel=new.channel, place=new.place,
        )
        for id, new in zip(ids.uuid7s(len(batch)), batch, strict=True)
    ]  # fmt: skip
    UnnamedSale.objects.bulk_create(rows, ignore_conflicts=True)
    stands = {
        (one.source, one.external_ref): one
        for one in UnnamedSale.objects.filter(
            source__in={new.source for new in batch},
            external_ref__in=[new.reference for new in batch],
        )
    }
    return [_kept(row.id, new, stands[new.source, new.reference])
            for row, new in zip(rows, batch, strict=True)]  # fmt: skip


def _kept(id: UUID, new: NewUnnamed, stands: UnnamedSale) -> Kept:
    if stands.id == id:
        return Kept(id, is_same=False)
    said = (stands.sold_at, stands.amount_minor, stands.currency)
    return Kept(None, is_same=said == new.said())


@needs_transaction
def let_go(source: str, references: Iterable[str]) -> list[tuple[UUID, dict[str, Any]]]:
    """Sales that have a customer now go from here; (id, what was kept of it) of each."""
    if not UnnamedSale.objects.filter(source=source).exists():
        return []
    rows = UnnamedSale.objects.filter(source=source, external_ref__in=list(references))
    gone = [(one.id, as_kept(one)) for one in rows]
    if gone:
        rows.delete()
    return gone


@needs_transaction
def remove(sale_ids: Sequence[UUID]) -> int:
    return UnnamedSale.objects.filter(id__in=list(sale_ids)).delete()[0]


@needs_transaction
def put_back(sales: Sequence[tuple[UUID, Mapping[str, Any]]]) -> int:
    """As they were kept before somebody had them; how many."""
    rows = [UnnamedSale(id=id, **_read(kept)) for id, kept in sales]
    return len(UnnamedSale.objects.bulk_create(rows, ignore_conflicts=True))


def as_kept(sale: UnnamedSale) -> dict[str, Any]:
    values = {name: getattr(sale, name) for name in VALUES}
    return {name: it.isoformat() if name in TIMES else it for name, it in values.items()}


def _read(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {**kept, **{name: datetime.fromisoformat(kept[name]) for name in TIMES}}
