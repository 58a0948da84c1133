"""Rules of points in the console: written as a form, tried on a purchase, published, ended."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clientela.console.tests.conftest import SignIn, path_of, text_of
from clientela.customers.queries import Reference
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.loyalty.models import Currency, Posting, Rule, RuleVersion
from clientela.platform import ids
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise

HX = {"HX-Request": "true"}
QUERIES_MAX = 12
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
NEW = "/loyalty/rules/new?earn=multiply"
pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(sign_in: SignIn) -> Client:
    return sign_in(role="manager")


def typed(**more: Any) -> dict[str, Any]:
    return {
        "earn": "multiply", "label_en": "Weekend double", "label_es": "Fin de semana",
        "label_lv": "Dubultā nedēļas nogale", "times": "2", "priority": "10", "cash": "on",
        "last_day": "2099-12-31", "when": "", "test_amount": "100", "test_units": "1", **more,
    }  # fmt: skip


@promise("LOY-13")
def test_a_rule_is_written_tried_and_published(boss: Client, anna: UUID) -> None:
    """Part by part the condition is put together; nothing is stored before it is published."""
    page = text_of(boss.get(NEW))
    assert "It asks for nothing" in page
    asked = boss.get("/loyalty/rules/question?ask=purchase.weekday&op=in", headers=HX)
    assert "Saturday" in text_of(asked)
    asking = typed(do="add", ask="purchase.weekday", op="in", value=DAYS)
    added = boss.post(NEW, asking)
    shown = text_of(added)
    assert added.status_code == 200
    assert "Weekday is one of Monday, Tuesday" in shown
    assert "2 times the points" in shown
    assert "Today 100, with this rule" in shown
    when = added.context["form"].data["when"]
    both = boss.post(NEW, typed(do="add", when=when, ask="customer.language", op="in", value="lv"))
    when = both.context["form"].data["when"]
    assert not Rule.objects.filter(key="weekend-double").exists()
    one = boss.post("/loyalty/rules/preview/points", typed(when=when, test_customer=str(
        ids.public("cus", anna))), headers=HX)  # fmt: skip
    assert 'data-ui="rule-points">200<' in one.content.decode()
    nobody = boss.post("/loyalty/rules/preview/points", typed(when=when), headers=HX)
    assert 'data-ui="rule-points">100<' in nobody.content.decode()
    assert "What it asks for was not so." in text_of(nobody)
    less = boss.post(NEW, typed(do="drop-1", when=when)).context["form"].data["when"]
    done = boss.post(NEW, typed(do="publish", when=less, idempotency_key="k-1"))
    assert done.status_code == 303
    version = RuleVersion.objects.get(rule__key="weekend-double")
    assert version.body == {
        "earn": "multiply", "num": 2, "den": 1, "last_day": "2099-12-31",
        "when": {"all": [{"fact": "purchase.weekday", "op": "in", "value": DAYS}]},
    }  # fmt: skip
    again = boss.post(NEW, typed(do="publish", when=less, idempotency_key="k-1"))
    assert again.status_code == 303
    listed = text_of(boss.get("/loyalty/rules"))
    assert "Weekend double" in listed
    assert "2 times the points, when weekday is one of" in listed


def test_a_change_shows_the_difference_and_needs_its_warnings_read(boss: Client) -> None:
    boss.post(NEW, typed(do="publish"))
    rule = Rule.objects.get(key="weekend-double")
    address = f"/loyalty/rules/{rule.id}"
    assert "Weekend double" in text_of(boss.get(address))
    change = typed(times="6", last_day="")
    look = text_of(boss.post(f"/loyalty/rules/preview/points/{rule.id}", change, headers=HX))
    assert "What is changed" in look
    assert "6 times the points" in look
    refused = boss.post(address, {**change, "do": "publish"})
    assert refused.status_code == 422
    assert "more than five times" in text_of(refused)
    read = ["no-last-day", "multiplies-much"]
    assert boss.post(address, {**change, "do": "publish", "read": read}).status_code == 303
    versions = text_of(boss.get(f"{address}/versions"))
    assert "6 times the points" in versions
    assert "since ever" in versions
    assert boss.post(f"{address}/end", {}).status_code == 303
    assert "ended" in text_of(boss.get("/loyalty/rules"))
    assert boss.get(address).status_code == 303


@pytest.mark.parametrize("language", ["en", "es", "lv"])
@pytest.mark.parametrize("earn", ["per_money", "per_unit", "per_purchase", "multiply", "bonus"])
def test_every_kind_has_its_form_in_every_language(
    sign_in: SignIn, language: str, earn: str
) -> None:
    boss = sign_in(role="manager", language=language)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = boss.get(f"/loyalty/rules/new?earn={earn}")
    assert answer.status_code == 200
    assert len(asked) <= QUERIES_MAX
    wrong = boss.post(f"/loyalty/rules/new?earn={earn}", {"earn": earn, "do": "publish"})
    assert wrong.status_code == 422


@promise("LOY-72")
def test_a_purchase_says_why_it_earned_nothing(boss: Client, anna: UUID) -> None:
    boss.post(NEW, typed(do="publish", products="other"))
    [sold] = record_purchases(
        [Bought("till", "R-9", Reference("id", str(anna)), datetime.now(UTC), 50, "EUR")],
        actor=SYSTEM, now=datetime.now(UTC),
    )  # fmt: skip
    assert sold.id is not None
    assert not Posting.objects.filter(purchase_id=sold.id).exists()
    address = path_of(anna, f"/purchases/{ids.public('pur', sold.id)}/why")
    for page in (text_of(boss.get(address)), text_of(boss.get(address, headers=HX))):
        assert "It came to less than one point." in page
        assert "Nothing was bought that it is for." in page


@promise("LOY-16")
def test_kinds_of_points_are_made_and_changed(boss: Client) -> None:
    form = {
        "label_en": "Status points", "kind": "status", "rounding": "half_up", "stack": "best",
        "basis_basis": "order", "basis_tax": "excl", "basis_discounts": "pro_rata",
        "basis_points_paid": "nothing", "life_until": "year", "negative_policy": "debt",
        "debt_max": "10000", "grace_days": "0", "adjust_alone_max": "500",
        "adjust_day_max": "5000", "part_back": "points_last", "giving": "reset",
        "giving_day_max": "300",
    }  # fmt: skip
    assert boss.post("/loyalty/points/new", form).status_code == 303
    made = Currency.objects.get(code="status-points")
    assert (made.kind, made.rounding, made.stack) == ("status", "half_up", "best")
    assert (made.basis, made.life) == ({"basis": "order", "tax": "excl"}, {"until": "year"})
    assert made.part_back == "points_last"
    assert made.transfers == {"life": "reset", "day_max": 300}
    assert "Status points" in text_of(boss.get("/loyalty/points"))
    shown = boss.get("/loyalty/points/status-points").context["form"].initial
    assert (shown["part_back"], shown["giving"], shown["giving_day_max"]) == (
        "points_last", "reset", 300,
    )  # fmt: skip
    changed = {**form, "basis_tax": "incl", "waits_days": "14", "giving": ""}
    assert boss.post("/loyalty/points/status-points", changed).status_code == 303
    made.refresh_from_db()
    assert (made.basis, made.waits, made.transfers) == ({"basis": "order"}, {"days": 14}, {})
