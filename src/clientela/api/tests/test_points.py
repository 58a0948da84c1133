"""Points over the API: lots, longer lives, debts, gifts to others and households."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clientela.api.tests.conftest import Caller
from clientela.loyalty.models import Account, Currency, Lot

pytestmark = pytest.mark.django_db


def buy(api: Caller, customer: str, points: int, reference: str) -> str:
    body = {"source": "till", "reference": reference, "customer": customer,
            "purchased_at": (datetime.now(UTC) - timedelta(minutes=1)).isoformat(),
            "total": {"minor": points * 100, "currency": "EUR"}}  # fmt: skip
    [done] = api.post("/purchases", {"purchases": [body]}).json()["results"]
    return str(done["id"])


@pytest.fixture
def bert(api: Caller) -> str:
    Currency.objects.update(transfers={"day_max": 500}, life={"days": 30})
    return str(api.post("/customers", {"name": "Bērts Kalniņš"}).json()["customer"]["id"])


def test_lots_are_read_and_let_be_used_longer_with_a_reason(
    api: Caller, anna: dict[str, Any], bert: str
) -> None:
    buy(api, anna["id"], 100, "R-1")
    [lot] = api.get(f"/customers/{anna['id']}/points/lots").json()["items"]
    assert (lot["remaining"], lot["state"]) == (100, "usable")
    assert api.post(f"/lots/{lot['id']}/extension", {"last_on": "2027-12-31"}).status_code == 422
    body = {"last_on": "2027-12-31", "reason": "The post was on strike"}
    answer = api.post(f"/lots/{lot['id']}/extension", body)
    assert answer.json() == {
        "lot": lot["id"], "points": 100, "last_on": "2027-12-31", "posting": None,
    }  # fmt: skip
    again = api.post(f"/lots/{lot['id']}/extension", body)
    assert (again.status_code, again.json()["reason"]) == (409, "not-later")
    read = api.get(f"/lots/{lot['id']}").json()
    assert read["last_on"] == "2027-12-31"
    assert [move["reason"] for move in read["moves"]] == ["The post was on strike"]
    nobody = "lot_" + 32 * "0"
    assert api.get(f"/lots/{nobody}").json()["code"] == "no-such-lot"
    assert api.post(f"/lots/{nobody}/extension", body).status_code == 404


def test_points_go_to_another_member_within_the_limit(
    api: Caller, anna: dict[str, Any], bert: str
) -> None:
    buy(api, anna["id"], 600, "R-1")
    body = {"sender": anna["id"], "receiver": bert, "currency": "points", "points": 400}
    done = api.post("/points/transfers", body, idempotency_key="T-1").json()
    assert (done["points"], done["balance"]) == (400, 200)
    assert api.post("/points/transfers", body, idempotency_key="T-1").json() == done
    kinds = [row["kind"] for row in api.get(f"/customers/{bert}/points/entries").json()["items"]]
    assert kinds == ["transfer_in"]
    refused = api.post("/points/transfers", {**body, "points": 101}).json()
    assert (refused["code"], refused["reason"], refused["left"]) == (
        "transfer-not-allowed", "day-limit", 100,
    )  # fmt: skip
    refused = api.post("/points/transfers", {**body, "receiver": anna["id"], "points": 1}).json()
    assert refused["reason"] == "same-customer"
    assert api.post("/points/transfers", {**body, "points": 0}).status_code == 422


def test_a_debt_is_let_go_with_a_reason(api: Caller, anna: dict[str, Any], bert: str) -> None:
    purchase = buy(api, anna["id"], 100, "R-1")
    Lot.objects.update(remaining=0)
    Account.objects.update(posted=0)
    moment = datetime.now(UTC).isoformat()
    back = {"source": "till", "reference": "B-1", "returned_at": moment,
            "amount": {"minor": 10_000, "currency": "EUR"}}  # fmt: skip
    assert api.post(f"/purchases/{purchase}/returns", back).status_code == 200
    [balance] = api.get(f"/customers/{anna['id']}/points").json()["items"]
    assert balance["debt"] == 100
    address = f"/customers/{anna['id']}/points/forgiveness"
    body = {"currency": "points", "reason": "Our mistake", "points": 30}
    assert api.post(address, body).json()["points"] == 30
    assert api.post(address, {**body, "points": None}).json()["points"] == 70
    assert api.post(address, body).json()["code"] == "nothing-owed"


def test_a_household_shares_its_points(api: Caller, anna: dict[str, Any], bert: str) -> None:
    buy(api, anna["id"], 100, "R-1")
    buy(api, bert, 50, "R-2")
    members = [{"customer": anna["id"], "role": "head"}, {"customer": bert, "role": "child"}]
    home = api.post("/households", {"name": "Kalniņi", "members": members}).json()
    pool = api.post(f"/households/{home['id']}/points-pools", {"currency": "points"}).json()
    assert pool["usable"] == 150
    assert [(one["may_spend"], one["left"]) for one in pool["members"]] == [
        (True, None),
        (False, 0),
    ]
    assert api.post(
        f"/households/{home['id']}/points-pools", {"currency": "points"}
    ).json()["code"] == "pool-is-open"  # fmt: skip
    member = f"/points-pools/{pool['id']}/members/{pool['members'][1]['id']}"
    changed = api.patch(member, {"may_spend": True, "month_max": 20}).json()
    assert changed["members"][1]["left"] == 20
    [read] = api.get(f"/customers/{bert}/points-pool").json()["items"]
    assert read == changed
    assert api.post(f"{member}/ending", {}).status_code == 200
    stranger = api.post("/customers", {"name": "Zane Ozola"}).json()["customer"]["id"]
    joins = {"customer": stranger, "may_spend": True}
    refused = api.post(f"/points-pools/{pool['id']}/members", joins).json()
    assert refused["code"] == "not-of-the-household"
    back = api.post(f"/points-pools/{pool['id']}/members", {**joins, "customer": bert}).json()
    assert len(back["members"]) == 2


def test_a_kind_of_points_says_whether_members_give_them_and_with_which_life(
    api: Caller, anna: dict[str, Any]
) -> None:
    def set_to(**giving: Any) -> dict[str, Any]:
        told = api.patch("/currencies/points", {"transfers": giving}).json()
        return dict(told.get("transfers") or told)

    limits = {"day_max": 9, "month_max": None}
    assert set_to(life="reset", day_max=9) == {"allowed": True, "life": "reset", **limits}
    assert Currency.objects.get(code="points").transfers == {"life": "reset", "day_max": 9}
    assert set_to(life="forever")["field"] == "transfers.life"
    assert set_to(allowed=False)["allowed"] is False
    assert Currency.objects.get(code="points").transfers == {}
