"""What is promised: the plans that fit products, with all versions of their terms, and the law."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from clientela.platform import sql
from clientela.platform.errors import NotThere
from clientela.warranty.models.promised import Component, LegalRule, Plan
from clientela.warranty.rules import opening
from clientela.warranty.rules.law import Law
from clientela.warranty.rules.opening import ClauseRow, TermsRow


class NoSuchPlan(NotThere):
    code = "no-such-plan"
    title = "There is no such warranty plan"


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan: `fits` says for which of the products asked about, given by itself or for sale."""

    id: UUID
    code: str
    layer: str
    stack: str
    product_id: UUID | None
    markets: tuple[str, ...]
    versions: tuple[TermsRow, ...]
    fits: Mapping[UUID, tuple[bool, int | None]]

    def terms_on(self, day: date) -> TermsRow | None:
        return opening.in_force(self.versions, day)

    def is_for(self, product_id: UUID) -> bool:
        """Whether it is assigned to this product, its kind or a category above it."""
        return product_id in self.fits


@dataclass(frozen=True, slots=True)
class Book:
    """The plans that matter for some products."""

    plans: tuple[PlanRow, ...]

    def sold_by(self, product_id: UUID | None) -> PlanRow | None:
        """The plan this product sells; most products sell none."""
        if product_id is None:
            return None
        return next((plan for plan in self.plans if plan.product_id == product_id), None)

    def named(self, code: str) -> PlanRow | None:
        return next((plan for plan in self.plans if plan.code == code), None)

    def given(self, product_id: UUID, *, country: str) -> list[tuple[PlanRow, int | None]]:
        """Plans that a unit of this product gets by itself, with the term of a bundled one."""
        return [
            (plan, plan.fits[product_id][1])
            for plan in self.plans
            if plan.fits.get(product_id, (False,))[0]
            and (not plan.markets or country in plan.markets)
        ]

    def knows(self, product_id: UUID) -> bool:
        """Whether any plan is assigned to it: then it is a good, with or without a serial."""
        return any(product_id in plan.fits for plan in self.plans)


def book(product_ids: Iterable[UUID], *, code: str = "") -> Book:
    """The plans that fit these products, are sold by them, or have this code."""
    wanted = sorted(set(product_ids))
    if not wanted and not code:
        return Book(())
    rows = sql.statement("warranty", "book").rows(products=wanted, code=code)
    return Book(tuple(_plan(*row) for row in rows))


def _plan(  # noqa: PLR0917 (a row, in its order)
    id: UUID, code: str, layer: str, stack: str, priority: int, product_id: UUID | None,
    markets: Sequence[str], fits: str, versions: str | None,
) -> PlanRow:  # fmt: skip
    terms = [
        _terms(id, code, layer, stack, priority, product_id, one)
        for one in json.loads(versions or "[]")
    ]
    fitting: dict[UUID, tuple[bool, int | None]] = {}
    for fit in json.loads(fits):
        product = UUID(fit["product"])
        if not fitting.get(product, (False,))[0]:
            fitting[product] = (fit["given"], fit["term_months"])
    return PlanRow(id, code, layer, stack, product_id, tuple(markets), tuple(terms), fitting)


def _terms(  # noqa: PLR0917 (what the plan's row says of all its versions)
    plan_id: UUID, code: str, layer: str, stack: str, priority: int, product_id: UUID | None,
    one: Mapping[str, Any],
) -> TermsRow:  # fmt: skip
    return TermsRow(
        id=UUID(one["id"]), plan_id=plan_id, plan=code, layer=layer, stack=stack,
        version=one["version"], currency=one["currency"], priority=priority,
        product_id=product_id, names=one["names"], sold_from=_day(one["sold_from"]),
        sold_until=_day(one["sold_until"]), start_rule=one["start_rule"],
        end_rule=one["end_rule"], waiting_days=one["waiting_days"],
        window_days=one["window_days"],
        prices={int(months): minor for months, minor in (one["prices"] or {}).items()},
        clauses=tuple(
            ClauseRow(**{**clause, "id": UUID(clause["id"])}) for clause in one["clauses"] or ()
        ),
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def laws() -> list[Law]:
    """All rows of law; they are few."""
    return [
        Law(rule.id, rule.country, rule.goods_type, rule.valid_from, rule.valid_until,
            rule.months, rule.burden_months)
        for rule in LegalRule.objects.all()
    ]  # fmt: skip


def plans() -> list[Plan]:
    """Every plan with its terms, clauses, limits, prices and assignments, by code."""
    shelves = ("versions__clauses", "versions__limits", "versions__prices",
               "assignments__product", "assignments__kind", "assignments__category")  # fmt: skip
    return list(Plan.objects.select_related("product").prefetch_related(*shelves))


def plan(code: str) -> Plan:
    found = Plan.objects.filter(code=code).select_related("product").first()
    if found is None:
        raise NoSuchPlan(f"There is no plan {code}.")
    return found


def components_of(product_id: UUID, kind: str) -> list[Component]:
    """The parts of a product: its own and those of its kind."""
    found = Component.objects.filter(product_id=product_id) | Component.objects.filter(kind=kind)
    return list(found.order_by("path"))


def component_names() -> dict[str, dict[str, str]]:
    """Names of parts by their path, over all kinds."""
    return dict(Component.objects.order_by("-path").values_list("path", "names"))


def selling(product_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of these products that sell a cover."""
    rows = sql.execute(
        "SELECT product_id FROM warranty_plan WHERE product_id = ANY (%s::uuid[])"
        " AND retired_at IS NULL", [sorted(product_ids)], prepare=True,
    )  # fmt: skip
    return frozenset(id for (id,) in rows.fetchall())
