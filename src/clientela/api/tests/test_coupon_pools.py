"""Pools of codes: generated, imported, shared; checked against a basket, used, undone."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, a_purchase
from clientela.api.tests.test_reward_kinds import euros
from clientela.api.tests.test_rewards import agrees
from clientela.flows import coupons
from clientela.flows.tests.test_concurrency import at_once
from clientela.loyalty.rules import codes
from clientela.platform.errors import Problem
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise


def pool(api: Caller, key: str, **more: Any) -> None:
    answer = api.post("/coupon-pools", {"key": key, "labels": {"en": key}, **more})
    assert answer.status_code == 200, answer.json()


def use(api: Caller, code: str, **more: Any) -> Any:
    return api.post("/coupons/uses", {"code": code, **more})


def basket(*minors: int, **more: Any) -> dict[str, Any]:
    lines = [{"product": "X", "quantity": "1", "total_minor": minor} for minor in minors]
    return {"lines": lines, "currency": "EUR", **more}


@promise("LOY-58")
@pytest.mark.django_db
def test_codes_are_generated_with_a_check_and_used_once(api: Caller) -> None:
    pool(api, "summer", percent=10, codes_max=25)
    made = api.post("/coupon-pools/summer/codes", {"count": 20}).json()["codes"]
    assert len({codes.normal(one) for one in made} - {None}) == 20
    assert api.post("/coupon-pools/summer/codes", {"count": 6}).json()["field"] == "count"
    assert use(api, made[0].lower()).json()["state"] == "used"
    again = use(api, made[0])
    assert (again.status_code, again.json()["code"]) == (409, "coupon-used")
    [told] = api.get("/coupon-pools").json()["items"]
    assert (told["codes"], told["used"]) == (20, 1)
    assert agrees()


@promise("LOY-58")
@pytest.mark.django_db
def test_lines_that_cannot_be_imported_are_told(api: Caller) -> None:
    pool(api, "paper", money=euros(500))
    done = api.post("/coupon-pools/paper/codes", {"codes": ["SPRING-01", "x", "spring 01", ""]})
    told = [(one["line"], one["error"]) for one in done.json()["errors"]]
    assert (done.json()["added"], told) == (1, [(2, "not-a-code"), (3, "twice")])
    twice = api.post("/coupon-pools/paper/codes", {"codes": ["SPRING01"]}).json()
    assert [one["error"] for one in twice["errors"]] == ["known"]


@promise("LOY-58")
@pytest.mark.django_db
def test_a_shared_code_has_a_limit_for_all_and_for_each(api: Caller, anna: dict[str, Any]) -> None:
    pool(api, "all", percent=5, shared=True, uses_max=2, member_max=1)
    api.post("/coupon-pools/all/codes", {"codes": ["SUMMER"]})
    who = {"customer": anna["id"]}
    assert use(api, "SUMMER").json()["field"] == "customer"
    assert use(api, "summer", **who).status_code == 200
    assert api.post("/coupons/checks", {"code": "SUMMER", **who}).json()["state"] == "member-limit"
    assert use(api, "SUMMER", **who).json()["code"] == "member-limit"
    other = api.post("/customers", {"name": "Ivo"}).json()["customer"]["id"]
    assert use(api, "SUMMER", customer=other).status_code == 200
    assert api.post("/coupons/checks", {"code": "SUMMER"}).json()["state"] == "used"
    assert agrees()


@promise("LOY-58")
@pytest.mark.django_db
def test_a_use_is_undone_when_the_whole_purchase_is_called_off(
    api: Caller, anna: dict[str, Any]
) -> None:
    pool(api, "summer", percent=10)
    [code] = api.post("/coupon-pools/summer/codes", {"count": 1}).json()["codes"]
    [bought] = api.post("/purchases", {"purchases": [a_purchase()]}).json()["results"]
    use(api, code, source="till-3", reference="R-1001")
    path = f"/purchases/{bought['id']}/cancellation"
    done = api.post(path, {"reference": "B-1", "cancelled_at": datetime.now(UTC).isoformat()})
    assert done.status_code == 200, done.json()
    assert api.post("/coupons/checks", {"code": code}).json()["state"] == "good"
    assert agrees()


@pytest.mark.django_db
def test_a_code_that_is_over_or_not_begun_cannot_be_used(api: Caller) -> None:
    now = datetime.now(UTC)
    for key, more in (("gone", {"ends_at": now - timedelta(days=1)}),
                      ("soon", {"starts_at": now + timedelta(days=1)})):  # fmt: skip
        pool(api, key, percent=5, **{name: one.isoformat() for name, one in more.items()})
        api.post(f"/coupon-pools/{key}/codes", {"codes": [f"CODE-{key}"]})
        assert use(api, f"CODE-{key}").json()["code"] == "coupon-over"


@promise("LOY-59")
@pytest.mark.django_db
def test_a_till_is_told_what_codes_take_off_its_basket(api: Caller, anna: dict[str, Any]) -> None:
    pool(api, "tenth", percent=10)
    pool(api, "fiver", money=euros(500), least_minor=2_000)
    pool(api, "post", percent=100, scope="delivery")
    pool(api, "back", percent=5, last_purchase=True)
    for key in ("tenth", "fiver", "post", "back"):
        api.post(f"/coupon-pools/{key}/codes", {"codes": [f"{key}CODE"]})
    checked = api.post("/coupons/checks", {"code": "TENTHCODE", "basket": basket(900, 350)}).json()
    assert (checked["state"], checked["off"]["off"]) == ("good", euros(125))
    told = api.post("/coupons/quotes", {
        "codes": ["TENTHCODE", "FIVERCODE", "POSTCODE"],
        "basket": basket(1_500, 1_500, delivery_minor=450)}).json()  # fmt: skip
    assert [(one["minor"], one["why"]) for one in told["codes"]] == [
        (0, "not-the-best"), (500, ""), (450, ""),
    ]  # fmt: skip
    assert (told["to_pay"], told["lines"]) == (euros(2_500), [250, 250])
    api.post("/purchases", {"purchases": [a_purchase(total=euros(4_000))]})
    asked = {"codes": ["BACKCODE"], "basket": basket(1_000), "customer": anna["id"]}
    assert api.post("/coupons/quotes", asked).json()["off"] == euros(200)


@promise("LOY-59")
@pytest.mark.django_db
def test_a_code_is_worth_a_percent_of_the_last_purchase_rounded_half_up_and_then_capped(
    api: Caller, anna: dict[str, Any]
) -> None:
    """5 % of 12.30 are 0.615."""

    def buys(minor: int, reference: str, hour: int) -> str:
        sale = a_purchase(total=euros(minor), reference=reference,
                          purchased_at=f"2026-11-20T{hour:02}:00:00+02:00")  # fmt: skip
        return str(api.post("/purchases", {"purchases": [sale]}).json()["results"][0]["id"])

    def off(code: str = "BACKCODE", **more: Any) -> int:
        asked = {"codes": [code], "basket": basket(1_000), "customer": anna["id"], **more}
        return int(api.post("/coupons/quotes", asked).json()["off"]["minor"])

    for key, more in (("back", {}), ("capped", {"most_minor": 60, "money_code": "EUR"}),
                      ("whole", {"whole_units": True})):  # fmt: skip
        pool(api, key, percent=5, last_purchase=True, **more)
        api.post(f"/coupon-pools/{key}/codes", {"codes": [f"{key}CODE"]})
    assert off() == 0
    buys(99_900, "R-1", 9)
    last = buys(1_230, "R-2", 10)
    assert (off(), off("CAPPEDCODE"), off("WHOLECODE")) == (62, 60, 100)
    api.post(
        f"/purchases/{last}/amendments",
        {"reference": "A-1", "amended_at": "2026-11-20T11:00:00+02:00", "total_minor": 1_229},
    )
    assert (off(), off("CAPPEDCODE")) == (61, 60)  # 0.6145
    api.post(
        f"/purchases/{last}/amendments",
        {"reference": "A-2", "amended_at": "2026-11-20T11:00:00+02:00", "total_minor": 2_000},
    )
    assert off() == 100  # with what was left out at first
    buys(40_000, "R-3", 12)
    taken = use(api, "BACKCODE", basket=basket(1_000), customer=anna["id"], source="till-3",
                reference="R-3").json()  # fmt: skip
    assert taken["off"]["off"] == euros(100)  # the purchase in hand is not the last one
    assert use(api, "CAPPEDCODE", basket=basket(1_000)).json()["field"] == "customer"
    assert api.post("/coupon-pools", {
        "key": "no", "labels": {"en": "No"}, "money": euros(5), "last_purchase": True,
    }).json()["field"] == "last_purchase"  # fmt: skip
    assert agrees()


@promise("LOY-59")
@pytest.mark.django_db
def test_a_use_says_what_it_took_off(api: Caller, anna: dict[str, Any]) -> None:
    pool(api, "tenth", percent=10)
    pool(api, "pair", money=euros(300), scope="line", least_minor=1_800)
    for key in ("tenth", "pair"):
        api.post(f"/coupon-pools/{key}/codes", {"codes": [f"{key}CODE"]})
    small = use(api, "PAIRCODE", basket=basket(900, 350))
    assert (small.status_code, small.json()["code"]) == (409, "coupon-takes-nothing")
    assert api.post("/coupons/checks", {"code": "PAIRCODE"}).json()["state"] == "good"
    asked = basket(1_500, 500, delivery_minor=450)
    first = use(api, "PAIRCODE", basket=asked, beside=["TENTHCODE"]).json()
    second = use(api, "TENTHCODE", basket=asked, beside=["PAIRCODE"]).json()
    assert [first["off"][name] for name in ("lines", "off", "to_pay")] == [
        [353, 118], euros(471), euros(1_979),
    ]  # fmt: skip
    assert second["off"]["lines"] == first["off"]["lines"]
    assert [(one["code"], one["minor"]) for one in second["off"]["codes"]] == [
        ("TENTHCODE", 171), ("PAIRCODE", 300),
    ]  # fmt: skip
    assert use(api, "TENTHCODE", basket=asked).json()["code"] == "coupon-used"
    pools = {one["key"]: one for one in api.get("/coupon-pools").json()["items"]}
    assert pools["tenth"]["used"] == 1
    assert agrees()


@pytest.mark.django_db
def test_a_use_without_a_basket_says_nothing_of_one(api: Caller) -> None:
    pool(api, "plain", percent=10)
    api.post("/coupon-pools/plain/codes", {"codes": ["PLAINCODE"]})
    assert "off" not in use(api, "PLAINCODE", off_minor=120).json()


@promise("LOY-58")
@pytest.mark.django_db(transaction=True)
def test_the_last_use_of_a_shared_code_goes_to_one(api: Caller) -> None:
    pool(api, "last", percent=5, shared=True, uses_max=1)
    api.post("/coupon-pools/last/codes", {"codes": ["LASTONE"]})

    def take() -> str:
        try:
            coupons.use_coupon("LASTONE", actor=SYSTEM, now=datetime.now(UTC))
        except Problem as refused:
            return refused.code
        return "used"

    assert Counter(at_once([take] * 8)) == {"used": 1, "coupon-used": 7}
    assert agrees()
