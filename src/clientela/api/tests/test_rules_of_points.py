"""Rules of points by the API: published, computed, explained, quoted, and taken back with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller
from clientela.api.tests.test_canary import ok
from clientela.loyalty.models import Currency, Lot, Posting, Programme, Standing, Tier, TierSet
from clientela.platform import ids, transactions
from clientela.platform.promises import promise
from clientela.products import actions as products
from clientela.ui.models import View

SATURDAY = "2026-11-14T12:00:00+02:00"
MONDAY = "2026-11-16T09:30:00+02:00"
LATER = "2026-11-18T12:00:00+02:00"
WARNINGS = ["not-in-all-languages", "nothing-to-add-to", "no-last-day", "hides-other-rules",
            "multiplies-much", "any-purchase-will-do", "over-already",
            "starts-in-the-past"]  # fmt: skip
KITCHEN = {"categories": ["kitchen"]}


def eur(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "EUR"}


def at_least(minor: int, fact: str = "basket.spend") -> dict[str, Any]:
    return {"fact": fact, "op": "ge", "value": eur(minor)}


class Till:
    """Publishes rules and sells to Anna; a point per euro is what she has without them."""

    def __init__(self, api: Caller, customer: str) -> None:
        self.api, self.customer, self.sold = api, customer, 0

    def rule(self, key: str, earn: str, priority: int = 0, **body: Any) -> dict[str, Any]:
        told = {"currency": "points", "key": key, "labels": {"en": key.title()},
                "body": {"earn": earn, **body}, "priority": priority, "read": WARNINGS}  # fmt: skip
        return dict(ok(self.api.post("/rules", told)))

    def sale(self, minor: int, at: str = SATURDAY, **more: Any) -> dict[str, Any]:
        self.sold += 1
        return {
            "source": "till", "reference": f"R-{self.sold}", "customer": self.customer,
            "purchased_at": at, "total": eur(minor), **more,
        }  # fmt: skip

    def sell(self, sale: dict[str, Any]) -> dict[str, Any]:
        [result] = ok(self.api.post("/purchases", {"purchases": [sale]}))["results"]
        assert result["state"] == "new", result
        return dict(result)

    def earns(self, *args: Any, **more: Any) -> int:
        """What a sale earns, quoted first: the quote is the posting, and writes nothing."""
        sale = self.sale(*args, **more)
        before = Posting.objects.count()
        [quoted] = ok(self.api.post("/points/quotes", sale))["currencies"]
        assert Posting.objects.count() == before
        sold = self.sell(sale)
        [told] = ok(self.api.get(f"/purchases/{sold['id']}/explanation"))["items"]
        assert {**told, "posting": None} == quoted
        assert told["points"] == sum(one["earned"] for one in sold["points"])
        assert (told["posting"] is None) == (told["points"] == 0)
        return int(quoted["points"])

    def refuses(self, *args: Any, **more: Any) -> dict[str, str]:
        """By which reasons rules give nothing for a sale."""
        [quoted] = ok(self.api.post("/points/quotes", self.sale(*args, **more)))["currencies"]
        assert all(one["sentence"] for one in quoted["refused"])
        return {one["rule"]: one["reason"] for one in quoted["refused"]}

    def gives_back(self, purchase: str, reference: str, **more: Any) -> int:
        back = {"reference": reference, "returned_at": LATER, **more}
        done = ok(self.api.post(f"/purchases/{purchase}/returns", back))
        return sum(one["reversed"] + one["forgiven"] for one in done["points"])


@pytest.fixture
def till(api: Caller, anna: dict[str, Any]) -> Till:
    Programme.objects.update(time_zone="Europe/Riga")
    with transactions.open():
        products.define_categories([
            {"key": "home", "labels": {"en": "Home"}},
            {"key": "kitchen", "labels": {"en": "Kitchen"}, "parent": "home"},
        ])  # fmt: skip
    for code, category in (("PAN", "kitchen"), ("TEA", "")):
        ok(
            api.post(
                "/products", {"code": code, "name": code, "kind": "other", "category": category}
            )
        )
    return Till(api, anna["id"])


def line(minor: int, product: str = "", **more: Any) -> dict[str, Any]:
    return {"total_minor": minor, "product": product, **more}


@promise("LOY-10")
def test_points_per_money_per_unit_and_per_purchase_for_products_categories_and_tags(
    till: Till,
) -> None:
    till.rule("kitchen", "per_money", points=1, per="2.00", of={"categories": ["home"]})
    till.rule("tea", "per_unit", points=3, of={"products": ["tea"]})
    till.rule("eco", "per_purchase", points=50, of={"tags": ["eco"]})
    basket = [line(4_000, "PAN"), line(1_000, "TEA", quantity="5", tags=["Eco"]), line(500)]
    assert till.earns(5_500, lines=basket) == 55 + 20 + 15 + 50
    assert till.refuses(500, lines=[line(500)]) == dict.fromkeys(
        ("kitchen", "tea", "eco"), "nothing-of-it"
    )


@promise("LOY-13")
def test_multipliers_and_bonuses_stack_as_their_points_say(till: Till) -> None:
    till.rule("double", "multiply", num=2, den=1)
    till.rule("half-more", "multiply", priority=9, num=3, den=2)
    till.rule("gift", "bonus", points=40)
    assert till.earns(10_000) == 340
    ok(till.api.patch("/currencies/points", {"stack": "best"}))
    assert till.earns(10_000) == 200
    ok(till.api.patch("/currencies/points", {"stack": "newest"}))
    assert till.earns(10_000) == 140
    till.rule("alone", "bonus", points=1, exclusive=True)
    assert till.earns(10_000) == 101
    assert set(till.refuses(10_000).values()) == {"exclusive"}


@promise("LOY-15")
@pytest.mark.parametrize(("rounding", "expected"), [("floor", 6), ("half_up", 7), ("ceil", 7)])
def test_the_worked_example_of_rounding(till: Till, rounding: str, expected: int) -> None:
    """2 points per 3.00 on 8.00 are 5, times 1.3 are 6.5."""
    ok(till.api.patch("/currencies/points", {"rounding": rounding}))
    till.rule("base", "per_money", points=2, per="3.00")
    till.rule("more", "multiply", num=13, den=10)
    assert till.earns(750, datetime.now(UTC).isoformat()) == expected


@promise("LOY-12")
@pytest.mark.parametrize(
    ("when", "yes", "no"),
    [
        (at_least(5_000), {"minor": 5_000}, {"minor": 4_999}),
        (at_least(4_000, "basket.net"), {"lines": [line(5_000, tax_minor=1_000)]},
         {"lines": [line(5_000, tax_minor=1_001)]}),
        ({"fact": "basket.quantity", "op": "ge", "value": 3},
         {"lines": [line(5_000, quantity="3")]}, {"lines": [line(5_000, quantity="2.999")]}),
        ({"fact": "basket.products", "op": "has_any", "value": ["tea"]},
         {"lines": [line(5_000, "TEA")]}, {"lines": [line(5_000, "PAN")]}),
        ({"fact": "basket.categories", "op": "has_any", "value": ["home"]},
         {"lines": [line(5_000, "PAN")]}, {"lines": [line(5_000, "TEA")]}),
        ({"fact": "basket.tags", "op": "has_none", "value": ["sale"]},
         {"lines": [line(5_000)]}, {"lines": [line(5_000, tags=["sale"])]}),
        ({"fact": "purchase.channel", "op": "in", "value": ["web", "phone"]},
         {"channel": "web"}, {"channel": "shop"}),
        ({"fact": "purchase.place", "op": "eq", "value": "riga-1"},
         {"place": "riga-1"}, {"place": "riga-2"}),
        ({"fact": "purchase.weekday", "op": "in", "value": ["sat", "sun"]},
         {"at": SATURDAY}, {"at": MONDAY}),
        ({"fact": "purchase.hour", "op": "between", "value": [9, 11]},
         {"at": "2026-11-14T07:00:00Z"}, {"at": "2026-11-14T06:59:59Z"}),
        ({"fact": "purchase.day", "op": "on", "value": "2026-11-15"},
         {"at": "2026-11-14T22:00:00Z"}, {"at": "2026-11-14T21:59:59Z"}),
    ],
)  # fmt: skip
def test_conditions_about_the_purchase(
    till: Till, when: dict[str, Any], yes: dict[str, Any], no: dict[str, Any]
) -> None:
    till.rule("gift", "bonus", points=100, when=when)
    for told, more in ((yes, 100), (no, 0)):
        sale = {"minor": 5_000, **told}
        assert till.earns(sale.pop("minor"), **sale) == told.get("minor", 5_000) // 100 + more
    assert till.refuses(**{"minor": 5_000, **no}) == {"gift": "condition"}


@promise("LOY-12")
def test_conditions_about_the_customer_as_they_stood(till: Till) -> None:
    """Of the record, its attributes, of what is held, of a saved list and of the tier at the
    time.
    """
    customer = ids.parse("cus", till.customer)
    shared = View.objects.create(
        list="customers", name="Latvians", owner="per_1", sharing=View.Sharing.EVERYONE,
        saved_at=datetime.now(UTC),
        state={"filter": {"fact": "customer.language", "op": "in", "value": ["lv"]}},
    )  # fmt: skip
    asked = [
        {"fact": "customer.name", "op": "contains", "value": "kalnina"},
        {"fact": "customer.lists", "op": "has_any", "value": [shared.id.hex]},
        {"related": "holdings", "quantifier": "none"},
        {"fact": "customer.city", "op": "eq", "value": "Cēsis"},
        {"fact": "customer.pets", "op": "ge", "value": 2},
    ]
    ok(till.api.post("/fields", {"profile_type": "person", "key": "pets", "type": "integer",
                                 "labels": {"en": "Pets"}}))  # fmt: skip
    ok(till.api.patch(f"/customers/{till.customer}",
                      {"attributes": {"city": "Cēsis", "pets": 2}}))  # fmt: skip
    till.rule("latvian", "bonus", points=7, when={"all": asked})
    till.rule("nobody", "bonus", points=9, when={"not": {"any": asked}})
    assert till.earns(1_000) == 17
    ladder = TierSet.objects.create(
        key="club", currency=Currency.objects.get(), labels={"en": "Club"}
    )
    gold = Tier.objects.create(tier_set=ladder, key="gold", labels={"en": "Gold"}, threshold=1)
    Standing.objects.create(
        customer_id=customer, tier_set=ladder, tier=gold, measured=1, decided_by="test",
        starts_at=datetime(2026, 11, 15, tzinfo=UTC), kept_until=date(2027, 1, 1),
    )  # fmt: skip
    till.rule("golden", "multiply", num=2, den=1,
              when={"fact": "points.tiers", "op": "has_any", "value": ["Gold"]})  # fmt: skip
    assert till.earns(1_000, SATURDAY) == 17
    assert till.earns(1_000, MONDAY) == 27
    pan = {"related": "holdings", "quantifier": "any",
           "where": {"fact": "holding.product", "op": "eq", "value": "PAN"}}  # fmt: skip
    till.rule("has-one", "bonus", points=500, when=pan)
    assert till.earns(1_000, MONDAY) == 27
    ok(till.api.post("/holdings", {"customer": till.customer, "product": "PAN"}))
    assert till.earns(1_000, MONDAY) == 500 + 20


@promise("LOY-05", "LOY-12")
def test_conditions_about_the_customers_own_habits(till: Till) -> None:
    """The third purchase of the month, the first in a category, more than half again the mean."""
    asked = [("third", "habit.nth_of_month", "ge", 3), ("row", "habit.months_in_row", "ge", 4)]
    for key, fact, operator, value in asked:
        when = {"fact": fact, "op": operator, "value": value}
        till.rule(key, "bonus", points=100, when=when)
    first = {"fact": "habit.first_in", "op": "has_any", "value": ["kitchen"]}
    till.rule("first", "bonus", points=1_000, when=first)
    more = {"fact": "habit.basket_percent", "op": "gt", "value": 150}
    till.rule("more", "bonus", points=10_000, when=more)
    pan = {"lines": [line(1_000, "PAN")]}
    assert till.refuses(1_000, "2026-07-10T12:00:00Z")["more"] == "too-little-history"
    assert till.earns(1_000, "2026-07-10T12:00:00Z", **pan) == 1_010
    assert till.earns(1_000, "2026-08-10T12:00:00Z", **pan) == 10
    assert till.earns(1_000, "2026-09-10T12:00:00Z") == 10
    assert till.refuses(2_000, "2026-09-10T12:00:00Z")["more"] == "too-little-history"
    assert till.earns(2_000, "2026-11-01T12:00:00Z") == 10_020
    assert till.earns(1_000, "2026-11-02T12:00:00Z") == 10
    assert till.earns(1_000, "2026-11-03T12:00:00Z") == 110
    again = {"purchases": [till.sale(1_000, "2026-11-04T12:00:00Z"),
                           till.sale(1_000, "2026-11-04T12:00:00Z")]}  # fmt: skip
    both = ok(till.api.post("/purchases", again))["results"]
    assert [one["points"][0]["earned"] for one in both] == [110, 110]


@promise("LOY-14")
@pytest.mark.parametrize(
    ("basis", "expected"),
    [({}, 90), ({"basis": "order"}, 95), ({"tax": "excl"}, 75), ({"discounts": "none"}, 100)],
)
def test_what_counts_of_a_purchase(till: Till, basis: dict[str, str], expected: int) -> None:
    """10.00 off 100.00 with 5.00 for delivery; 16.67 of the 100.00 were tax."""
    ok(till.api.patch("/currencies/points", {"basis": basis}))
    lines = [line(7_500, tax_minor=1_250), line(2_500, tax_minor=417)]
    told = {"lines": lines, "discount_minor": 1_000, "delivery_minor": 500}
    assert till.earns(9_500, **told) == expected


@pytest.mark.parametrize("kind", ["reward", "gift_card", "top_up", "account"])
def test_lines_that_are_no_goods_earn_nothing(till: Till, kind: str) -> None:
    till.rule("visit", "per_purchase", points=5)
    assert till.earns(3_000, lines=[line(3_000, kind=kind)]) == 0
    assert till.earns(4_000, lines=[line(3_000, kind=kind), line(1_000)]) == 15


@promise("LOY-72")
def test_a_posting_says_why_and_why_not_and_so_does_a_purchase_without_one(till: Till) -> None:
    till.rule("web", "multiply", num=2, den=1,
              when={"fact": "purchase.channel", "op": "eq", "value": "web"})  # fmt: skip
    till.rule("kitchen", "bonus", points=9, of=KITCHEN)
    sold = till.sell(till.sale(2_000, channel="web"))
    [posting] = ok(till.api.get(f"/customers/{till.customer}/points/entries"))["items"]
    told = ok(till.api.get(f"/postings/{posting['posting']}/explanation"))
    assert [(one["rule"], one["before"], one["after"]) for one in told["steps"]] == [
        ("base", 0, 20), ("web", 20, 40),
    ]  # fmt: skip
    assert told["steps"][1]["sentence"] == "2 times the points"
    assert [(one["rule"], one["reason"]) for one in told["refused"]] == [
        ("kitchen", "nothing-of-it")
    ]
    assert [lot["points"] for lot in told["lots"]] == [40]
    till.rule("web", "multiply", num=3, den=1)  # what was booked keeps its version
    assert ok(till.api.get(f"/postings/{posting['posting']}/explanation")) == told
    [again] = ok(till.api.get(f"/purchases/{sold['id']}/explanation"))["items"]
    assert again["posting"] == posting["posting"]
    nothing = till.sell(till.sale(99))
    [none] = ok(till.api.get(f"/purchases/{nothing['id']}/explanation"))["items"]
    assert (none["points"], none["posting"]) == (0, None)
    assert {one["rule"]: one["reason"] for one in none["refused"]} == {
        "base": "rounds-to-nothing", "web": "condition", "kitchen": "nothing-of-it",
    }  # fmt: skip


@promise("LOY-63")
def test_returns_are_computed_anew_by_the_rules_and_answers_of_the_posting(till: Till) -> None:
    """90.00 on the web, more than 50.00: the bonus goes when less is left, the web stays."""
    till.rule("web", "multiply", num=2, den=1,
              when={"fact": "purchase.channel", "op": "eq", "value": "web"})  # fmt: skip
    till.rule("large", "bonus", points=30, when=at_least(5_000))
    lines = [line(3_000, quantity="3"), line(2_000), line(4_000)]
    sold = till.sell(till.sale(9_000, lines=lines, channel="web"))
    assert sold["points"][0]["earned"] == 210
    for key in ("web", "large"):
        till.rule(key, "bonus", points=1_000)  # never asked again
    back = [{"line": 1, "quantity": "2"}]
    assert till.gives_back(sold["id"], "B-1", lines=back) == 40
    assert till.gives_back(sold["id"], "B-2", lines=[{"line": 3}]) == 110
    assert till.gives_back(sold["id"], "B-3") == 60
    assert sum(Lot.objects.values_list("remaining", flat=True)) == 0


def test_points_of_one_purchase_lie_in_lots_by_their_life(till: Till) -> None:
    ok(till.api.patch("/currencies/points", {"life": {"months": 24, "until": "month"}}))
    till.rule("later", "bonus", points=30, waits={"days": 14}, life={"days": 30}, cashable=False)
    sold = till.sell(till.sale(10_000, datetime.now(UTC).isoformat()))
    assert sold["points"][0] == {"currency": "points", "earned": 130, "balance": 100}
    now, later = Lot.objects.order_by("-amount")
    assert (now.amount, now.cashable, later.amount, later.cashable) == (100, True, 30, False)
    assert later.activated_at is None
    assert now.activated_at is not None
    assert later.active_at is not None
    assert later.expires_at is not None
    assert (later.expires_at - later.active_at).days in (30, 31)
    [balance] = ok(till.api.get(f"/customers/{till.customer}/points"))["items"]
    assert (balance["available"], balance["pending"]) == (100, 30)
    assert till.gives_back(sold["id"], "B-1") == 130


@promise("LOY-16")
def test_a_programme_has_as_many_kinds_of_points_as_it_wants(till: Till) -> None:
    made = ok(till.api.post("/currencies", {
        "programme": "points", "code": "status", "labels": {"en": "Status"}, "kind": "status",
        "rounding": "ceil", "life": {"until": "year"},
    }))  # fmt: skip
    assert (made["kind"], made["rounding"], made["life"]) == ("status", "ceil", {"until": "year"})
    told = {"currency": "status", "key": "status", "labels": {"en": "Status"}, "read": WARNINGS,
            "body": {"earn": "per_money", "points": 1, "per": "10.00"}}  # fmt: skip
    ok(till.api.post("/rules", told))
    sold = till.sell(till.sale(2_510))
    assert {one["currency"]: one["earned"] for one in sold["points"]} == {
        "points": 25, "status": 3,
    }  # fmt: skip
    refused = till.api.patch("/currencies/status", {"kind": "money"})
    assert (refused.status_code, refused.json()["field"]) == (422, "kind")
    again = till.api.post("/currencies", {"programme": "points", "code": "status",
                                          "labels": {"en": "Status"}})  # fmt: skip
    assert (again.status_code, again.json()["code"]) == (409, "currency-known")
    assert len(ok(till.api.get("/currencies"))["items"]) == 2


def test_nothing_is_published_before_its_warnings_are_read(till: Till) -> None:
    told: dict[str, Any] = {
        "currency": "points", "key": "gift", "labels": {"en": "Gift"},
        "body": {"earn": "bonus", "points": 5},
    }  # fmt: skip
    found = ok(till.api.post("/rules/checks", told))["warnings"]
    assert found == ["not-in-all-languages", "no-last-day", "any-purchase-will-do"]
    refused = till.api.post("/rules", {**told, "read": found[:1]})
    assert (refused.status_code, refused.json()["code"]) == (409, "warnings-unread")
    done = ok(till.api.post("/rules", {**told, "read": found}))
    assert (done["state"], done["rule"]["version"]["number"]) == ("new", 1)
    same = ok(till.api.post("/rules", {**told, "read": found}))
    assert same["state"] == "unchanged"
    id = done["rule"]["id"]
    text = {"labels": {"en": "Gift"}, "body": {"earn": "bonus", "points": 6}, "read": found}
    ok(till.api.post(f"/rules/{id}/versions", text))
    versions = ok(till.api.get(f"/rules/{id}/versions"))["items"]
    assert [(one["number"], one["body"]["points"]) for one in versions] == [(2, 6), (1, 5)]
    assert ok(till.api.post(f"/rules/{id}/end", {}))["ended_at"]
    assert till.earns(1_000, datetime.now(UTC).isoformat()) == 10
    over = till.api.post(f"/rules/{id}/versions", {**text, "body": {"earn": "bonus", "points": 7}})
    assert (over.status_code, over.json()["code"]) == (409, "rule-has-ended")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"earn": "per_mile"}, "body.earn"),
        ({"earn": "bonus", "points": 0}, "body.points"),
        ({"earn": "bonus", "points": 1, "of": {"shops": ["x"]}}, "body.of.shops"),
        ({"earn": "bonus", "points": 1, "when": {"fact": "customer.shoe", "op": "eq", "value": 1}},
         "body.when.fact"),
        ({"earn": "bonus", "points": 1, "when": {"all": [at_least(1), {
            "fact": "basket.quantity", "op": "contains", "value": 1}]}}, "body.when.all.1.op"),
        ({"earn": "bonus", "points": 1, "when": {
            "fact": "basket.spend", "op": "ge", "value": 5}}, "body.when.value"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused_by_the_place_at_fault(
    till: Till, body: dict[str, Any], field: str
) -> None:
    told = {"currency": "points", "key": "x", "labels": {"en": "X"}, "body": body}
    for address in ("/rules", "/rules/checks"):
        refused = till.api.post(address, told)
        assert (refused.status_code, refused.json()["field"]) == (422, field), refused.content


@promise("LOY-73")
def test_a_quote_refuses_what_the_purchase_would_and_needs_only_to_look(
    till: Till, caller_with: MakeCaller
) -> None:
    refused = till.api.post("/points/quotes", till.sale(1_000, lines=[line(999)]))
    assert (refused.status_code, refused.json()["field"]) == (422, "lines")
    nobody = till.api.post("/points/quotes", {**till.sale(1_000), "customer": "cus_" + 32 * "0"})
    assert (nobody.status_code, nobody.json()["code"]) == (404, "no-such-customer")
    quoted = caller_with("loyalty.view").post("/points/quotes", till.sale(1_000))
    assert ok(quoted)["currencies"][0]["points"] == 10
    assert caller_with("customers.view").post("/points/quotes", till.sale(1)).status_code == 403
    assert not Posting.objects.exists()


@promise("LOY-73")
def test_a_quote_counts_with_what_limits_leave_and_uses_nothing_of_it(till: Till) -> None:
    cap = {"currency": "points", "period": "day", "most": 25}
    ok(till.api.post("/points/caps", cap))
    assert till.refuses(2_000) == {}
    assert till.earns(2_000) == 20
    assert till.earns(2_000) == 5
    assert till.earns(2_000) == 0
    assert till.refuses(2_000) == {"base": "cap"}


def test_publishing_needs_its_own_right(till: Till, caller_with: MakeCaller) -> None:
    told = {"currency": "points", "key": "x", "labels": {"en": "X"}, "read": WARNINGS,
            "body": {"earn": "bonus", "points": 1}}  # fmt: skip
    caller = caller_with("loyalty.view", "loyalty.configure")
    assert caller.post("/rules", told).status_code == 403
    assert caller.post("/rules/checks", told).status_code == 200
