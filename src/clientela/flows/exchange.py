"""Money of other countries: purchases get the rate of their day, or wait for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from clientela.loyalty.actions import rates as actions
from clientela.loyalty.actions.earning import Basis
from clientela.loyalty.actions.rates import Wanting
from clientela.loyalty.queries import rates
from clientela.loyalty.queries.ledger import Earned, Scheme
from clientela.platform import periods


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
            found[place] = found[place]._replace(basket=basket)
    return found


def note_wanting(
    batch: Sequence[Basis], schemes: Sequence[Scheme], gains: Mapping[UUID, Sequence[Earned]], *,
    now: datetime,
) -> None:  # fmt: skip
    """Which purchases earned nothing because no rate of their day is known; in an open transaction.
    They are looked for again when rates are recorded.
    """
    if foreign({basis.currency for basis in batch}, schemes):
        found = [
            wanting for basis in batch for scheme in schemes
            if (wanting := _wanting(basis, scheme, gains)) is not None
        ]  # fmt: skip
        if found:
            actions.want(found, now=now)


def _wanting(
    basis: Basis, scheme: Scheme, gains: Mapping[UUID, Sequence[Earned]]
) -> Wanting | None:
    home, basket, id = scheme.terms.home, basis.basket, basis.purchase_id
    if not home or basket is None or id is None or basis.currency in ("", home):
        return None
    if any(rate.home == home for rate in basket.rates):
        return None
    if any(one.currency == scheme.code for one in gains.get(id, ())):
        return None
    day = periods.day_of(basis.occurred_at, scheme.zone)
    return Wanting(basis.customer_id, id, scheme.currency_id, basis.currency, home, day)
