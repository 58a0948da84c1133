"""Members hear of points that end soon, of a tier that is near, of a reward they can have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller, a_purchase
from clientela.api.tests.test_canary import ok
from clientela.api.tests.test_granting import all_agrees
from clientela.api.tests.test_privacy import GIVEN
from clientela.api.tests.test_reward_kinds import euros, offered, reward
from clientela.flows.close_loyalty_day import close_loyalty_day
from clientela.flows.define_programme import define_programme
from clientela.flows.send_letter import send_waiting
from clientela.flows.tests.conftest import NOW
from clientela.flows.tests.test_letters import Postbox, postbox
from clientela.loyalty.models import NoticeSent
from clientela.mail.models import OutgoingMail
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise

__all__ = ["postbox"]
pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ANNA = "Anna@Example.com"
PROGRAMME: dict[str, Any] = {
    "programme": "club", "currency": "points", "labels": {"en": "Points"},
    "time_zone": "Europe/Riga", "life": {"days": 60},
    "rules": [{"key": "base", "labels": {"en": "Base"},
               "body": {"earn": "per_money", "points": 1, "per": "1.00"}}],
    "ladder": {"key": "club", "labels": {"en": "Club"}, "measure": "spend", "currency": "EUR",
               "window": "rolling", "tiers": [
                   {"key": "gold", "threshold": 10_000, "labels": {"en": "Gold", "lv": "Zelts"}}]},
}  # fmt: skip
EXPIRING = {"key": "ending", "kind": "expiring", "days_ahead": 50, "is_on": True, "every_days": 20,
            "words": {"en": "Come by.", "lv": "Ienāciet."}}  # fmt: skip
NEAR = {"key": "near", "kind": "tier", "ladder": "club", "distance": 2_000, "purpose": "news",
        "moved_days": 90, "is_on": True}  # fmt: skip
REWARD = {"key": "bag", "kind": "reward", "reward": "bag", "purpose": "news", "is_on": True}


@pytest.fixture
def club(api: Caller, anna: dict[str, Any]) -> str:
    """Anna agrees to news and has bought for 55 euros 30 days ago and for 30 lately; Berta, who has
    no e-mail address, and Cilda, who does not agree, for 90.
    """
    define_programme(PROGRAMME, actor=SYSTEM, now=NOW - 400 * DAY)
    offered(api, reward("bag", "coupon", 85, money=euros(500), valid_days=30))
    ok(api.post(f"/customers/{anna['id']}/consents", {"decisions": [GIVEN]}))
    ok(api.post("/customers", {"name": "Berta Ozola", "external": {"source": "crm", "id": "2"}}))
    ok(api.post("/customers", {"name": "Cilda Liepa", "emails": ["cilda@example.com"],
                               "external": {"source": "crm", "id": "3"}}))  # fmt: skip
    now = datetime.now(UTC)
    for who, minor, ago in (("4711", 5_500, 30), ("4711", 3_000, 15), ("2", 9_000, 30),
                            ("3", 9_000, 30)):  # fmt: skip
        sold = a_purchase(
            customer={"source": "crm", "id": who}, reference=f"{who}-{ago}", total=euros(minor),
            purchased_at=(now - ago * DAY).isoformat(),
        )  # fmt: skip
        assert ok(api.post("/purchases", {"purchases": [sold]}))["new"] == 1
    return str(anna["id"])


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def ends(now: datetime) -> None:
    close_loyalty_day(actor=SYSTEM, now=now)


@promise("LOY-79")
def test_members_hear_of_what_ends_of_a_tier_and_of_a_reward_once_and_as_they_agreed(
    api: Caller, club: str, postbox: Postbox
) -> None:
    for one in (EXPIRING, NEAR, REWARD):
        assert ok(api.post("/notices", one))["state"] == "new"
        assert ok(api.post("/notices", one))["state"] == "unchanged"
    seen = ok(api.get("/notices/ending/preview"))
    assert (seen["count"], seen["whole"]) == (3, True)
    assert [(one["name"], one["why"]) for one in seen["items"]] == [
        ("Anna Kalniņa", None), ("Berta Ozola", "no_address"), ("Cilda Liepa", None),
    ]  # fmt: skip
    near = ok(api.get("/notices/near/preview"))
    assert [(one["name"], one["why"]) for one in near["items"]] == [
        ("Anna Kalniņa", None), ("Berta Ozola", "no_address"), ("Cilda Liepa", "not_given"),
    ]  # fmt: skip
    assert not OutgoingMail.objects.exists()

    now = datetime.now(UTC) + DAY
    ends(now)
    send_waiting(now=now)
    to = sorted((letter["To"], letter["Content-Language"]) for letter in postbox.taken)
    assert to == [(ANNA, "lv")] * 3 + [("cilda@example.com", "en")]
    anna = {one.cause: one for one in OutgoingMail.objects.filter(recipient=ANNA)}
    sent = {one.notice.key: one for one in NoticeSent.objects.select_related("notice")
            if one.public_id in anna}  # fmt: skip
    assert set(sent) == {"ending", "near", "bag"}
    letter = anna[sent["ending"].public_id]
    assert (letter.kind, letter.purpose, letter.state) == ("notice", "", "sent")
    assert "Ienāciet." in letter.body
    assert "55" in letter.body  # what ends sooner, on its own day, and what ends later
    assert "30" in letter.body
    assert "Zelts" in anna[sent["near"].public_id].body
    assert "/choices/" in anna[sent["near"].public_id].body  # where to refuse
    assert anna[sent["near"].public_id].purpose == "news"
    named = [one["name"] for one in ok(api.get(f"/customers/{club}/timeline"))["items"]]
    assert {"points.expiry_announced", "tier.announced", "reward.announced"} <= set(named)

    ends(now)  # the same day again, and a next one: nobody is told twice
    ends(now + DAY)
    assert NoticeSent.objects.count() == 4
    # what ends later than was told of is told of when the days of the notice are over
    sold = a_purchase(reference="later", total=euros(700), purchased_at=now.isoformat())
    ok(api.post("/purchases", {"purchases": [sold]}))
    ends(now + 19 * DAY)
    assert NoticeSent.objects.filter(notice__key="ending").count() == 2
    ends(now + 25 * DAY)
    ends(now + 26 * DAY)
    again = NoticeSent.objects.filter(notice__key="ending", letter__in=_letters(ANNA))
    assert again.count() == 2
    assert all_agrees()


def _letters(address: str) -> list[str]:
    return [one.public_id for one in OutgoingMail.objects.filter(recipient=address)]


def test_a_refusal_stops_the_letter_that_waits_and_a_suppressed_address_gets_none(
    api: Caller, club: str, postbox: Postbox
) -> None:
    ok(api.post("/notices", NEAR))
    now = datetime.now(UTC) + DAY
    ends(now)
    letter = OutgoingMail.objects.get()
    refused = {**GIVEN, "decision": "withdrawn"}
    ok(api.post(f"/customers/{club}/consents", {"decisions": [refused]}))
    send_waiting(now=now)
    letter.refresh_from_db()
    assert (letter.state, postbox.taken) == ("stopped", [])


def test_a_notice_that_is_off_or_broken_off_writes_as_often_as_it_should(
    api: Caller, club: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ok(api.post("/notices", {**EXPIRING, "is_on": False}))
    now = datetime.now(UTC) + DAY
    ends(now)
    assert not NoticeSent.objects.exists()
    assert ok(api.post("/notices/ending/switch", {"is_on": True}))["is_on"]
    monkeypatch.setattr("clientela.flows.notice_readers.SLICE", 1)
    ends(now + DAY)
    assert NoticeSent.objects.count() == 2
    ok(api.post("/notices/ending/switch", {"is_on": False}))
    [listed] = ok(api.get("/notices"))["items"]
    assert (listed["key"], listed["is_on"]) == ("ending", False)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"days_ahead": 0}, "days_ahead"), ({"distance": 5}, "distance"), ({"ladder": "x"}, "ladder"),
     ({"purpose": "none"}, "purpose"), ({"currency": "miles"}, "currency"),
     ({"words": {"de": "x"}}, "words.de"), ({"every_days": 9_999}, "every_days")],
)  # fmt: skip
def test_a_notice_that_cannot_be_is_refused(
    api: Caller, change: dict[str, Any], field: str
) -> None:
    refused = api.post("/notices", {**EXPIRING, **change})
    assert (refused.status_code, refused.json()["field"]) == (422, field)


def test_notices_are_kept_by_whom_may_configure(caller_with: MakeCaller, club: str) -> None:
    looks = caller_with("loyalty.view")
    assert looks.post("/notices", EXPIRING).status_code == 403
    assert looks.get("/notices/none/preview").status_code in (403, 404)
