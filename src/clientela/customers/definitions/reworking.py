"""Records brought in line with a changed field, or with another profile type."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import rules
from clientela.customers.definitions import marked
from clientela.customers.models import Customer, FieldChange, ProfileType
from clientela.platform import sql
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

COLUMNS = (
    "id", "version", "profile_type", "party", "attributes", "attributes_folded", "words", "bump",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """One customer's attributes as they are to stand; `changes` are (field, old, new)."""

    id: UUID
    version: int
    name: str
    attributes: Mapping[str, Any]
    changes: Sequence[tuple[str, Any, Any]] = ()


def locked(kind: ProfileType, *, after: UUID | None, limit: int) -> list[Customer]:
    """The next customers of a type in the order of their ids, held until the transaction ends."""
    rows = Customer.objects.select_for_update().filter(profile_type=kind).order_by("id")
    wanted = rows.only("id", "version", "display_name", "attributes", "merged_into")
    return list((wanted if after is None else wanted.filter(id__gt=after))[:limit])


@needs_transaction
def rework(
    records: Sequence[Record], *, kind: ProfileType, by_type: Mapping[int, marked.Marked],
    actor: Actor, now: datetime, cause: str,
) -> list[UUID]:  # fmt: skip
    """Write records as they are to stand under `kind`; who was written. What differs is noted."""
    searchable = by_type.get(kind.pk, marked.NOTHING).searchable
    rows = [
        (
            one.id, one.version, kind.pk, kind.party, rules.as_json(one.attributes),
            json.dumps(rules.folded_copies(one.attributes)),
            marked.words(one.name, one.attributes, searchable), int(bool(one.changes)),
        )
        for one in records
    ]  # fmt: skip
    if not rows:
        return []
    written = sql.statement("customers", "rework").rows(
        size=len(rows), **sql.columns(rows, COLUMNS)
    )
    done = {id for (id,) in written}
    FieldChange.objects.bulk_create(
        FieldChange(
            customer_id=one.id, field=name, old=_plain(old), new=_plain(new), changed_at=now,
            actor=actor.id, cause=cause,
        )
        for one in records if one.id in done
        for name, old, new in one.changes
    )  # fmt: skip
    return [one.id for one in records if one.id in done]


def _plain(value: Any) -> Any:
    return None if value is None else json.loads(rules.as_json({"": value}))[""]
