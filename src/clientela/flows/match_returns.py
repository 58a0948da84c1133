"""Returns that came before their purchase are booked on it when it arrives within seven days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from clientela.customers import families
from clientela.flows import return_purchase
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction
from clientela.purchases import queries, rules, unmatched
from clientela.purchases.actions import Fresh
from clientela.purchases.models import Return


@needs_transaction
def match(fresh: Sequence[Fresh], *, actor: Actor, now: datetime, request: str = "") -> int:
    """Book what waited for purchases that were recorded just now; how many returns."""
    since = now - rules.RETURN_WAITS
    known = families.of({one.purchase.customer_id for one in fresh})
    everybody = {id: family.ids for family in known.values() for id in family.ids}
    named = {(one.purchase.source, one.purchase.reference): one.id for one in fresh}
    booked = 0
    for waited in unmatched.waiting(everybody, since=since):
        purchase_id = _purchase_of(waited, everybody[waited.customer_id], named)
        if purchase_id is not None:
            purchase = queries.locked(purchase_id)
            given = unmatched.book(waited, purchase, now=now)
            return_purchase.follow(given, actor=actor, now=now, request=request)
            booked += 1
    return booked


def _purchase_of(
    waited: Return, family: Sequence[UUID], named: dict[tuple[str, str], UUID]
) -> UUID | None:
    """The purchase a return names, where that came now; of one that names none the one it fits."""
    if waited.original:
        return named.get((waited.source, waited.original))
    return queries.match_return(
        family=family, amount_minor=waited.amount_minor, currency=waited.currency,
        quantity_milli=waited.quantity_milli, product_code=waited.product_code,
        returned_at=waited.returned_at,
    )  # fmt: skip
