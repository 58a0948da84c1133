"""The history of a record: old and new value of each field that changed, sealed as the field is."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import rules, sealed
from clientela.customers.definitions import marked
from clientela.customers.models import FieldChange
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

Changed = Sequence[tuple[str, Any, Any]]


@needs_transaction
def note(
    changes: Sequence[tuple[UUID, Changed]], by_type: Mapping[int, marked.Marked], *,
    actor: Actor, now: datetime, cause: str, request: str = "",
) -> None:  # fmt: skip
    """Of (customer, (field, old, new) of each that changed). A field that is sealed in one profile
    type is so in the history of all: a record may have come from there.
    """
    keys = marked.sealed_keys(by_type)
    FieldChange.objects.bulk_create(
        FieldChange(
            customer_id=customer, field=name, changed_at=now, actor=actor.id, cause=cause,
            request=request, **_kept(customer, name, old, new, keys=keys, now=now),
        )
        for customer, fields in changes
        for name, old, new in fields
    )  # fmt: skip


def _kept(
    customer: UUID, name: str, old: Any, new: Any, *, keys: Collection[str], now: datetime
) -> dict[str, Any]:
    values = {"old": old, "new": new}
    if name not in keys:
        return {which: _plain(value) for which, value in values.items()}
    return {
        which: sealed.in_history(value, which, customer_id=customer, key=name, at=now)
        for which, value in values.items()
    }


def _plain(value: Any) -> Any:
    return None if value is None else json.loads(rules.as_json({"": value}))[""]
