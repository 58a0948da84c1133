"""A customer's points as every door shows them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.loyalty.models import Posting
from clientela.loyalty.queries import ledger as loyalty
from clientela.platform import sql
from clientela.staff import company as companies


@dataclass(frozen=True, slots=True)
class Why:
    """The road to a posting's figure; `points` is signed from the customer's side."""

    posting: Posting
    points: int
    steps: tuple[loyalty.Reason, ...]


def balances_of(family: Sequence[UUID], *, now: datetime) -> list[dict[str, Any]]:
    """One row a currency, exactly as the profile shows it."""
    company = companies.current()
    row = sql.execute(
        "SELECT loyalty_panel(%s, %s, %s)::text", [list(family), company.today(now), now],
        prepare=True,
    ).fetchone()  # fmt: skip
    found: list[dict[str, Any]] = json.loads(row[0]) if row else []
    return found


def ledger_page(
    family: Sequence[UUID], *, before: int | None = None, kinds: Sequence[str] = (),
    limit: int = 50,
) -> tuple[list[loyalty.Row], int | None]:  # fmt: skip
    """A page of the ledger, newest first, and the key of the next one; `kinds`: only those."""
    rows = loyalty.ledger_of(family, before=before, kinds=kinds, limit=limit)
    return rows, loyalty.last_entry_id(rows) if len(rows) == limit else None


def why(posting_id: int) -> Why:
    """Which rules, in which versions, gave or took these points, step by step."""
    posting = loyalty.posting(posting_id)
    return Why(posting, loyalty.points_of(posting_id), tuple(loyalty.reasons(posting)))
