"""Writing down who looked at whom, and why somebody revealed what is masked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from clientela.customers.access.models import Access
from clientela.platform import sql
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction


@needs_transaction
def note(
    customer_id: UUID, *, actor: Actor, channel: str, now: datetime, request: str = ""
) -> None:
    """Somebody read a record; without a wait for the disk of its own."""
    sql.execute(
        "SELECT customers_note_access(%s, %s, %s, %s, %s)",
        [customer_id, actor.id, channel, request, now],
        prepare=True,
    )


@needs_transaction
def note_revealed(
    customer_id: UUID, fields: Sequence[str], *, reason: str, actor: Actor, channel: str,
    now: datetime, request: str = "",
) -> None:  # fmt: skip
    """Somebody read sensitive fields; on the disk before they see them."""
    Access.objects.create(
        customer_id=customer_id, actor=actor.id, fields=sorted(fields), channel=channel,
        reason=reason, request=request, seen_at=now,
    )  # fmt: skip
