"""Where each value of a record comes from: who said it last, when, and by what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clientela.customers import queries as customers
from clientela.customers import sight
from clientela.customers.models import Customer
from clientela.events import queries as events

REGISTERED = "customer.registered"
PLAIN = ("name", "language", "country", "branch", "owner")


@dataclass(frozen=True, slots=True)
class Origin:
    """`source`: the system or file it came with; `cause` what asked for the change (an import, a
    merge); `request` finds it in the log. Unchanged since the record was made it is the first.
    """

    field: str
    since: datetime | None
    actor: str
    source: str
    cause: str
    request: str


def origins_of(customer: Customer, family: Sequence[UUID]) -> list[Origin]:
    """One for each value the record has and whoever acts may see."""
    changed = customers.last_changes_of(family, profile_type=customer.profile_type.key)
    first = events.first_of([customer.id], REGISTERED)
    made = Origin(
        "", first.occurred_at if first else None, first.actor if first else "",
        str(first.data.get("source", "")) if first else "", "", first.request if first else "",
    )  # fmt: skip
    found = []
    for field in _fields(customer):
        change = changed.get(field)
        if change is None:
            found.append(Origin(field, made.since, made.actor, made.source, "", made.request))
        else:
            found.append(
                Origin(field, change.changed_at, change.actor, "", change.cause, change.request)
            )
    return found


def _fields(customer: Customer) -> list[str]:
    seeing, kind = sight.present(), customer.profile_type.key
    plain = {"name": customer.display_name, "language": customer.language,
             "country": customer.country, "branch": customer.branch,
             "owner": customer.owner_id}  # fmt: skip
    own = [name for name in PLAIN if plain[name]]
    listed = [field.key for field in customer.profile_type.fields.all()]
    told = [key for key in listed if key in customer.attributes]
    told += [key for key in customer.attributes if key not in listed]
    return own + [key for key in told if seeing.sees(kind, key)]
