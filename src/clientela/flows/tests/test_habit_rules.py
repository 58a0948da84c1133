"""Rules that ask for the customer's own habits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from clientela.customers.queries import Reference
from clientela.flows import rules_of_points
from clientela.flows.quote_points import quote_points
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.rules_of_points import Draft
from clientela.flows.tests.conftest import NOW
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.products import actions as products
from clientela.products.actions import ProductValues
from clientela.products.models import Category
from clientela.purchases.actions import NewLine

CRM_4711 = Reference("external", "4711", "crm")


def publish(when: Mapping[str, Any], given: int = 50) -> None:
    """A bonus where something is usual, beside the point for each euro."""
    draft = Draft("points", "habit", {"en": "Habit"}, {"earn": "bonus", "points": given,
                                                       "when": dict(when)})  # fmt: skip
    rules_of_points.publish_rule(
        draft, read=rules_of_points.check(draft, now=NOW), actor=SYSTEM, now=NOW
    )


def sale(reference: str, day: str, minor: int = 1_000, **more: Any) -> Bought:
    moment = datetime.fromisoformat(f"{day}T12:00:00+00:00").astimezone(UTC)
    return Bought("till", reference, CRM_4711, moment, minor, "EUR", **more)


def earned(*batch: Bought) -> list[int]:
    outcomes = record_purchases(list(batch), actor=SYSTEM, now=NOW)
    return [sum(gain.points for gain in one.earned) for one in outcomes]


@pytest.fixture
def toys(anna: UUID) -> None:
    """A kite and a ball, both toys."""
    with transactions.open():
        products.define_kinds([{"key": "thing", "labels": {"en": "Thing"}}])
        products.define_categories([{"key": "toys", "labels": {"en": "Toys"}}])
        place = Category.objects.get(key="toys").id
        products.save_products([
            ProductValues("KITE", "Kite", "thing", 1_000, "EUR", place),
            ProductValues("BALL", "Ball", "thing", 1_000, "EUR", place),
        ])  # fmt: skip


@promise("LOY-05")
def test_the_third_purchase_of_a_month_gives_more_also_within_one_batch(anna: UUID) -> None:
    publish({"fact": "habit.nth_of_month", "op": "eq", "value": 3})
    days = ("2026-10-30", "2026-11-02", "2026-11-03", "2026-11-04", "2026-11-05")
    assert earned(*(sale(day, day) for day in days)) == [10, 10, 10, 60, 10]


def test_the_first_of_a_category_gives_more_once(anna: UUID, toys: None) -> None:
    publish({"fact": "habit.first_in", "op": "has_any", "value": ["toys"]})
    kite, ball = (NewLine(1000, 1_000, code) for code in ("KITE", "BALL"))
    assert earned(
        sale("1", "2026-11-02"), sale("2", "2026-11-03", lines=(kite,)),
        sale("3", "2026-11-04", lines=(ball,)),
    ) == [10, 60, 10]  # fmt: skip


def test_months_in_a_row_are_counted_with_the_one_of_the_purchase(anna: UUID) -> None:
    publish({"fact": "habit.months_in_row", "op": "ge", "value": 3})
    days = ("2026-07-02", "2026-09-02", "2026-10-03", "2026-11-04")
    assert earned(*(sale(day, day) for day in days)) == [10, 10, 10, 60]


def test_more_than_the_own_mean_needs_three_full_months_and_says_so(anna: UUID) -> None:
    publish({"fact": "habit.basket_percent", "op": "gt", "value": 120})
    assert earned(sale("1", "2026-06-20"), sale("2", "2026-09-20", 1_300)) == [10, 13]
    quoted = quote_points(sale("3", "2026-09-21", 1_300), now=NOW)
    reasons = [why.reason for one in quoted.currencies for why in one.refused]
    assert reasons == ["too-little-history"]
    assert earned(sale("4", "2026-11-01", 1_380)) == [13]  # 120 % of 11.50 is not more than that
    assert earned(sale("5", "2026-11-02", 1_400)) == [64]
