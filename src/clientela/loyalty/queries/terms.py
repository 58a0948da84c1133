"""How a kind of points computed when something was earned, whatever it does today."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from clientela.loyalty.models import Currency, CurrencyTerms
from clientela.loyalty.queries import rates
from clientela.loyalty.queries.ledger import EarnedBy
from clientela.loyalty.rules.baskets import Basket, read_switches
from clientela.loyalty.rules.computing import Rounding, Stack, Terms


def terms_then(earned: EarnedBy) -> Terms:
    """How its currency computed what a purchase earned, whatever it does today."""
    rows = CurrencyTerms.objects.filter(currency_id=earned.currency_id)
    found = (
        rows.get(id=earned.terms_id) if earned.terms_id else rows.order_by("id").first()
    )  # fmt: skip
    if found is None:
        return scheme_terms(earned.currency_id)
    return Terms(
        Rounding(found.rounding), Stack(found.stack), read_switches(found.basis),
        ZoneInfo(found.time_zone), found.home_money,
    )  # fmt: skip


def scheme_terms(currency_id: int) -> Terms:
    """How a currency computes today, whether its programme is open or not."""
    currency = Currency.objects.select_related("programme").get(id=currency_id)
    return Terms(
        Rounding(currency.rounding), Stack(currency.stack), read_switches(currency.basis),
        ZoneInfo(currency.programme.time_zone), currency.home_money,
    )  # fmt: skip


def as_it_was(rest: Basket, earned: EarnedBy) -> tuple[Basket, Terms]:
    """What is left of a purchase with the rate, and the terms, by which it earned."""
    terms = terms_then(earned)
    if earned.rate_id is None:
        return rest, terms
    return replace(rest, rates=(rates.rate(earned.rate_id),)), terms
