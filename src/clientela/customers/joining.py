"""What a merge hands to the apps that carry something, and what they answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from clientela.events.actions import Happening
from clientela.platform import sql
from clientela.platform.http.actors import Actor


@dataclass(frozen=True, slots=True)
class Joined:
    """Records that became one, or are parted again. `moved` have, or had, this survivor by it:
    the records merged and the aliases they had. The link stands, or is cut, already.
    """

    merge_id: UUID
    survivor: UUID
    moved: tuple[UUID, ...]
    actor: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class Carried:
    """What was carried: `data` (JSON: ids, codes, amounts) is kept with the merge and handed in
    again when it is taken back.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    happenings: tuple[Happening, ...] = ()


class Carrying(Protocol):
    """The module that `platform.declare.Carry.actions` names."""

    def carry(self, joined: Joined) -> Carried: ...

    def give_back(self, joined: Joined, carried: Mapping[str, Any]) -> Carried: ...


def survivors_of(customer_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Of some records those that were merged: whom they are part of."""
    wanted = list(customer_ids)
    if not wanted:
        return {}
    rows = sql.execute(
        "SELECT id, merged_into FROM customers_customer"
        " WHERE id = ANY (%s) AND merged_into IS NOT NULL",
        [wanted], prepare=True,
    )  # fmt: skip
    return dict(rows.fetchall())
