"""Webhooks and the system, as an administrator sees them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from clientela.console.tests.conftest import SignIn, text_of
from clientela.events.models import Delivery, Event, Subscription
from clientela.platform.backups import sets
from clientela.platform.promises import promise

HOOK = "https://shop.example/hook"
NEW = {"address": HOOK, "names": "customer.registered, webhook.tested"}


@pytest.fixture
def hook(admin: Client) -> Subscription:
    page = text_of(admin.post("/settings/webhooks/new", NEW))
    assert re.search(r'value="(whsec_[\w+/=]+)"', page)
    return Subscription.objects.get()


def at(hook: Subscription, more: str = "") -> str:
    return f"/settings/webhooks/{hook.public_id}{more}"


def test_a_webhook_is_made_once_and_its_secret_shown_once(
    admin: Client, hook: Subscription
) -> None:
    assert hook.names == ["customer.registered", "webhook.tested"]
    assert "whsec_" not in text_of(admin.get("/settings/webhooks"))
    sent = {**NEW, "idempotency_key": "key-1"}
    admin.post("/settings/webhooks/new", sent)
    assert admin.post("/settings/webhooks/new", sent).status_code == 303
    assert Subscription.objects.count() == 2
    refused = admin.post("/settings/webhooks/new", {"address": "ftp://x.example"})
    assert refused.status_code == 422
    assert "address" in refused.context["form"].errors


@promise("CUS-47")
def test_a_message_is_shown_with_its_answer_and_sent_again(
    admin: Client, hook: Subscription, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    admin.post(at(hook, "/test"))
    event = Event.objects.get(name="webhook.tested")
    made = Delivery.objects.create(
        subscription=hook, event_id=event.id, state="failed", tries=10, fault="answered 500",
        next_try_at=event.recorded_at, ended_at=event.recorded_at,
    )  # fmt: skip
    with django_assert_max_num_queries(12):
        page = text_of(admin.get(at(hook)))
    assert "answered 500" in page
    assert "webhook.tested" in page
    assert admin.post(at(hook, f"/messages/{made.public_id}")).status_code == 303
    made.refresh_from_db()
    assert (made.state, made.tries) == ("waiting", 0)


def test_it_is_switched_off_and_on_and_what_it_missed_is_queued(
    admin: Client, hook: Subscription, register: object
) -> None:
    admin.post(at(hook, "/state"), {"active": "0"})
    before = datetime.now(UTC) - timedelta(minutes=1)
    Subscription.objects.update(off_at=before)
    register("Berta")  # type: ignore[operator]
    since = re.search(r'name="since" value="([\d-]+)"', text_of(admin.get(at(hook))))
    assert since
    admin.post(at(hook, "/missed"), {"since": since[1]})
    assert Delivery.objects.filter(state="waiting").count() == 1
    admin.post(at(hook, "/state"), {"active": "1"})
    hook.refresh_from_db()
    assert hook.off_at is None
    admin.post(at(hook, "/removal"))
    assert not Delivery.objects.exists()
    assert admin.get(at(hook)).status_code == 404


def test_a_new_secret_is_shown_once(admin: Client, hook: Subscription) -> None:
    assert "whsec_" in text_of(admin.post(at(hook, "/secret")))
    assert "whsec_" not in text_of(admin.get(at(hook)))


@promise("REL-10")
def test_one_in_trouble_is_told_on_the_first_page_to_whoever_can_mend_it(
    admin: Client, sign_in: SignIn, hook: Subscription
) -> None:
    assert 'data-ui="banner-webhooks"' not in text_of(admin.get("/"))
    Subscription.objects.update(off_at=datetime.now(UTC), off_why="failing")
    assert 'data-ui="banner-webhooks"' in text_of(admin.get("/"))
    assert 'data-ui="banner-webhooks"' not in text_of(sign_in(role="agent").get("/"))


def test_who_has_not_the_right_has_no_such_page(agent: Client) -> None:
    assert agent.get("/settings/webhooks").status_code == 403
    assert agent.get("/settings/system").status_code == 403


@pytest.mark.parametrize("language", ["en", "es", "lv"])
def test_the_system_shows_its_backups(
    sign_in: SignIn, settings: object, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLIENTELA_DATABASE_URL", raising=False)
    client = sign_in(role="administrator", language=language)
    assert "clientela backup now" in text_of(client.get("/settings/system"))
    home = settings.HOME.prepare()  # type: ignore[attr-defined]
    folder = home.backups / "20261125T014500Z"
    folder.mkdir()
    (folder / "base.tar.gz").write_bytes(b"x" * 3_000_000)
    made_at = datetime(2026, 11, 25, 1, 45, tzinfo=UTC)
    sets.seal(folder, made_at=made_at, place=(1, 2, 2), product="0")
    page = text_of(client.get("/settings/system"))
    assert folder.name in page
    assert "3\N{NO-BREAK SPACE}MB" in page or "3 MB" in page
    (folder / "base.tar.gz").write_bytes(b"x")
    assert "tone-bad" in text_of(client.get("/settings/system"))
