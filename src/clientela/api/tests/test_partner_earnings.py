"""A partner books what customers earn there by its own signature; a statement settles the month."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller, a_purchase
from clientela.api.tests.test_travel import words_of
from clientela.customers.queries import Reference
from clientela.events import rules as webhooks
from clientela.flows import earn_at_partner as flow
from clientela.flows import travel_orders
from clientela.flows.earn_at_partner import Told
from clientela.flows.redeem_reward import Wanted, redeem_reward
from clientela.flows.verify import verify
from clientela.loyalty.models import Account, Entry, Partner, PartnerKey, PartnerLine
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.staff import company as companies

FERRIES = {
    "key": "baltic-ferries", "name": "Baltic Ferries", "earn": {"points": 1_000, "minor": 1_150},
    "burn": {"points": 1_000, "minor": 1_000}, "currency": "EUR", "language": "lv",
}  # fmt: skip
ANNA = {"source": "crm", "id": "4711"}
BERTA = {"source": "crm", "id": "4712"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(api: Caller, anna: dict[str, Any]) -> str:
    """Anna and Berta are known, and Baltic Ferries knows its secret."""
    api.post("/purchases", {"purchases": [a_purchase(total={"minor": 100, "currency": "EUR"})]})
    api.post("/customers", {"name": "Berta Liepa", "external": BERTA})
    found: str = api.post("/partners", FERRIES).json()["secret"]
    return found


def earned(reference: str, points: int, customer: Any = None) -> dict[str, Any]:
    return {"reference": reference, "customer": customer or ANNA, "points": points,
            "occurred_at": "2026-11-20T14:03:00+02:00"}  # fmt: skip


def signed(api: Caller, secret: str, path: str, body: Any) -> Any:
    written, stamp = json.dumps(body).encode(), int(datetime.now(UTC).timestamp())
    signature = webhooks.signature([secret], id="msg-1", timestamp=stamp, body=written)
    return api.client.post(
        f"/api/v1/partners/baltic-ferries/{path}", written, "application/json",
        headers={"webhook-id": "msg-1", "webhook-timestamp": str(stamp),
                 "webhook-signature": signature},
    )  # fmt: skip


def book(api: Caller, secret: str, *rows: dict[str, Any]) -> list[str]:
    answer = signed(api, secret, "earnings", {"earnings": list(rows)})
    assert answer.status_code == 200, answer.content
    return [one["state"] for one in answer.json()["results"]]


def points(api: Caller, customer: str) -> int:
    found = api.get(f"/customers/{customer}/points").json()["items"]
    return sum(one["available"] for one in found)


def on_account() -> int:
    account = Partner.objects.get().account_id
    return sum(
        one.amount if one.credit_id == account else -one.amount
        for one in Entry.objects.all() if account in (one.credit_id, one.debit_id)
    )  # fmt: skip


def wrong() -> list[str]:
    return [check.name for check in verify() if check.wrong]


@promise("LOY-55")
def test_a_partner_books_what_is_earned_there_once_under_its_own_names(
    api: Caller, anna: dict[str, Any], secret: str
) -> None:
    before = points(api, anna["id"])
    rows = (earned("T-1", 500), earned("T-1", 500), earned("T-2", 70, {"source": "crm", "id": "x"}),
            earned("T-3", 0), earned("T-4", 40), earned("T-4", 41))  # fmt: skip
    assert book(api, secret, *rows) == ["new", "known", "refused", "refused", "new", "conflict"]
    assert (points(api, anna["id"]), on_account()) == (before + 540, -540)
    assert book(api, secret, earned("T-1", 500), earned("T-5", 1)) == ["known", "new"]
    assert book(api, secret, earned("T-1", 501)) == ["conflict"]
    assert book(api, secret, earned("T-1", 500, BERTA)) == ["conflict"]
    assert PartnerKey.objects.filter(reference="T-1").count() == 1
    assert (points(api, anna["id"]), on_account()) == (before + 541, -541)
    [newest, *_] = api.get("/partners/baltic-ferries/earnings").json()["items"]
    assert (newest["reference"], newest["points"], newest["taken_back"]) == ("T-5", 1, None)
    assert wrong() == []


@promise("LOY-55")
def test_an_earning_is_taken_back_once_and_what_was_used_is_owed(
    api: Caller, anna: dict[str, Any], secret: str
) -> None:
    before = points(api, anna["id"])
    book(api, secret, earned("T-1", 500), earned("T-2", 300))
    body = {"reference": "T-1", "cause": "the ticket came back"}
    answers = [signed(api, secret, "earnings/reversals", body).json() for _ in range(2)]
    assert [(one["points"], one["forgiven"], one["replayed"]) for one in answers] == [
        (500, 0, False), (500, 0, True),
    ]  # fmt: skip
    assert (points(api, anna["id"]), on_account()) == (before + 300, -300)
    coupon = {"key": "off", "kind": "coupon", "labels": {"en": "Off"}, "prices": {"": 250},
              "percent": 10, "valid_days": 30}  # fmt: skip
    api.post("/rewards", coupon)
    used = api.post("/redemptions", {"customer": anna["id"], "reward": "off"})
    assert used.json()["points"] == 250
    owed = signed(api, secret, "earnings/reversals", {"reference": "T-2"}).json()
    assert (owed["points"], owed["forgiven"]) == (300, 0)
    assert (sum(one.debt for one in Account.objects.all()), on_account()) == (250 - before, 0)
    none = signed(api, secret, "earnings/reversals", {"reference": "T-9"})
    assert (none.status_code, none.json()["code"]) == (404, "no-such-partner-earning")
    assert wrong() == []


@promise("LOY-17")
def test_limits_are_for_what_a_partner_says_too(
    api: Caller, anna: dict[str, Any], secret: str
) -> None:
    cap = api.post("/points/caps", {"period": "month", "most": 600}).json()
    rows = [earned("T-1", 500), earned("T-2", 300), earned("T-3", 50), earned("T-2", 300)]
    answer = signed(api, secret, "earnings", {"earnings": rows}).json()["results"]
    assert [(one["state"], one["points"], one.get("less")) for one in answer] == [
        ("new", 500, None), ("new", 100, "cap"), ("refused", 0, None), ("known", 100, "cap"),
    ]  # fmt: skip
    assert (answer[2]["error"]["code"], answer[2]["error"]["reason"]) == ("nothing-earned", "cap")
    again = signed(api, secret, "earnings", {"earnings": [earned("T-2", 300)]}).json()["results"]
    assert [(one["state"], one["points"], one["less"]) for one in again] == [("known", 100, "cap")]
    lines = api.get(f"/customers/{anna['id']}/points/entries").json()["items"]
    cut = next(one["posting"] for one in lines if one["points"] == 100)
    why = api.get(f"/postings/{cut}/explanation").json()["steps"]
    assert [(one["rule"], one["after"] - one["before"]) for one in why] == [
        ("partner", 300), ("limit", -200),
    ]  # fmt: skip
    assert wrong() == []
    signed(api, secret, "earnings/reversals", {"reference": "T-1"})
    assert book(api, secret, earned("T-3", 50)) == ["new"]
    assert wrong() == []
    api.post(f"/points/caps/{cap['id']}/end", {})
    pause = {"mode": "drop", "cause": "invoice overdue"}
    assert api.post(f"/customers/{anna['id']}/earning-pauses", pause).status_code == 200
    told = signed(api, secret, "earnings", {"earnings": [earned("T-4", 5)]}).json()["results"]
    assert told[0]["error"]["reason"] == "paused"
    assert wrong() == []


def test_a_foreign_signature_and_a_key_without_the_right_book_nothing(
    api: Caller, secret: str, caller_with: MakeCaller
) -> None:
    other = "whsec_" + "A" * 43 + "="
    assert signed(api, other, "earnings", {"earnings": [earned("T-1", 5)]}).status_code == 401
    viewer = caller_with("loyalty.view")
    path = "/partners/baltic-ferries/earnings"
    assert viewer.post(path, {"earnings": [earned("T-1", 5)]}).status_code == 403
    writer = caller_with("loyalty.record_events")
    assert writer.post(path, {"earnings": [earned("T-1", 5)]}).json()["results"][0]["state"] == (
        "new"
    )
    many = {"earnings": [earned(f"T-{number}", 5) for number in range(10_001)]}
    assert writer.post(path, many).status_code == 413
    api.post("/partners", {**FERRIES, "retired": True})
    refused = writer.post(path, {"earnings": [earned("T-2", 5)]})
    assert (refused.status_code, refused.json()["code"]) == (409, "partner-retired")
    assert wrong() == []


@promise("LOY-55")
def test_a_month_is_settled_by_a_statement_that_never_changes(
    api: Caller, anna: dict[str, Any], secret: str
) -> None:
    zone = companies.current().zone
    today = datetime.now(zone)
    last = (today.replace(day=1) - timedelta(days=1)).replace(day=15, hour=12)
    who = Reference("external", "4711", "crm")
    early = (last - timedelta(days=5)).isoformat()
    api.post(
        "/purchases",
        {
            "purchases": [
                a_purchase(
                    reference="R-2", purchased_at=early, total={"minor": 200_000, "currency": "EUR"}
                )
            ]
        },
    )
    api.post("/rewards", {"key": "tallinn", "kind": "travel", "prices": {"": 1_500},
                          "labels": {"en": "Tallinn"}, "partner": "baltic-ferries",
                          "reply_hours": 48})  # fmt: skip
    told = [Told(who, "T-1", 500, last), Told(who, "T-2", 200, last)]
    flow.earn_at_partner("baltic-ferries", told, actor=SYSTEM, now=last)
    flow.take_back_earning("baltic-ferries", "T-2", actor=SYSTEM, now=last + timedelta(days=1))
    made = redeem_reward(Wanted(who, "tallinn", traveller="Anna"), actor=SYSTEM, now=last)
    assert made.travel_order
    order = travel_orders.answer_travel_order(
        made.travel_order.id, confirmed=True, actor=SYSTEM, now=last + timedelta(hours=1)
    )
    asked = {"partner": "baltic-ferries", "month": f"{last:%Y-%m}"}
    early_one = api.post("/partner-statements", {**asked, "month": f"{today:%Y-%m}"})
    assert (early_one.status_code, early_one.json()["code"]) == (409, "month-not-over")
    statement = api.post("/partner-statements", asked).json()
    figures = [statement[name] for name in ("earned", "taken_back", "used", "given_back", "lines")]
    assert figures == [700, 200, 1_500, 0, 4]
    assert [statement[name]["minor"] for name in ("partner_pays", "we_pay", "balance")] == [
        575, 1_500, 925,
    ]  # fmt: skip
    book(api, secret, earned("T-3", 10))
    api.post("/partners", {**FERRIES, "burn": {"points": 1_000, "minor": 9_999}})
    assert api.post("/partner-statements", asked).json() == statement
    [listed] = api.get("/partner-statements?partner=baltic-ferries").json()["items"]
    path = f"/partner-statements/{listed['id']}"
    lines = api.get(f"{path}/lines?limit=3").json()
    rest = api.get(f"{path}/lines?after={lines['next']}").json()["items"]
    found = [(one["what"], one["reference"], one["points"]) for one in [*lines["items"], *rest]]
    assert found == [("earned", "T-1", 500), ("earned", "T-2", 200),
                     ("used", order.voucher, 1_500), ("taken_back", "T-2", 200)]  # fmt: skip
    rows = api.get(f"{path}/content?form=csv").content.decode().splitlines()
    assert rows[0] == "Diena,Kas,Atsauce,Punkti"
    assert rows[1] == f"{last:%Y-%m-%d},nopelnīts,T-1,500"
    pdf = api.get(f"{path}/content")
    assert pdf["Content-Type"] == "application/pdf"
    words = words_of(pdf.content)
    assert all(one in words for one in ("Baltic Ferries", "T-1", order.voucher, "9,25"))
    assert wrong() == []
    PartnerLine.objects.filter(place=1).update(points=5_000)
    assert wrong() == ["statements of partners are their lines"]
