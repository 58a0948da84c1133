"""Batches whose sender wants all of it or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, a_purchase
from clientela.events.models import Event
from clientela.loyalty.models import Posting, Redemption
from clientela.purchases.models import Purchase

NOBODY = {"source": "crm", "id": "nobody"}
COFFEE = {
    "key": "coffee", "kind": "coupon", "labels": {"en": "Coffee"}, "prices": {"": 100},
    "money": {"minor": 250, "currency": "EUR"}, "valid_days": 30,
}  # fmt: skip


def refused(api: Caller, address: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    answer = api.post(address, body | {"all_or_nothing": True}, **headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "batch-refused"), answer.content
    told: dict[str, Any] = answer.json()
    return told


def test_one_bad_purchase_refuses_a_batch_that_is_wanted_in_whole(
    api: Caller, anna: dict[str, Any]
) -> None:
    good, bad = a_purchase(), a_purchase(reference="R-2", customer=NOBODY)
    before = Event.objects.count()
    told = refused(api, "/purchases", {"purchases": [good, bad]})
    assert (told["field"], [row["row"] for row in told["rows"]]) == ("purchases.1", [1])
    assert told["rows"][0]["code"] == "no-such-customer"
    assert (Purchase.objects.count(), Posting.objects.count()) == (0, 0)
    assert Event.objects.count() == before
    body = {"purchases": [good, a_purchase(reference="R-2")], "all_or_nothing": True}
    assert api.post("/purchases", body).json()["new"] == 2
    assert api.post("/purchases", body).json()["repeated"] == 2


@pytest.mark.parametrize("key", [{}, {"idempotency_key": "whole-1"}])
def test_one_bad_redemption_refuses_a_batch_that_is_wanted_in_whole(
    api: Caller, anna: dict[str, Any], key: dict[str, str]
) -> None:
    assert api.post("/rewards", COFFEE).json()["state"] == "new"
    sold = a_purchase(total={"minor": 15_000, "currency": "EUR"})
    assert api.post("/purchases", {"purchases": [sold]}).json()["new"] == 1
    named = {"source": "app", "reward": "coffee", "customer": {"source": "crm", "id": "4711"}}
    rows = [named | {"reference": "1"}, named | {"reference": "2"}]
    told = refused(api, "/points/redemptions", {"redemptions": rows}, **key)
    assert [(row["row"], row["code"]) for row in told["rows"]] == [(1, "not-enough-points")]
    assert not Redemption.objects.exists()
    body = {"redemptions": rows[:1], "all_or_nothing": True}
    assert api.post("/points/redemptions", body).json()["new"] == 1


def test_one_bad_event_refuses_a_batch_that_is_wanted_in_whole(
    api: Caller, anna: dict[str, Any]
) -> None:
    happened = {
        "event": "app_review", "source": "app", "occurred_at": "2026-01-10T10:00:00Z",
        "customer": {"source": "crm", "id": "4711"},
    }  # fmt: skip
    good, bad = happened | {"key": "1"}, happened | {"key": "2", "event": "Not a name"}
    told = refused(api, "/points/events", {"events": [bad, good]})
    assert [row["row"] for row in told["rows"]] == [0]
    again = api.post("/points/events", {"events": [good]}).json()
    assert (again["new"], again["known"]) == (1, 0)
