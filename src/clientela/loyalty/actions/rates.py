"""Rates of exchange are recorded: only ever added, the last of a day holds from then on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from clientela.loyalty.models import ExchangeRate, RateWanted
from clientela.loyalty.queries import rates
from clientela.platform import money, sql, text
from clientela.platform.errors import BatchTooLarge, InvalidInput
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

ROWS_MAX = 10_000
RATE_MAX = Decimal(10**9)
PLACES_MAX = 10
SOURCE_LENGTH_MAX = 60
FIRST_YEAR, LAST_YEAR = 1990, 2200


@dataclass(frozen=True, slots=True)
class NewRate:
    """`rate` as text: of home money for one of `money`; `for_one_home`: the other way round."""

    money: str
    day: date
    rate: str
    for_one_home: bool = False


@needs_transaction
def record(
    batch: Sequence[NewRate], *, home: str, source: str, actor: Actor, now: datetime
) -> list[bool]:
    """Which of them are new; what is known as it is said stays as it is. A bad one refuses all."""
    if len(batch) > ROWS_MAX:
        raise BatchTooLarge(f"Send at most {ROWS_MAX} rates at once.", field="rates")
    read = [_read(one, home, place) for place, one in enumerate(batch)]
    known = rates.last_of([(one.money, home, one.day) for one in batch])
    fresh = []
    for one, rate in zip(batch, read, strict=True):
        before = known.get((one.money, home, one.day))
        is_known = before is not None and (before.rate, before.for_one_home) == (
            rate, one.for_one_home
        )  # fmt: skip
        fresh.append(not is_known)
        if not is_known:
            known[one.money, home, one.day] = ExchangeRate(
                money=one.money, home=home, day=one.day, rate=rate, for_one_home=one.for_one_home,
                source=text.clean(source)[:SOURCE_LENGTH_MAX], recorded_by=actor.id,
                recorded_at=now,
            )  # fmt: skip
    ExchangeRate.objects.bulk_create([one for one in known.values() if one.pk is None])
    return fresh


@dataclass(frozen=True, slots=True)
class Wanting:
    """A purchase that waits for a rate."""

    customer_id: UUID
    purchase_id: UUID
    currency_id: int
    money: str
    home: str
    day: date


@needs_transaction
def want(several: Sequence[Wanting], *, now: datetime) -> None:
    """Write down that these earned nothing for want of a rate."""
    RateWanted.objects.bulk_create(
        [
            RateWanted(
                customer_id=one.customer_id, purchase_id=one.purchase_id, money=one.money,
                currency_id=one.currency_id, home=one.home, day=one.day, since_at=now,
            )
            for one in several
        ],
        ignore_conflicts=True,
    )  # fmt: skip


@needs_transaction
def come(currency_ids: Sequence[int], *, limit: int) -> list[RateWanted]:
    """Those that wait no longer, as there is a rate now; they are nobody else's meanwhile."""
    rows = sql.statement("loyalty", "rates_come").rows(
        currencies=list(currency_ids), valid=rates.DAYS_VALID, limit=limit
    )
    return list(RateWanted.objects.filter(id__in=[id for (id,) in rows]).order_by("id"))


@needs_transaction
def end(several: Sequence[RateWanted], points: Mapping[int, int], *, now: datetime) -> None:
    """Each with what it earned."""
    for one in several:
        one.ended_at, one.points = now, points.get(one.pk, 0)
    RateWanted.objects.bulk_update(several, ["ended_at", "points"])


def _read(one: NewRate, home: str, place: int) -> Decimal:
    at = f"rates.{place}"
    if one.money not in money.CURRENCIES or home not in money.CURRENCIES:
        raise InvalidInput("Use a currency of ISO 4217, such as EUR.", field=f"{at}.currency")
    if one.money == home:
        raise InvalidInput("This is the money of the company itself.", field=f"{at}.currency")
    if not FIRST_YEAR <= one.day.year <= LAST_YEAR:
        raise InvalidInput("This is no day of a rate.", field=f"{at}.day")
    try:
        rate = Decimal(one.rate)
    except InvalidOperation:
        raise InvalidInput("Write a rate such as 1.0842.", field=f"{at}.rate") from None
    if not rate.is_finite() or not 0 < rate <= RATE_MAX or round(rate, PLACES_MAX) != rate:
        raise InvalidInput(
            f"A rate is above 0, with at most {PLACES_MAX} decimals.", field=f"{at}.rate"
        )  # fmt: skip
    return rate
