"""What conditions may ask of points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from clientela.platform.conditions.facts import Fact, Type

FACTS = (
    Fact("points.available", Type.NUMBER, _("Points that can be used")),
    Fact("points.tiers", Type.LIST, _("Tiers")),
)


def read(block: Sequence[Mapping[str, Any]], today: date) -> dict[str, Any]:
    """Points of all currencies together."""
    return {
        "points.available": sum(one["available"] for one in block),
        "points.tiers": [_tier(one["tier"]) for one in block if one.get("tier")],
    }


def _tier(tier: Any) -> str:
    return str(tier.get("key") or tier.get("code")) if isinstance(tier, Mapping) else str(tier)
