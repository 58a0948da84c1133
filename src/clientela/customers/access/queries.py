"""Who looked at whom: of one customer, by one actor, since when; and looking that is unusual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from clientela.customers import sight
from clientela.customers.access.models import Access
from clientela.platform import sql

LIST_MAX = 200
EXPOSED_MAX = 100_000
CUSTOMERS_A_DAY_MAX = 200
TIMES_OWN_MEDIAN_MAX = 3
MEDIAN_DAYS = 30


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which accesses: by one actor (public id), of one family, from an instant on."""

    actor: str = ""
    family: tuple[UUID, ...] = ()
    since: datetime | None = None
    revealed: bool = False


@dataclass(frozen=True, slots=True)
class Exposed:
    """One customer an actor looked at: how often, from when until when, what was revealed."""

    customer_id: UUID
    times: int
    first_at: datetime
    last_at: datetime
    fields: list[str]


@dataclass(frozen=True, slots=True)
class Unusual:
    """`kind`: own-record, colleague, many-customers, more-than-usual. `usual`: the own median."""

    kind: str
    actor: str
    day: datetime
    customers: int
    customer_id: UUID | None
    usual: int | None


def page_of(wanted: Wanted, *, before: int | None = None, limit: int = 50) -> list[Access]:
    """The newest first; `before` is the number of the last one seen."""
    rows = _narrowed(wanted)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[: min(limit, LIST_MAX)])


def exposed(wanted: Wanted, *, limit: int = EXPOSED_MAX) -> list[Exposed]:
    """Whose data somebody has seen: one row for each customer, those seen last first."""
    rows = sql.statement("customers", "exposed").rows(
        actor=wanted.actor, since=wanted.since, limit=limit, **_branches()
    )
    return [Exposed(*row) for row in rows]


def unusual(*, since: datetime, zone: str, now: datetime) -> list[Unusual]:
    """What somebody should look at: one's own or a colleague's record opened, more than 200
    customers a day, more than three times one's own median of the 30 days before.
    """
    rows = sql.statement("customers", "unusual").rows(
        since=since, now=now, zone=zone, before=since - timedelta(days=MEDIAN_DAYS),
        many=CUSTOMERS_A_DAY_MAX, times=TIMES_OWN_MEDIAN_MAX, limit=LIST_MAX,
    )  # fmt: skip
    return [Unusual(*row) for row in rows]


def _narrowed(wanted: Wanted) -> QuerySet[Access]:
    rows = Access.objects.filter(sight.present().of())
    if wanted.actor:
        rows = rows.filter(actor=wanted.actor)
    if wanted.family:
        rows = rows.filter(customer_id__in=wanted.family)
    if wanted.since is not None:
        rows = rows.filter(seen_at__gte=wanted.since)
    if wanted.revealed:
        rows = rows.exclude(fields=[])
    return rows


def _branches() -> dict[str, Any]:
    seeing = sight.present()
    return {
        "branches": seeing.branch_list, "person": seeing.person,
        "restricted": seeing.sees_restricted,
    }  # fmt: skip
