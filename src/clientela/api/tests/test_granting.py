"""Points that no purchase earned, and what bounds earning, as other systems meet them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller, a_purchase
from clientela.flows.define_programme import define_programme
from clientela.flows.tests.conftest import NOW
from clientela.flows.verify import verify
from clientela.loyalty.models import Limit
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise

pytestmark = pytest.mark.django_db
BASE = {"key": "base", "labels": {"en": "Base"},
        "body": {"earn": "per_money", "points": 1, "per": "1.00"}}  # fmt: skip


def a_rule(event: str, points: int, **more: Any) -> dict[str, Any]:
    body = {"earn": "event", "event": event, "points": points, **more}
    return {"key": event.replace("_", "-"), "labels": {"en": event}, "body": body}


@pytest.fixture
def programme(api: Caller) -> None:
    """A point a euro; a survey 50, a review 30 of which two a week count, a delivery bonus."""
    define_programme({
        "programme": "club", "currency": "points", "labels": {"en": "Points"},
        "time_zone": "Europe/Riga", "life": {"months": 24, "until": "month"},
        "rules": [BASE, a_rule("survey", 50), a_rule("review", 30),
                  a_rule("ordered", 40, waits={"event": "delivered"})],
        "caps": [{"rule": "review", "period": "week", "unit": "times", "most": 2,
                  "mode": "reject"}],
    }, actor=SYSTEM, now=NOW)  # fmt: skip


def an_event(event: str, key: str, **more: Any) -> dict[str, Any]:
    return {
        "event": event, "source": "shop", "key": key, "customer": {"source": "crm", "id": "4711"},
        "occurred_at": "2026-11-20T14:00:00+02:00", **more,
    }  # fmt: skip


def events(api: Caller, *rows: dict[str, Any]) -> dict[str, Any]:
    answer = api.post("/points/events", {"events": list(rows)})
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def balance(api: Caller, anna: dict[str, Any]) -> dict[str, Any]:
    [points] = api.get(f"/customers/{anna['id']}/points").json()["items"]
    found: dict[str, Any] = points
    return found


def all_agrees() -> bool:
    return not [check for check in verify() if check.wrong]


def buys(
    api: Caller, reference: str, euros: int, on: str = "2026-11-20", at: datetime | None = None
) -> dict[str, Any]:
    moment = at.isoformat() if at else f"{on}T14:00:00+02:00"
    [result] = api.post("/purchases", {"purchases": [a_purchase(
        reference=reference, purchased_at=moment,
        total={"minor": euros * 100, "currency": "EUR"},
    )]}).json()["results"]  # fmt: skip
    found: dict[str, Any] = result
    return found


def earned(result: dict[str, Any]) -> int:
    return sum(one["earned"] for one in result["points"])


def test_an_event_earns_once_however_often_it_is_sent(
    api: Caller, anna: dict[str, Any], programme: None
) -> None:
    first = events(api, an_event("survey", "s-1"), an_event("survey", "s-1"),
                   an_event("survey", "s-1", subject="other"), an_event("nobody", "s-2"),
                   an_event("survey", "s-3", customer={"source": "crm", "id": "0"}),
                   an_event("Survey!", "s-4"))  # fmt: skip
    assert [one["state"] for one in first["results"]] == [
        "new",
        "known",
        "conflict",
        "new",
        "refused",
        "refused",
    ]
    assert first["results"][0]["points"] == first["results"][1]["points"]
    assert first["results"][3]["points"] == []
    assert [one["error"] and one["error"]["code"] for one in first["results"][2:]] == [
        "event-key-reused",
        None,
        "no-such-customer",
        "invalid-input",
    ]
    again = events(api, an_event("survey", "s-1"))
    assert (again["known"], again["new"]) == (1, 0)
    assert again["results"][0]["points"] == first["results"][0]["points"]
    other = events(api, an_event("survey", "s-1", subject="other"))
    assert other["results"][0]["state"] == "conflict"
    assert balance(api, anna)["available"] == 50
    assert all_agrees()


@promise("LOY-17")
def test_a_cap_of_times_counts_each_week_from_monday(
    api: Caller, anna: dict[str, Any], programme: None
) -> None:
    days = ("16", "18", "22", "23")  # Monday, Wednesday, Sunday, and the Monday after
    done = events(api, *(
        an_event("review", f"r-{day}", occurred_at=f"2026-11-{day}T00:30:00+02:00") for day in days
    ))  # fmt: skip
    assert [bool(one["points"]) for one in done["results"]] == [True, True, False, True]
    assert done["results"][2]["refused_rules"] == [{"rule": "review", "reason": "cap"}]
    assert balance(api, anna)["available"] == 90
    assert all_agrees()


@promise("LOY-17")
def test_caps_of_a_day_trim_and_a_return_sets_their_room_free(
    api: Caller, anna: dict[str, Any], programme: None
) -> None:
    cap = {"period": "day", "most": 150}
    assert api.post("/points/caps", cap).json()["mode"] == "trim"
    assert api.post("/points/caps", cap).json()["id"] == api.post("/points/caps", cap).json()["id"]
    first = buys(api, "A", 100)
    assert [earned(one) for one in (first, buys(api, "B", 100), buys(api, "C", 10))] == [100, 50, 0]
    assert earned(buys(api, "D", 100, on="2026-11-19")) == 100
    back = api.post(f"/purchases/{first['id']}/returns", {
        "reference": "back", "returned_at": "2026-11-20T15:00:00+02:00",
        "amount": {"minor": 4_000, "currency": "EUR"},
    }).json()  # fmt: skip
    assert back["points"][0]["reversed"] == 40
    assert earned(buys(api, "E", 100)) == 40
    assert earned(buys(api, "F", 100)) == 0
    assert all_agrees()
    listed = api.get("/points/caps").json()["items"]
    assert [one["rule"] for one in listed] == ["review", None]
    number = next(one["id"] for one in listed if one["rule"] is None)
    assert api.post(f"/points/caps/{number}/end", {}).json()["ended_at"]
    assert api.post(f"/points/caps/{number}/end", {}).json()["code"] == "cap-has-ended"
    assert earned(buys(api, "G", 100)) == 100
    assert all_agrees()


@promise("LOY-17")
def test_caps_of_a_purchase_and_of_the_balance(
    api: Caller, anna: dict[str, Any], programme: None
) -> None:
    api.post("/points/caps", {"period": "purchase", "most": 80, "rule": "base"})
    api.post("/points/caps", {"period": "balance", "most": 130, "mode": "reject"})
    assert [earned(buys(api, name, 100)) for name in "AB"] == [80, 0]
    assert earned(buys(api, "C", 50)) == 50
    assert earned(buys(api, "D", 1)) == 0
    why = api.get(f"/customers/{anna['id']}/points/entries").json()["items"][-1]["posting"]
    steps = api.get(f"/postings/{why}/explanation").json()["steps"]
    assert [(one["before"], one["after"]) for one in steps] == [(0, 100), (100, 80)]
    assert not Limit.objects.exists()
    assert all_agrees()


def test_a_counter_that_was_changed_is_found(
    api: Caller, anna: dict[str, Any], programme: None
) -> None:
    api.post("/points/caps", {"period": "month", "most": 150})
    buys(api, "A", 100)
    assert all_agrees()
    Limit.objects.update(used=99)
    assert not all_agrees()


def test_points_wait_for_their_event_and_then_live_as_long_as_others(
    api: Caller, anna: dict[str, Any], programme: None
) -> None:
    events(api, an_event("ordered", "o-1"))
    assert (balance(api, anna)["available"], balance(api, anna)["pending"]) == (0, 40)
    came = events(api, an_event("delivered", "d-1"), an_event("delivered", "d-2"))
    assert [one["begun"] for one in came["results"]] == [40, 0]
    assert (balance(api, anna)["available"], balance(api, anna)["pending"]) == (40, 0)
    assert balance(api, anna)["expiring"] == [{"on": "2028-11-30", "points": 40}]
    assert all_agrees()


def adjust(api: Caller, anna: dict[str, Any], points: int, **more: Any) -> Any:
    return api.post("/points/adjustments", {"customer": anna["id"], "points": points,
                                            "reason": "goodwill", **more})  # fmt: skip


@promise("LOY-76")
def test_many_points_by_hand_wait_for_a_second_person(
    api: Caller, anna: dict[str, Any], programme: None, caller_with: MakeCaller
) -> None:
    given = adjust(api, anna, 200, note="Late", source="desk", reference="1").json()
    assert (given["state"], given["balance"], given["replayed"]) == ("done", 200, False)
    again = adjust(api, anna, 200, note="Late", source="desk", reference="1").json()
    assert (again["id"], again["replayed"]) == (given["id"], True)
    assert adjust(api, anna, 201, source="desk", reference="1").json()["code"] == "reference-taken"
    asked = adjust(api, anna, 5_000).json()
    assert (asked["state"], asked["balance"]) == ("waiting", 200)
    own = api.post(f"/points/adjustments/{asked['id']}/decision", {"approved": True})
    assert (own.status_code, own.json()["code"]) == (403, "needs-second-person")
    second = caller_with("loyalty.decide_adjustment", "loyalty.adjust", "customers.view")
    done = second.post(f"/points/adjustments/{asked['id']}/decision", {"approved": True}).json()
    assert (done["state"], done["balance"]) == ("approved", 5_200)
    twice = second.post(f"/points/adjustments/{asked['id']}/decision", {"approved": False})
    assert twice.json()["code"] == "already-decided"
    taken = adjust(api, anna, -150, reason="correction").json()
    assert taken["balance"] == 5_050
    much = adjust(api, anna, -900_000)
    assert much.json()["code"] == "limit-reached-today"
    states = [one["state"] for one in second.get("/points/adjustments").json()["items"]]
    assert states == ["done", "approved", "done"]
    told = api.get(f"/customers/{anna['id']}/timeline").json()["items"]
    assert {"points.granted", "points.adjusted", "adjustment.requested"} <= {
        one["name"] for one in told
    }
    assert all_agrees()


def test_points_that_are_not_there_are_not_taken(
    api: Caller, anna: dict[str, Any], programme: None
) -> None:
    adjust(api, anna, 100)
    refused = adjust(api, anna, -101)
    assert (refused.status_code, refused.json()["code"]) == (409, "too-few-points")
    assert refused.json()["missing"] == 1
    assert adjust(api, anna, 0).json()["code"] == "invalid-input"
    assert balance(api, anna)["available"] == 100
    assert all_agrees()


def pauses(anna: dict[str, Any]) -> str:
    return f"/customers/{anna['id']}/earning-pauses"


@promise("LOY-19")
def test_a_pause_withholds_points_until_it_ends(
    api: Caller, anna: dict[str, Any], programme: None
) -> None:
    made = api.post(pauses(anna), {"mode": "withhold", "cause": "An invoice is overdue"}).json()
    assert api.post(pauses(anna), {"mode": "drop", "cause": "x"}).json()["code"] == "already-paused"
    events(api, an_event("survey", "s-1"), an_event("ordered", "o-1"))
    assert (balance(api, anna)["available"], balance(api, anna)["pending"]) == (0, 90)
    ended = api.post(f"/earning-pauses/{made['id']}/end", {}).json()
    assert ended["begun"] == 50
    assert (balance(api, anna)["available"], balance(api, anna)["pending"]) == (50, 40)
    again = api.post(f"/earning-pauses/{made['id']}/end", {})
    assert again.json()["code"] == "pause-has-ended"
    [listed] = api.get(pauses(anna)).json()["items"]
    assert (listed["mode"], listed["cause"]) == ("withhold", "An invoice is overdue")
    assert listed["ended_by"]
    assert events(api, an_event("delivered", "d"))["results"][0]["begun"] == 40
    assert all_agrees()


@promise("LOY-19")
def test_a_pause_that_drops_gives_nothing(
    api: Caller, anna: dict[str, Any], programme: None
) -> None:
    made = api.post(pauses(anna), {"mode": "drop", "cause": "A fraud check"}).json()
    told = events(api, an_event("survey", "s-1"))["results"][0]
    assert told["points"] == []
    assert told["refused_rules"] == [{"rule": "survey", "reason": "paused"}]
    assert earned(buys(api, "A", 100)) == 0
    api.post(f"/earning-pauses/{made['id']}/end", {})
    assert earned(buys(api, "B", 100)) == 100
    assert all_agrees()


def test_what_events_give_is_listed(api: Caller, programme: None) -> None:
    rules = api.get("/points/event-rules").json()["items"]
    assert {(one["event"], one["points"]) for one in rules} == {
        ("survey", 50), ("review", 30), ("ordered", 40)
    }  # fmt: skip
    assert next(one for one in rules if one["event"] == "ordered")["waits"] == {
        "event": "delivered"
    }
