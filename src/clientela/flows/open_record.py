"""A record is opened, and what is masked in it revealed: both are written down first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import queries as customers
from clientela.customers import sealed
from clientela.customers.access import actions as access
from clientela.customers.models import Customer
from clientela.customers.sight import IDENTITIES, FieldNotRevealed, FieldNotVisible, sight_of
from clientela.platform import sql, text, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor, acting

REASON_LENGTH_MIN, REASON_LENGTH_MAX = 5, 500


def open_record(
    customer_id: UUID, *, actor: Actor, now: datetime, channel: str, request: str = ""
) -> Customer:
    """The record of somebody who may be seen; that it was opened is written down by one statement
    of its own, before the answer leaves.
    """
    with acting(actor):
        customer = customers.get(customer_id)
    sql.execute(
        "SELECT customers_note_access(%s, %s, %s, %s, %s)",
        [customer.id, actor.id, channel, request, now], prepare=True,
    )  # fmt: skip
    return customer


@transactions.retried
def reveal_fields(
    customer_id: UUID, *, fields: Sequence[str] = (), identities: Sequence[str] = (), reason: str,
    actor: Actor, now: datetime, channel: str, request: str = "",
) -> dict[str, Any]:  # fmt: skip
    """The values of sensitive fields and identities, `{"attributes": {…}, "identities": […]}`.

    FieldNotVisible for one that is not there for this actor, FieldNotRevealed for one that stays
    masked for them; then nobody has read anything.
    """
    why = reason_of(reason)
    if not (fields or identities):
        raise InvalidInput("Name the fields to be revealed.", field="fields")
    with acting(actor), transactions.open():
        customer = customers.get(customer_id)
        may_reveal(actor, customer.profile_type.key, fields)
        may_reveal(actor, IDENTITIES, identities)
        named = [*fields, *(f"identity.{kind}" for kind in identities)]
        access.note_revealed(
            customer.id, named, reason=why, actor=actor, channel=channel, now=now, request=request
        )
        found = customers.identities_by_kind(customers.family_of(customer.id), identities)
    return {
        "attributes": _named(customer.attributes, fields),
        "identities": [{"kind": one.kind, "value": one.value_shown} for one in found],
    }


def _named(attributes: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    named = {key: attributes[key] for key in fields if key in attributes}
    sealed.needs_open(named.values())
    return named


def may_reveal(actor: Actor, profile_type: str, fields: Sequence[str]) -> None:
    """FieldNotVisible or FieldNotRevealed for the first that this actor may not read."""
    sight = sight_of(actor)
    for name in fields:
        if not sight.sees(profile_type, name) or (profile_type, name) not in sight.places:
            raise FieldNotVisible(f"You may not see the field {name}.", field=name)
        if sight.masks(profile_type, name) and not sight.reveals(profile_type, name):
            raise FieldNotRevealed(f"You may not reveal the field {name}.", field=name)


def reason_of(given: str) -> str:
    """Why somebody looks, as it is kept."""
    try:
        reason = text.clean(given)
    except ValueError:
        reason = ""
    if not REASON_LENGTH_MIN <= len(reason) <= REASON_LENGTH_MAX:
        words = f"Say why, in {REASON_LENGTH_MIN} to {REASON_LENGTH_MAX} signs."
        raise InvalidInput(words, field="reason")
    return reason
