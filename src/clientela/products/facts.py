"""What conditions may ask of what a customer holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from clientela.platform.conditions.facts import Fact, Relation, Type
from clientela.products import rules

FACTS = (
    Fact("holdings.kinds", Type.LIST, _("Kinds of product held")),
    Fact("holdings.products", Type.LIST, _("Products held")),
    Fact("holdings.count", Type.NUMBER, _("Number of things held")),
)
HOLDINGS = Relation(
    "holdings",
    _("Holdings"),
    (
        Fact("holding.kind", Type.CHOICE, _("Kind of product")),
        Fact("holding.product", Type.CHOICE, _("Product")),
        Fact("holding.role", Type.CHOICE, _("Role")),
        Fact("holding.status", Type.CHOICE, _("Status")),
        Fact("holding.opened_on", Type.DATE, _("Opened")),
        Fact("holding.ends_on", Type.DATE, _("Ends")),
        Fact("holding.fixed_until_on", Type.DATE, _("Fixed rate ends")),
        Fact("holding.matures_on", Type.DATE, _("Matures")),
        Fact("holding.balance", Type.MONEY, _("Balance")),
        Fact("holding.limit", Type.MONEY, _("Limit")),
        Fact("holding.rate", Type.NUMBER, _("Rate")),
        Fact("holding.years", Type.NUMBER, _("Years held")),
    ),
)
Block = Sequence[Mapping[str, Any]]


def read(block: Block, today: date) -> dict[str, Any]:
    """Only what is held now counts."""
    rows = [_row(one, today) for one in block if _is_open(one)]
    return {
        "holdings": rows,
        "holdings.kinds": [row["holding.kind"] for row in rows],
        "holdings.products": [row["holding.product"] for row in rows],
        "holdings.count": len(rows),
    }


def _row(holding: Mapping[str, Any], today: date) -> dict[str, Any]:
    row = {fact.key: holding.get(fact.key.removeprefix("holding.")) for fact in HOLDINGS.facts}
    row["holding.product"] = holding.get("code")
    row["holding.name"] = holding.get("product")
    row["holding.serial"] = holding.get("serial")
    row["holding.years"] = _years(holding.get("opened_on"), today)
    return row


def _years(opened_on: str | None, today: date) -> int | None:
    return (today - date.fromisoformat(opened_on)).days * 100 // 36525 if opened_on else None


def _is_open(holding: Mapping[str, Any]) -> bool:
    ended = holding["ends_on"] is not None and holding["days_left"] is None
    return holding["status"] in rules.OPEN and not ended
