"""Reads of promotions and their budgets."""

from __future__ import annotations

from datetime import date

from clientela.loyalty.models import Promotion
from clientela.loyalty.rules.budgets import Allowance, Worth
from clientela.platform import sql
from clientela.platform.errors import NotThere

PROMOTIONS_MAX = 200

ALLOWANCES = """
    SELECT promotion.id, array_agg(version.id), promotion.budget_unit, promotion.budget_most,
        promotion.budget_per, promotion.budget_mode, currency.worth ->> 'points',
        currency.worth ->> 'minor'
    FROM loyalty_promotion AS promotion
    JOIN loyalty_currency AS currency ON currency.id = promotion.currency_id
    JOIN loyalty_promotionrule AS part ON part.promotion_id = promotion.id
    JOIN loyalty_ruleversion AS version ON version.rule_id = part.rule_id
    WHERE promotion.currency_id = %s AND promotion.budget_unit <> ''
    GROUP BY promotion.id, currency.id
    ORDER BY promotion.id"""


class NoSuchPromotion(NotThere):
    code = "no-such-promotion"
    title = "There is no such promotion"


def allowances(currency_id: int) -> list[Allowance]:
    """The budgets of a currency's promotions, ended ones too: what happened then may come late."""
    rows = sql.execute(ALLOWANCES, [currency_id], prepare=True).fetchall()
    return [
        Allowance(id, frozenset(versions), unit, most, per, mode == Promotion.Mode.TRIM,
                  Worth(int(points or 1), int(minor or 1)))
        for id, versions, unit, most, per, mode, points, minor in rows
    ]  # fmt: skip


def listed() -> list[Promotion]:
    """The latest first."""
    rows = Promotion.objects.select_related("currency").prefetch_related("parts__rule", "budgets")
    return list(rows.order_by("-made_at", "-id")[:PROMOTIONS_MAX])


def find(key: str, *, currency: str = "") -> Promotion:
    rows = Promotion.objects.select_related("currency").prefetch_related("parts__rule", "budgets")
    rows = rows.filter(key=key)
    if currency:
        rows = rows.filter(currency__code=currency)
    found = rows.order_by("id").first()
    if found is None:
        raise NoSuchPromotion
    return found


def state_of(one: Promotion, *, today: date) -> str:
    """planned, running, spent, over or ended."""
    if one.ended_at is not None:
        return "ended"
    if one.last_day is not None and one.last_day < today:
        return "over"
    if one.first_day is not None and one.first_day > today:
        return "planned"
    spent = [budget for budget in one.budgets.all() if budget.used >= budget.most]
    return "spent" if spent and one.budget_per == Promotion.Per.ALL else "running"
