"""Habits as other systems read them."""

from __future__ import annotations

from typing import Any

from clientela.flows import customer_habits
from clientela.flows.customer_habits import Habits, Item, Taken
from clientela.products import queries as products
from clientela.purchases.habits.profiles import Profile


def item(one: Item) -> dict[str, Any]:
    return {
        "key": one.key, "labels": one.labels, "purchases": one.purchases,
        "visit_days": one.visit_days, "lines": one.lines, "units_milli": one.units_milli,
        "spent": _money(one.spent_minor, one.currency),
        "returned": _money(one.returned_minor, one.currency),
        "discount": _money(one.discount_minor, one.currency),
        "basket": _money(customer_habits.basket(one), one.currency),
        "share_permille": one.share_permille, "uses": one.uses, "points": one.points,
    }  # fmt: skip


def profile(habits: Habits) -> dict[str, Any] | None:
    found = habits.profile
    return None if found is None else {**_profile(found), **taken(habits.taken)}


def taken(found: Taken) -> dict[str, Any]:
    return {
        "coupons": found.coupons, "campaigns": found.campaigns, "with_coupon": found.with_coupon,
        "coupon_at": found.coupon_at.isoformat() if found.coupon_at else None,
        "rewards": found.rewards, "points": found.points,
        "reward_at": found.reward_at.isoformat() if found.reward_at else None,
    }  # fmt: skip


def _profile(profile: Profile) -> dict[str, Any]:
    gaps, keys = profile.gaps, products.category_keys(profile.categories)
    return {
        "first_at": profile.first_at.isoformat() if profile.first_at else None,
        "last_at": profile.last_at.isoformat() if profile.last_at else None,
        "purchases": profile.purchases, "gap_median_days": gaps.median_days,
        "gap_80_days": gaps.percentile_80_days, "gaps": list(gaps.buckets),
        "days_since": profile.days_since,
        "lapses_on": gaps.lapses_on.isoformat() if gaps.lapses_on else None,
        "weekdays": list(profile.weekdays), "hours": list(profile.hours),
        "channel": profile.channel, "place": profile.place,
        "categories": [keys[id] for id in profile.categories if id in keys],
        "basket": _money(profile.basket_minor, profile.currency),
        "basket_lines_milli": profile.basket_lines_milli,
        "discounted_permille": profile.discounted_permille,
        "recent": _money(profile.recent_minor, profile.currency),
        "before": _money(profile.before_minor, profile.currency),
    }  # fmt: skip


def _money(minor: int | None, currency: str) -> dict[str, Any] | None:
    return None if minor is None or not currency else {"minor": minor, "currency": currency}
