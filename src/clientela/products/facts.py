"""What conditions may ask of what a customer holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from clientela.platform.conditions.columns import Column, Columns, Rows, of_family
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
# Held in several roles, or by several who were merged, a thing counts once, in its first role.
_FIRST_ROLE = """
    holder.id = (
        SELECT other.id
        FROM products_holder AS other
        JOIN customers_customer AS also ON also.id = other.customer_id
        WHERE other.holding_id = holder.holding_id
            AND coalesce(also.merged_into, also.id) = coalesce(held_by.merged_into, held_by.id)
        ORDER BY array_position(
            ARRAY['owner', 'joint', 'user', 'beneficiary', 'guarantor'], other.role
        ), other.id
        LIMIT 1
    )"""
_HELD = f"""
    products_holder AS holder
    JOIN customers_customer AS held_by ON held_by.id = holder.customer_id
    JOIN products_holding AS holding
        ON holding.id = holder.holding_id AND holding.customer_id = holder.main_customer_id
    JOIN products_product AS product ON product.id = holding.product_id
    WHERE {of_family("held_by")}
        AND holding.status IN {rules.OPEN}
        AND (holding.closed_on IS NULL OR holding.closed_on > %(today)s::date)
        AND {_FIRST_ROLE}"""
_ENDS = "coalesce(holding.closed_on, least(holding.fixed_until_on, holding.matures_on))"
_YEARS = "floor((%(today)s::date - holding.opened_on)::numeric * 100 / 36525)"
COLUMNS = Columns(
    {
        "holdings.kinds": Column(
            f"nullif(ARRAY(SELECT lower(product.kind_id) FROM {_HELD}), '{{}}')"
        ),
        "holdings.products": Column(
            f"nullif(ARRAY(SELECT product.code_norm FROM {_HELD}), '{{}}')"
        ),
        "holdings.count": Column(f"(SELECT count(*)::numeric FROM {_HELD})"),
    },
    {
        "holdings": Rows(
            _HELD,
            {
                "holding.kind": Column("product.kind_id"),
                "holding.product": Column("product.code_norm", folded="product.code_norm"),
                "holding.role": Column("holder.role"),
                "holding.status": Column("holding.status"),
                "holding.opened_on": Column("holding.opened_on"),
                "holding.ends_on": Column(_ENDS),
                "holding.fixed_until_on": Column("holding.fixed_until_on"),
                "holding.matures_on": Column("holding.matures_on"),
                "holding.balance": Column("holding.balance_minor", currency="holding.currency"),
                "holding.limit": Column("holding.limit_minor", currency="holding.currency"),
                "holding.rate": Column("holding.rate"),
                "holding.years": Column(_YEARS),
            },
        )
    },
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
