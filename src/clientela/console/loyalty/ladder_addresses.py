"""Addresses of ladders, their tiers and reviews."""

from __future__ import annotations

from django.urls import URLPattern, path

from clientela.console.loyalty import ladders, tier_review, tiers


def ladder_pages() -> list[URLPattern]:
    """Below `/loyalty/`."""
    step = "tiers/<slug:ladder>/steps/<slug:tier>"
    return [
        path("tiers", tiers.tiers, name="loyalty-tiers"),
        path("tiers/new", ladders.new, name="ladder-new"),
        path("tiers/<slug:ladder>", ladders.edit, name="ladder"),
        path("tiers/<slug:ladder>/review", tier_review.review, name="tier-review"),
        path("tiers/<slug:ladder>/review/run", tier_review.run, name="tier-review-run"),
        path("tiers/<slug:ladder>/steps/new", ladders.tier_new, name="tier-new"),
        path(step, ladders.tier_edit, name="tier"),
        path(f"{step}/removal", ladders.tier_removal, name="tier-removal"),
    ]
