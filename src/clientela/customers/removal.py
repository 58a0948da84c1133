"""Customers and identities are taken away again: what brought them was undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers.kin.models import Relation
from clientela.customers.models import Identity, IdentityKey
from clientela.customers.places.models import Address
from clientela.platform import ids, postal, sql
from clientela.platform.transactions import needs_transaction


@needs_transaction
def hold(customer_ids: Sequence[UUID]) -> list[UUID]:
    """Lock customers in the order of their ids; those that are there."""
    rows = sql.execute(
        "SELECT id FROM customers_customer WHERE id = ANY (%s::uuid[]) ORDER BY id"
        " FOR NO KEY UPDATE", [ids.as_array(customer_ids)],
    )  # fmt: skip
    return [id for (id,) in rows]


@needs_transaction
def remove(customer_ids: Sequence[UUID]) -> None:
    """Customers that nothing else speaks of go, with all they are found by. The log stays."""
    sql.statement("customers", "remove").run(customers=ids.as_array(customer_ids))


@needs_transaction
def forget_identities(
    customer_ids: Sequence[UUID], *, added_at: datetime, now: datetime
) -> list[tuple[UUID, str]]:
    """Take away what was added at that very time: (customer, kind) of each."""
    gone = sql.statement("customers", "forget_identities").rows(
        customers=ids.as_array(customer_ids), added_at=added_at
    )
    _find_heirs([(customer, kind) for customer, kind, was_primary in gone if was_primary], now=now)
    return [(customer, kind) for customer, kind, _ in gone]


def _find_heirs(bereft: Sequence[tuple[UUID, str]], *, now: datetime) -> None:
    if bereft:
        sql.statement("customers", "heirs").run(
            size=len(bereft), now=now, **sql.columns(bereft, ("customer_id", "kind"))
        )


@needs_transaction
def remove_identities(gone: Sequence[Identity], *, now: datetime) -> None:
    """With what their customers were found by; another one of the kind becomes the first."""
    for one in gone:
        IdentityKey.objects.filter(
            kind=one.kind, value_norm=one.value_norm, customer_id=one.customer_id
        ).delete()
    Identity.objects.filter(id__in=[one.id for one in gone]).delete()
    bereft = {(one.customer_id, one.kind) for one in gone if one.primary_since is not None}
    _find_heirs(sorted(bereft), now=now)


@needs_transaction
def put_marks_back(identity: Identity, marks: Mapping[str, Any]) -> None:
    """Shared, bouncing and the first of its kind as it was before; what had ended has ended."""
    same_kind = Identity.objects.filter(customer_id=identity.customer_id, kind=identity.kind)
    if marks["primary_since"] is not None:
        same_kind.exclude(id=identity.id).update(primary_since=None)
    same_kind.filter(id=identity.id).update(**marks)


@needs_transaction
def remove_addresses(gone: Sequence[Address]) -> int:
    return Address.objects.filter(id__in=[one.id for one in gone]).delete()[0]


@needs_transaction
def put_address_back(address: Address, values: Mapping[str, Any]) -> None:
    """As it was written down before."""
    place = postal.Place(**{name: values[name] for name in postal.PARTS})
    rows = Address.objects.filter(id=address.id, customer_id=address.customer_id)
    rows.update(**values, norm=postal.norm(place))


@needs_transaction
def remove_relations(gone: Sequence[Relation]) -> int:
    return Relation.objects.filter(id__in=[one.id for one in gone]).delete()[0]


@needs_transaction
def put_relation_back(relation: Relation, values: Mapping[str, Any]) -> None:
    """With the rights and the last day it had before."""
    rows = Relation.objects.filter(id=relation.id, customer_id=relation.customer_id)
    rows.update(**values)
