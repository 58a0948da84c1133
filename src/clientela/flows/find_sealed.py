"""Who has a value of a sensitive field: asked with a reason, which is kept like a revelation."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import queries as customers
from clientela.customers import rules, sealed
from clientela.customers.access import actions as access
from clientela.customers.definitions import queries as definitions
from clientela.customers.queries import SEARCH_MAX, Hit
from clientela.customers.rules import BadValue
from clientela.flows.open_record import may_reveal, reason_of
from clientela.platform import sql, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor, acting


@transactions.retried
def find_by_field(
    type_key: str, key: str, value: Any, *, reason: str, actor: Actor, now: datetime, channel: str,
    request: str = "",
) -> list[Hit]:  # fmt: skip
    """At most 50 customers whose field holds just this value, texts without case and marks.

    Only by whom may reveal the field; each customer found is written down as revealed.
    """
    why = reason_of(reason)
    with acting(actor), transactions.open():
        kind = definitions.profile_type(type_key)
        may_reveal(actor, type_key, [key])
        field = definitions.field(type_key, key)
        if not field.sealed:
            words = "It is not sensitive: filter by it, GET /customers with filter."
            raise InvalidInput(words, field="field")
        wanted = _canonical(definitions.definitions_of(kind.fields.all())[key], value)
        found = customers.visible(_having(kind.pk, key, wanted))
        for customer in sorted(found):
            access.note_revealed(
                customer, [key], reason=why, actor=actor, channel=channel, now=now, request=request
            )
        return customers.candidates(list(found))


def _having(kind: int, key: str, value: Any) -> list[UUID]:
    rows = sql.statement("customers", "by_mark").rows(
        marks=sealed.marks(key, value), profile_type=kind, key=key, limit=SEARCH_MAX
    )
    return [id for (id,) in rows]


def _canonical(definition: rules.FieldDefinition, value: Any) -> Any:
    try:
        return rules.canonical(definition, value)
    except BadValue as bad:
        words = f"This is no value of {definition.key}: {bad.faults[0].code}."
        raise InvalidInput(words, field="value") from None
