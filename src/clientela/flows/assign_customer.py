"""It is said whose a customer is: of which branch, and who looks after them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from clientela.customers import deciding
from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.platform import transactions
from clientela.platform.http.actors import Actor, acting


@transactions.retried
def assign_customer(
    customer_id: UUID, *, branch: str | None = None, owner: UUID | Literal[""] | None = "",
    actor: Actor, now: datetime, request: str = "",
) -> list[str]:  # fmt: skip
    """None leaves the branch and "" the owner as they are; the fields that changed.

    Whoever hands a customer to a branch they do not see themselves sees the customer no more.
    """
    with acting(actor), transactions.open():
        customer = customers.get(customer_id)
        changed = deciding.assign(
            customer, branch=branch, owner=owner, actor=actor, now=now, request=request
        )
        if changed:
            told = Happening(
                "customer.changed", now, customer.id, customer.public_id, {"fields": changed}
            )
            events.emit([told], actor=actor, now=now, request=request)
    return changed
