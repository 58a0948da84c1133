"""Draft rules tried on what was bought: the points that booking gives, and nothing is written."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from clientela.customers.queries import Reference
from clientela.flows import told_what_if, what_if
from clientela.flows.define_programme import define_programme
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.rules_of_points import Draft
from clientela.flows.tests.conftest import NOW
from clientela.loyalty.models import Posting, RuleVersion
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise

BASE = {"key": "base", "labels": {"en": "Base"},
        "body": {"earn": "per_money", "points": 1, "per": "1.00"}}  # fmt: skip
PROGRAMME: dict[str, Any] = {
    "programme": "points", "currency": "points", "labels": {"en": "Points"},
    "time_zone": "Europe/Riga", "worth": {"points": 100, "minor": 100, "currency": "EUR"},
    "rules": [BASE],
    "ladder": {"key": "club", "labels": {"en": "Club"}, "measure": "spend", "currency": "EUR",
               "window": "rolling",
               "tiers": [{"key": "silver", "labels": {"en": "Silver"}, "threshold": 10_000,
                          "factor": "1.5"}]},
}  # fmt: skip


def draft(key: str = "base", **body: Any) -> Draft:
    body = body or {"earn": "per_money", "points": 2, "per": "1.00"}
    return Draft("points", key, {"en": key}, body)


def month(place: int) -> datetime:
    return NOW.replace(day=15) - timedelta(days=30 * place)


@pytest.fixture
def shop(anna: UUID) -> None:
    """Four purchases, 60.50 each, one a month; silver from the second one on."""
    define_programme(PROGRAMME, actor=SYSTEM, now=month(12))
    for place in (4, 3, 2, 1):
        moment = month(place)
        sale = Bought("till", f"R-{place}", Reference("external", "4711", "crm"), moment, 6_050,
                      "EUR", channel="web" if place == 1 else "shop")  # fmt: skip
        [outcome] = record_purchases([sale], actor=SYSTEM, now=moment + timedelta(minutes=1))
        assert outcome.id


def booked() -> int:
    return sum(sum(step[2] - step[1] for step in zip(*[iter(one.steps)] * 3, strict=True))
               for one in Posting.objects.all())  # fmt: skip


@promise("LOY-74")
def test_a_draft_is_tried_on_past_months_by_tier_and_segment_with_its_cost(shop: None) -> None:
    before = Posting.objects.count(), RuleVersion.objects.count()
    told = told_what_if.told(what_if.what_if([draft()], months=12, now=NOW))
    whole = told["whole"]
    assert whole["points_now"] == booked() == 60 + 60 + 90 + 90
    assert whole["points_draft"] == 121 + 121 + 181 + 181
    assert whole["points_given"] == booked()
    assert (whole["cost_now_minor"], whole["cost_draft_minor"]) == (300, 604)
    assert whole["cost_given_minor"] == 300
    assert [one["points_given"] for one in told["by_month"]] == [60, 60, 90, 90]
    assert [one["points_now"] for one in told["by_month"]] == [60, 60, 90, 90]
    assert {one["key"]: one["points_draft"] for one in told["by_tier"]} == {"": 242, "silver": 362}
    assert [one["key"] for one in told["by_segment"]] == ["person"]
    assert (Posting.objects.count(), RuleVersion.objects.count()) == before


def test_of_a_list_only_its_customers_count(shop: None, anna: UUID) -> None:
    own = what_if.what_if([draft()], months=12, now=NOW, only=[anna])
    assert (own.whole.purchases, own.whole.points_draft, own.whole.points_given) == (4, 604, 300)
    nobody = what_if.what_if([draft()], months=12, now=NOW, only=[UUID(int=1)])
    assert (nobody.whole.purchases, nobody.whole.points_given) == (0, 0)


def test_the_long_way_gives_what_the_short_way_gives(shop: None) -> None:
    asking = draft("web", earn="bonus", points=5, when={
        "fact": "purchase.channel", "op": "eq", "value": "web"
    })  # fmt: skip
    found = what_if.what_if([asking], months=12, now=NOW)
    assert found.whole.points_now == 300
    assert found.whole.points_draft == 305
    sampled = what_if.what_if([asking], months=12, now=NOW, one_by_one=1)
    assert sampled.every == 4
    assert sampled.whole.purchases % 4 == 0


@pytest.mark.parametrize("months", [0, 61])
def test_what_cannot_be_tried_is_refused(shop: None, months: int) -> None:
    with pytest.raises(InvalidInput):
        what_if.what_if([draft()], months=months, now=NOW)
    with pytest.raises(InvalidInput):
        what_if.what_if([], months=1, now=NOW)
