"""Money of other countries: rates of exchange are kept, and purchases get the one of their day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.loyalty.actions import rates as actions
from clientela.loyalty.actions.earning import Basis
from clientela.loyalty.actions.rates import NewRate
from clientela.loyalty.queries import rates
from clientela.loyalty.queries.ledger import Scheme
from clientela.platform import periods, transactions
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies


@transactions.retried
def record_rates(
    batch: Sequence[NewRate], *, source: str = "", actor: Actor, now: datetime, request: str = ""
) -> list[bool]:
    """Into the money of the company; for each whether it is new. What purchases earned before
    stays, with the rate it was computed by.
    """
    home = companies.current().currency
    with transactions.open():
        fresh = actions.record(batch, home=home, source=source, actor=actor, now=now)
        if any(fresh):
            told = Happening("rates.recorded", now, None, "", {"rates": sum(fresh)})
            events.emit([told], actor=actor, now=now, request=request)
    return fresh


def foreign(moneys: Iterable[str], schemes: Sequence[Scheme]) -> set[str]:
    """Which of these moneys are not that of some of the points."""
    homes = {scheme.terms.home for scheme in schemes} - {""}
    found = set(moneys) - {""} if homes else set()
    return found if len(homes) > 1 else found - homes


def with_rates(batch: Sequence[Basis], schemes: Sequence[Scheme]) -> list[Basis]:
    """Purchases with the rates of their local days; they have their baskets already."""
    found = list(batch)
    for home, zone in {one.terms.home: one.terms.zone for one in schemes if one.terms.home}.items():
        days = {
            place: (basis.currency, periods.day_of(basis.occurred_at, zone))
            for place, basis in enumerate(found) if basis.currency not in ("", home)
        }  # fmt: skip
        known = rates.rates_on(days.values(), home=home) if days else {}
        for place, of in days.items():
            basket = found[place].seen()
            if of in known:
                basket = replace(basket, rates=(*basket.rates, known[of]))
            found[place] = replace(found[place], basket=basket)
    return found
