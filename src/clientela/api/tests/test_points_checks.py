"""What guards points that people move by hand, and what whoever answers for them looks at."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clientela.api.tests.conftest import Caller, MakeCaller, a_purchase
from clientela.api.tests.test_canary import ok
from clientela.api.tests.test_reward_kinds import euros
from clientela.api.tests.test_rewards import agrees
from clientela.customers.queries import Reference
from clientela.flows import grant_points
from clientela.flows.grant_points import Wanted
from clientela.loyalty.actions.adjusting import OwnPoints
from clientela.loyalty.models import Currency
from clientela.platform.http.actors import Actor
from clientela.platform.promises import promise
from clientela.staff.models import Person

pytestmark = pytest.mark.django_db


def adjust(caller: Caller, whose: str, points: int) -> Any:
    body = {"customer": whose, "points": points, "reason": "goodwill"}
    return caller.post("/points/adjustments", body)


@promise("LOY-76")
def test_limits_a_second_person_and_lists_guard_what_is_moved_by_hand(
    api: Caller, anna: dict[str, Any], caller_with: MakeCaller
) -> None:
    whose = str(anna["id"])
    told = ok(api.patch("/currencies/points", {"adjust_alone_max": 100, "adjust_day_max": 400}))
    assert (told["adjust_alone_max"], told["adjust_day_max"]) == (100, 400)
    assert adjust(api, whose, 100).json()["state"] == "done"
    asked = adjust(api, whose, 101).json()
    assert asked["state"] == "waiting"
    refused = adjust(api, whose, 200)
    assert (refused.status_code, refused.json()["code"]) == (409, "limit-reached-today")
    assert refused.json()["left"] == 199
    own = api.post(f"/points/adjustments/{asked['id']}/decision", {"approved": True})
    assert own.json()["code"] == "needs-second-person"
    second = caller_with("loyalty.decide_adjustment", "customers.view", "loyalty.view")
    ok(second.post(f"/points/adjustments/{asked['id']}/decision", {"approved": True}))
    [moved] = ok(second.get("/points/adjusters"))["items"]
    assert (moved["points"], moved["times"], moved["left"]) == (201, 2, 199)
    # somebody of the staff is a customer too
    boss = Person.objects.create(
        email="Anna@Example.com", name="Anna Kalniņa", joined_at=datetime.now(UTC)
    )
    actor = Actor(id=boss.public_id, name="Anna", rights=frozenset({"all"}))
    wanted = Wanted(Reference("external", "4711", "crm"), 5, "goodwill")
    with pytest.raises(OwnPoints):
        grant_points.adjust_points(wanted, actor=actor, now=datetime.now(UTC))
    assert ok(second.get("/points/own-earnings"))["items"] == []
    ok(api.post("/purchases", {"purchases": [
        a_purchase(total=euros(10_000), staff="anna@example.com"),
        a_purchase(reference="R-2", total=euros(5_000), staff="Bērts"),
    ]}))  # fmt: skip
    [earned] = ok(second.get("/points/own-earnings"))["items"]
    assert (earned["person"], earned["customer"]) == (boss.public_id, whose)
    assert (earned["points"], earned["at_the_till"], earned["kind"]) == (100, True, "earn")
    assert api.get("/points/own-earnings?after=pos_1").json()["items"] == []
    assert caller_with("loyalty.adjust").get("/points/own-earnings").status_code == 403
    assert agrees()


@promise("LOY-76")
def test_what_was_let_go_is_listed_with_who_and_why(api: Caller, anna: dict[str, Any]) -> None:
    whose = str(anna["id"])
    Currency.objects.update(debt_max=30, adjust_alone_max=1_000)
    made = ok(api.post("/purchases", {"purchases": [a_purchase(total=euros(10_000))]}))
    purchase = made["results"][0]["id"]
    ok(adjust(api, whose, -80))
    back = {"reference": "B-1", "returned_at": datetime.now(UTC).isoformat()}
    [took] = ok(api.post(f"/purchases/{purchase}/returns", back))["points"]
    assert (took["reversed"], took["debt"], took["forgiven"]) == (50, 30, 50)
    reason = {"currency": "points", "reason": "Our own fault"}
    ok(api.post(f"/customers/{whose}/points/forgiveness", reason))
    with CaptureQueriesContext(connection) as asked:
        debt, returned = ok(api.get("/points/forgiven"))["items"]
    assert len(asked) <= 12
    assert (debt["kind"], debt["points"], debt["reason"]) == ("forgive", 30, "Our own fault")
    assert (returned["kind"], returned["points"], returned["taken"]) == ("reverse", 50, 50)
    [first] = ok(api.get("/points/forgiven?limit=1"))["items"]
    assert first == debt
    following = ok(api.get("/points/forgiven?limit=1"))["next"]
    assert ok(api.get(f"/points/forgiven?after={following}"))["items"] == [returned]
    assert agrees()


@promise("LOY-76")
def test_points_a_return_could_not_take_are_decided_once(
    api: Caller, anna: dict[str, Any], caller_with: MakeCaller
) -> None:
    whose = str(anna["id"])
    Currency.objects.update(debt_max=0, adjust_alone_max=1_000)
    made = ok(api.post("/purchases", {"purchases": [a_purchase(total=euros(10_000))]}))
    ok(adjust(api, whose, -80))
    back = {"reference": "B-1", "returned_at": datetime.now(UTC).isoformat()}
    ok(api.post(f"/purchases/{made['results'][0]['id']}/returns", back))
    [one] = ok(api.get("/points/forgiven?state=open"))["items"]
    assert (one["points"], one["decision"]) == (80, None)
    address = f"/points/forgiven/{one['posting']}/decision"
    takes = {"verdict": "take_back", "reason": "Bought and returned"}
    none = api.post(address, takes)
    assert (none.status_code, none.json()["code"]) == (409, "too-few-points")
    ok(adjust(api, whose, 30))
    too_many = api.post(address, {**takes, "points": 81})
    assert (too_many.status_code, too_many.json()["field"]) == (422, "points")
    second = caller_with("loyalty.decide_adjustment", "customers.view", "loyalty.view")
    done = ok(second.post(address, takes))
    assert (done["verdict"], done["points"]) == ("taken_back", 30)
    again = api.post(address, {"verdict": "let_go", "reason": "No"})
    assert (again.status_code, again.json()["code"]) == (409, "already-decided")
    assert ok(api.get("/points/forgiven?state=open"))["items"] == []
    [listed] = ok(api.get("/points/forgiven"))["items"]
    assert listed["decision"] == done
    [balance] = ok(api.get(f"/customers/{whose}/loyalty"))["balances"]
    assert balance["available"] == 0
    told = ok(api.get(f"/customers/{whose}/timeline"))["items"]
    assert "clawback.taken_back" in {row["name"] for row in told}
    assert api.post("/points/forgiven/pos_1/decision", takes).status_code == 404
    assert caller_with("loyalty.adjust").post(address, takes).status_code == 403
    assert agrees()


def test_what_one_person_may_move_is_a_whole_number(api: Caller) -> None:
    for name in ("adjust_alone_max", "adjust_day_max", "grace_days"):
        refused = api.patch("/currencies/points", {name: -1})
        assert refused.status_code == 422, name
    assert ok(api.patch("/currencies/points", {"grace_days": 9}))["grace_days"] == 9
