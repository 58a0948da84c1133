"""A purchase is said anew under its reference: the first is amended to nothing, and the new one is
recorded.

So programmes get the difference, and both stand in the record.
"""

from __future__ import annotations

from datetime import datetime

from clientela.flows.record_purchases import Bought, Outcome, record_purchases
from clientela.flows.return_purchase import return_purchase
from clientela.platform import transactions
from clientela.platform.http.actors import Actor
from clientela.purchases import actions as purchases
from clientela.purchases import queries
from clientela.purchases.actions import NewReturn
from clientela.purchases.models import Return


@transactions.retried
def amend_purchase(bought: Bought, *, actor: Actor, now: datetime, request: str = "") -> Outcome:
    """What became of the new one. Nothing is changed where the reference is not known."""
    with transactions.open():
        known = queries.known("purchase", [(bought.source, bought.reference)])
        for purchase in purchases.hold([record for record, _, _ in known.values()]):
            mark = f" (amended {purchase.id.hex[-12:]})"
            left = purchase.total_minor - purchase.returned_minor
            if left:
                return_purchase(
                    NewReturn(bought.source, f"{bought.reference}{mark}", now, amount_minor=left,
                              kind=Return.Kind.AMENDMENT),
                    purchase_id=purchase.id, actor=actor, now=now, request=request,
                )  # fmt: skip
            purchases.release_references("purchase", [purchase], mark=mark)
        (outcome,) = record_purchases([bought], actor=actor, now=now, request=request)
    return outcome
