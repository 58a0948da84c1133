"""Promotions: in time, for their audience, within their budget, and what a return gives back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from clientela.api.tests.conftest import Caller
from clientela.api.tests.test_granting import (
    all_agrees,
    an_event,
    balance,
    buys,
    earned,
    events,
    programme,
)
from clientela.loyalty.models import Budget
from clientela.platform.promises import promise

__all__ = ["programme"]
pytestmark = pytest.mark.django_db
DOUBLE = {"body": {"earn": "multiply", "num": 2, "den": 1}}


def a_promotion(**more: Any) -> dict[str, Any]:
    return {
        "key": "autumn", "labels": {"en": "Autumn", "lv": "Rudens"}, "rules": [DOUBLE],
        "first_day": "2026-11-19", "last_day": "2026-11-20", **more,
    }  # fmt: skip


def saved(api: Caller, **more: Any) -> dict[str, Any]:
    answer = api.post("/promotions", a_promotion(**more))
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def listed(api: Caller) -> dict[str, Any]:
    [one] = api.get("/promotions").json()["items"]
    found: dict[str, Any] = one
    return found


@promise("LOY-20")
def test_a_promotion_holds_on_its_days_and_only_then(
    api: Caller, anna: dict[str, Any], programme: None
) -> None:
    made = saved(api)
    assert (made["state"], made["promotion"]["rules"][0]["key"]) == ("new", "autumn-1")
    days = ("2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21")
    assert [earned(buys(api, day, 10, on=day)) for day in days] == [10, 20, 20, 10]
    assert listed(api)["state"] == "over"
    assert saved(api, last_day="2036-11-25")["state"] == "changed"
    assert earned(buys(api, "later", 10, on="2026-11-21")) == 10  # the text of that day holds
    assert earned(buys(api, "now", 10, at=datetime.now(UTC))) == 20
    assert api.post("/promotions/autumn/end", {}).json()["state"] == "ended"
    again = api.post("/promotions/autumn/end", {})
    assert (again.status_code, again.json()["code"]) == (409, "promotion-has-ended")
    assert api.post("/promotions", a_promotion()).json()["code"] == "promotion-has-ended"
    assert api.post("/promotions/none/end", {}).status_code == 404
    assert all_agrees()


@promise("LOY-20")
def test_a_promotion_is_for_its_audience(
    api: Caller, anna: dict[str, Any], programme: None
) -> None:
    saved(api, key="es", audience={"fact": "customer.language", "op": "eq", "value": "es"})
    assert earned(buys(api, "A", 10)) == 10
    saved(api, key="lv", audience={"fact": "customer.language", "op": "eq", "value": "lv"})
    assert earned(buys(api, "B", 10)) == 20
    wrong = api.post("/promotions", a_promotion(audience={"fact": "no.such", "op": "eq",
                                                          "value": 1}))  # fmt: skip
    assert wrong.status_code == 422


@promise("LOY-20")
def test_what_does_not_fit_whole_into_a_budget_is_rejected(
    api: Caller, anna: dict[str, Any], programme: None
) -> None:
    saved(api, budget={"unit": "points", "most": 100})
    given = [earned(buys(api, name, euros)) for name, euros in (("A", 60), ("B", 60), ("C", 40))]
    assert given == [120, 60, 80]
    assert listed(api)["budget"]["used"] == [{"value": "", "used": 100, "most": 100}]
    assert earned(buys(api, "D", 1)) == 1
    assert all_agrees()


def test_a_budget_that_trims_gives_what_still_fits(
    api: Caller, anna: dict[str, Any], programme: None
) -> None:
    saved(api, budget={"unit": "points", "most": 100, "mode": "trim"})
    assert [earned(buys(api, name, 60)) for name in "ABC"] == [120, 100, 60]
    assert listed(api)["budget"]["used"][0]["used"] == 100
    assert all_agrees()


def test_a_return_gives_its_share_of_a_budget_back(
    api: Caller, anna: dict[str, Any], programme: None
) -> None:
    saved(api, budget={"unit": "times", "most": 1})
    first = buys(api, "A", 60)
    assert (earned(first), earned(buys(api, "B", 60))) == (120, 60)
    back = f"/purchases/{first['id']}/returns"
    part = {"reference": "part", "returned_at": "2026-11-20T16:00:00+02:00",
            "amount": {"minor": 3_000, "currency": "EUR"}}  # fmt: skip
    assert api.post(back, part).json()["points"][0]["reversed"] == 60
    assert listed(api)["budget"]["used"][0]["used"] == 1
    rest = {"reference": "rest", "returned_at": "2026-11-20T17:00:00+02:00"}
    assert api.post(back, rest).json()["points"][0]["reversed"] == 60
    assert listed(api)["budget"]["used"][0]["used"] == 0
    assert earned(buys(api, "C", 60)) == 120
    assert all_agrees()


@promise("LOY-20")
def test_each_place_has_its_own_budget_and_money_is_counted_by_what_points_are_worth(
    api: Caller, anna: dict[str, Any], programme: None
) -> None:
    saved(api, budget={"unit": "money", "most": 50, "per": "channel"})
    for channel, reference, points in (("web", "A", 100), ("shop", "B", 100), ("web", "C", 50)):
        [result] = api.post("/purchases", {"purchases": [{
            "source": "till", "reference": reference, "customer": anna["id"],
            "purchased_at": "2026-11-20T12:00:00+02:00", "channel": channel,
            "total": {"minor": 5_000, "currency": "EUR"},
        }]}).json()["results"]  # fmt: skip
        assert earned(result) == points, reference
    used = {one["value"]: one["used"] for one in listed(api)["budget"]["used"]}
    assert used == {"web": 50, "shop": 50}
    refused = api.post("/promotions", a_promotion(budget={"unit": "times", "most": 9}))
    assert (refused.status_code, refused.json()["code"]) == (409, "budget-is-used")
    small = api.post("/promotions", a_promotion(budget={"unit": "money", "most": 49,
                                                        "per": "channel"}))  # fmt: skip
    assert small.json()["code"] == "budget-is-used"
    assert all_agrees()
    Budget.objects.filter(value="web").update(used=49)
    assert not all_agrees()


def test_events_have_promotions_too(api: Caller, anna: dict[str, Any], programme: None) -> None:
    saved(api, budget={"unit": "times", "most": 1},
          rules=[{"body": {"earn": "event", "event": "contest", "points": 70}}])  # fmt: skip
    done = events(api, an_event("contest", "c-1"), an_event("contest", "c-2"))
    assert [bool(one["points"]) for one in done["results"]] == [True, False]
    assert done["results"][1]["refused_rules"] == [{"rule": "autumn-1", "reason": "budget"}]
    assert balance(api, anna)["available"] == 70
    assert all_agrees()
