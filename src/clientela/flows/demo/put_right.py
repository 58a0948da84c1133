"""Sales of the demo company that were wrong at first: one left something out, one was said anew."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from clientela.customers.queries import Reference
from clientela.flows.amend_purchase import amend_purchase
from clientela.flows.correct_purchase import correct_purchase
from clientela.flows.demo.mark import DEMO, SOURCE
from clientela.flows.record_purchases import Bought, record_purchases

PURCHASES, RETURNS = 4, 1  # what it comes to
DAYS_AGO = (9, 5)


def play(customers: list[UUID], *, now: datetime) -> None:
    """The first was 45 and is 57.50; the second was 120 and is 80."""
    sold = [
        Bought(
            source=SOURCE, reference=f"corrected-{number}", customer=Reference("id", str(id)),
            purchased_at=now - timedelta(days=days), total_minor=minor, currency="EUR",
            channel="store",
        )
        for number, (id, days, minor) in enumerate(
            zip(customers, DAYS_AGO, (4_500, 12_000), strict=False), start=1
        )
    ]  # fmt: skip
    for bought in sold:
        [done] = record_purchases([bought], actor=DEMO, now=bought.purchased_at)
        later = bought.purchased_at + timedelta(days=1)
        if done.id is not None and bought is sold[0]:
            correct_purchase(done.id, reference="left-out-1", reason="One bag was left out",
                             total_minor=5_750, at=later, actor=DEMO, now=later)  # fmt: skip
        elif done.id is not None:
            amend_purchase(bought._replace(total_minor=8_000), actor=DEMO, now=later)
