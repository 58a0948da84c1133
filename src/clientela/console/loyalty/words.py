"""Rewards and what was got for points, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from clientela.loyalty.models import Benefit, CashOut, Reward
from clientela.loyalty.queries.rewards import Got, Used
from clientela.loyalty.rules import ibans
from clientela.loyalty.rules.rewards import Quote
from clientela.platform.money import Money
from clientela.ui.templatetags.ui import day, label, language, number

Kind = Reward.Kind
USED_MAX = 4
ICONS = {
    Kind.COUPON: "ticket", Kind.MONEY_OFF: "pig-money", Kind.PERCENT_OFF: "ticket",
    Kind.PRODUCT: "package", Kind.BILL_CREDIT: "receipt", Kind.SERVICE_MONTH: "calendar",
    Kind.WARRANTY: "shield-check", Kind.MILES: "world",
    Kind.GIFT_CARD: "credit-card", Kind.WALLET: "wallet", Kind.CASH: "wallet", Kind.TRAVEL: "plane",
}  # fmt: skip
KINDS: dict[str, str | Promise] = {
    "coupon": lazy("Coupon"), "money_off": lazy("Money off"), "percent_off": lazy("Percent off"),
    "product": lazy("Free product"), "bill_credit": lazy("Bill credit"),
    "service_month": lazy("Free months"), "warranty": lazy("Longer warranty"),
    "miles": lazy("Partner miles"),
    "gift_card": lazy("Gift card"), "wallet": lazy("Wallet"), "cash": lazy("Cash"),
    "travel": lazy("Journey"),
}  # fmt: skip
WHY: dict[str, str | Promise] = {
    "retired": lazy("no longer offered"), "not-yet": lazy("not offered yet"),
    "over": lazy("no longer offered"), "sold-out": lazy("sold out"),
    "not-today": lazy("not today"), "not-for-them": lazy("meant for other customers"),
    "limit-reached": lazy("had as often as it can be had"),
    "no-price": lazy("only for higher tiers"),
    "below-minimum": lazy("below the least there can be"),
    "above-maximum": lazy("above the most there can be"),
    "not-whole-blocks": lazy("only in whole blocks"),
}  # fmt: skip
STATES: dict[str, tuple[str | Promise, str]] = {
    "done": (lazy("Given"), "good"), "used": (lazy("Used"), ""), "over": (lazy("Over"), ""),
    "waiting": (lazy("Waits for a decision"), "accent"),
    "approved": (lazy("Approved, to be paid"), "accent"), "paid": (lazy("Paid"), "good"),
    "exported": (lazy("At the bank"), "accent"), "returned": (lazy("Come back"), "warn"),
    "rejected": (lazy("Refused by the bank"), "bad"), "cancelled": (lazy("Given up"), "warn"),
    "confirmed": (lazy("Confirmed"), "good"), "refused": (lazy("Refused"), "bad"),
    "open": (lazy("Still to be given"), "accent"), "given": (lazy("Given"), "good"),
    "timed_out": (lazy("Not answered in time"), "bad"), "reversed": (lazy("Given back"), "warn"),
}  # fmt: skip


def money_of(minor: int | None, code: str) -> str:
    return "" if minor is None else Money(minor, code).shown(language())


def paid_to(way: str, iban: str) -> str:
    """Where money goes, in a few words."""
    if way == CashOut.Way.BANK:
        return ibans.short(iban) if iban else ""
    return _("the wallet") if way == CashOut.Way.WALLET else _("the next bill")


def why_not(quote: Quote) -> str:
    if quote.why == "not-enough-points":
        return ngettext(
            "%(points)s point is missing", "%(points)s points are missing", quote.missing
        ) % {"points": number(quote.missing)}
    return str(WHY.get(quote.why, quote.why))


def used_of(used: Sequence[Used]) -> list[str]:
    """Which points are taken: until when those could have been used, the soonest to end first."""
    if len(used) == 1 and used[0].expires_at is None and not used[0].of_others:
        return []
    return [_used(one) for one in used[:USED_MAX]] + (["…"] if used[USED_MAX:] else [])


def _used(one: Used) -> str:
    figures = {"points": number(one.points)}
    if one.expires_at is None:
        if one.of_others:
            return _("%(points)s shared, without an end") % figures
        return _("%(points)s without an end") % figures
    last = {**figures, "date": day(one.expires_at - timedelta(microseconds=1))}
    if one.of_others:
        return _("%(points)s shared, good to %(date)s") % last
    return _("%(points)s good to %(date)s") % last


def worth_of(reward: Reward) -> str:
    """What somebody gets, in a few words."""
    if reward.kind == Kind.TRAVEL:
        return _journey(reward)
    if reward.kind in Reward.BY_BLOCKS:
        block = min((price.points for price in reward.prices.all()), default=0)
        return _("%(money)s for each %(points)s points") % {
            "money": block_of(reward, 1), "points": number(block)
        }  # fmt: skip
    if reward.kind in Reward.BY_CODE:
        assert reward.pool is not None
        return valid_for(reward.pool.valid_days)
    if reward.kind == Kind.PRODUCT:
        assert reward.product is not None
        return pieces(reward.product.name, reward.quantity or 1)
    return months(reward.quantity or 0)


def block_of(reward: Reward, blocks: int) -> str:
    """What so many blocks of points give: money, or miles."""
    if reward.kind == Kind.MILES:
        return miles((reward.quantity or 0) * blocks, reward.partner)
    return money_of((reward.money_minor or 0) * blocks, reward.money_code)


def miles(quantity: int, partner: str) -> str:
    words = ngettext(
        "%(miles)s mile with %(partner)s", "%(miles)s miles with %(partner)s", quantity
    )
    return words % {"miles": number(quantity), "partner": partner}


def months(quantity: int) -> str:
    return ngettext("%(months)s month", "%(months)s months", quantity) % {
        "months": number(quantity)
    }


def pieces(name: str, quantity: int) -> str:
    return name if quantity == 1 else f"{number(quantity)} × {name}"


def valid_for(days: int) -> str:
    return ngettext("good for %(days)s day", "good for %(days)s days", days) % {
        "days": number(days)
    }


def _journey(reward: Reward) -> str:
    if not (reward.travel_from_on and reward.travel_until_on):
        return reward.partner
    return _("%(partner)s, %(first)s to %(last)s") % {
        "partner": reward.partner, "first": day(reward.travel_from_on),
        "last": day(reward.travel_until_on),
    }  # fmt: skip


def benefit_of(given: Benefit) -> str:
    """What was given, in a few words."""
    if given.kind == Kind.PRODUCT:
        return pieces(given.product_name, given.quantity)
    if given.minor is not None:
        return money_of(given.minor, given.money_code)
    if given.kind == Kind.MILES:
        return miles(given.quantity, given.partner)
    return months(given.quantity)


def terms_of(terms: Mapping[str, str]) -> tuple[str, str]:
    """Terms in the present language, and the language they are in where that is another one."""
    spoken = language()
    if not terms or spoken in terms:
        return terms.get(spoken, ""), ""
    found = "en" if "en" in terms else next(iter(terms))
    return terms[found], found


def got_row(one: Got, *, now: datetime) -> dict[str, Any]:
    words, tone = STATES[one.state(now=now)]
    return {
        "url": reverse("console:redemption", args=[one.customer_id, one.public_id]),
        "words": label(one.labels), "points": one.points, "at": one.redeemed_at,
        "icon": ICONS[Reward.Kind(one.kind)], "state_words": words, "tone": tone,
    }  # fmt: skip
