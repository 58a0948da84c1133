"""Habits as other systems read them."""

from __future__ import annotations

from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller, a_purchase
from clientela.platform.promises import promise

MONTHS = "from=2026-09-15&to=2026-11-02"


@pytest.fixture
def path(api: Caller, anna: dict[str, Any]) -> str:
    """Anna bought five times on Fridays, twice on the web."""
    days = ("09-04", "09-11", "09-18", "09-25", "10-02")
    batch = [
        a_purchase(
            reference=f"R-{day}", purchased_at=f"2026-{day}T18:30:00+03:00", place="riga-1",
            channel="web" if day.endswith("5") else "shop",
            total={"minor": 1000, "currency": "EUR"},
        )
        for day in days
    ]  # fmt: skip
    assert api.post("/purchases", {"purchases": batch}).json()["new"] == 5
    return f"/customers/{anna['id']}/habits"


@promise("LOY-02")
def test_a_profile_says_what_is_usual(api: Caller, path: str) -> None:
    body = api.get(f"{path}?{MONTHS}").json()
    profile = body["profile"]
    assert (body["is_kept"], body["by"]) == (True, "month")
    assert (profile["gap_median_days"], profile["gap_80_days"]) == (7, 7)
    assert profile["first_at"].startswith("2026-09-04")
    assert profile["last_at"].startswith("2026-10-02")
    assert profile["lapses_on"] == "2026-10-13"
    assert profile["weekdays"] == [0, 0, 0, 0, 5, 0, 0]
    assert profile["hours"][18] == 5
    assert (profile["channel"], profile["place"]) == ("shop", "riga-1")
    assert profile["basket"] == {"minor": 1000, "currency": "EUR"}
    assert profile["discounted_permille"] == 0
    assert sum(profile["gaps"]) == 4
    assert set(profile) >= {"recent", "before", "categories", "basket_lines_milli", "days_since"}


@pytest.mark.parametrize(
    ("by", "items"),
    [
        ("month", [("2026-09", 4, 4000), ("2026-10", 1, 1000)]),
        ("basket", [("2026-09", 4, 4000), ("2026-10", 1, 1000)]),
        ("channel", [("shop", 4, 4000), ("web", 1, 1000)]),
        ("weekday", [("5", 5, 5000)]),
        ("hour", [("18", 5, 5000)]),
        ("place", [("riga-1", 5, 5000)]),
        ("category", [("", 0, 5000)]),
    ],
)
def test_habits_are_told_by_one_thing_in_whole_months(
    api: Caller, path: str, by: str, items: list[tuple[str, int, int]]
) -> None:
    body = api.get(f"{path}?by={by}&{MONTHS}").json()
    assert (body["first_on"], body["last_on"]) == ("2026-09-01", "2026-11-30")
    told = [(one["key"], one["purchases"], one["spent"]["minor"]) for one in body["items"]]
    assert told == items


@pytest.mark.parametrize(
    ("asked", "status"),
    [("by=colour", 422), ("from=2026-02-01&to=2026-01-31", 422), ("from=1990-01-01", 422)],
)
def test_what_cannot_be_asked_is_refused(api: Caller, path: str, asked: str, status: int) -> None:
    assert api.get(f"{path}?{asked}").status_code == status


def test_who_may_not_see_purchases_sees_no_habits(caller_with: MakeCaller, path: str) -> None:
    assert caller_with("customers.view").get(path).status_code == 403


@promise("LOY-02")
def test_coupons_and_rewards_are_habits_too(api: Caller, path: str) -> None:
    shelf = {"key": "autumn", "labels": {"en": "Autumn leaflet"}, "percent": 10}
    assert api.post("/coupon-pools", shelf).status_code == 200
    codes = ["AUTUMN-01", "AUTUMN-02", "AUTUMN-03"]
    assert api.post("/coupon-pools/autumn/codes", {"codes": codes}).json()["added"] == 3
    anna = {"source": "crm", "id": "4711"}
    used = [
        api.post("/coupons/uses", {"code": code, "customer": anna, "source": "till-3", **more})
        for code, more in zip(codes, ({"reference": "R-10-02"}, {"reference": "R-09-04"}, {}),
                              strict=True)
    ]  # fmt: skip
    assert [one.status_code for one in used] == [200, 200, 200]
    body = api.get(f"{path}?by=coupon").json()
    [item] = body["items"]
    assert (item["key"], item["labels"], item["uses"]) == ("autumn", {"en": "Autumn leaflet"}, 3)
    assert (item["purchases"], item["spent"]["minor"], item["discount"]) == (2, 2000, None)
    profile = body["profile"]
    assert (profile["coupons"], profile["campaigns"], profile["with_coupon"]) == (3, 1, 2)
    assert api.get(f"{path}?by=reward").json()["items"] == []
