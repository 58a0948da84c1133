"""Records brought in line with a changed field, or with another profile type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import history, sealed
from clientela.customers.definitions import marked
from clientela.customers.models import Customer, ProfileType
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
    own = by_type.get(kind.pk, marked.NOTHING)
    rows = [
        (
            one.id, one.version, kind.pk, kind.party,
            *sealed.stored(one.attributes, customer_id=one.id, keys=own.sealed),
            marked.words(one.name, one.attributes, own.searchable), int(bool(one.changes)),
        )
        for one in records
    ]  # fmt: skip
    if not rows:
        return []
    written = sql.statement("customers", "rework").rows(
        size=len(rows), **sql.columns(rows, COLUMNS)
    )
    done = {id for (id,) in written}
    history.note(
        [(one.id, one.changes) for one in records if one.id in done], by_type,
        actor=actor, now=now, cause=cause,
    )  # fmt: skip
    return [one.id for one in records if one.id in done]
