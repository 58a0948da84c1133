"""The families of many customers at once: a merge is a link, and every read takes all it joins."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from clientela.customers.models import Customer
from clientela.platform import ids, sql


@dataclass(frozen=True, slots=True)
class Family:
    """`ids`: the survivor first, then its aliases."""

    ids: Sequence[UUID]
    country: str
    party: str

    @property
    def survivor(self) -> UUID:
        return self.ids[0]


def records_of(survivors: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """Of customers who were not merged into others: the record of each first, then its aliases."""
    records = {id: [id] for id in survivors}
    rows = sql.execute(
        "SELECT merged_into, id FROM customers_customer"
        " WHERE merged_into = ANY (%s::uuid[]) ORDER BY id",
        [ids.as_array(records)], prepare=True,
    )  # fmt: skip
    for survivor, id in rows:
        records[survivor].append(id)
    return records


def of(customer_ids: Collection[UUID]) -> dict[UUID, Family]:
    """The family of each of these customers, whichever of its records was named."""
    named = dict(Customer.objects.filter(id__in=customer_ids).values_list("id", "merged_into"))
    survivors = {id: merged or id for id, merged in named.items()}
    heads = set(survivors.values())
    rows = Customer.objects.filter(Q(id__in=heads) | Q(merged_into__in=heads)).order_by("id")
    records: dict[UUID, list[UUID]] = {head: [head] for head in heads}
    about: dict[UUID, tuple[str, str]] = {}
    for id, merged, country, party in rows.values_list("id", "merged_into", "country", "party"):
        if merged is None:
            about[id] = (country, party)
        else:
            records[merged].append(id)
    found = {head: Family(records[head], *about[head]) for head in heads if head in about}
    return {id: found[head] for id, head in survivors.items() if head in found}
