"""Whether every sealed value opens where it stands; for `clientela verify`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any
from uuid import UUID

from clientela.customers import rules, sealed
from clientela.customers.sealed import Unopened
from clientela.platform import ids, sql

EXAMPLES_MAX = 10
WINDOW_ROWS = 2_000
RECORDS = """
    SELECT id, attributes::text FROM customers_customer
    WHERE id > %s AND attributes @? '$.*.sealed' ORDER BY id LIMIT %s
"""
HISTORY = """
    SELECT id, customer_id, field, changed_at, old::text, new::text FROM customers_fieldchange
    WHERE id > %s AND (old -> 'sealed' IS NOT NULL OR new -> 'sealed' IS NOT NULL)
    ORDER BY id LIMIT %s
"""


def opens() -> tuple[int, int, list[str]]:
    """Values looked at, those that do not open, and some of those with the reason."""
    looked, wrong, examples = 0, 0, list[str]()
    for name, value in chain(_records(), _history()):
        looked += 1
        if isinstance(value, Unopened):
            wrong += 1
            if len(examples) < EXAMPLES_MAX:
                examples.append(f"{name} {value.why.code}")
    return looked, wrong, examples


def _records() -> Iterator[tuple[str, Any]]:
    after = UUID(int=0)
    while rows := sql.execute(RECORDS, [after, WINDOW_ROWS]).fetchall():
        for id, written in rows:
            kept = {key: one for key, one in rules.from_json(written).items()
                    if sealed.is_sealed(one)}  # fmt: skip
            for key, value in sealed.opened(kept, customer_id=id).items():
                yield f"{ids.public('cus', id)}.{key}", value
        after = rows[-1][0]


def _history() -> Iterator[tuple[str, Any]]:
    after = 0
    while rows := sql.execute(HISTORY, [after, WINDOW_ROWS]).fetchall():
        for _id, customer, field, at, *values in rows:
            for which, written in zip(("old", "new"), values, strict=True):
                value = None if written is None else json.loads(written)
                if sealed.is_sealed(value):
                    told = {"customer_id": customer, "key": field, "at": at}
                    name = f"{ids.public('cus', customer)}.{field} ({which})"
                    yield name, sealed.from_history(value, which, **told)
        after = rows[-1][0]
