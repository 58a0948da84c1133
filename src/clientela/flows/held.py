"""What a customer holds, as every door shows it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.platform import sql
from clientela.products import rules
from clientela.staff import company as companies

Holding = Mapping[str, Any]


def holdings_of(family: Sequence[UUID], *, now: datetime) -> list[dict[str, Any]]:
    """Every part the family has in a holding, exactly as the profile shows it."""
    company = companies.current()
    row = sql.execute(
        "SELECT products_panel(%s, %s, %s)::text", [list(family), company.today(now), now],
        prepare=True,
    ).fetchone()  # fmt: skip
    found: list[dict[str, Any]] = json.loads(row[0]) if row else []
    return found


def parted(holdings: Iterable[Holding]) -> tuple[list[Holding], list[Holding]]:
    """Those held now, and the former ones."""
    now: list[Holding] = []
    former: list[Holding] = []
    for holding in holdings:
        (now if is_open(holding) else former).append(holding)
    return now, former


def is_open(holding: Holding) -> bool:
    """A holding without an end, or with one still to come, in a status that does not end it."""
    ended = holding["ends_on"] is not None and holding["days_left"] is None
    return holding["status"] in rules.OPEN and not ended
