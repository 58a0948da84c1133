"""The catalogue of facts over all apps, and the facts of one customer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from clientela.platform import sql
from clientela.platform.conditions.facts import Catalogue
from clientela.platform.conditions.judging import Clock, Row
from clientela.platform.declare import Facts, house
from clientela.staff.company import Company


@cache
def catalogue() -> Catalogue:
    """Whatever a condition may ask about; what is switched off is known, and missing."""
    sources = [source for app in house() for source in app.facts]
    return Catalogue.of(
        (fact for source in sources for fact in source.facts),
        (relation for source in sources for relation in source.relations),
    )


def clock(company: Company, now: datetime) -> Clock:
    return Clock(now, company.zone)


def row_of(family: Sequence[UUID], *, company: Company, now: datetime) -> Row:
    """The facts of a customer, as they are now, from all apps that are on; in one query."""
    sources = _on(company)
    values: dict[str, Any] = {"family": list(family), "today": company.today(now), "now": now}
    blocks = _statement(tuple(one.function for one in sources)).row(**values) or ()
    row: dict[str, Any] = {}
    for source, block in zip(sources, blocks, strict=True):
        if block is not None:
            row.update(source.read(json.loads(block), values["today"]))
    return row


def _on(company: Company) -> tuple[Facts, ...]:
    return tuple(source for app in house() if company.is_on(app.switch) for source in app.facts)


@cache
def _statement(functions: tuple[str, ...]) -> sql.Statement:
    calls = ", ".join(
        f"{function}(%(family)s::uuid[], %(today)s::date, %(now)s::timestamptz)::text"
        for function in functions
    )
    return sql.Statement("flows/facts", f"SELECT {calls}")
