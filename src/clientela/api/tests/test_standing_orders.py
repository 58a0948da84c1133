"""Cash that is paid by itself: at its threshold, once a day, by whoever wants it, within limits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, a_purchase
from clientela.api.tests.test_cash_outs import BANK, CASH, agrees, points, wallet
from clientela.flows import standing_orders
from clientela.flows.close_loyalty_day import close_loyalty_day
from clientela.loyalty.models import AutomaticAct, CashOut, PayoutIdentity
from clientela.loyalty.queries import payouts
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise

TERMS = {"day": 2_000, "alone_up_to": 5_000, "auto_points": 2_000}
pytestmark = pytest.mark.django_db


@pytest.fixture
def rich(api: Caller, anna: dict[str, Any]) -> str:
    """Anna with 6,300 points that may become cash, which is paid by itself from 2,000 on."""
    api.post("/purchases", {"purchases": [a_purchase(total={"minor": 630_000, "currency": "EUR"})]})
    assert api.post("/rewards", {**CASH, "cash_terms": TERMS}).json()["state"] == "new"
    return str(anna["id"])


@pytest.fixture
def days() -> Iterator[datetime]:
    """Moments a day apart, each behind another midnight."""
    now = datetime.now(UTC)
    return (now + timedelta(days=number) for number in range(1, 20))


def order(api: Caller, customer: str, payout: Any) -> Any:
    body = {"reward": "cash", "payout": payout}
    return api.post(f"/customers/{customer}/standing-orders", body)


def close(days: Iterator[datetime]) -> int:
    closed = close_loyalty_day(actor=SYSTEM, now=next(days))
    return sum(one.done for one in closed if one.step == "pay_out")


def acts(api: Caller, customer: str) -> list[str | None]:
    found = api.get(f"/customers/{customer}/standing-orders").json()["acts"]
    return [one["stopped"] for one in found]


@promise("LOY-57")
def test_cash_is_paid_by_itself_at_its_threshold_once_a_day_to_who_wants_it(
    api: Caller, rich: str, days: Iterator[datetime]
) -> None:
    assert close(days) == 0
    first = order(api, rich, {"way": "wallet"}).json()
    assert (first["way"], first["points"], first["ended_at"]) == ("wallet", 2_000, None)
    assert order(api, rich, {"way": "wallet"}).json()["id"] == first["id"]
    day = next(days)
    closed = close_loyalty_day(actor=SYSTEM, now=day)
    assert [one.done for one in closed if one.step == "pay_out"] == [1]
    assert (wallet(api, rich), points(api, rich)) == ([2_000], (2_300, 0))
    asked = CashOut.objects.get()
    assert (asked.is_automatic, asked.way, asked.minor) == (True, "wallet", 2_000)
    assert close_loyalty_day(actor=SYSTEM, now=day) == []
    assert close(days) == 1
    assert (wallet(api, rich), points(api, rich)) == ([3_100], (100, 0))
    assert close(days) == 0
    assert acts(api, rich) == [None, None]
    assert agrees()


@promise("LOY-57")
def test_what_stops_it_is_written_down_and_listed_and_a_day_is_not_tried_again(
    api: Caller, rich: str, days: Iterator[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert order(api, rich, BANK).status_code == 200
    PayoutIdentity.objects.update(iban="–")  # erased meanwhile
    assert close(days) == 0
    assert acts(api, rich) == ["payout-not-verified"]
    assert points(api, rich) == (6_300, 0)
    api.post("/rewards", {**CASH, "cash_terms": {**TERMS, "day": 100}})
    order(api, rich, {"way": "bill"})
    assert close(days) == 0
    api.post("/rewards", {**CASH, "cash_terms": TERMS})
    monkeypatch.setattr(standing_orders, "ACTS_MAX", 0)
    assert close(days) == 0
    assert acts(api, rich)[:2] == ["too-many-acts", "cash-limit-reached"]
    monkeypatch.undo()
    assert close(days) == 1
    assert CashOut.objects.get().way == "bill"
    reasons = {one.stopped for one in payouts.stopped(now=datetime.now(UTC))}
    assert reasons == {"payout-not-verified", "cash-limit-reached", "too-many-acts"}


@promise("LOY-57")
def test_above_what_one_person_may_it_waits_for_a_second_one(
    api: Caller, rich: str, days: Iterator[datetime]
) -> None:
    api.post("/rewards", {**CASH, "cash_terms": {"auto_points": 2_000}})
    order(api, rich, {"way": "wallet"})
    assert close(days) == 1
    assert (points(api, rich), wallet(api, rich)) == ((100, 6_200), [])
    [waits] = api.get("/cash-outs").json()["items"]
    approved = api.post(f"/cash-outs/{waits['id']}/decision", {"approved": True})
    assert approved.json()["cash_out"]["state"] == "paid"
    assert wallet(api, rich) == [3_100]
    assert close(days) == 0


@promise("LOY-57")
def test_a_run_goes_on_slice_by_slice_from_where_it_broke_off(
    api: Caller, rich: str, days: Iterator[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [rich]
    for number in (5001, 5002):
        made = api.post("/customers", {
            "name": f"Number {number}", "external": {"source": "crm", "id": str(number)},
        })  # fmt: skip
        people.append(made.json()["customer"]["id"])
        api.post("/purchases", {"purchases": [a_purchase(
            reference=f"R-{number}", customer={"source": "crm", "id": str(number)},
            total={"minor": 300_000, "currency": "EUR"})]})  # fmt: skip
    for one in people:
        order(api, one, {"way": "wallet"})
    monkeypatch.setattr(standing_orders, "AT_ONCE", 1)
    real, calls = standing_orders._pay, []

    def fails_the_third_time(*args: Any, **more: Any) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("the machine stops")
        real(*args, **more)

    monkeypatch.setattr(standing_orders, "_pay", fails_the_third_time)
    day = next(days)
    with pytest.raises(RuntimeError):
        close_loyalty_day(actor=SYSTEM, now=day)
    assert AutomaticAct.objects.count() == 2
    closed = close_loyalty_day(actor=SYSTEM, now=day)
    assert [one.done for one in closed if one.step == "pay_out"] == [3]
    assert sorted(wallet(api, one)[0] for one in people) == [1_500, 1_500, 2_000]
    assert agrees()


def test_it_is_stopped_by_who_wanted_it_and_needs_a_reward_that_says_so(
    api: Caller, rich: str, days: Iterator[datetime]
) -> None:
    order(api, rich, {"way": "wallet"})
    path = f"/customers/{rich}/standing-orders"
    ended = api.post(f"{path}/ending", {"reward": "cash"})
    assert ended.json()["ended_at"]
    again = api.post(f"{path}/ending", {"reward": "cash"})
    assert (again.status_code, again.json()["code"]) == (404, "no-such-standing-order")
    assert api.get(path).json()["items"] == []
    assert close(days) == 0
    api.post("/rewards", CASH)
    refused = order(api, rich, {"way": "wallet"})
    assert (refused.status_code, refused.json()["field"]) == (422, "reward")
