"""Every change of an identity after it was added: primary, verified, shared, bouncing, ended."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from clientela.customers.identities import rules
from clientela.customers.identities.models import Verification
from clientela.customers.models import Identity, IdentityKey
from clientela.platform import ids
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction


class IdentityEnded(Problem):
    code = "identity-ended"
    status = 409
    title = "This identity is not the customer's any more"


@needs_transaction
def make_primary(identity: Identity, *, now: datetime) -> bool:
    """The one that is used first of its kind; False: it was already."""
    _refuse_ended(identity)
    if identity.primary_since is not None:
        return False
    _same_kind(identity).filter(primary_since__isnull=False).update(primary_since=None)
    _set(identity, primary_since=now)
    return True


@needs_transaction
def verify(
    identity: Identity, *, method: str, until: date | None, actor: Actor, now: datetime,
    today: date,
) -> Verification:  # fmt: skip
    """Somebody made sure that it is the customer's; what bounced before is tried again."""
    _refuse_ended(identity)
    if method not in rules.METHODS:
        raise InvalidInput(f"A method is one of {', '.join(rules.METHODS)}.", field="method")
    if until is not None and until <= today:
        raise InvalidInput("This day has passed.", field="until")
    if identity.bounced_at is not None:
        _set(identity, bounced_at=None)
    return Verification.objects.create(
        id=ids.uuid7(), customer_id=identity.customer_id, identity_id=identity.id, method=method,
        verified_at=now, verified_by=actor.id, valid_until=until,
    )  # fmt: skip


@needs_transaction
def share(identity: Identity, *, shared: bool) -> bool:
    """Mark that others use it as well, or that they do not; False: so it stood already."""
    _refuse_ended(identity)
    if identity.shared == shared:
        return False
    _set(identity, shared=shared)
    return True


@needs_transaction
def bounce(identity: Identity, *, bounced: bool, now: datetime) -> bool:
    """What is sent to it comes back, or arrives again; False: so it stood already."""
    _refuse_ended(identity)
    if (identity.bounced_at is not None) == bounced:
        return False
    _set(identity, bounced_at=now if bounced else None)
    return True


@needs_transaction
def end(identity: Identity, *, now: datetime) -> bool:
    """It was the customer's and is not any more: nobody is found by it. False: ended before."""
    if identity.ended_at is not None:
        return False
    was_primary = identity.primary_since is not None
    IdentityKey.objects.filter(
        kind=identity.kind, value_norm=identity.value_norm, customer_id=identity.customer_id
    ).delete()
    _set(identity, ended_at=now, primary_since=None)
    heir = _same_kind(identity).filter(ended_at=None).order_by("id").first()
    if was_primary and heir is not None:
        _set(heir, primary_since=now)
    return True


def _refuse_ended(identity: Identity) -> None:
    if identity.ended_at is not None:
        raise IdentityEnded("Add it again first: it is among the former ones.")


def _same_kind(identity: Identity) -> QuerySet[Identity]:
    return Identity.objects.filter(customer_id=identity.customer_id, kind=identity.kind)


def _set(identity: Identity, **values: Any) -> None:
    Identity.objects.filter(id=identity.id, customer_id=identity.customer_id).update(**values)
    for name, value in values.items():
        setattr(identity, name, value)
