"""The tab of a customer's spending habits; each figure opens the purchases behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from clientela.console.customers import opened
from clientela.console.customers.opened import Family, of_family
from clientela.console.pages import page, show
from clientela.flows import customer_habits
from clientela.flows.customer_habits import Habits, Item
from clientela.platform import ids, periods
from clientela.platform.http.requests import HouseRequest
from clientela.platform.money import Money
from clientela.products.models import Category
from clientela.purchases.habits import rules
from clientela.purchases.habits.profiles import Profile
from clientela.ui import dates
from clientela.ui.templatetags import ui

ROWS_MAX = 12
SHADES = 5
NIGHT_ENDS = 6  # hours before it are shown only where somebody bought then


@page("customers.view", "purchases.view")
@of_family
def habits_page(request: HouseRequest, family: Family) -> HttpResponse:
    found = customer_habits.habits_of(family, now=request.started_at)
    drawn = _drawn(found, family) if found.is_kept and found.whole else {}
    context = {
        **opened.header(request, family), "is_kept": found.is_kept,
        "any": bool(found.whole), **drawn,
    }  # fmt: skip
    return show(request, "console/customers/habits.html", context)


def _drawn(habits: Habits, family: Family) -> dict[str, Any]:
    profile = habits.profile
    assert profile is not None
    base = reverse("console:customer-purchases", args=[ids.public("cus", family[0])])
    channels = customer_habits.by(habits, "channel")
    return {
        "tiles": _tiles(profile), "profile": profile, "currency": profile.currency,
        "basket": _money(profile.basket_minor, profile.currency),
        "recent": _money(profile.recent_minor, profile.currency),
        "heat": _heat(habits, base), "week": _week(habits, base),
        "categories": [_row(one, base, _category_words(one), {"category": one.key or "-"})
                       for one in customer_habits.by(habits, "category")],
        "channels": [
            {**_row(one, base, ui.words(one.key, "channel") or _("Not said"),
                    {"channel": one.key or "-"}), "count": one.purchases}
            for one in channels
        ],
        "channels_whole": sum(one.purchases for one in channels),
        "places": [{**_row(one, base, one.key or _("Not said"), {}), "count": one.purchases}
                   for one in customer_habits.by(habits, "place")[:ROWS_MAX]],
        "months": _months(habits, base), "gaps": _gaps(profile), **_taken(habits, family),
    }  # fmt: skip


def _taken(habits: Habits, family: Family) -> dict[str, Any]:
    """Coupons and rewards, where any were used."""
    coupons, rewards = (customer_habits.by(habits, way) for way in ("coupon", "reward"))
    return {
        "taken": habits.taken,
        "points_url": reverse("console:customer-points", args=[ids.public("cus", family[0])]),
        "coupons": [
            {"words": ui.label(one.labels) or one.key, "uses": one.uses,
             "spent": _money(one.spent_minor, one.currency) if one.purchases else None,
             "off": _money(one.discount_minor, one.currency)}
            for one in coupons[:ROWS_MAX]
        ],
        "rewards": [
            {"words": ui.label(one.labels) or one.key, "uses": one.uses, "points": one.points}
            for one in rewards[:ROWS_MAX]
        ],
    }  # fmt: skip


def _tiles(profile: Profile) -> dict[str, Any]:
    change = profile.change_permille
    return {
        "gap": profile.gaps.median_days, "gap_80": profile.gaps.percentile_80_days,
        "since": profile.days_since, "overdue": profile.is_overdue,
        "lines": None if profile.basket_lines_milli is None
        else ui.number(round(profile.basket_lines_milli / 1000)),
        "change": None if change is None else ui.signed(round(change / 10)),
        "discounted": None if profile.discounted_permille is None
        else ui.rate(profile.discounted_permille / 1000),
    }  # fmt: skip


def _heat(habits: Habits, base: str) -> dict[str, Any]:
    """What was spent by category and month, the most spent first; darker is more."""
    currency = habits.profile.currency if habits.profile else ""
    months = _months_between(habits.first_on, habits.last_on)
    spent = {
        one.category_id: {date.fromisoformat(month): minor for month, minor in one.by_month.items()}
        for one in habits.shares
        if one.currency == currency
    }
    whole = rules.summed(
        (one.month_on, one.spent_minor) for one in habits.whole if one.currency == currency
    )
    ordered = sorted(spent, key=lambda id: (-sum(spent[id].values()), str(id)))[:ROWS_MAX]
    known = customer_habits.categories(ordered)
    rows = [
        _heat_row(known.get(id), spent[id], months, base, currency) for id in ordered
    ]  # fmt: skip
    rows.append(_heat_row(None, whole, months, base, currency))
    return {
        "months": [{"words": dates.month(month, ui.language()).rstrip("."), "year": month.year,
                    "begins": month.month == 1 or month == months[0]} for month in months],
        "rows": rows,
    }  # fmt: skip


def _heat_row(
    category: Category | None, spent: Mapping[date, int], months: Sequence[date], base: str,
    currency: str,
) -> dict[str, Any]:  # fmt: skip
    highest = max(spent.values(), default=0)
    asked = {"category": category.key} if category else {}
    words = ui.label(category.labels) or category.key if category else _("Everything")
    return {
        "words": words, "whole": category is None,
        "cells": [
            {"shade": shade(spent.get(month, 0), highest),
             "words": f"{words}, {dates.month(month, ui.language())} {month.year}: "
                      f"{ui.money(_money(spent.get(month, 0), currency))}",
             "url": _address(base, month=f"{month:%Y-%m}", **asked) if month in spent else ""}
            for month in months
        ],
    }  # fmt: skip


def _week(habits: Habits, base: str) -> dict[str, Any]:
    """How often something was bought, by weekday and hour."""
    found: dict[tuple[int, int], int] = {}
    for one in habits.rhythm:
        if one.weekday is not None and one.hour is not None:
            found[one.weekday, one.hour] = one.purchases + found.get((one.weekday, one.hour), 0)
    highest = max(found.values(), default=0)
    first = min([NIGHT_ENDS, *(hour for _day, hour in found)])
    hours = range(first, 24)
    return {
        "hours": list(hours),
        "rows": [
            {"words": words,
             "cells": [
                 {"shade": shade(found.get((day, hour), 0), highest),
                  "words": f"{words}, {hour}–{hour + 1}: {ui.number(found.get((day, hour), 0))}",
                  "url": _address(base, weekday=str(day), hour=str(hour))
                  if (day, hour) in found else ""}
                 for hour in hours
             ]}
            for day, words in enumerate(weekdays(), start=1)
        ],
    }  # fmt: skip


def weekdays() -> list[str]:
    return [
        pgettext("weekday", "Monday"), pgettext("weekday", "Tuesday"),
        pgettext("weekday", "Wednesday"), pgettext("weekday", "Thursday"),
        pgettext("weekday", "Friday"), pgettext("weekday", "Saturday"),
        pgettext("weekday", "Sunday"),
    ]  # fmt: skip


def _months(habits: Habits, base: str) -> list[dict[str, Any]]:
    """What a purchase came to on average, by month."""
    currency = habits.profile.currency if habits.profile else ""
    items = {one.key: one for one in customer_habits.by(habits, "basket")
             if one.currency == currency}  # fmt: skip
    means = {key: customer_habits.basket(one) or 0 for key, one in items.items()}
    highest = max(means.values(), default=0)
    return [
        _month(month, items.get(f"{month:%Y-%m}"), highest, base)
        for month in _months_between(habits.first_on, habits.last_on)
    ]


def _month(month: date, item: Item | None, highest: int, base: str) -> dict[str, Any]:
    mean = customer_habits.basket(item) or 0 if item else 0
    height = max(2, round(100 * mean / highest)) if mean else 0
    return {
        "words": dates.month(month, ui.language()).rstrip("."), "year": month.year,
        "basket": _money(mean, item.currency) if item else None,
        "purchases": item.purchases if item else 0, "height": height, "top": 100 - height,
        "url": _address(base, month=f"{month:%Y-%m}") if item else "",
    }  # fmt: skip


def _gaps(profile: Profile) -> list[dict[str, Any]]:
    """How many gaps there are of each length, where there are any."""
    starts = (1, *(end + 1 for end in rules.GAP_ENDS))
    ends = (*rules.GAP_ENDS, None)
    highest = max(profile.gaps.buckets, default=0)
    return [
        {"words": str(start) if start == end else f"{start}–{end}" if end else f"{start}+",
         "count": count, "width": round(100 * count / highest)}
        for start, end, count in zip(starts, ends, profile.gaps.buckets, strict=False)
        if count
    ]  # fmt: skip


def _row(one: Item, base: str, words: str, asked: Mapping[str, str]) -> dict[str, Any]:
    return {
        "words": words, "purchases": one.purchases, "spent": _money(one.spent_minor, one.currency),
        "returned": _money(one.returned_minor, one.currency), "share": one.share_permille,
        "share_words": "" if one.share_permille is None else ui.rate(one.share_permille / 1000),
        "url": _address(base, **asked) if asked and "-" not in asked.values() else "",
    }  # fmt: skip


def _category_words(one: Item) -> str:
    return ui.label(one.labels) or one.key or _("Without a category")


def shade(count: int, highest: int) -> int:
    """0 for nothing, then 1 to 5, of which 5 is the most there is."""
    return -(-SHADES * count // highest) if count > 0 and highest else 0


def _months_between(first_on: date, last_on: date) -> list[date]:
    months, month = [], first_on
    while month <= last_on:
        months.append(month)
        month = periods.add_months(month, 1)
    return months


def _address(base: str, **asked: str) -> str:
    return f"{base}?{urlencode(asked)}"


def _money(minor: int | None, currency: str) -> Money | None:
    return Money(minor, currency) if minor is not None and currency else None
