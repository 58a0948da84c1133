"""Somebody brings a friend: checks, payment to both sides, and what a return takes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from clientela.api.tests.conftest import Caller
from clientela.api.tests.test_granting import all_agrees
from clientela.customers.queries import Reference
from clientela.events.queries import Happened
from clientela.flows import follow_happenings
from clientela.flows.amend_purchase import amend_purchase
from clientela.flows.define_programme import define_programme
from clientela.flows.record_events import record_events
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.tests.conftest import NOW
from clientela.loyalty.models import Occasion, Posting
from clientela.platform import ids
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise

pytestmark = pytest.mark.django_db


def a_rule(event: str, points: int) -> dict[str, Any]:
    body = {"earn": "event", "event": event, "points": points}
    return {"key": event.replace("_", "-"), "labels": {"en": event}, "body": body}


@pytest.fixture
def programme(api: Caller) -> None:
    """The referrer 500, the friend 200, for a first purchase of 20 euros."""
    events = {"referral": 500, "referred": 200, "birthday": 100, "signed_up": 50}
    define_programme({
        "programme": "club", "currency": "points", "labels": {"en": "Points"},
        "time_zone": "Europe/Riga", "rules": [a_rule(*one) for one in events.items()],
        "referral": {"on": "first_purchase", "minor": 2_000, "currency": "EUR"},
    }, actor=SYSTEM, now=NOW)  # fmt: skip


def somebody(name: str, phone: str, **more: Any) -> str:
    id, _ = register_customer(Details(name=name, phones=[phone], **more), actor=SYSTEM, now=NOW)
    return ids.public("cus", id)


def refer(api: Caller, friend: str, referrer: str) -> Any:
    return api.post("/referrals", {"customer": friend, "referrer": referrer})


def buys(api: Caller, who: str, reference: str, minor: int) -> str:
    [result] = api.post("/purchases", {"purchases": [{
        "source": "till", "reference": reference, "customer": who,
        "purchased_at": "2026-11-20T12:00:00+02:00", "total": {"minor": minor, "currency": "EUR"},
    }]}).json()["results"]  # fmt: skip
    return str(result["id"])


def points(api: Caller, who: str) -> int:
    """What is left of what no purchase earned."""
    found = api.get(f"/customers/{who}/points/entries").json()["items"]
    return sum(one["points"] for one in found if one["purchase"] is None)


@promise("LOY-21")
def test_a_referral_is_paid_with_the_friends_first_purchase_and_goes_back_with_it(
    api: Caller, anna: dict[str, Any], programme: None
) -> None:
    friend = somebody("Jānis Bērzs", "26111111")
    made = refer(api, friend, anna["id"]).json()
    assert (made["state"], made["paid_at"]) == ("new", None)
    assert refer(api, friend, anna["id"]).json()["state"] == "known"
    buys(api, friend, "small", 1_999)
    assert (points(api, friend), points(api, anna["id"])) == (0, 0)
    first = buys(api, friend, "first", 2_000)
    buys(api, friend, "second", 9_000)
    assert (points(api, friend), points(api, anna["id"])) == (200, 500)
    assert refer(api, friend, anna["id"]).json()["purchase"] == first
    back = {"reference": "back", "returned_at": "2026-11-20T13:00:00+02:00",
            "amount": {"minor": 100, "currency": "EUR"}}  # fmt: skip
    assert api.post(f"/purchases/{first}/returns", back).status_code == 200
    assert (points(api, friend), points(api, anna["id"])) == (0, 0)
    assert all_agrees()
    buys(api, friend, "third", 2_000)
    assert (points(api, friend), points(api, anna["id"])) == (200, 500)
    assert all_agrees()


@promise("LOY-21")
def test_a_referral_follows_a_purchase_that_is_put_right(
    api: Caller, anna: dict[str, Any], programme: None
) -> None:
    """20 euros are enough; they are first left out, then said anew, then too much."""

    def both() -> tuple[int, int]:
        return points(api, friend), points(api, anna["id"])

    friend = somebody("Jānis Bērzs", "26111111")
    refer(api, friend, anna["id"])
    sale = Bought("till", "S-1", Reference("id", friend.removeprefix("cus_")), NOW, 1_500, "EUR")
    anew = partial(amend_purchase, actor=SYSTEM, now=NOW)
    record_purchases([sale], actor=SYSTEM, now=NOW)
    assert both() == (0, 0)
    first = anew(sale := sale._replace(total_minor=1_900)).id
    assert first is not None
    body = {"reference": "A-1", "amended_at": NOW.isoformat(), "total_minor": 2_000}
    assert api.post(f"/purchases/{ids.public('pur', first)}/amendments", body).status_code == 200
    assert both() == (200, 500)
    postings = Posting.objects.count()
    anew(sale._replace(total_minor=2_050))
    assert (both(), Posting.objects.count()) == ((200, 500), postings)
    anew(sale._replace(total_minor=1_999))
    assert both() == (0, 0)
    anew(sale._replace(total_minor=2_500))
    assert both() == (200, 500)
    assert all_agrees()


@promise("LOY-21")
def test_nobody_refers_themselves_under_another_name(
    api: Caller, anna: dict[str, Any], programme: None
) -> None:
    assert refer(api, anna["id"], anna["id"]).json()["reason"] == "self"
    twin = somebody("Anna K.", "2612 3456")
    refused = refer(api, twin, anna["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "referral-not-allowed")
    assert refused.json()["reason"] == "contact"
    friend, other = somebody("Jānis Bērzs", "26111111"), somebody("Ilze Liepa", "26222222")
    assert refer(api, friend, anna["id"]).status_code == 200
    assert refer(api, friend, other).json()["code"] == "already-referred"
    assert not Posting.objects.exists()


def test_happenings_of_the_house_give_points_once(
    api: Caller, anna: dict[str, Any], programme: None
) -> None:
    now = datetime.now(UTC)
    assert follow_happenings.follow(now=now) == 0
    assert points(api, anna["id"]) == 0
    with_log = [
        Happened(
            9_000_001, "0", now, now, "customer.registered", ids.parse("cus", anna["id"]),
            anna["id"], "system", {},
        )
    ]  # fmt: skip
    for _ in range(2):
        heard = follow_happenings.heard_of(with_log, now=now)
        record_events(heard, actor=SYSTEM, now=now)
    assert points(api, anna["id"]) == 50
    assert all_agrees()


def test_birthdays_are_kept_once_a_year(api: Caller, programme: None) -> None:
    today = datetime(2027, 2, 28, 10, tzinfo=UTC)
    born = {"Leaps": "2000-02-29", "Today": "1990-02-28", "Later": "1990-03-01"}
    who: dict[str, UUID] = {}
    for number, (name, day) in enumerate(born.items()):
        who[name] = ids.parse("cus", somebody(
            f"Anna {name}", f"2611112{number}", attributes={"birth_date": day}
        ))  # fmt: skip
    assert follow_happenings.tell_days(now=today) == 2
    assert follow_happenings.tell_days(now=today + timedelta(days=1)) == 1  # the 1st of March
    assert follow_happenings.tell_days(now=today + timedelta(days=2)) == 0
    kept = Occasion.objects.filter(name="birthday").values_list("customer_id", flat=True)
    assert set(kept) == set(who.values())
    assert all_agrees()
