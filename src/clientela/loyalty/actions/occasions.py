"""What happened to customers besides purchases: written down once, by its source and key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from clientela.loyalty.rules.awards import REASONS, Refusal
from clientela.platform import ids, sql
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

EVENT, ADJUSTMENT, HOLD = "event", "adjustment", "hold"


@dataclass(frozen=True, slots=True)
class NewOccasion:
    customer_id: UUID
    name: str
    source: str
    key: str
    occurred_at: datetime
    body_hash: bytes
    subject: str = ""


class Known(NamedTuple):
    """What stands under a name: whose it is, its row, and what it said."""

    kind: str
    customer_id: UUID
    row_id: UUID
    body_hash: bytes


class Claim(NamedTuple):
    source: str
    key: str
    kind: str
    customer_id: UUID
    row_id: UUID
    body_hash: bytes


@needs_transaction
def claim(claims: Sequence[Claim]) -> tuple[set[tuple[str, str]], dict[tuple[str, str], Known]]:
    """Take these names, each of which is there once: which were free, and what the others are.

    Whoever comes second waits for the first to end.
    """
    if not claims:
        return set(), {}
    columns = sql.columns(claims, Claim._fields)
    taken = {
        (source, key)
        for source, key in sql.statement("loyalty", "claim_keys").rows(size=len(claims), **columns)
    }
    rest = [one for one in claims if (one.source, one.key) not in taken]
    if not rest:
        return taken, {}
    rows = sql.statement("loyalty", "known_keys").rows(
        size=len(rest), source=[one.source for one in rest], key=[one.key for one in rest]
    )
    known = {
        (source, key): Known(kind, customer, row, bytes(content))
        for source, key, kind, customer, row, content in rows
    }
    return taken, known


@needs_transaction
def record(
    fresh: Sequence[tuple[UUID, NewOccasion]], *, refusals: Mapping[UUID, Sequence[Refusal]],
    actor: Actor, now: datetime,
) -> None:  # fmt: skip
    """Write down what is new, under the ids it was claimed with, and what gave nothing for it."""
    if not fresh:
        return
    rows = [
        (id, new.customer_id, new.name, new.source, new.key, new.subject, new.occurred_at,
         _pairs(refusals.get(id, ())))
        for id, new in fresh
    ]  # fmt: skip
    names = ("id", "customer_id", "name", "source", "key", "subject", "occurred_at", "refusals")
    sql.statement("loyalty", "occasions").run(
        size=len(rows), now=now, actor=actor.id, **sql.columns(rows, names)
    )


def _pairs(refusals: Sequence[Refusal]) -> str:
    return f"{{{','.join(f'{one.version_id},{REASONS[one.reason]}' for one in refusals)}}}"


def new_ids(many: int) -> list[UUID]:
    return ids.uuid7s(many)
