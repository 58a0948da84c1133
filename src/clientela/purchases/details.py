"""What is said of a purchase besides its lines: delivery, and what kind of lines they are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from clientela.platform import ids, sql

COLUMNS = ("id", "customer_id", "purchase_id", "delivery_minor", "marks")
Said = tuple[UUID, UUID, int, Mapping[int, Mapping[str, Any]]]


def record(said: Sequence[Said]) -> None:
    """Of each (purchase, customer, delivery, marks by line); lines without marks are left out."""
    kept = [
        (customer, purchase, delivery, {number: mark for number, mark in marks.items() if mark})
        for purchase, customer, delivery, marks in said
    ]
    if not kept:
        return
    rows = [
        (id, customer, purchase, delivery, json.dumps(marks))
        for id, (customer, purchase, delivery, marks) in zip(
            ids.uuid7s(len(kept)), kept, strict=True
        )
    ]
    sql.statement("purchases", "record_details").run(
        size=len(rows), **sql.columns(rows, COLUMNS)
    )  # fmt: skip
