"""Rates of exchange: what purchases in other moneys earn by."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import Field, StrictStr

from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, number_after
from clientela.flows import record_rates
from clientela.loyalty.actions.rates import NewRate
from clientela.loyalty.models import ExchangeRate
from clientela.loyalty.queries import rates
from clientela.staff import company as companies

doors = Doors(tags=["loyalty"], switch="loyalty")
MoneyCode = Annotated[StrictStr, Field(pattern=r"^[A-Z]{3}$")]


class ExchangeRateBody(Body):
    """`rate` as text, such as "1.0842": of home money for one of `currency` or, `per` home, of it
    for one of home money, as central banks publish them.
    """

    currency: MoneyCode
    day: date
    rate: Annotated[StrictStr, Field(max_length=24)]
    per: Literal["currency", "home"] = "currency"


class RatesBody(Body):
    rates: Annotated[list[ExchangeRateBody], Field(min_length=1, max_length=10_000)]
    source: Annotated[StrictStr, Field(max_length=60)] = ""


class RateAnswer(Body):
    id: int
    currency: str
    home: str
    day: str
    rate: str
    per: str
    source: str
    recorded_by: str
    recorded_at: str


class RatesPage(Body):
    items: list[RateAnswer]
    next: str | None


class RateState(Body):
    currency: str
    day: str
    state: Literal["new", "known"]


class RatesRecorded(Body):
    """`earned`: purchases that had earned nothing for want of these rates and did now; `more` of
    them follow.
    """

    home: str
    results: list[RateState]
    earned: int
    more: bool


class RateWantedAnswer(Body):
    """So many purchases of a day earned nothing because no rate of it is known."""

    currency: str
    home: str
    day: str
    purchases: int


class RatesWanted(Body):
    items: list[RateWantedAnswer]
    next: str | None


@doors.read("/exchange-rates", right="loyalty.view", answer=RatesPage,
            summary="List rates of exchange")  # fmt: skip
def listed(
    request: HouseRequest, currency: MoneyCode | None = None,
    after: Annotated[StrictStr | None, Query(max_length=18)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """The last recorded first; of a day that was corrected, the first of them holds."""
    rows = rates.listed(money=currency, before=number_after(after), limit=limit)
    following = str(rows[-1].pk) if len(rows) == limit else None
    return {"items": [_answer(one) for one in rows], "next": following}


@doors.write("POST", "/exchange-rates", right="loyalty.configure", answer=RatesRecorded,
             summary="Record rates of exchange")  # fmt: skip
def record(request: HouseRequest, body: RatesBody) -> dict[str, Any]:
    """Into the company's money. A rate holds from its day until the next, for ten days at most;
    another one for the same day corrects it. What was earned stays as it was computed; purchases
    that waited for a rate earn now.
    """
    wanted = [NewRate(one.currency, one.day, one.rate, one.per == "home") for one in body.rates]
    done = record_rates.record_rates(
        wanted, source=body.source, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return {
        "home": companies.current().currency,
        "results": [
            {"currency": one.money, "day": one.day.isoformat(), "state": "new" if new else "known"}
            for one, new in zip(wanted, done.fresh, strict=True)
        ],
        "earned": done.earned,
        "more": done.more,
    }


@doors.read("/exchange-rates/wanted", right="loyalty.view", answer=RatesWanted,
            summary="List rates that purchases wait for")  # fmt: skip
def wanted(
    request: HouseRequest, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> dict[str, Any]:
    """The latest days first."""
    return {
        "items": [
            {"currency": one.money, "home": one.home, "day": one.day.isoformat(),
             "purchases": one.purchases}
            for one in rates.wanted(limit=limit)
        ],
        "next": None,
    }  # fmt: skip


def _answer(one: ExchangeRate) -> dict[str, Any]:
    return {
        "id": one.pk, "currency": one.money, "home": one.home, "day": one.day.isoformat(),
        "rate": rates.written(one), "per": "home" if one.for_one_home else "currency",
        "source": one.source, "recorded_by": one.recorded_by,
        "recorded_at": one.recorded_at.isoformat(),
    }  # fmt: skip
