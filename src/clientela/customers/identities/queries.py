"""Reads of what customers are found by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from clientela.customers import sight
from clientela.customers.identities import rules
from clientela.customers.identities.models import Verification
from clientela.customers.models import Identity, IdentityKey
from clientela.platform.errors import NotThere

IDENTITIES_SHOWN = 200
MASK = "••••"


class NoSuchIdentity(NotThere):
    code = "no-such-identity"
    title = "The customer has no such identity"


@dataclass(frozen=True, slots=True)
class Known:
    """An identity with its latest verification. `shared` also where many customers have it;
    `masked`: whoever acts may know that it is there, and not its value.
    """

    identity: Identity
    verification: Verification | None
    shared: bool
    masked: bool = False

    @property
    def shown(self) -> str:
        return MASK if self.masked else self.identity.value_shown

    @property
    def value(self) -> str:
        """What look-ups compare, but for what is kept only as a hash."""
        hashed = self.identity.kind in rules.HASHED
        return self.shown if self.masked or hashed else self.identity.value_norm

    def is_verified(self, *, today: date) -> bool:
        made = self.verification
        return made is not None and (made.valid_until is None or made.valid_until > today)

    @property
    def state(self) -> str:
        """`former`, `bouncing` or `good`."""
        if self.identity.ended_at is not None:
            return "former"
        return "good" if self.identity.bounced_at is None else "bouncing"


def of(family: Sequence[UUID]) -> list[Known]:
    """Everything the family is or was found by: present ones first, primary ones before others."""
    seeing = sight.present()
    found = Identity.objects.exclude(kind__in=seeing.unsought_identities)
    rows = list(found.filter(customer_id__in=list(family))[:IDENTITIES_SHOWN])
    rows.sort(key=lambda one: (
        one.ended_at is not None, rules.KINDS.index(one.kind) if one.kind in rules.KINDS else 99,
        one.primary_since is None, one.customer_id != family[0], one.id,
    ))  # fmt: skip
    latest = _latest(family)
    many = _held_by_many(rows)
    return [
        Known(
            row, latest.get(row.id), row.shared or (row.kind, row.value_norm) in many,
            masked=not seeing.sees_identity(row.kind),
        )
        for row in rows
    ]  # fmt: skip


def one(identity_id: UUID, *, family: Sequence[UUID]) -> Identity:
    seen = Identity.objects.exclude(kind__in=sight.present().unsought_identities)
    found = seen.filter(id=identity_id, customer_id__in=list(family)).first()
    if found is None:
        raise NoSuchIdentity
    return found


def is_held_by_many(kind: str, norm: str) -> bool:
    """Whether so many customers have it that it tells a household and no person."""
    held = IdentityKey.objects.filter(kind=kind, value_norm=norm)
    return held.values("customer_id")[: rules.SHARED_BY + 1].count() > rules.SHARED_BY


def _latest(family: Sequence[UUID]) -> dict[UUID, Verification]:
    made = Verification.objects.filter(customer_id__in=list(family)).order_by("verified_at", "id")
    return {one.identity_id: one for one in made}


def _held_by_many(rows: Sequence[Identity]) -> set[tuple[str, str]]:
    named = {(row.kind, row.value_norm) for row in rows if row.ended_at is None}
    counted: dict[tuple[str, str], int] = {}
    found = IdentityKey.objects.filter(
        kind__in={kind for kind, _ in named}, value_norm__in={norm for _, norm in named}
    ).values_list("kind", "value_norm")
    for kind, norm in found[: IDENTITIES_SHOWN * 50]:
        counted[kind, norm] = counted.get((kind, norm), 0) + 1
    return {key for key in named if counted.get(key, 0) > rules.SHARED_BY}


def changed_at(family: Sequence[UUID], kinds: Sequence[str]) -> datetime | None:
    """When a value of these kinds was last added or ended after the record had its first ones;
    None: they are those it began with.
    """
    rows = Identity.objects.filter(customer_id__in=list(family), kind__in=list(kinds))
    found = list(rows.values_list("customer_id", "added_at", "ended_at"))
    first: dict[UUID, datetime] = {}
    for customer, added_at, _ in found:
        first[customer] = min(first.get(customer, added_at), added_at)
    changes = [added_at for customer, added_at, _ in found if added_at > first[customer]]
    changes += [ended_at for _, _, ended_at in found if ended_at is not None]
    return max(changes, default=None)
