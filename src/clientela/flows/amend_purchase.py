"""A purchase is said anew under its reference: the first, with all that put it right before, is
amended to nothing, and the new one is recorded and puts it right.

Both stand in the record. Points are the difference: what the new one earns, less what was earned.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from clientela.customers import queries as customers
from clientela.flows.record_purchases import Bought, Outcome, record_purchases
from clientela.flows.return_purchase import return_purchase
from clientela.platform import transactions
from clientela.platform.http.actors import Actor
from clientela.purchases import actions as purchases
from clientela.purchases import queries
from clientela.purchases.actions import NewReturn
from clientela.purchases.models import Purchase, Return


class _Refused(Exception):
    """Takes back what was amended for a purchase that cannot be recorded."""


@transactions.retried
def amend_purchase(bought: Bought, *, actor: Actor, now: datetime, request: str = "") -> Outcome:
    """What became of the new one. Nothing is changed where the reference is not known, or the new
    one is refused.
    """
    try:
        with transactions.open():
            replaced = _amend_to_nothing(bought, actor=actor, now=now, request=request)
            anew = bought._replace(replaces=replaced)
            (outcome,) = record_purchases([anew], actor=actor, now=now, request=request)
            if outcome.state == "refused":
                raise _Refused
    except _Refused:
        pass
    return outcome


def _amend_to_nothing(bought: Bought, *, actor: Actor, now: datetime, request: str) -> UUID | None:
    """The purchase that is said anew; None where there is none, or somebody else bought it."""
    known = queries.known("purchase", [(bought.source, bought.reference)])
    [buyer] = customers.resolve([bought.customer], even_restricted=True)
    replaced = None
    for purchase in purchases.hold([record for record, _, _ in known.values()]):
        family = customers.family_of(purchase.customer_id)
        is_same = bool(buyer and buyer.survivor in family)
        for one in queries.put_right(purchase, family=family):
            left = one.total_minor - one.returned_minor
            new = NewReturn(bought.source, f"{bought.reference}{_mark(one)}", now,
                            amount_minor=left, kind=Return.Kind.AMENDMENT)  # fmt: skip
            if left:
                return_purchase(new, purchase_id=one.id, actor=actor, now=now, request=request,
                                keeps_points=is_same)  # fmt: skip
        purchases.release_references("purchase", [purchase], mark=_mark(purchase))
        replaced = purchase.id if is_same else None
    return replaced


def _mark(purchase: Purchase) -> str:
    return f" (amended {purchase.id.hex[-12:]})"
