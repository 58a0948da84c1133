"""Reads of the rules of points and their versions."""

from __future__ import annotations

from django.db.models import Prefetch

from clientela.loyalty.models import Rule, RuleVersion

RULES_SHOWN, VERSIONS_SHOWN = 500, 200


def rules_of(currency: str | None = None) -> list[Rule]:
    """In the order in which they are computed, with their versions, those that ended last."""
    newest = Prefetch("versions", RuleVersion.objects.order_by("-number"))
    rows = Rule.objects.select_related("currency").prefetch_related(newest)
    if currency is not None:
        rows = rows.filter(currency__code=currency)
    return list(rows.order_by("currency", "ended_at", "-priority", "id")[:RULES_SHOWN])


def versions_of(rule: Rule) -> list[RuleVersion]:
    """The newest first."""
    return sorted(rule.versions.all()[:VERSIONS_SHOWN], key=lambda one: -one.number)
