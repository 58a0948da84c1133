"""Reads for giving points to another member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Min, Sum

from clientela.loyalty.models import Account, Cap, Currency, Posting
from clientela.loyalty.rules.transfers import Given
from clientela.platform import periods, sql
from clientela.platform.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Usable:
    """What a family can use of one currency, less what it owes; what still waits."""

    accounts: list[int]
    usable: int
    pending: int


def currency(code: str) -> Currency:
    found = Currency.objects.select_related("programme").filter(code=code).first()
    if found is None:
        raise InvalidInput("There are no such points.", field="currency")
    return found


def kinds() -> list[Currency]:
    """Every kind of points of an open programme."""
    return list(Currency.objects.filter(programme__closed_at=None).order_by("code"))


def given_kinds() -> list[Currency]:
    """Those that members may give to each other."""
    return [one for one in kinds() if one.transfers]


def given_by(family: Sequence[UUID], *, currency_id: int, zone: ZoneInfo, now: datetime) -> Given:
    """What a family gave away in the local day and month of `now`."""
    today = periods.day_of(now, zone)
    row = sql.statement("loyalty", "given_away").row(
        family=list(family), currency_id=currency_id, day_from=periods.local_midnight(today, zone),
        month_from=periods.local_midnight(today.replace(day=1), zone),
    )  # fmt: skip
    assert row is not None
    return Given(*row)


def usable(family: Sequence[UUID], *, currency_id: int, now: datetime) -> Usable:
    row = sql.statement("loyalty", "usable").row(
        family=list(family), currency_id=currency_id, now=now, for_cash=False
    )
    assert row is not None
    return Usable(*row)


def room_of(family: Sequence[UUID], *, currency: Currency) -> int | None:
    """How many more points a family may have by the caps on what there is; None: no such cap."""
    caps = Cap.objects.filter(
        currency=currency, rule=None, period=Cap.Period.BALANCE, ended_at=None
    ).aggregate(most=Min("most"))  # fmt: skip
    if caps["most"] is None:
        return None
    had = Account.objects.filter(
        customer_id__in=list(family), currency=currency
    ).aggregate(posted=Sum("posted"))  # fmt: skip
    return max(0, int(caps["most"]) - (had["posted"] or 0))


def owner_of(posting_id: int, family: Sequence[UUID]) -> UUID:
    """Which record of the family a posting is of."""
    rows = Posting.objects.filter(id=posting_id, customer_id__in=list(family))
    return rows.values_list("customer_id", flat=True).get()
