"""How long data is kept: what is due is counted, and each night deleted or emptied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from psycopg.sql import SQL, Composed, Identifier

from clientela.customers.models import Customer
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import erase_customer, keep_files
from clientela.flows.erasing import reach
from clientela.platform import periods, sql, transactions
from clientela.platform.declare import Erasing, Personal
from clientela.platform.http.actors import SYSTEM, Actor
from clientela.privacy import queries as privacy
from clientela.privacy.actions import periods as keeping
from clientela.privacy.actions.periods import NewPeriod
from clientela.privacy.models.periods import Period, PeriodRun
from clientela.staff import company as companies

ROWS_A_NIGHT_MAX = 100_000
CUSTOMERS_A_NIGHT_MAX = 1_000
FORMER = "former"
UNHELD = "NOT coalesce({} = ANY (%(held)s::uuid[]), false)"


@dataclass(frozen=True, slots=True)
class Due:
    """What of one table is older than its period, and what becomes of it."""

    data_class: str
    table: str
    title: str | Promise
    how: Erasing
    rows: int
    before: date


@transactions.retried
def keep_for(new: NewPeriod, *, actor: Actor, now: datetime) -> Period:
    with transactions.open():
        return keeping.keep_for(new, actor=actor, now=now)


def due(*, now: datetime, in_use: bool = False) -> list[Due]:
    """The dry run over all periods, or only those that are switched on; nothing is written."""
    return [one for period in _periods(in_use) for one in _due(period, now=now) if one.rows]


def run(*, now: datetime) -> PeriodRun:
    """Carry out the periods that are on; each table in a transaction of its own.

    What a legal hold protects is left. A night has its bounds; the rest is done the next night.
    """
    reached: dict[str, int] = {}
    for period in _periods(in_use=True):
        for table, touched in _carried_out(period, now=now):
            reached[table] = reached.get(table, 0) + touched
    keep_files.sweep(now=now)
    with transactions.open():
        if reached:
            told = Happening("data.expired", now, data={"rows": sum(reached.values())})
            events.emit([told], actor=SYSTEM, now=now)
        return keeping.note_run(reached, now=now)


def _periods(in_use: bool) -> list[Period]:
    return [one for one in privacy.periods() if one.is_on or not in_use]


def _before(period: Period, *, now: datetime) -> date:
    """The first day that is still kept, so many months before today."""
    return periods.add_months(companies.current().today(now), -period.months)


def _due(period: Period, *, now: datetime) -> Iterator[Due]:
    before = _before(period, now=now)
    if period.data_class == FORMER:
        count = len(_former(before, limit=ROWS_A_NIGHT_MAX))
        yield Due(
            FORMER, reach.ROOT, reach.tables()[reach.ROOT].title, Erasing.CLEAR, count, before
        )
        return
    for table, personal in _dated(period):
        text = SQL("SELECT count(*) FROM (SELECT FROM {} WHERE {} LIMIT %(limit)s) AS due").format(
            Identifier(table), _condition(personal)
        )
        row = sql.raw().execute(text, _values(before)).fetchone()
        how = _how(personal)
        yield Due(period.data_class, table, personal.title, how, row[0] if row else 0, before)


def _carried_out(period: Period, *, now: datetime) -> Iterator[tuple[str, int]]:
    before = _before(period, now=now)
    if period.data_class == FORMER:
        yield reach.ROOT, _erase_former(before, now=now)
        return
    for table, personal in _dated(period):
        with transactions.open(), transactions.as_owner():
            touched = sql.raw().execute(_statement(table, personal), _values(before)).rowcount
        if touched:
            yield table, touched


def _values(before: date) -> dict[str, Any]:
    return {"before": before, "limit": ROWS_A_NIGHT_MAX, "held": privacy.held()}


def _dated(period: Period) -> Iterator[tuple[str, Personal]]:
    """Tables of the class whose rows say how old they are. Ledgers and the log keep their rows."""
    for table, personal in reach.tables().items():
        is_ours = personal.data_class == period.data_class and bool(personal.dated)
        if is_ours and _how(personal) is not Erasing.KEEP:
            yield table, personal


def _how(personal: Personal) -> Erasing:
    """Who looked is kept when somebody is erased, but not for ever."""
    return Erasing.DELETE if personal.data_class == "access" else personal.erased


def _statement(table: str, personal: Personal) -> Composed:
    """In one statement at most a night's rows, the oldest day first by nature."""
    which = SQL("ctid IN (SELECT ctid FROM {} WHERE {} LIMIT %(limit)s)").format(
        Identifier(table), _condition(personal)
    )
    if _how(personal) is Erasing.CLEAR:
        columns = SQL(", ").join(
            SQL("{} = {}").format(Identifier(column), SQL(value))
            for column, value in personal.cleared.items()
        )
        return SQL("UPDATE {} SET {} WHERE {}").format(Identifier(table), columns, which)
    return SQL("DELETE FROM {} WHERE {}").format(Identifier(table), which)


def _condition(personal: Personal) -> Composed:
    """Older than the period, not emptied yet, and not protected by a legal hold."""
    parts: list[Composed | SQL] = [
        SQL("{} < %(before)s").format(Identifier(personal.dated)),
        SQL(UNHELD.format(personal.owner)),
    ]
    if _how(personal) is Erasing.CLEAR:
        changes = SQL(" OR ").join(
            SQL("{} IS DISTINCT FROM ({})").format(Identifier(column), SQL(value))
            for column, value in personal.cleared.items()
        )
        parts.append(SQL("({})").format(changes))
    return SQL(" AND ").join(parts)


def _former(before: date, *, limit: int) -> Sequence[UUID]:
    """Customers nothing was heard of since, who are none any more, and who are still known."""
    rows = Customer.objects.filter(
        status__in=[Customer.Status.FORMER, Customer.Status.PROSPECT, Customer.Status.DECEASED],
        merged_into=None, hidden_since=None, last_activity_at__date__lt=before,
    )  # fmt: skip
    return list(rows.order_by("last_activity_at").values_list("id", flat=True)[:limit])


def _erase_former(before: date, *, now: datetime) -> int:
    """As a whole, unless a hold or a duty stands in the way."""
    erased = 0
    for customer_id in _former(before, limit=CUSTOMERS_A_NIGHT_MAX):
        if not erase_customer.tried(customer_id, now=now).kept:
            erase_customer.erase_customer(customer_id, actor=SYSTEM, now=now)
            erased += 1
    return erased
