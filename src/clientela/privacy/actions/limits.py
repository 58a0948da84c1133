"""Holds, objections and restrictions: set and lifted, each with who, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from clientela.customers.forgetting import actions as customers
from clientela.platform import ids
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction, refusing
from clientela.privacy import queries
from clientela.privacy.faults import AlreadyRestricted, RestrictionOver
from clientela.privacy.models.rights import Restriction

REASON_LENGTH_MAX = 500
HIDING = (Restriction.Kind.FROZEN, Restriction.Kind.KEPT_BY_LAW)
"""Those by which a customer is seen only by few."""


@dataclass(frozen=True, slots=True)
class NewRestriction:
    family: Sequence[UUID]
    kind: str
    reason: str
    source: str = ""
    until_on: date | None = None
    request_id: UUID | None = None


@needs_transaction
def restrict(new: NewRestriction, *, today: date, actor: Actor, now: datetime) -> Restriction:
    """AlreadyRestricted when one of this kind stands; of legal holds there may be several."""
    _refuse_wrong(new, today=today)
    with refusing(a_restriction_is_set_once_while_it_stands=AlreadyRestricted):
        made = Restriction.objects.create(
            id=ids.uuid7(), customer_id=new.family[0], kind=new.kind, reason=new.reason,
            source=new.source, until_on=new.until_on, request_id=new.request_id,
            set_by=actor.id, set_at=now,
        )  # fmt: skip
    if new.kind in HIDING:
        customers.hide(new.family, now=now)
    return made


@needs_transaction
def lift(
    restriction: Restriction, *, reason: str, family: Sequence[UUID], actor: Actor, now: datetime
) -> None:
    """The restriction is over; the customer is seen again when no other hides them."""
    lifted = Restriction.objects.filter(id=restriction.id, lifted_at=None).update(
        lifted_at=now, lifted_by=actor.id, lifted_reason=reason[:REASON_LENGTH_MAX]
    )
    if not lifted:
        raise RestrictionOver
    settle(family, now=now)


@needs_transaction
def end(restriction: Restriction, *, actor: Actor, now: datetime) -> None:
    """What the law kept is erased: the restriction is over, and the record stays hidden."""
    Restriction.objects.filter(id=restriction.id, lifted_at=None).update(
        lifted_at=now, lifted_by=actor.id
    )


@needs_transaction
def settle(family: Sequence[UUID], *, now: datetime) -> None:
    """Hide or show a customer by what stands of the family; after a merge and its undoing too."""
    if queries.is_restricted(family) or queries.is_erased(family):
        customers.hide(family, now=now)
    else:
        customers.show_again(family)


def _refuse_wrong(new: NewRestriction, *, today: date) -> None:
    if new.kind not in Restriction.Kind.values:
        kinds = ", ".join(Restriction.Kind.values)
        raise InvalidInput(_("Use %(kinds)s.") % {"kinds": kinds}, field="kind")
    if not new.reason.strip():
        raise InvalidInput(_("Say why."), field="reason")
    if len(new.reason) > REASON_LENGTH_MAX:
        raise InvalidInput(_("This is too long."), field="reason")
    if new.until_on is not None and new.until_on <= today:
        raise InvalidInput(_("The end lies in the past."), field="until_on")
