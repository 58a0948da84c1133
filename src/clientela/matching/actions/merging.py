"""The link itself: records get a survivor, and lose it again. What else follows, a flow knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from clientela.customers import sealed as values
from clientela.customers.definitions import marked
from clientela.customers.models import Customer
from clientela.matching import sealed
from clientela.matching.models import Merge, MergedRecord, Reversal
from clientela.platform import sql
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

RECORDS_MAX = 50
LOCKED = "SELECT merged_into FROM customers_customer WHERE id = ANY (%s) ORDER BY id FOR UPDATE"


class SameCustomer(Problem):
    code = "same-record"
    status = 409
    title = "A customer cannot be merged with itself"


class AlreadyMerged(Problem):
    code = "already-merged"
    status = 409
    title = "One of these records is merged into another already"


class NotOneKind(Problem):
    code = "not-one-kind"
    status = 409
    title = "A person and a company are never one customer"


class NotTheLatestMerge(Problem):
    code = "not-the-latest-merge"
    status = 409
    title = "A later merge has to be taken back first"


class AlreadyParted(Problem):
    code = "already-parted"
    status = 409
    title = "This merge was taken back already"


class ValuesChangedSince(Problem):
    code = "values-changed-since"
    status = 409
    title = "Somebody changed values since the merge; say which ones stay"


@needs_transaction
def lock(customers: Iterable[UUID]) -> dict[UUID, Customer]:
    """The records, whom they are part of and every alias of these, locked.

    First whoever others may be linked to: once they are ours nobody becomes an alias of theirs, and
    the aliases are read by a statement that began after that.
    """
    wanted: set[UUID] = set()
    more = set(customers)
    while more:
        wanted |= more
        rows = sql.execute(LOCKED, [sorted(wanted)], prepare=True).fetchall()
        more = {survivor for (survivor,) in rows if survivor is not None} - wanted
    found = Customer.objects.filter(id__in=wanted) | Customer.objects.filter(merged_into__in=wanted)
    locked = found.select_for_update(no_key=False, of=("self",)).order_by("id")
    return {row.id: row for row in locked.select_related("profile_type")}


@needs_transaction
def link(survivor: UUID, moved: Sequence[Customer]) -> None:
    """Point every record, and the aliases it had, to the survivor; links stay flat."""
    Customer.objects.filter(id__in=[one.id for one in moved]).update(
        merged_into=survivor, status=Customer.Status.TOMBSTONE, version=F("version") + 1
    )


@needs_transaction
def write(
    merge_id: UUID, *, survivor: Customer, moved: Sequence[Customer], choices: Mapping[str, str],
    before: Mapping[str, Any], after: Mapping[str, Any], carried: Mapping[str, Any], reason: str,
    actor: Actor, now: datetime,
) -> Merge:  # fmt: skip
    """Who merged what, the survivor's values of before, what was carried; `moved` as they were."""
    keys = marked.sealed_keys(marked.marked())
    merge = Merge.objects.create(
        id=merge_id, customer_id=survivor.id, made_by=actor.id, made_at=now, reason=reason,
        choices=dict(choices), carried=dict(carried),
        before=values.in_row(before, sealed.place("before"), row=merge_id, keys=keys),
        after=values.in_row(after, sealed.place("after"), row=merge_id, keys=keys),
    )  # fmt: skip
    merge.before, merge.after = dict(before), dict(after)
    MergedRecord.objects.bulk_create(
        MergedRecord(merge=merge, customer_id=one.id, survivor_before=one.merged_into,
                     status_before=one.status)
        for one in moved
    )  # fmt: skip
    return merge


@needs_transaction
def set_plain(customer_id: UUID, values: Mapping[str, Any]) -> None:
    """Values of the record that have no history of their own: since when, last activity, zone."""
    if values:
        Customer.objects.filter(id=customer_id).update(**values)


@needs_transaction
def cut(
    merge: Merge, *, chosen: Mapping[str, str], reason: str, actor: Actor, now: datetime
) -> Reversal:  # fmt: skip
    """Every record stands as before the merge, for itself or with the survivor it had."""
    for one in merge.records.all():
        Customer.objects.filter(id=one.customer_id).update(
            merged_into=one.survivor_before, status=one.status_before, version=F("version") + 1
        )
    return Reversal.objects.create(
        merge=merge, customer_id=merge.customer_id, reversed_by=actor.id, reversed_at=now,
        reason=reason, chosen=dict(chosen),
    )  # fmt: skip


@needs_transaction
def keep_given_back(reversal: Reversal, carried: Mapping[str, Any]) -> None:
    Reversal.objects.filter(merge_id=reversal.merge_id).update(carried=dict(carried))
