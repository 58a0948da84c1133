"""Webhooks as an integrator makes, watches and repeats them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller
from clientela.events.models import Delivery, Subscription
from clientela.platform.http import outgoing

HOOK = "https://shop.example/hook"


@pytest.fixture
def hook(api: Caller) -> str:
    made = api.post("/webhooks", {"address": HOOK, "names": ["customer.registered"]}).json()
    assert made["secret"].startswith("whsec_")
    return str(made["webhook"]["id"])


def test_a_webhook_is_made_shown_without_its_secret_switched_off_and_removed(
    api: Caller, hook: str
) -> None:
    [listed] = api.get("/webhooks").json()["items"]
    assert (listed["id"], listed["address"], listed["active"]) == (hook, HOOK, True)
    assert "secret" not in listed
    off = api.patch(f"/webhooks/{hook}", {"active": False}).json()
    assert (off["active"], off["off_why"]) == (False, "by_hand")
    assert api.patch(f"/webhooks/{hook}", {"active": True}).json()["off_why"] is None
    assert api.patch(f"/webhooks/{hook}", {"names": []}).json()["names"] == []
    removed = api._send("delete", f"/webhooks/{hook}", {}, {})
    assert removed.status_code == 200
    assert api.get(f"/webhooks/{hook}").status_code == 404
    assert api.get("/webhooks").json()["items"] == []


def test_the_secret_is_rotated_with_an_overlap(api: Caller, hook: str) -> None:
    rotated = api.post(f"/webhooks/{hook}/secrets", {}).json()
    assert rotated["secret"].startswith("whsec_")
    until = datetime.fromisoformat(rotated["old_secret_good_until"])
    assert until - datetime.now(UTC) > timedelta(days=2)


def test_a_time_and_a_single_message_are_sent_again(api: Caller, hook: str) -> None:
    for name in ("Anna", "Berta"):
        assert api.post("/customers", {"name": name}).status_code == 200
    now = datetime.now(UTC)
    times = {"from": (now - timedelta(hours=1)).isoformat(), "to": now.isoformat()}
    assert api.post(f"/webhooks/{hook}/replays", times).json() == {"queued": 2}
    page = api.get(f"/webhooks/{hook}/deliveries?limit=1").json()
    [first] = page["items"]
    assert (first["name"], first["state"]) == ("customer.registered", "waiting")
    rest = api.get(f"/webhooks/{hook}/deliveries?after={page['next']}").json()["items"]
    assert len(rest) == 1
    Delivery.objects.update(state="delivered", tries=1, ended_at=now)
    assert api.get(f"/webhooks/{hook}/deliveries?state=waiting").json()["items"] == []
    again = api.post(f"/webhooks/{hook}/deliveries/{first['id']}/replays", {})
    assert again.json() == {"queued": 1}
    assert Delivery.objects.get(state="waiting").public_id == first["id"]


@pytest.mark.parametrize(
    ("body", "field"),
    [({"address": "http://shop.example"}, "address"), ({"address": HOOK, "names": [""]}, "names"),
     ({"address": HOOK, "secret": "mine"}, "secret"), ({}, "address")],
)  # fmt: skip
def test_what_makes_no_webhook_is_refused_at_its_field(
    api: Caller, body: dict[str, object], field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(outgoing.PRIVATE, raising=False)
    refused = api.post("/webhooks", body)
    assert refused.status_code == 422
    assert field in refused.json()["field"]
    assert not Subscription.objects.exists()


def test_a_key_without_the_right_sees_and_makes_none(caller_with: MakeCaller) -> None:
    caller = caller_with("customers.view")
    assert caller.get("/webhooks").status_code == 403
    assert caller.post("/webhooks", {"address": HOOK}).status_code == 403
