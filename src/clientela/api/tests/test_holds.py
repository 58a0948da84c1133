"""Another shop holds points for an order, uses them or lets them go."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller, a_purchase
from clientela.api.tests.test_canary import ok
from clientela.api.tests.test_reward_kinds import euros
from clientela.api.tests.test_rewards import agrees, balance
from clientela.events.models import Event
from clientela.flows import hold_points
from clientela.flows.tests.test_concurrency import at_once
from clientela.loyalty.models import Hold
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise


@pytest.fixture
def rich(api: Caller, anna: dict[str, Any]) -> str:
    """Anna with 1,000 points."""
    ok(api.post("/purchases", {"purchases": [a_purchase(total=euros(100_000))]}))
    return str(anna["id"])


def hold(caller: Caller, whose: str, points: int, **more: Any) -> Any:
    return caller.post("/points/holds", {"customer": whose, "points": points, **more})


@promise("LOY-61")
@pytest.mark.django_db
def test_held_points_are_used_in_part_once_and_the_rest_is_free(
    api: Caller, rich: str, caller_with: MakeCaller
) -> None:
    named = {"source": "shop", "reference": "O-1"}
    held = ok(hold(api, rich, 700, **named))
    assert (held["state"], held["points"], held["balance"]) == ("open", 700, 300)
    again = ok(hold(api, rich, 700, **named))
    assert (again["id"], again["replayed"], again["balance"]) == (held["id"], True, 300)
    [listed] = ok(api.get(f"/points/holds?customer={rich}"))["items"]
    assert (listed["id"], listed["points"], listed["source"]) == (held["id"], 700, "shop")
    assert ok(api.get(f"/points/holds?after={held['id']}"))["items"] == []
    assert hold(api, rich, 600, **named).json()["code"] == "reference-taken"
    short = hold(api, rich, 301)
    assert (short.status_code, short.json()["missing"]) == (409, 1)
    here = f"/points/holds/{held['id']}"
    assert api.post(f"{here}/settlement", {"points": 701}).json()["field"] == "points"
    used = ok(api.post(f"{here}/settlement", {"points": 450}))
    assert (used["state"], used["used"], used["balance"]) == ("settled", 450, 550)
    for end in ("settlement", "release"):
        assert api.post(f"{here}/{end}", {}).json()["code"] == "hold-has-ended"
    assert ok(api.get(here)) == {**used, "replayed": False}
    assert ok(api.get("/points/holds"))["items"] == []
    assert caller_with("loyalty.view").post(f"{here}/release", {}).status_code == 403
    rows = Event.objects.filter(subject=held["id"]).order_by("id")
    assert [(row.name, row.data["points"]) for row in rows] == [
        ("points.held", 700), ("points.redeemed", 450), ("points.released", 250),
    ]  # fmt: skip
    assert agrees()


@promise("LOY-61")
@pytest.mark.django_db
def test_a_hold_is_released_by_whoever_placed_it_or_by_time(api: Caller, rich: str) -> None:
    held = ok(hold(api, rich, 700))
    assert ok(api.post(f"/points/holds/{held['id']}/release", {}))["balance"] == 1_000
    late = ok(hold(api, rich, 600, minutes=30))
    row = Hold.objects.get(expires_at__isnull=False, amount=600)
    assert row.expires_at is not None
    assert hold_points.time_out_holds(actor=SYSTEM, now=row.expires_at - timedelta(seconds=1)) == 0
    Hold.objects.filter(id=row.id).update(expires_at=row.placed_at)
    over = api.post(f"/points/holds/{late['id']}/settlement", {})
    assert (over.status_code, over.json()["code"]) == (409, "hold-has-ended")
    assert ok(api.get(f"/points/holds/{late['id']}"))["state"] == "timed_out"
    assert hold_points.time_out_holds(actor=SYSTEM, now=row.placed_at) == 1
    assert hold_points.time_out_holds(actor=SYSTEM, now=row.placed_at) == 0
    assert balance(api, rich)["available"] == 1_000
    assert hold(api, rich, 1, minutes=31 * 24 * 60).status_code == 422
    assert api.get("/points/holds/hld_" + 32 * "0").json()["code"] == "no-such-hold"
    assert agrees()


@pytest.mark.django_db(transaction=True)
def test_a_hold_is_settled_or_released_by_one_of_many(api: Caller, rich: str) -> None:
    held = ok(hold(api, rich, 700))
    ends = [
        lambda end=end: api.post(f"/points/holds/{held['id']}/{end}", {}).status_code
        for end in ("settlement", "release") * 4
    ]
    assert Counter(at_once(ends)) == {200: 1, 409: 7}
    assert agrees()
