"""Which purchases a page was asked for: those behind a figure of habits."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from clientela.console.customers import habits
from clientela.platform import periods
from clientela.platform.http.requests import HouseRequest
from clientela.products.models import Category
from clientela.purchases.queries import Sought
from clientela.staff import company as companies
from clientela.ui import dates
from clientela.ui.templatetags import ui


def of_purchases(request: HouseRequest) -> tuple[Sought, list[str]]:
    """What is sought by month, category, channel, weekday and hour, and how that is said; what
    makes no sense is left out.
    """
    company = companies.current()
    asked: dict[str, Any] = {"zone": company.zone}
    said: list[str] = []
    if (month := _month(request.GET.get("month", ""))) is not None:
        asked["starts_at"] = periods.local_midnight(month, company.zone)
        asked["ends_at"] = periods.local_midnight(periods.add_months(month, 1), company.zone)
        said.append(f"{dates.month(month, ui.language())} {month.year}")
    if (category := _category(request.GET.get("category", ""))) is not None:
        asked["category"] = category.key
        said.append(ui.label(category.labels) or category.key)
    if channel := request.GET.get("channel", "")[:40]:
        asked["channel"] = channel
        said.append(ui.words(channel, "channel"))
    weekday, hour = _whole(request, "weekday", 1, 7), _whole(request, "hour", 0, 23)
    if weekday is not None:
        asked["weekday"] = weekday
        said.append(habits.weekdays()[weekday - 1])
    if hour is not None:
        asked["hour"] = hour
        said.append(_("%(first)d to %(last)d o'clock") % {"first": hour, "last": hour + 1})
    return Sought(**asked), said


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return None


def _category(key: str) -> Category | None:
    return Category.objects.filter(key=key).first() if key else None


def _whole(request: HouseRequest, name: str, least: int, most: int) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 3 and least <= int(text) <= most else None
