"""Tags for points: months in which they expire, what expires next, the way to the next tier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import template
from django.template.context import Context
from django.utils.translation import gettext

from clientela.platform import periods
from clientela.platform.money import Money
from clientela.ui import dates
from clientela.ui.templatetags import ui

register = template.Library()

MONTHS = 13
SOON_DAYS = 30
Expiring = Iterable[Mapping[str, Any]]


@register.inclusion_tag("console/loyalty/expiry_chart.html", takes_context=True)
def expiry_chart(context: Context, expiring: Expiring) -> dict[str, Any]:
    """Points by the month they expire: the thirteen months from now on, and what comes later."""
    today = ui.today(context)
    months = [periods.add_months(today.replace(day=1), ahead) for ahead in range(MONTHS)]
    figures = dict.fromkeys(months, 0)
    later = 0
    for row in expiring or ():
        month = date.fromisoformat(str(row["on"])).replace(day=1)
        if month in figures:
            figures[month] += row["points"]
        else:
            later += row["points"]
    highest = max(figures.values(), default=0)
    return {
        "bars": [_bar(month, figures[month], highest, today, expiring) for month in months],
        "later": later, "any": highest > 0 or later > 0,
    }  # fmt: skip


def _bar(month: date, points: int, highest: int, today: date, expiring: Expiring) -> dict[str, Any]:
    height = max(2, round(100 * points / highest)) if points else 0
    ends = [date.fromisoformat(str(row["on"])) for row in expiring or ()]
    return {
        "words": dates.month(month, ui.language()).rstrip("."), "year": month.year,
        "points": points, "height": height, "top": 100 - height,
        "is_soon": any(
            end.replace(day=1) == month and (end - today).days < SOON_DAYS for end in ends
        ),
    }  # fmt: skip


@register.simple_tag(takes_context=True)
def next_expiry(context: Context, expiring: Expiring) -> dict[str, Any] | None:
    """The next points to expire and in how many days; nothing where none ever do."""
    first = next(iter(expiring or ()), None)
    if first is None:
        return None
    ends_on = date.fromisoformat(str(first["on"]))
    days = (ends_on - ui.today(context)).days
    return {"points": first["points"], "on": ends_on, "days": days, "is_soon": days < SOON_DAYS}


@register.inclusion_tag("console/loyalty/tier_progress.html")
def tier_progress(standing: Mapping[str, Any] | None) -> dict[str, Any]:
    """The tier somebody stands on and the way to the next one, as a bar."""
    if not standing:
        return {"standing": None}
    return {
        "standing": standing, "tier": ui.label(standing["labels"]),
        "next": ui.label(standing["next_labels"]),
        "measured": measured(standing["measured"], standing),
        "goal": measured(standing["next_threshold"], standing),
        "to_next": measured(standing["to_next"], standing),
    }  # fmt: skip


def measured(figure: int | None, standing: Mapping[str, Any]) -> str:
    """A figure of a ladder: money where it measures spending, points else."""
    if figure is None:
        return ""
    if standing["measure"] == "spend":
        return Money(figure, standing["currency"]).shown(ui.language())
    return ui.number(figure)


@register.filter
def coupon_worth(coupon: Any) -> str:
    """`€10.00 off` or `10 % off`."""
    if coupon.percent is not None:
        return gettext("%(percent)s %% off") % {"percent": ui.number(coupon.percent)}
    return gettext("%(amount)s off") % {
        "amount": Money(coupon.minor, coupon.money_code).shown(ui.language())
    }
