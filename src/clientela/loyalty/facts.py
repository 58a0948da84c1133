"""What conditions may ask of points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from clientela.platform.conditions.columns import Column, Columns, of_family
from clientela.platform.conditions.facts import Fact, Type

FACTS = (
    Fact("points.available", Type.NUMBER, _("Points that can be used")),
    Fact("points.tiers", Type.LIST, _("Tiers")),
)
# What rules of points ask of a purchase.
WEEKDAYS = {
    "mon": _("Monday"), "tue": _("Tuesday"), "wed": _("Wednesday"), "thu": _("Thursday"),
    "fri": _("Friday"), "sat": _("Saturday"), "sun": _("Sunday"),
}  # fmt: skip
OF_RULES = (
    Fact("basket.spend", Type.MONEY, _("What counts of the purchase")),
    Fact("basket.total", Type.MONEY, _("Total with tax")),
    Fact("basket.net", Type.MONEY, _("Total without tax")),
    Fact("basket.quantity", Type.NUMBER, _("Quantity bought")),
    Fact("basket.products", Type.LIST, _("Products bought")),
    Fact("basket.categories", Type.LIST, _("Categories bought")),
    Fact("basket.tags", Type.LIST, _("Tags of what was bought")),
    Fact("purchase.channel", Type.CHOICE, _("Channel")),
    Fact("purchase.place", Type.CHOICE, _("Place")),
    Fact("purchase.weekday", Type.CHOICE, _("Weekday"), WEEKDAYS),
    Fact("purchase.hour", Type.NUMBER, _("Hour of the day")),
    Fact("purchase.day", Type.DATE, _("Day")),
)
_LEFT = """
    SELECT sum(lot.remaining - lot.held)
    FROM loyalty_lot AS lot
    WHERE lot.customer_id = account.customer_id
        AND lot.account_id = account.id
        AND lot.remaining > 0"""
_AVAILABLE = f"""
    SELECT coalesce(sum(
        account.posted - account.held
        - coalesce(({_LEFT} AND lot.expires_at <= %(now)s::timestamptz), 0)
        - CASE WHEN account.pending = 0 THEN 0 ELSE coalesce((
            {_LEFT}
                AND (lot.active_at IS NULL OR lot.active_at > %(now)s::timestamptz)
                AND (lot.expires_at IS NULL OR lot.expires_at > %(now)s::timestamptz)
        ), 0) END
    ), 0)::numeric
    FROM loyalty_account AS account
    JOIN customers_customer AS saver ON saver.id = account.customer_id
    WHERE {of_family("saver")}"""
_TIERS = f"""
    SELECT DISTINCT ON (standing.tier_set_id) lower(tier.key)
    FROM loyalty_standing AS standing
    JOIN customers_customer AS climber ON climber.id = standing.customer_id
    JOIN loyalty_tier AS tier ON tier.id = standing.tier_id
    WHERE {of_family("climber")} AND standing.starts_at <= %(now)s::timestamptz
        AND (standing.ends_at IS NULL OR standing.ends_at > %(now)s::timestamptz)
    ORDER BY standing.tier_set_id, tier.threshold DESC"""
COLUMNS = Columns({
    "points.available": Column(f"({_AVAILABLE})"),
    "points.tiers": Column(f"nullif(ARRAY({_TIERS}), '{{}}')"),
})  # fmt: skip


def read(block: Sequence[Mapping[str, Any]], today: date) -> dict[str, Any]:
    """Points of all currencies together."""
    return {
        "points.available": sum(one["available"] for one in block),
        "points.tiers": [key for one in block if (key := (one.get("standing") or {}).get("key"))],
    }
