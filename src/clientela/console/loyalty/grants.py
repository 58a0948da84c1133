"""Addresses of what gives points besides purchases, and of what bounds it."""

from __future__ import annotations

from django.urls import URLPattern, path

from clientela.console.loyalty import bounds, by_hand, checks, notices, promotions


def of_customer() -> list[URLPattern]:
    return [
        path("/points/adjustment", by_hand.adjust, name="customer-adjust"),
        path("/points/pause", by_hand.pause, name="customer-pause"),
        path("/points/pause/<pse:pause_id>/end", by_hand.resume, name="customer-resume"),
    ]


def desk() -> list[URLPattern]:
    return [
        path("promotions", promotions.listed, name="loyalty-promotions"),
        path("promotions/new", promotions.new, name="promotion-new"),
        path("promotions/<slug:key>", promotions.edit, name="promotion"),
        path("promotions/<slug:key>/end", promotions.end, name="promotion-end"),
        path("limits", bounds.bounds, name="loyalty-bounds"),
        path("limits/new", bounds.new, name="cap-new"),
        path("limits/<int:cap_id>/end", bounds.end, name="cap-end"),
        path("notices", notices.listed, name="loyalty-notices"),
        path("notices/new", notices.new, name="notice-new"),
        path("notices/<slug:key>", notices.readers, name="notice"),
        path("notices/<slug:key>/change", notices.edit, name="notice-edit"),
        path("notices/<slug:key>/switch", notices.switch, name="notice-switch"),
        path("checks", checks.checks, name="loyalty-checks"),
        path("checks/<pos:posting_id>/decision", checks.decide, name="clawback-decision"),
        path("adjustments", by_hand.adjustments, name="loyalty-adjustments"),
        path(
            "adjustments/<adj:adjustment_id>/decision", by_hand.decide, name="adjustment-decision"
        ),
    ]
