"""Every write to the customer's record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from clientela.customers import history, numbering, queries, sealed
from clientela.customers.definitions import marked
from clientela.customers.identities.rules import EXCLUSIVE
from clientela.customers.models import Customer, Identity, IdentityKey, ProfileType
from clientela.events.actions import Happening
from clientela.platform import ids, sql, text
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

PERSON = "person"
REGISTER_COLUMNS = (
    "id", "number", "profile_type", "party", "status", "display_name", "folded_name", "sort_key",
    "language", "country", "attributes", "attributes_folded", "words", "known_since", "source",
    "external_id",
)  # fmt: skip


class ChangedMeanwhile(Problem):
    code = "changed-meanwhile"
    status = 412
    title = "Somebody changed this record since you opened it"


@dataclass(frozen=True, slots=True)
class IdentityValue:
    """`norm` is what look-ups compare; `shown` as a person wrote it."""

    kind: str
    norm: str
    shown: str


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer to register. `attributes` are canonical already (see `rules.check`)."""

    name: str
    profile_type: str = PERSON
    language: str = ""
    country: str = ""
    status: str = Customer.Status.ACTIVE
    known_since: date | None = None
    source: str = ""
    external_id: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    identities: tuple[IdentityValue, ...] = ()
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CustomerChange:
    """The whole new state of the changeable values of one customer, and what it is based on."""

    id: UUID
    version: int
    name: str
    language: str
    country: str
    attributes: Mapping[str, Any]


@needs_transaction
def register(
    batch: Sequence[NewCustomer], *, now: datetime, today: date, is_demo: bool = False
) -> list[tuple[int, UUID]]:
    """Register customers not known yet: (place in the batch, new id) for each that is new.

    One whose (source, external id) is taken already is left out: whoever came first stands.
    """
    if not batch:
        return []
    types, by_type = queries.profile_types(), marked.marked()
    numbers = numbering.draw(len(batch))
    given = [new.id or fresh for new, fresh in zip(batch, ids.uuid7s(len(batch)), strict=True)]
    rows = [
        _row(
            new,
            id=id,
            number=number,
            profile_type=types[new.profile_type],
            today=today,
            own=by_type.get(types[new.profile_type].pk, marked.NOTHING),
        )
        for new, id, number in zip(batch, given, numbers, strict=True)
    ]
    written = sql.statement("customers", "register").rows(
        size=len(rows), now=now, is_demo=is_demo, **sql.columns(rows, REGISTER_COLUMNS)
    )
    fresh = {id for (id,) in written}
    registered = [(place, id) for place, id in enumerate(given) if id in fresh]
    marked.keep_unique(
        [(id, types[batch[place].profile_type].pk, batch[place].attributes)
         for place, id in registered],
        by_type, is_new=True,
    )  # fmt: skip
    identify(
        [(id, identity) for place, id in registered for identity in batch[place].identities],
        now=now,
    )
    return registered


@needs_transaction
def identify(pairs: Sequence[tuple[UUID, IdentityValue]], *, now: datetime) -> list[UUID]:
    """Add identities to customers; one that a customer has already changes nothing.

    Returns the customer of each identity that was added.
    """
    if not pairs:
        return []
    rows = [
        (id, customer, identity.kind, identity.norm, identity.shown)
        for id, (customer, identity) in zip(ids.uuid7s(len(pairs)), pairs, strict=True)
    ]
    names = ("id", "customer_id", "kind", "value_norm", "value_shown")
    added = sql.statement("customers", "identify").rows(
        size=len(rows),
        now=now,
        exclusive_kinds=list(EXCLUSIVE),
        **sql.columns(rows, names),
    )
    return [customer for customer, _ in added]


@needs_transaction
def withdraw_identity(*, customer: Customer, identity_id: UUID, now: datetime) -> Identity | None:
    """Take an identity away; the next one of its kind becomes primary. None: it was not there."""
    identity = Identity.objects.filter(id=identity_id, customer_id=customer.id).first()
    if identity is None:
        return None
    IdentityKey.objects.filter(
        kind=identity.kind, value_norm=identity.value_norm, customer_id=customer.id
    ).delete()
    Identity.objects.filter(id=identity_id).delete()
    others = Identity.objects.filter(customer_id=customer.id, kind=identity.kind, ended_at=None)
    if identity.primary_since is not None and (heir := others.order_by("id").first()):
        Identity.objects.filter(id=heir.id).update(primary_since=now)
    return identity


@needs_transaction
def heard_of(latest: Mapping[UUID, datetime]) -> int:
    """When customers were last heard of, which moves on and never back; how many moved."""
    if not latest:
        return 0
    return sql.statement("customers", "heard").run(
        size=len(latest), id=list(latest), heard_at=list(latest.values())
    )


@needs_transaction
def change(
    batch: Sequence[CustomerChange],
    *,
    before: Mapping[UUID, CustomerChange],
    actor: Actor,
    now: datetime,
    cause: str = "",
    request: str = "",
) -> list[tuple[UUID, list[str]]]:
    """Write new values; (customer, fields changed) for each that truly differs.

    `before` holds each record as it was read. A record changed by somebody else since then is
    left alone and missing from the answer.
    """
    differing = [(new, _differences(before[new.id], new)) for new in batch]
    differing = [(new, fields) for new, fields in differing if fields]
    if not differing:
        return []
    by_type = marked.marked()
    types = marked.types_of([new.id for new, _ in differing]) if by_type else {}
    rows = [
        (
            new.id, new.version, new.name, text.folded(new.name), text.sort_key(new.name),
            new.language, new.country,
            *sealed.stored(new.attributes, customer_id=new.id, keys=own.sealed),
            marked.words(new.name, new.attributes, own.searchable),
        )
        for new, _ in differing
        for own in [by_type.get(types.get(new.id, 0), marked.NOTHING)]
    ]  # fmt: skip
    names = (
        "id", "version", "display_name", "folded_name", "sort_key", "language", "country",
        "attributes", "attributes_folded", "words",
    )  # fmt: skip
    written = sql.statement("customers", "change").rows(
        size=len(rows), now=now, **sql.columns(rows, names)
    )
    stored = {id for (id,) in written}
    marked.keep_unique(
        [(new.id, types.get(new.id, 0), new.attributes)
         for new, _ in differing if new.id in stored],
        by_type,
    )  # fmt: skip
    done = [(new, fields) for new, fields in differing if new.id in stored]
    history.note(
        [(new.id, fields) for new, fields in done], by_type, actor=actor, now=now, cause=cause,
        request=request,
    )  # fmt: skip
    return [(new.id, [name for name, _, _ in fields]) for new, fields in done]


def registered_events(
    registered: Iterable[UUID], *, now: datetime, source: str = ""
) -> list[Happening]:
    data = {"source": source} if source else {}
    return [
        Happening("customer.registered", now, id, ids.public("cus", id), data) for id in registered
    ]


def _row(
    new: NewCustomer, *, id: UUID, number: int, profile_type: ProfileType, today: date,
    own: marked.Marked,
) -> tuple[Any, ...]:  # fmt: skip
    return (
        id, number, profile_type.pk, profile_type.party, new.status, new.name,
        text.folded(new.name), text.sort_key(new.name), new.language, new.country,
        *sealed.stored(new.attributes, customer_id=id, keys=own.sealed),
        marked.words(new.name, new.attributes, own.searchable), new.known_since or today,
        new.source, new.external_id,
    )  # fmt: skip


def _differences(old: CustomerChange, new: CustomerChange) -> list[tuple[str, Any, Any]]:
    found: list[tuple[str, Any, Any]] = [
        (name, getattr(old, name), getattr(new, name))
        for name in ("name", "language", "country")
        if getattr(old, name) != getattr(new, name)
    ]
    before, after = old.attributes, new.attributes
    return found + [
        (key, before.get(key), after.get(key))
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    ]
