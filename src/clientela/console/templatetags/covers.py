"""Filters of covers and claims: layers, parts, time left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clientela.ui.templatetags.ui import label
from clientela.ui.words import Words

register = template.Library()

LAYER: Words = {
    "recall": gettext_lazy("Recall"),
    "legal": gettext_lazy("Legal guarantee"),
    "maker": gettext_lazy("Maker"),
    "part": gettext_lazy("Part cover"),
    "extended": gettext_lazy("Bought cover"),
    "home": gettext_lazy("Home cover"),
    "service": gettext_lazy("Work guarantee"),
    "goodwill": gettext_lazy("Goodwill"),
}
MONTH_DAYS, MONTHS_FROM, YEARS_FROM = 30, 120, 1096
SOON_DAYS = 30


@register.filter
def time_left(days: int) -> str:
    """`12 days`; months from the fourth on, years from the third."""
    if days >= YEARS_FROM:
        years = days * 100 // 36525
        return ngettext("%d year", "%d years", years) % years
    if days >= MONTHS_FROM:
        months = days // MONTH_DAYS
        return ngettext("%d month", "%d months", months) % months
    return ngettext("%d day", "%d days", days) % days


@register.filter
def ends_soon(days: int) -> bool:
    return days <= SOON_DAYS


@register.filter
def layer(key: str) -> str:
    """What people call a layer of cover."""
    return str(LAYER.get(key, key))


@register.filter
def cover_name(cover: Mapping[str, Any]) -> str:
    """A plan by its name; the law by its country."""
    if cover.get("names"):
        return str(label(cover["names"]))
    if cover.get("country"):
        return _("Legal guarantee, %(country)s") % {"country": cover["country"]}
    return layer(cover.get("layer", ""))
