"""What customers made use of: codes and rewards, as habits tell them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from clientela.platform import sql


class Used(NamedTuple):
    """One pool of codes (`coupon`) or one reward in a month. `purchases`, `spent_minor`: those in
    which codes were used, where the till named them; `off_minor`: what they took off, where it was
    said; `points`: what rewards cost.
    """

    what: str
    key: str
    labels: dict[str, str]
    month_on: date
    currency: str
    uses: int
    purchases: int
    spent_minor: int
    off_minor: int | None
    points: int
    last_at: datetime


def used_by(
    family: Sequence[UUID], *, starts_at: datetime, ends_at: datetime, zone: str, currency: str
) -> list[Used]:  # fmt: skip
    """By month of `zone`; what names no currency of its own is told in `currency`."""
    rows = sql.statement("loyalty", "used").rows(
        family=list(family), starts_at=starts_at, ends_at=ends_at, zone=zone, currency=currency
    )
    return [Used(what, key, json.loads(labels), *rest) for what, key, labels, *rest in rows]
