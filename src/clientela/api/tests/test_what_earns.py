"""What earns besides a sale of goods, and what of a sale earns: whole promises, through the API."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from clientela.api.tests.conftest import Caller, a_purchase
from clientela.api.tests.test_canary import ok
from clientela.api.tests.test_gift_cards import issue
from clientela.api.tests.test_granting import all_agrees, an_event, events
from clientela.api.tests.test_paying import buy, rich
from clientela.api.tests.test_reward_kinds import euros
from clientela.api.tests.test_warranty import MAKER, WASHER
from clientela.customers.models import Customer, Field
from clientela.flows import follow_happenings
from clientela.flows.close_loyalty_day import close_loyalty_day
from clientela.flows.define_programme import define_programme
from clientela.flows.tests.conftest import NOW
from clientela.loyalty.models import Lot
from clientela.loyalty.queries.rewards import available_to
from clientela.platform import ids
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise

__all__ = ["rich"]
ENDED_SECONDS_MAX = 20
GIVES = {
    "signed_up": 1, "birthday": 2, "referral": 4, "referred": 8, "review": 16, "survey": 32,
    "warranty_registered": 64, "product_activated": 128, "holding_renewed": 256,
    "app_installed": 512,
}  # fmt: skip


TOLD = (
    "1 point earned: signed up", "2 points earned: birthday", "8 points earned: came by a friend",
    "16 points earned: wrote a review", "32 points earned: answered a survey",
    "64 points earned: registered a warranty", "128 points earned: activated a product",
    "128 points earned: activated a product", "256 points earned: renewed a product",
    "512 points earned: installed the app", "700 points given: compensation",
)  # fmt: skip
PROGRAMME: dict[str, Any] = {
    "programme": "club", "currency": "points", "labels": {"en": "Points"},
    "time_zone": "Europe/Riga", "referral": {"on": "sign_up"},
    "rules": [
        {"key": event.replace("_", "-"), "labels": {"en": event},
         "body": {"earn": "event", "event": event, "points": points}}
        for event, points in GIVES.items()
    ],
}  # fmt: skip


def entries(api: Caller, customer: str) -> list[dict[str, Any]]:
    return list(ok(api.get(f"/customers/{customer}/points/entries?limit=200"))["items"])


def told(api: Caller, customer: str) -> list[str]:
    page = ok(api.get(f"/customers/{customer}/timeline?programme=points&limit=200"))
    return [one["text"] for one in page["items"]]


def follow_until(done: Any) -> None:
    """Read the log on; what other transactions wrote is there when the older ones have ended."""
    deadline = time.monotonic() + ENDED_SECONDS_MAX
    while not done() and time.monotonic() < deadline:
        follow_happenings.follow(now=datetime.now(UTC))


@promise("LOY-11", "LOY-77")
@pytest.mark.django_db(transaction=True)
def test_what_happens_gives_points_that_show_on_the_one_timeline(api: Caller) -> None:
    define_programme(PROGRAMME, actor=SYSTEM, now=NOW)
    now = datetime.now(UTC)
    follow_happenings.follow(now=now)  # what was before gives nothing
    friend = ok(api.post("/customers", {"name": "Jānis Bērzs"}))["customer"]["id"]
    anna = ok(api.post("/customers", {
        "name": "Anna Kalniņa", "attributes": {"birth_date": f"1980-{now:%m-%d}"},
        "external": {"source": "crm", "id": "4711"},
    }))["customer"]["id"]  # fmt: skip
    ok(api.post("/referrals", {"customer": anna, "referrer": friend}))
    for code, kind in (("WM-9", "washer"), ("LOAN", "loan")):
        ok(api.post("/products", {"code": code, "name": code, "kind": kind}))
    ok(api.post("/warranty/plans", MAKER))
    sold = a_purchase(lines=[WASHER], total={"minor": WASHER["total_minor"], "currency": "EUR"})
    ok(api.post("/purchases", {"purchases": [sold]}))
    first = ok(api.post("/holdings", {"customer": anna, "product": "LOAN"}))["id"]
    ok(api.post("/holdings", {"customer": anna, "product": "LOAN", "renewal_of": first}))
    own = [an_event(name, f"{name}-1") for name in ("review", "survey", "app_installed")]
    assert events(api, *own)["new"] == len(own)
    asked = ok(api.post("/issues", {"customer": anna, "text": "Where is it?"}))["issue"]
    ok(api.post("/points/adjustments", {"customer": anna, "points": 700, "subject": asked["id"],
                                        "reason": "compensation"}))  # fmt: skip
    follow_happenings.tell_days(now=now)
    follow_until(lambda: len(told(api, anna)) > len(TOLD))
    sentences = told(api, anna)
    assert sorted(one for one in sentences if "549" not in one) == sorted(TOLD)
    assert sorted(told(api, friend)) == ["1 point earned: signed up",
                                         "4 points earned: brought a friend"]  # fmt: skip
    given = sorted(one["points"] for one in entries(api, anna))
    assert given == [1, 2, 8, 16, 32, 64, 128, 128, 256, 512, 549, 700]
    follow_happenings.follow(now=now)
    assert follow_happenings.tell_days(now=now) == 0
    assert len(entries(api, anna)) == len(given)
    assert all_agrees()


@pytest.mark.django_db
def test_a_birthday_is_found_though_the_date_is_sealed(
    api: Caller, tmp_path: Path, settings: Settings
) -> None:
    """Also of one who was born on a 29 February, in a common year."""
    settings.HOME = Home(tmp_path / "home").prepare()
    define_programme(PROGRAMME, actor=SYSTEM, now=NOW)
    Field.objects.filter(key="birth_date").update(sealed=True)
    who = [
        ok(api.post("/customers", {"name": name, "attributes": {"birth_date": born}}))
        for name, born in (("Anna", "1980-02-28"), ("Ilze", "2004-02-29"), ("Jana", "1980-03-02"))
    ]
    assert not Customer.objects.filter(attributes__birth_date__startswith="19").exists()
    assert follow_happenings.tell_days(now=datetime(2027, 2, 28, 10, tzinfo=UTC)) == 2
    assert [len(entries(api, one["customer"]["id"])) for one in who] == [1, 1, 0]


@promise("LOY-14")
@pytest.mark.parametrize(("switch", "earned"), [("nothing", 10), ("earns", 19)])
@pytest.mark.django_db
def test_what_points_pay_earns_or_not_and_other_tenders_earn_in_full(
    rich: str, api: Caller, switch: str, earned: int
) -> None:
    """19.50, of which 9.00 with 1,800 points; a quote says the same before."""
    ok(api.patch("/currencies/points", {"basis": {"points_paid": switch}}))
    paid = buy(api, 1_950, {"up_to": True})
    assert paid["payments"][0]["money"] == euros(900)
    assert [one["earned"] for one in paid["points"]] == [earned]
    back = ok(api.post(f"/purchases/{paid['id']}/returns", {
        "reference": "B", "returned_at": datetime.now(UTC).isoformat()}))  # fmt: skip
    assert [one["reversed"] + one["forgiven"] for one in back["points"]] == [earned]
    card = issue(api, 5_000)["code"]
    by_card = buy(api, 1_950, {"means": "gift_card", "code": card}, reference="R-3")
    assert by_card["payments"][0]["money"] == euros(1_950)
    assert [one["earned"] for one in by_card["points"]] == [19]
    assert all_agrees()


def balances(api: Caller, customer: str) -> tuple[int, int]:
    [points] = ok(api.get(f"/customers/{customer}/points"))["items"]
    return points["available"], points["pending"]


@promise("LOY-18")
@pytest.mark.django_db
def test_points_wait_for_days_for_a_date_and_for_an_event(
    api: Caller, anna: dict[str, Any]
) -> None:
    now = datetime.now(UTC)
    until = (now + timedelta(days=40)).date()
    waits = {"days": {"days": 14}, "date": {"until": until.isoformat()},
             "event": {"event": "delivered"}}  # fmt: skip
    rules = [
        {"key": name, "labels": {"en": name}, "body": {
            "earn": "per_purchase", "points": points, "of": {"tags": [name]}, "waits": waits[name]}}
        for name, points in (("days", 1), ("date", 10), ("event", 100))
    ]  # fmt: skip
    define_programme({**PROGRAMME, "rules": rules}, actor=SYSTEM, now=NOW - timedelta(days=365))
    for name in waits:
        for reference, ago in (("old", 15), ("new", 1)):
            line = {"product": "", "total_minor": 99, "tags": [name]}
            at = (now - timedelta(days=ago)).isoformat()
            sold = a_purchase(reference=f"{name}-{reference}", total=euros(99), lines=[line],
                              purchased_at=at)  # fmt: skip
            assert ok(api.post("/purchases", {"purchases": [sold]}))["new"] == 1
    who = anna["id"]
    assert balances(api, who) == (1, 221)  # the fourteen days of the older one are over
    came = {"source": "till-3", "reference": "event-new"}
    [told] = events(api, an_event("delivered", "d-1", purchase=came))["results"]
    assert told["begun"] == 100
    assert balances(api, who) == (101, 121)
    [told] = events(api, an_event("delivered", "d-2"))["results"]  # whatever waits for it
    assert told["begun"] == 100
    assert balances(api, who) == (201, 21)
    for days, usable in ((12, 201), (15, 202), (38, 202), (42, 222)):
        then = now + timedelta(days=days)
        assert sum(available_to([ids.parse("cus", who)], now=then).values()) == usable
    close_loyalty_day(actor=SYSTEM, now=now + timedelta(days=45))
    assert not Lot.objects.filter(activated_at=None).exists()
    assert all_agrees()
