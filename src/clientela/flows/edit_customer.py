"""A record is changed by hand: its values, and the numbers and addresses it is found by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from clientela.flows.register_customer import Details, change_customer, withdraw_identity
from clientela.platform import transactions
from clientela.platform.http.actors import Actor


@transactions.retried
def edit_customer(
    customer_id: UUID, details: Details, *, version: int, withdraw: Iterable[UUID], actor: Actor,
    now: datetime, request: str = "",
) -> None:  # fmt: skip
    """All of it or nothing. ChangedMeanwhile when the record is no more as it was read."""
    with transactions.open():
        for identity in withdraw:
            withdraw_identity(customer_id, identity, actor=actor, now=now, request=request)
        change_customer(
            customer_id, details, version=version, actor=actor, now=now, request=request
        )
