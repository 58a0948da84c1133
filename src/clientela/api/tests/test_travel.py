"""Journeys through the doors: ordered, answered by desk, codes or the partner itself, given up."""

from __future__ import annotations

import http.server
import json
import re
import threading
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller, a_purchase
from clientela.events import rules as webhooks
from clientela.flows import tell_partners, travel_orders
from clientela.flows.verify import verify
from clientela.loyalty.actions.partners import WAITS
from clientela.loyalty.models import Entry, Partner, PartnerMessage, TravelOffer, TravelOrder
from clientela.mail.models import OutgoingMail
from clientela.platform import ids
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise

NOW = datetime.now(UTC)
DAY = (NOW + timedelta(days=40)).date().isoformat()
SOON = (NOW + timedelta(days=10)).date().isoformat()
JOURNEY = {
    "key": "tallinn", "kind": "travel", "prices": {"": 1_500}, "partner": "Baltic Ferries",
    "labels": {"en": "A night in Tallinn", "lv": "Nakts Tallinā"}, "reply_hours": 48,
    "terms": {"en": "Breakfast included.", "lv": "Brokastis iekļautas."},
    "cancellation": [{"days": 30, "percent": 100}, {"days": 7, "percent": 50}],
}  # fmt: skip
TRIP = {"traveller": "Anna Kalniņa", "starts_on": DAY}
pytestmark = pytest.mark.django_db


@pytest.fixture
def rich(api: Caller, anna: dict[str, Any]) -> str:
    """Anna with 4,000 points, and a journey with two days of two seats."""
    api.post("/purchases", {"purchases": [a_purchase(total={"minor": 400_000, "currency": "EUR"})]})
    assert api.post("/rewards", JOURNEY).json()["state"] == "new"
    offers = {"journey": "tallinn", "offers": [
        {"starts_on": DAY, "seats": 2}, {"starts_on": SOON, "seats": 2},
    ]}  # fmt: skip
    saved = api.post("/travel-offers", offers).json()["results"]
    assert [one["state"] for one in saved] == ["new", "new"]
    return str(anna["id"])


def order(api: Caller, customer: str, **travel: str) -> Any:
    body = {"customer": customer, "journey": "tallinn", "travel": {**TRIP, **travel}}
    return api.post("/travel-orders", body)


def placed(api: Caller, customer: str, **travel: str) -> dict[str, Any]:
    found: dict[str, Any] = order(api, customer, **travel).json()["travel_order"]
    return found


def points(api: Caller, customer: str) -> tuple[int, int]:
    [found] = api.get(f"/customers/{customer}/points").json()["items"]
    return found["available"], found["held"]


def seats_taken(day: str = DAY) -> int:
    return TravelOffer.objects.get(starts_on=day).taken


def agrees() -> bool:
    return not [(check.name, check.examples) for check in verify() if check.wrong]


def words_of(pdf: bytes) -> str:
    """What a reader's program finds in a PDF, by what its fonts say of their glyphs."""
    streams = [
        zlib.decompress(one) for one in re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    ]
    meaning: dict[int, dict[str, str]] = {}
    maps = [one.decode() for one in streams if b"begincmap" in one]
    for place, one in enumerate(maps):
        pairs = re.findall(r"<([0-9A-F]{4})> <([0-9a-f]+)>", one.split("endcodespacerange")[1])
        meaning[place] = {code: bytes.fromhex(sign).decode("utf-16-be") for code, sign in pairs}
    found = []
    for page in (one.decode() for one in streams if b" Tf " in one):
        for face, written in re.findall(r"/F(\d) .*? <([0-9A-F]+)> Tj", page):
            codes = [written[place : place + 4] for place in range(0, len(written), 4)]
            found.append("".join(meaning[int(face)][code] for code in codes))
    return " ".join(found)


@promise("LOY-53")
def test_a_journey_is_held_confirmed_and_has_a_voucher_in_the_customers_language(
    api: Caller, rich: str
) -> None:
    asked = placed(api, rich)
    assert (points(api, rich), seats_taken()) == ((2_500, 1_500), 1)
    path = f"/travel-orders/{asked['id']}"
    assert api.get(f"{path}/voucher").json()["code"] == "not-confirmed"
    api.post("/rewards", {**JOURNEY, "cancellation": [], "terms": {}})  # frozen on the order
    api.post(f"{path}/answer", {"confirmed": True, "reference": "BF-77"})
    assert points(api, rich) == (2_500, 0)
    pdf = api.get(f"{path}/voucher")
    assert pdf["Content-Type"] == "application/pdf"
    words = words_of(pdf.content)
    voucher = TravelOrder.objects.get().voucher
    for told in (voucher, "Nakts Tallinā", "Anna Kalniņa", "Brokastis iekļautas.", "BF-77",
                 "Vaučers"):  # fmt: skip
        assert told in words
    [letter] = OutgoingMail.objects.filter(kind="journey")
    assert (letter.recipient, voucher in letter.body, letter.language) == (
        "Anna@Example.com", True, "lv",
    )  # fmt: skip
    whole = api.get(path).json()
    assert [one["kind"] for one in whole["steps"]] == ["placed", "confirmed"]
    assert whole["would_give_back"] == {"percent": 100, "points": 1_500, "money": None}
    assert agrees()


@promise("LOY-53")
def test_a_refused_or_silent_partner_frees_points_and_seat_and_the_customer_hears_of_it(
    api: Caller, rich: str
) -> None:
    first, second = placed(api, rich), placed(api, rich)
    assert seats_taken() == 2
    full = order(api, rich)
    assert full.json()["code"] in {"no-seat-left", "not-enough-points"}
    api.post(f"/travel-orders/{first['id']}/answer", {"confirmed": False, "note": "Full."})
    late = datetime.fromisoformat(second["reply_by"])
    assert travel_orders.time_out_travel_orders(actor=SYSTEM, now=late - timedelta(seconds=1)) == 0
    assert travel_orders.time_out_travel_orders(actor=SYSTEM, now=late) == 1
    assert (points(api, rich), seats_taken()) == ((4_000, 0), 0)
    letters = OutgoingMail.objects.filter(kind="journey").order_by("queued_at", "id")
    assert {one.cause for one in letters} == {first["id"], second["id"]}
    states = [api.get(f"/travel-orders/{one['id']}").json() for one in (first, second)]
    assert [one["travel_order"]["state"] for one in states] == ["refused", "timed_out"]
    assert agrees()


def test_the_last_seat_of_a_day_is_taken_once(api: Caller, rich: str) -> None:
    api.post("/travel-offers", {"journey": "tallinn", "offers": [{"starts_on": DAY, "seats": 1}]})
    placed(api, rich)
    refused = order(api, rich)
    assert (refused.status_code, refused.json()["code"]) == (409, "no-seat-left")
    other = order(api, rich, starts_on="2030-01-01")
    assert (other.status_code, other.json()["code"]) == (404, "no-such-travel-offer")
    assert points(api, rich) == (2_500, 1_500)


@promise("LOY-53")
@pytest.mark.parametrize(("day", "percent", "back"), [(DAY, 100, 1_500), (SOON, 50, 750)])
def test_a_journey_is_given_up_by_its_terms_and_the_partner_keeps_the_rest(
    api: Caller, rich: str, day: str, percent: int, back: int
) -> None:
    asked = placed(api, rich, starts_on=day)
    path = f"/travel-orders/{asked['id']}"
    early = api.post(f"{path}/cancellation", {})
    assert early.json()["code"] == "not-confirmed"
    api.post(f"{path}/answer", {"confirmed": True})
    other = api.post(f"{path}/cancellation", {"percent": 3})
    assert (other.status_code, other.json()["code"]) == (409, "terms-have-moved")
    given = api.post(f"{path}/cancellation", {"percent": percent, "cause": "ill"}).json()
    assert given["travel_order"]["state"] == "cancelled"
    assert api.post(f"{path}/cancellation", {}).json()["code"] == "journey-given-up"
    assert (points(api, rich), seats_taken(day)) == ((2_500 + back, 0), 0)
    account = Partner.objects.get().account_id
    kept = sum(
        one.amount if one.credit_id == account else -one.amount
        for one in Entry.objects.all() if account in (one.credit_id, one.debit_id)
    )  # fmt: skip
    assert kept == 1_500 - back
    assert agrees()


def test_a_confirmed_journey_that_staff_take_back_frees_its_seat(api: Caller, rich: str) -> None:
    asked = placed(api, rich, starts_on=SOON)
    path = f"/travel-orders/{asked['id']}"
    api.post(f"{path}/answer", {"confirmed": True})
    redemption = f"/redemptions/{ids.public('red', TravelOrder.objects.get().redemption_id)}"
    back = api.post(f"{redemption}/reversal", {"cause": "the ferry sank"})
    assert back.json()["points"] == 1_500
    assert (points(api, rich), seats_taken(SOON)) == ((4_000, 0), 0)
    whole = api.get(path).json()
    assert whole["travel_order"]["state"] == "cancelled"
    assert [one["percent"] for one in whole["steps"]] == [None, None, 100]
    assert OutgoingMail.objects.filter(kind="journey").count() == 2
    again = api.post(f"{redemption}/reversal", {})
    assert (again.status_code, again.json()["code"]) == (409, "journey-given-up")
    assert seats_taken(SOON) == 0
    assert agrees()


def test_a_day_costs_otherwise_and_money_beside_comes_back_by_the_terms(
    api: Caller, rich: str
) -> None:
    api.post("/rewards", {**JOURNEY, "money_prices": {"": 5_000}, "price_code": "EUR"})
    api.post("/travel-offers", {"journey": "tallinn", "offers": [
        {"starts_on": SOON, "seats": 2, "points": 2_200}]})  # fmt: skip
    asked = order(api, rich, starts_on=SOON).json()
    assert points(api, rich) == (1_800, 2_200)
    path = f"/travel-orders/{asked['travel_order']['id']}"
    api.post(f"{path}/answer", {"confirmed": True})
    half = {"percent": 50, "points": 1_100, "money": {"minor": 2_500, "currency": "EUR"}}
    assert api.get(path).json()["would_give_back"] == half
    plain = order(api, rich).json()
    assert (plain["points"], plain["to_pay"]["minor"]) == (1_500, 5_000)
    assert agrees()


@promise("LOY-51")
def test_a_day_has_another_price_in_money(api: Caller, rich: str) -> None:
    api.post("/rewards", {**JOURNEY, "money_prices": {"": 5_000}, "price_code": "EUR"})

    def save(**money: Any) -> Any:
        offers = [{"starts_on": SOON, "seats": 4, **money}]
        return api.post("/travel-offers", {"journey": "tallinn", "offers": offers})

    wrong = save(money={"minor": 100, "currency": "USD"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "offers.0.money.currency")
    saved = save(money={"minor": 7_500, "currency": "EUR"}).json()["results"][0]
    assert saved["offer"]["money"] == {"minor": 7_500, "currency": "EUR"}
    asked = order(api, rich, starts_on=SOON).json()
    assert (asked["points"], asked["to_pay"]["minor"]) == (1_500, 7_500)
    assert save(money={"minor": 0, "currency": "EUR"}).json()["results"][0]["state"] == "changed"
    assert order(api, rich, starts_on=SOON).json()["to_pay"] is None
    assert save().json()["results"][0]["offer"]["money"] is None
    assert agrees()


def test_a_journey_for_points_alone_takes_money_on_a_day(api: Caller, rich: str) -> None:
    offers = [{"starts_on": SOON, "seats": 2, "money": {"minor": 900, "currency": "EUR"}}]
    api.post("/travel-offers", {"journey": "tallinn", "offers": offers})
    euros = {"minor": 900, "currency": "EUR"}
    assert order(api, rich, starts_on=SOON).json()["to_pay"] == euros
    assert order(api, rich).json()["to_pay"] is None
    assert agrees()


@promise("LOY-54")
def test_codes_of_a_partner_confirm_at_once_each_given_once(api: Caller, rich: str) -> None:
    api.post("/partners", {"key": "baltic-ferries", "name": "Baltic Ferries", "fulfilment": "pool"})
    brought = api.post("/partners/baltic-ferries/vouchers", {"codes": ["BF-1", "bf-1", "BF 2"]})
    assert brought.json() == {"new": 2, "known": 1, "left": 2}
    orders = [placed(api, rich, starts_on=day) for day in (DAY, SOON)]
    assert [(one["state"], one["voucher"]) for one in orders] == [
        ("confirmed", "BF-1"), ("confirmed", "BF 2"),
    ]  # fmt: skip
    assert points(api, rich) == (1_000, 0)
    api.post("/purchases", {"purchases": [
        a_purchase(reference="R-2", total={"minor": 100_000, "currency": "EUR"})]})  # fmt: skip
    refused = order(api, rich)
    assert (refused.status_code, refused.json()["code"]) == (409, "vouchers-given-out")
    assert points(api, rich) == (2_000, 0)
    assert agrees()


class Listening:
    """A partner on the other end: what it was told, and whether it answers at all."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/clientela"
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.status = 200


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listening]:
    monkeypatch.setenv("CLIENTELA_WEBHOOK_PRIVATE", "1")

    class Ear(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.heard.append((dict(self.headers), body))
            self.send_response(found.status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    found = Listening(server.server_port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def secret(api: Caller, rich: str, listening: Listening) -> str:
    """Baltic Ferries is asked by itself, and knows the secret."""
    api.post("/partners", {"key": "baltic-ferries", "name": "Baltic Ferries",
                           "fulfilment": "webhook", "address": listening.address})  # fmt: skip
    found: str = api.post("/partners/baltic-ferries/secret", {}).json()["secret"]
    return found


def signed(
    api: Caller, secret: str, order_id: str, body: dict[str, Any], *, at: datetime | None = None
) -> Any:
    """What a partner sends back: no key, but its signature."""
    written = json.dumps(body).encode()
    stamp = int((at or datetime.now(UTC)).timestamp())
    signature = webhooks.signature([secret], id="msg-1", timestamp=stamp, body=written)
    return api.client.post(
        f"/api/v1/travel-orders/{order_id}/answer", written, "application/json",
        headers={"webhook-id": "msg-1", "webhook-timestamp": str(stamp),
                 "webhook-signature": signature},
    )  # fmt: skip


def told(listening: Listening, secret: str) -> dict[str, Any]:
    """The last thing the partner heard, after looking at its signature as a partner would."""
    headers, body = listening.heard[-1]
    assert webhooks.is_signed(
        headers["webhook-signature"], secret, id=headers["webhook-id"],
        timestamp=int(headers["webhook-timestamp"]), body=body,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(body)
    return found


@promise("LOY-54")
@pytest.mark.enable_socket
def test_a_partner_is_asked_by_a_signed_call_and_answers_by_one_once(
    api: Caller, rich: str, listening: Listening, secret: str
) -> None:
    asked = placed(api, rich)
    assert tell_partners.tell_waiting(now=datetime.now(UTC)) == 1
    heard = told(listening, secret)
    assert (heard["kind"], heard["order"], heard["traveller"], heard["starts_on"]) == (
        "travel_order.placed", asked["id"], "Anna Kalniņa", DAY,
    )  # fmt: skip
    body = {"confirmed": True, "reference": "BF-9"}
    assert signed(api, "whsec_" + "A" * 43 + "=", asked["id"], body).status_code == 401
    old = datetime.now(UTC) - timedelta(hours=1)
    assert signed(api, secret, asked["id"], body, at=old).status_code == 401
    nameless = signed(api, secret, asked["id"], {"confirmed": True})
    assert (nameless.status_code, nameless.json()["field"]) == (422, "reference")
    answers = [signed(api, secret, asked["id"], body).json() for _ in range(2)]
    assert [(one["state"], one["replayed"]) for one in answers] == [
        ("confirmed", False), ("confirmed", True),
    ]  # fmt: skip
    other = signed(api, secret, asked["id"], {"confirmed": False, "reference": "BF-9"})
    assert (other.status_code, other.json()["code"]) == (409, "already-answered")
    assert points(api, rich) == (2_500, 0)
    api.post(f"/travel-orders/{asked['id']}/cancellation", {})
    tell_partners.tell_waiting(now=datetime.now(UTC))
    assert told(listening, secret)["kind"] == "travel_order.cancelled"
    assert agrees()


@promise("LOY-54")
@pytest.mark.enable_socket
def test_a_late_answer_goes_to_staff_and_settles_nothing(
    api: Caller, rich: str, listening: Listening, secret: str
) -> None:
    asked = placed(api, rich)
    travel_orders.time_out_travel_orders(
        actor=SYSTEM, now=datetime.fromisoformat(asked["reply_by"])
    )
    body = {"confirmed": True, "reference": "BF-10"}
    answers = [signed(api, secret, asked["id"], body).json() for _ in range(2)]
    assert [(one["state"], one["replayed"]) for one in answers] == [
        ("timed_out", False), ("timed_out", True),
    ]  # fmt: skip
    assert points(api, rich) == (4_000, 0)
    [waits] = api.get("/travel-orders?state=late").json()["items"]
    assert waits["id"] == asked["id"]
    path = f"/travel-orders/{asked['id']}"
    whole = api.post(f"{path}/handling", {"note": "told them"}).json()
    kinds = {one["kind"] for one in whole["steps"]}
    assert kinds == {"placed", "timed_out", "late", "handled"}
    assert api.post(f"{path}/handling", {}).json()["code"] == "nothing-waits"
    assert api.get("/travel-orders?state=late").json()["items"] == []


@promise("LOY-54")
@pytest.mark.enable_socket
def test_a_partner_that_cannot_be_reached_is_tried_and_then_put_before_staff(
    api: Caller, rich: str, listening: Listening, secret: str
) -> None:
    listening.status = 503
    asked = placed(api, rich)
    moment = datetime.now(UTC)
    for _ in range(len(WAITS) + 1):
        tell_partners.tell_waiting(now=moment)
        moment += WAITS[-1]
    assert len(listening.heard) == len(WAITS) + 1
    assert PartnerMessage.objects.get().state == "failed"
    [waits] = api.get("/travel-orders?state=late").json()["items"]
    assert waits["id"] == asked["id"]


def test_another_partners_signature_or_right_is_worth_nothing(
    api: Caller, rich: str, caller_with: MakeCaller
) -> None:
    asked = placed(api, rich)
    api.post("/partners", {"key": "spa", "name": "Spa", "fulfilment": "webhook",
                           "address": "https://spa.example/x"})  # fmt: skip
    theirs = api.post("/partners/spa/secret", {}).json()["secret"]
    refused = signed(api, theirs, asked["id"], {"confirmed": True, "reference": "x"})
    assert refused.status_code == 401
    viewer = caller_with("loyalty.view")
    path = f"/travel-orders/{asked['id']}"
    assert viewer.post(f"{path}/answer", {"confirmed": True}).status_code == 403
    assert viewer.get("/partners").status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"cancellation": [{"days": 7, "percent": 50}, {"days": 1, "percent": 80}]},
         "cancellation.percent"),
        ({"cancellation": [{"days": 7, "percent": 150}]}, "cancellation.0.percent"),
        ({"cancellation": [{"days": 7}]}, "cancellation.0"),
    ],
)  # fmt: skip
def test_terms_that_cannot_be_name_their_field(
    api: Caller, change: dict[str, Any], field: str
) -> None:
    refused = api.post("/rewards", {**JOURNEY, **change})
    assert (refused.status_code, refused.json()["field"]) == (422, field)


def test_days_are_paged_and_changed_by_their_first_day(api: Caller, rich: str) -> None:
    first = api.get("/travel-offers?limit=1").json()
    assert [one["starts_on"] for one in first["items"]] == [SOON]
    second = api.get(f"/travel-offers?limit=1&after={first['next']}").json()
    assert [one["starts_on"] for one in second["items"]] == [DAY]
    offers = {"journey": "tallinn", "offers": [{"starts_on": DAY, "seats": 2}]}
    assert api.post("/travel-offers", offers).json()["results"][0]["state"] == "unchanged"
    offers["offers"] = [{"starts_on": DAY, "seats": 5, "closed": True}]
    assert api.post("/travel-offers", offers).json()["results"][0]["state"] == "changed"
    assert order(api, rich).json()["code"] == "no-such-travel-offer"
    assert ids.find("tof", first["items"][0]["id"])
