"""Reads of caps, counters and pauses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from clientela.customers.sight import seen
from clientela.loyalty.models import Cap as CapRow
from clientela.loyalty.models import EarningPause
from clientela.loyalty.rules.limits import Cap, Period
from clientela.platform import ids, sql
from clientela.platform.errors import NotThere

CAPS_MAX = 200
SHOWN_MAX = 200

CAPS = """
    SELECT cap.id, cap.rule_id, array_remove(array_agg(version.id), NULL), cap.period, cap.most,
        cap.unit, cap.mode
    FROM loyalty_cap AS cap
    LEFT JOIN loyalty_ruleversion AS version ON version.rule_id = cap.rule_id
    WHERE cap.currency_id = %s AND cap.ended_at IS NULL AND cap.made_at <= %s
    GROUP BY cap.id
    ORDER BY cap.rule_id IS NULL, cap.id"""
PAUSES = """
    SELECT coalesce(customer.merged_into, pause.customer_id), pause.id, pause.mode
    FROM loyalty_earningpause AS pause
    JOIN customers_customer AS customer ON customer.id = pause.customer_id
    WHERE pause.ended_at IS NULL
        AND coalesce(customer.merged_into, pause.customer_id) = ANY (%s::uuid[])"""


class NoSuchCap(NotThere):
    code = "no-such-cap"
    title = "There is no such cap"


class NoSuchPause(NotThere):
    code = "no-such-pause"
    title = "There is no such pause"


class Paused(NamedTuple):
    id: UUID
    drops: bool


def caps(currency_id: int, *, now: datetime) -> list[Cap]:
    """The caps in force, those of single rules first; what was asked for before a cap was set is
    not bound by it.
    """
    rows = sql.execute(CAPS, [currency_id, now], prepare=True).fetchall()
    return [
        Cap(id, frozenset(versions) if rule else None, Period(period), most,
            times=unit == CapRow.Unit.TIMES, rejects=mode == CapRow.Mode.REJECT)
        for id, rule, versions, period, most, unit, mode in rows
    ]  # fmt: skip


def paused(customer_ids: Iterable[UUID]) -> dict[UUID, Paused]:
    """Whose earning is paused now, by themselves or by a record that was merged into theirs."""
    rows = sql.execute(PAUSES, [ids.as_array(list(customer_ids))]).fetchall()
    found: dict[UUID, Paused] = {}
    for customer, id, mode in rows:
        drops = mode == EarningPause.Mode.DROP
        if customer not in found or drops:
            found[customer] = Paused(id, drops)
    return found


def listed_caps(*, ended: bool = False) -> list[CapRow]:
    rows = CapRow.objects.select_related("currency", "rule")
    if not ended:
        rows = rows.filter(ended_at=None)
    return list(rows.order_by("currency__code", "rule__key", "id")[:CAPS_MAX])


def cap(cap_id: int) -> CapRow:
    found = CapRow.objects.select_related("currency", "rule").filter(id=cap_id).first()
    if found is None:
        raise NoSuchCap
    return found


def pauses_of(family: Sequence[UUID]) -> list[EarningPause]:
    """The newest first."""
    rows = EarningPause.objects.filter(customer_id__in=list(family))
    return list(rows.order_by("-starts_at", "-id")[:SHOWN_MAX])


def open_pause_of(family: Sequence[UUID]) -> EarningPause | None:
    return EarningPause.objects.filter(customer_id__in=list(family), ended_at=None).first()


def open_pauses(*, limit: int = 50) -> list[EarningPause]:
    """Whoever's earning is paused now, the newest first."""
    rows = seen(EarningPause.objects.filter(ended_at=None)).order_by("-starts_at", "-id")
    return list(rows[:limit])


def pause(pause_id: UUID) -> EarningPause:
    found = seen(EarningPause.objects.filter(id=pause_id)).first()
    if found is None:
        raise NoSuchPause
    return found
