"""Jobs of journeys and cash: partners are told, and cash-back is paid by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from procrastinate.contrib.django import app

from clientela.flows.while_away import AGAIN
from clientela.staff import company as companies


@app.task(name="loyalty.tell_partner", queue="partners", retry=AGAIN)
def tell_partner(*, message: str) -> None:
    """Try a message to a partner at once; what has to wait is taken up by the next one."""
    from clientela.flows import tell_partners

    tell_partners.tell(UUID(message), now=datetime.now(UTC))


@app.periodic(cron="* * * * *")
@app.task(name="loyalty.tell_partners", queue="partners", lock="loyalty.tell_partners", retry=AGAIN)
def tell_waiting_partners(timestamp: int) -> None:
    """Try messages to partners again whose time has come."""
    from clientela.flows import tell_partners

    if companies.current().is_on("loyalty"):
        tell_partners.tell_waiting(now=datetime.now(UTC))


def queue_message(message_id: UUID) -> None:
    """Tell a partner as soon as the transaction it is in stands."""
    tell_partner.defer(message=str(message_id))
