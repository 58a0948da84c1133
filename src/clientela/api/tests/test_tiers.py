"""Ladders, standings and reviews over the API."""

from __future__ import annotations

from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, a_purchase
from clientela.loyalty.models import Standing
from clientela.platform.promises import promise

LADDER = {"key": "club", "points": "points", "labels": {"en": "Club", "lv": "Klubs"},
          "measure": "spend", "currency": "EUR", "window": "calendar", "grace_days": 14,
          "lowers": "one_step"}  # fmt: skip
GOLD = {"key": "gold", "labels": {"en": "Gold", "lv": "Zelts"}, "threshold": 10_000,
        "factor": "1.5", "benefits": {"en": "Free delivery"},
        "staff_notes": {"en": "Offer a chair"}, "life": {"months": 36}}  # fmt: skip
pytestmark = pytest.mark.django_db


@pytest.fixture
def club(api: Caller, anna: dict[str, Any]) -> str:
    """A ladder of one tier, and Anna on it."""
    assert api.post("/tiers", LADDER).json()["warnings"] == ["no-tiers-yet"]
    assert api.post("/tiers/club/steps", GOLD).status_code == 200
    api.post("/purchases", {"purchases": [a_purchase(total={"minor": 10_000, "currency": "EUR"})]})
    return str(anna["id"])


def drop(api: Caller, tier: str) -> Any:
    return api._send("delete", f"/tiers/club/steps/{tier}", {}, {})


def test_a_ladder_is_made_read_and_changed(api: Caller, club: str) -> None:
    [shown] = api.get("/tiers").json()["items"]
    assert (shown["window"], shown["grace_days"], shown["warnings"]) == ("calendar", 14, [])
    [gold] = shown["tiers"]
    assert (gold["factor"], gold["life"], gold["members"]) == ("3/2", {"months": 36}, 1)
    api.post("/tiers/club/steps", {"key": "silver", "labels": {"en": "Silver"}, "threshold": 5_000})
    [after] = api.get("/tiers").json()["items"]
    assert [tier["key"] for tier in after["tiers"]] == ["silver", "gold"]
    left = drop(api, "silver").json()
    assert [tier["key"] for tier in left["tiers"]] == ["gold"]
    refused = drop(api, "gold")
    assert (refused.status_code, refused.json()["field"]) == (422, "key")
    assert shown["late"] == "raises"
    assert api.post("/tiers", {**LADDER, "late": "re_rates"}).json()["late"] == "re_rates"
    refused = api.post("/tiers", {**LADDER, "measure": "products", "late": "re_rates"})
    assert (refused.status_code, refused.json()["field"]) == (422, "late")
    assert api.get("/tier-reviews?ladder=none").json()["code"] == "no-such-ladder"
    assert drop(api, "none").json()["code"] == "no-such-tier"


@promise("LOY-41")
def test_a_review_is_looked_at_before_it_is_run(api: Caller, club: str) -> None:
    empty = api.get("/tier-reviews?ladder=club").json()
    assert (empty["items"], empty["due"]) == ([], 0)
    page = api.get("/tier-reviews?ladder=club&on=2099-01-01").json()
    [moves] = page["items"]
    assert (moves["customer"], moves["before"], moves["after"]) == (club, "gold", None)
    assert (moves["way"], page["due"], page["next"]) == ("down", 1, None)
    up = api.get("/tier-reviews?ladder=club&on=2099-01-01&way=up").json()
    assert up["items"] == []
    run = api.post("/tier-reviews", {}).json()
    assert run == {"up": 0, "stays": 0, "down": 0, "more": False}
    Standing.objects.update(kept_until="2020-12-31", starts_at="2020-01-01T00:00:00Z")
    assert api.post("/tier-reviews", {}).json()["down"] == 1


def test_a_customer_shows_where_they_stand_and_stood(api: Caller, club: str) -> None:
    shown = api.get(f"/customers/{club}/loyalty").json()
    [balance], [standing] = shown["balances"], shown["standings"]
    assert balance["standing"]["key"] == standing["tier"] == "gold"
    assert balance["standing"]["staff_notes"] == {"en": "Offer a chair"}
    assert (standing["measured"], standing["ends_at"]) == (10_000, None)
    assert standing["purchase"].startswith("pur_")
