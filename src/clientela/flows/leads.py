"""Leads are followed: what was accepted is held one day, or somebody says it will not be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.platform import ids, transactions
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction
from clientela.retention import queries as retention
from clientela.retention.actions import offering
from clientela.retention.actions.offering import Opened
from clientela.retention.models import Lead
from clientela.staff.company import Company

SWITCH = "retention"


@needs_transaction
def won_by(
    opened: Sequence[Opened], *, company: Company, actor: Actor, now: datetime
) -> list[Happening]:
    """Close the leads that these holdings were waited for; what has happened by it.

    A follow-up of whatever opens holdings; nothing while offers are switched off.
    """
    if not opened or not company.is_on(SWITCH):
        return []
    won = offering.win_leads(opened, actor=actor, now=now)
    labels = retention.labels_of(one.offer_id for one in won) if won else {}
    return [
        Happening(
            "lead.won", now, one.customer_id, ids.public("lea", one.lead_id),
            _named(labels.get(one.offer_id)) | {"holding": ids.public("hol", one.holding_id)},
        )
        for one in won
    ]  # fmt: skip


@transactions.retried
def close_lead(
    lead_id: UUID, *, result: str, reason: str, actor: Actor, now: datetime, request: str = ""
) -> Lead:
    """Somebody says that a lead is won or lost."""
    with transactions.open():
        lead = retention.lead(lead_id)
        offering.close_lead(lead, result=result, reason=reason, actor=actor, now=now)
        named = _named(retention.labels_of([lead.offer_id]).get(lead.offer_id))
        told = Happening(f"lead.{result}", now, lead.customer_id, lead.public_id, named)
        events.emit([told], actor=actor, now=now, request=request)
    return retention.lead(lead_id)


def _named(labels: tuple[str, object] | None) -> dict[str, object]:
    key, names = labels or ("", {})
    return {"offer": key, "labels": names}
