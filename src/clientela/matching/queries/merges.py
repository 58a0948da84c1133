"""Merges that were made: of a family, by their id, and what may be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from clientela.customers import sight
from clientela.customers.models import Customer, FieldChange
from clientela.matching.models import Merge, MergedRecord, NotDuplicate
from clientela.platform.errors import NotThere

PAGE = 50


class NoSuchMerge(NotThere):
    code = "no-such-merge"
    title = "There is no such merge"


def get(merge_id: UUID) -> Merge:
    merge = Merge.objects.filter(id=merge_id).select_related("reversal").first()
    if merge is None:
        raise NoSuchMerge
    return merge


def page_of(
    *, before: tuple[datetime, UUID] | None = None, family: Sequence[UUID] = (), limit: int = PAGE
) -> list[Merge]:
    """Merges, newest first; of a family those that any of its records took part in."""
    seen = sight.present().of()
    found = Merge.objects.filter(seen).select_related("reversal").prefetch_related("records")
    if family:
        took_part = MergedRecord.objects.filter(customer_id__in=list(family)).values("merge_id")
        found = found.filter(id__in=took_part) | found.filter(customer_id__in=list(family))
    if before is not None:
        moment, id = before
        found = found.filter(made_at__lt=moment) | found.filter(made_at=moment, id__lt=id)
    return list(found.distinct().order_by("-made_at", "-id")[:limit])


def standing_of(family: Iterable[UUID]) -> list[Merge]:
    """Merges of a family that were not taken back, newest first."""
    records = MergedRecord.objects.filter(customer_id__in=list(family)).values("merge_id")
    found = Merge.objects.filter(id__in=records, reversal=None).prefetch_related("records")
    return list(found.order_by("-id"))


def once_part_of(family: Iterable[UUID]) -> list[Merge]:
    """Merges of these records into somebody they are parted from again."""
    records = list(family)
    took_part = MergedRecord.objects.filter(customer_id__in=records).values("merge_id")
    return list(Merge.objects.filter(id__in=took_part).exclude(customer_id__in=records))


def that_made(survivor: UUID, others: Iterable[UUID]) -> Merge | None:
    """The latest standing merge by which these records came to this survivor."""
    records = MergedRecord.objects.filter(customer_id__in=list(others)).values("merge_id")
    return Merge.objects.filter(
        id__in=records, customer_id=survivor, reversal=None
    ).order_by("-id").first()  # fmt: skip


def later_than(merge: Merge) -> Merge | None:
    """A standing merge that has to be taken back before this one: the newest of its records."""
    touched = [merge.customer_id, *merge.records.values_list("customer_id", flat=True)]
    records = MergedRecord.objects.filter(customer_id__in=touched).values("merge_id")
    later = Merge.objects.filter(id__gt=merge.id, reversal=None)
    newest = later.filter(id__in=records) | later.filter(customer_id__in=touched)
    return newest.distinct().order_by("-id").first()


def last_changes(customers: Iterable[UUID]) -> dict[UUID, dict[str, datetime]]:
    """When each field of each customer was last changed."""
    found: dict[UUID, dict[str, datetime]] = {}
    rows = (
        FieldChange.objects.filter(customer_id__in=list(customers))
        .order_by("customer_id", "field", "-changed_at", "-id")
        .distinct("customer_id", "field")
        .values_list("customer_id", "field", "changed_at")
    )
    for customer, field, changed_at in rows:
        found.setdefault(customer, {})[field] = changed_at
    return found


def records_of(customers: Iterable[UUID]) -> dict[UUID, Customer]:
    return Customer.objects.select_related("profile_type").in_bulk(list(customers))


def told_apart(family: Sequence[UUID]) -> bool:
    """Whether somebody said that two of these are two customers."""
    return NotDuplicate.objects.filter(
        customer_id__in=list(family), other_id__in=list(family), lifted_at=None
    ).exists()
