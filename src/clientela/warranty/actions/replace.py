"""A unit takes over from another: policies go on, the old one's cover ends, the new one's is the
rest of it.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from clientela.platform import ids, sql
from clientela.platform.transactions import needs_transaction
from clientela.products.rules import number_norm
from clientela.warranty.actions import policies
from clientela.warranty.models.covered import Cancellation, Policy, Unit
from clientela.warranty.rules import serials

REPLACED = "replaced"


@needs_transaction
def replace_unit(
    *, customer_id: UUID, old_holding_id: UUID, new_holding_id: UUID, serial: str, on: date
) -> None:
    """The new unit has the remaining term of everything that ran, and what was used stays used."""
    old = Unit.objects.get(customer_id=customer_id, holding_id=old_holding_id)
    values = {
        field.attname: getattr(old, field.attname)
        for field in Unit._meta.concrete_fields
        if field.attname not in ("id", "holding_id", "serial", "serial_fold")
    }
    Unit.objects.filter(id=old.id).update(replaced_on=on)
    Unit.objects.create(
        **{**values, "replaces_holding_id": old_holding_id, "replaced_on": None},
        id=ids.uuid7(), holding_id=new_holding_id, serial=serial,
        serial_fold=serials.folded(number_norm(serial)),
    )  # fmt: skip
    sql.statement("warranty", "inherit").run(
        customer=customer_id, old=old_holding_id, new=new_holding_id, on=on
    )
    ended = Cancellation.objects.filter(customer_id=customer_id).values("policy_id")
    running = Policy.objects.filter(
        customer_id=customer_id, holding_id=old_holding_id, ends_on__gt=on
    )
    running.exclude(id__in=ended).update(holding_id=new_holding_id)
    policies.cut(customer_id, on=on, why=REPLACED, holding_id=old_holding_id)
