"""Reads of bulk changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Count

from clientela.customers.bulk.models import BulkChange, BulkRow
from clientela.customers.models import Customer
from clientela.platform.errors import NotThere

LIST_MAX = 50
EXAMPLES_MAX = 20


class NoSuchBulkChange(NotThere):
    code = "no-such-bulk-change"
    title = "There is no such change of many customers"


def latest() -> list[BulkChange]:
    return list(BulkChange.objects.all()[:LIST_MAX])


def get(change_id: UUID) -> BulkChange:
    found = BulkChange.objects.filter(id=change_id).first()
    if found is None:
        raise NoSuchBulkChange
    return found


def counted(change_id: UUID) -> dict[str, int]:
    """Customers by what became of them, or is to become."""
    rows = BulkRow.objects.filter(change_id=change_id).order_by()
    return dict(rows.values_list("outcome").annotate(count=Count("id")))


def waiting(change_id: UUID, outcome: str, *, limit: int) -> list[BulkRow]:
    """The next rows with this outcome, in order of their customers."""
    rows = BulkRow.objects.filter(change_id=change_id, outcome=outcome)
    return list(rows.order_by("customer_id")[:limit])


def examples(change_id: UUID, outcome: str) -> list[tuple[BulkRow, str]]:
    """Some rows with an outcome, and what their customers are called."""
    rows = list(
        BulkRow.objects.filter(change_id=change_id, outcome=outcome)
        .order_by("customer_id")[:EXAMPLES_MAX]
    )  # fmt: skip
    named = dict(
        Customer.objects.filter(id__in=[row.customer_id for row in rows])
        .values_list("id", "display_name")
    )  # fmt: skip
    return [(row, named.get(row.customer_id, "")) for row in rows]


def survivors_by_record(survivors: Iterable[UUID]) -> dict[UUID, UUID]:
    """These customers and every record merged into one of them, by the record."""
    known = list(survivors)
    aliases = Customer.objects.filter(merged_into__in=known).values_list("id", "merged_into")
    return {**{id: id for id in known}, **{id: into for id, into in aliases if into}}


def customers_of(rows: Sequence[BulkRow], *, lock: bool) -> dict[UUID, Customer]:
    """The records of these rows that still stand by themselves; locked in order of their ids."""
    found = Customer.objects.filter(id__in=[row.customer_id for row in rows], merged_into=None)
    found = found.order_by("id")
    if lock:
        found = found.select_for_update()
    return {customer.id: customer for customer in found}
