"""Reads of how far the ends of days came."""

from __future__ import annotations

from datetime import date

from django.db.models import Count

from clientela.loyalty.models import DayStep, Programme


def open_programmes() -> list[Programme]:
    return list(Programme.objects.filter(closed_at=None).order_by("code"))


def last_closed(programme: str, *, steps: int) -> date | None:
    """The last day of which every step is done."""
    days = DayStep.objects.filter(programme=programme, ended_at__isnull=False).values("day_on")
    whole = days.annotate(count=Count("id")).filter(count__gte=steps).order_by("-day_on")
    return whole.values_list("day_on", flat=True).first()


def steps_of(programme: str, *, days: int) -> list[DayStep]:
    """The steps of the latest days, newest first."""
    return list(DayStep.objects.filter(programme=programme).order_by("-day_on", "id")[: days * 10])
