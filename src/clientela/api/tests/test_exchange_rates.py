"""Purchases in other moneys, and what was earned once: by the rate and the terms of their time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller
from clientela.api.tests.test_canary import ok
from clientela.api.tests.test_rules_of_points import Till, at_least
from clientela.events.models import Event
from clientela.flows import record_rates
from clientela.flows.verify import verify
from clientela.loyalty.models import CurrencyTerms, ExchangeRate, Posting, Programme
from clientela.loyalty.queries import ledger
from clientela.platform.http.actors import SYSTEM


@pytest.fixture
def till(api: Caller, anna: dict[str, Any]) -> Till:
    Programme.objects.update(time_zone="Europe/Riga")
    return Till(api, anna["id"])


@pytest.fixture
def abroad(till: Till) -> Till:
    """Points count in euros; a dollar is 0.92 of them on the Friday before the sale."""
    ok(till.api.patch("/currencies/points", {"home_money": "EUR"}))
    rates = [{"currency": "USD", "day": "2026-11-13", "rate": "0.92"},
             {"currency": "JPY", "day": "2026-11-13", "rate": "160", "per": "home"}]  # fmt: skip
    done = ok(till.api.post("/exchange-rates", {"rates": rates, "source": "ECB"}))
    assert [one["state"] for one in done["results"]] == ["new", "new"]
    return till


def usd(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "USD"}


def test_other_money_earns_by_the_rate_of_its_day_said_by_quote_and_why(abroad: Till) -> None:
    """100.00 dollars are 92.00 euros; 16,000 yen are 100.00."""
    assert abroad.earns(0, total=usd(10_000)) == 92
    assert abroad.earns(0, total={"minor": 16_000, "currency": "JPY"}) == 100
    assert abroad.earns(10_000) == 100
    posting = Posting.objects.filter(kind="earn").order_by("id").first()
    assert posting is not None
    assert posting.money_minor == 9_200
    told = ok(abroad.api.get(f"/postings/{posting.public_id}/explanation"))
    assert told["counts_minor"] == 9_200
    assert (told["steps"][0]["rule"], told["steps"][0]["earn"]["rate"]) == ("exchange-rate", "0.92")
    assert told["steps"][0]["sentence"].startswith("1 USD = 0.92 EUR")


def test_a_threshold_in_home_money_is_met_by_other_money(abroad: Till) -> None:
    abroad.rule("much", "bonus", points=1_000, when=at_least(9_200))
    abroad.rule("some", "bonus", points=500, when={
        "fact": "basket.total", "op": "between",
        "value": [{"minor": 1, "currency": "EUR"}, {"minor": 9_199, "currency": "EUR"}],
    })  # fmt: skip
    assert abroad.earns(0, total=usd(10_000)) == 1_092
    assert abroad.earns(0, total=usd(9_999)) == 591  # 91.9908 are 91.99, below 92.00


def test_without_a_rate_of_the_last_days_nothing_is_earned_for_money(abroad: Till) -> None:
    abroad.rule("visit", "per_purchase", points=7)
    assert abroad.refuses(0, total={"minor": 10_000, "currency": "GBP"})["base"] == "no-rate"
    assert abroad.earns(0, total={"minor": 10_000, "currency": "GBP"}) == 7
    assert abroad.earns(0, "2026-11-12T12:00:00+02:00", total=usd(10_000)) == 7
    ok(abroad.api.post("/exchange-rates", {"rates": [
        {"currency": "GBP", "day": "2026-11-14", "rate": "1.15"}
    ]}))  # fmt: skip
    assert abroad.earns(0, total={"minor": 10_000, "currency": "GBP"}) == 122


def krona(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "SEK"}


def test_what_waits_for_a_rate_earns_once_when_it_is_recorded(
    abroad: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three of four crowns' sales wait; of one a half has come back, one has come back whole."""
    sold = [abroad.sell(abroad.sale(0, total=krona(110_000))) for _ in range(4)]
    assert abroad.gives_back(sold[1]["id"], "B-1", amount=krona(55_000)) == 0
    assert abroad.gives_back(sold[2]["id"], "B-2", amount=krona(110_000)) == 0
    wanted = ok(abroad.api.get("/exchange-rates/wanted"))["items"]
    assert wanted == [{"currency": "SEK", "home": "EUR", "day": "2026-11-14", "purchases": 4}]
    rate = {"currency": "SEK", "day": "2026-11-13", "rate": "11", "per": "home"}
    late = {**rate, "day": "2026-11-15"}
    assert ok(abroad.api.post("/exchange-rates", {"rates": [late]}))["earned"] == 0
    monkeypatch.setattr(record_rates, "SLICE", 3)
    done = ok(abroad.api.post("/exchange-rates", {"rates": [rate]}))
    assert (done["earned"], done["more"]) == (2, True)
    assert record_rates.earn_waiting(actor=SYSTEM, now=datetime.now(UTC)).earned == 1
    for _again in range(2):
        assert record_rates.earn_waiting(actor=SYSTEM, now=datetime.now(UTC)).looked_at == 0
    earned = Posting.objects.filter(kind="earn").order_by("id")
    assert [ledger.points_of(one.pk) for one in earned] == [100, 50, 100]
    assert ok(abroad.api.get("/exchange-rates/wanted"))["items"] == []
    told = ok(abroad.api.get(f"/postings/{earned[0].public_id}/explanation"))
    assert told["steps"][0]["rule"] == "exchange-rate"
    assert abroad.gives_back(sold[0]["id"], "B-3", amount=krona(55_000)) == 50
    assert abroad.gives_back(sold[1]["id"], "B-4", amount=krona(55_000)) == 50
    events = Event.objects.filter(name="points.earned").count()
    assert events == 3
    assert [check.name for check in verify() if check.wrong] == []


def test_a_purchase_that_earned_by_other_rules_does_not_wait(abroad: Till) -> None:
    abroad.rule("visit", "per_purchase", points=7)
    abroad.sell(abroad.sale(0, total=krona(110_000)))
    assert ok(abroad.api.get("/exchange-rates/wanted"))["items"] == []


def test_a_return_takes_back_by_the_rate_of_the_posting(abroad: Till) -> None:
    sold = abroad.sell(abroad.sale(0, total=usd(10_000)))
    ok(abroad.api.post("/exchange-rates", {"rates": [
        {"currency": "USD", "day": "2026-11-13", "rate": "0.5"}
    ]}))  # fmt: skip
    assert abroad.earns(0, total=usd(10_000)) == 50
    assert abroad.gives_back(sold["id"], "B-1", amount=usd(5_000)) == 46
    assert abroad.gives_back(sold["id"], "B-2", amount=usd(5_000)) == 46


def test_what_was_earned_is_taken_back_by_the_terms_of_its_time(till: Till) -> None:
    """Rounding, stack, basis and home money of a posting do not change with their settings."""
    till.rule("double", "multiply", num=3, den=2)
    till.rule("gift", "bonus", points=40)
    lines = [{"total_minor": 1_100, "tax_minor": 100, "product": ""}]
    first = till.sell(till.sale(1_100, lines=lines))
    assert first["points"][0]["earned"] == 56  # 11 x 1.5 = 16.5, floor, and 40
    ok(till.api.patch("/currencies/points", {
        "rounding": "ceil", "stack": "best", "basis": {"tax": "excl"}, "home_money": "EUR",
    }))  # fmt: skip
    second = till.sell(till.sale(1_100, lines=lines))
    assert second["points"][0]["earned"] == 50  # 10 without tax, and the better of 5 and 40
    before, now = CurrencyTerms.objects.order_by("-id")[:2][::-1]
    assert (before.rounding, now.rounding) == ("floor", "ceil")
    assert till.gives_back(first["id"], "B-1", amount={"minor": 550, "currency": "EUR"}) == 9
    assert till.gives_back(second["id"], "B-2", amount={"minor": 550, "currency": "EUR"}) == 5
    ok(till.api.patch("/currencies/points", {"rounding": "half_up", "stack": "sum", "basis": {}}))
    assert till.gives_back(first["id"], "B-3", amount={"minor": 550, "currency": "EUR"}) == 47
    assert till.gives_back(second["id"], "B-4", amount={"minor": 550, "currency": "EUR"}) == 45


def test_rates_are_listed_corrected_and_never_changed(
    abroad: Till, caller_with: MakeCaller
) -> None:
    same = {"currency": "USD", "day": "2026-11-13", "rate": "0.920"}
    again = ok(abroad.api.post("/exchange-rates", {"rates": [same]}))
    assert again == {"home": "EUR", "results": [
        {"currency": "USD", "day": "2026-11-13", "state": "known"}],
        "earned": 0, "more": False}  # fmt: skip
    ok(abroad.api.post("/exchange-rates", {"rates": [{**same, "rate": "0.93"}]}))
    [newest, older] = ok(abroad.api.get("/exchange-rates?currency=USD"))["items"]
    assert (newest["rate"], newest["per"], older["rate"]) == ("0.93", "currency", "0.92")
    assert older["source"] == "ECB"
    page = ok(abroad.api.get("/exchange-rates?limit=1"))
    assert page["next"] == str(newest["id"])
    assert len(ok(abroad.api.get(f"/exchange-rates?after={page['next']}"))["items"]) == 2
    seeing: Caller = caller_with("loyalty.view")
    assert seeing.post("/exchange-rates", {"rates": [same]}).status_code == 403
    assert ExchangeRate.objects.count() == 3


@pytest.mark.parametrize(("change", "field"), [
    ({"rate": "0"}, "rates.0.rate"), ({"rate": "1e400"}, "rates.0.rate"),
    ({"rate": "0.00000000001"}, "rates.0.rate"), ({"rate": "NaN"}, "rates.0.rate"),
    ({"rate": "a"}, "rates.0.rate"), ({"currency": "EUR"}, "rates.0.currency"),
    ({"currency": "XXZ"}, "rates.0.currency"), ({"day": "0001-01-01"}, "rates.0.day"),
])  # fmt: skip
def test_a_rate_that_cannot_be_is_refused_at_its_place(
    api: Caller, change: dict[str, str], field: str
) -> None:
    body = {"currency": "USD", "day": "2026-11-13", "rate": "0.92", **change}
    refused = api.post("/exchange-rates", {"rates": [body]})
    assert (refused.status_code, refused.json()["field"]) == (422, field)


CLUB = {"key": "club", "points": "points", "labels": {"en": "Club"}, "measure": "spend",
        "currency": "EUR", "window": "calendar", "crossing": "after"}  # fmt: skip


def step(key: str, threshold: int, factor: str) -> dict[str, Any]:
    return {"key": key, "threshold": threshold, "factor": factor, "labels": {"en": key.title()}}


def _moments() -> Iterator[tuple[int, str]]:
    """Each bought now, when the standing of the one before has begun."""
    for minor in (6_000, 10_000, 10_000):
        yield minor, datetime.now(UTC).isoformat()


@pytest.mark.parametrize(("measure", "crossing", "earned"), [
    ("spend", "before", [60, 100, 200]), ("spend", "after", [60, 200, 300]),
    ("points", "before", [60, 100, 200]), ("points", "after", [60, 200, 300]),
    ("purchases", "before", [60, 100, 200]), ("purchases", "after", [60, 200, 300]),
])  # fmt: skip
def test_the_purchase_that_reaches_a_tier_earns_by_the_one_before_or_by_that(
    till: Till, measure: str, crossing: str, earned: list[int]
) -> None:
    """100 of spending or points, or two purchases, reach silver; silver doubles, gold trebles."""
    money = "EUR" if measure == "spend" else ""
    ladder = {**CLUB, "measure": measure, "currency": money, "crossing": crossing}
    told = till.api.post("/tiers", ladder)
    assert told.status_code == 200, told.json()
    at = {"spend": (10_000, 26_000), "points": (100, 260), "purchases": (2, 3)}[measure]
    ok(till.api.post("/tiers/club/steps", step("silver", at[0], "2")))
    ok(till.api.post("/tiers/club/steps", step("gold", at[1], "3")))
    assert [till.earns(minor, at) for minor, at in _moments()] == earned
    assert till.api.get("/tiers").json()["items"][0]["crossing"] == crossing


def test_conditions_and_a_whole_batch_know_the_tier_a_purchase_reaches(till: Till) -> None:
    ok(till.api.post("/tiers", CLUB))
    ok(till.api.post("/tiers/club/steps", step("silver", 10_000, "2")))
    silver = {"fact": "points.tiers", "op": "has_any", "value": ["silver"]}
    till.rule("welcome", "bonus", points=7, when=silver)
    start = datetime.now(UTC) - timedelta(hours=3)
    sales = [till.sale(6_000, (start + timedelta(hours=n)).isoformat()) for n in range(3)]
    told = ok(till.api.post("/purchases", {"purchases": sales}))["results"]
    assert [one["points"][0]["earned"] for one in told] == [60, 127, 127]


@pytest.mark.parametrize("change", [
    {"starts": "next_period"}, {"measure": "products", "currency": ""},
    {"measure": "balance", "currency": ""},
])  # fmt: skip
def test_a_tier_that_is_not_there_at_once_is_not_earned_by(
    api: Caller, change: dict[str, str]
) -> None:
    refused = api.post("/tiers", {**CLUB, **change})
    assert (refused.status_code, refused.json()["field"]) == (422, "crossing")
