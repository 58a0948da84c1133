"""Rules tried on past months at the desk."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clientela.console.tests.conftest import Register, SignIn, text_of
from clientela.customers.queries import Reference
from clientela.flows import try_rules
from clientela.flows.define_programme import define_programme
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.tests.test_what_if import PROGRAMME
from clientela.loyalty.models import Rule, RuleVersion
from clientela.loyalty.models.trials import Trial
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise

PAGE = "/loyalty/rules/past"
QUERIES_MAX, TRIED_QUERIES_MAX = 12, 20
pytestmark = pytest.mark.django_db


@pytest.fixture
def bea(register: Register) -> UUID:
    """She bought for 60.50 in the middle of each of the last two months."""
    bea, now = register("Bea Liepa"), datetime.now(UTC)
    define_programme(PROGRAMME, actor=SYSTEM, now=now - timedelta(days=300))
    first = now.replace(day=1, hour=12)
    for place, day in enumerate((first - timedelta(days=45), first - timedelta(days=15))):
        sale = Bought("till", f"R-{place}", Reference("id", str(bea)), day, 6_050, "EUR")
        record_purchases([sale], actor=SYSTEM, now=day + timedelta(minutes=1))
    return bea


@promise("LOY-74")
def test_a_rule_in_the_making_is_tried_beside_what_was_given(sign_in: SignIn, bea: UUID) -> None:
    client = sign_in(role="manager")
    rule = Rule.objects.get(key="base")
    assert 'data-ui="rule-past"' in text_of(client.get(f"/loyalty/rules/{rule.id}"))
    form = {
        "earn": "per_money", "points": "3", "per": "1.00", "priority": "0", "label_en": "Base",
        "currency": "points", "of_rule": str(rule.id), "cash": "on", "months": "3",
    }  # fmt: skip
    versions = RuleVersion.objects.count()
    answer = client.post(PAGE, form)
    page = text_of(answer)
    assert answer.status_code == 200, page
    for name in ("past-months", "past-tiers-rows", "past-segments-rows"):
        assert f'data-ui="{name}"' in page
    together = 2 * 181
    assert f">{together}<" in page
    assert ">120<" in page  # really given
    assert RuleVersion.objects.count() == versions


def test_a_file_of_rules_is_tried_and_tried_again_over_other_months(
    sign_in: SignIn, bea: UUID
) -> None:
    client = sign_in(role="manager")
    rules = [{"key": "base", "labels": {"en": "Two"},
              "body": {"earn": "per_money", "points": 2, "per": "1.00"}}]  # fmt: skip
    written = json.dumps({"currency": "points", "rules": rules})
    file = SimpleUploadedFile("rules.json", written.encode())
    page = text_of(client.post(PAGE, {"file": file, "months": "6"}))
    assert ">242<" in page
    again = text_of(client.post(PAGE, {"rules": written, "months": "24"}))
    assert ">242<" in again
    with CaptureQueriesContext(connection) as asked:
        client.get(PAGE)
    assert len(asked) <= QUERIES_MAX, [one["sql"] for one in asked]
    with CaptureQueriesContext(connection) as asked:
        client.post(PAGE, {"rules": written, "months": "12"})
    assert len(asked) <= TRIED_QUERIES_MAX, [one["sql"] for one in asked]


@pytest.mark.parametrize("written", ["", "{}", "no", '{"currency": "points", "rules": [1]}'])
def test_what_is_no_file_of_rules_is_refused(sign_in: SignIn, bea: UUID, written: str) -> None:
    client: Client = sign_in(role="manager")
    answer = client.post(PAGE, {"rules": written})
    assert answer.status_code == 422
    assert 'role="alert"' in text_of(answer)


def test_a_long_history_is_tried_in_the_background_and_followed(
    sign_in: SignIn, bea: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(role="manager")
    rules = [{"key": "base", "labels": {"en": "Two"},
              "body": {"earn": "per_money", "points": 2, "per": "1.00"}}]  # fmt: skip
    written = json.dumps({"currency": "points", "rules": rules})
    monkeypatch.setattr(try_rules, "AT_ONCE_MAX", 1)
    there = client.post(PAGE, {"rules": written, "months": "6"}).headers["Location"]
    page = text_of(client.get(there))
    assert 'data-state="waiting"' in page
    assert 'data-ui="past-cancel"' in page
    polled = text_of(client.get(there, headers={"HX-Request": "true"}))
    assert "<h1>" not in polled
    trial = Trial.objects.get()
    try_rules.run(trial.id, now=datetime.now(UTC))
    again = client.get(there, headers={"HX-Request": "true"})
    assert again.headers["HX-Refresh"] == "true"
    with CaptureQueriesContext(connection) as asked:
        page = text_of(client.get(there))
    assert len(asked) <= QUERIES_MAX, [one["sql"] for one in asked]
    assert ">242<" in page
    client.post(f"{there}/cancellation")
    assert "This trial is over" in text_of(client.get(there))
    stopped = client.post(PAGE, {"rules": written, "months": "6"}).headers["Location"]
    client.post(f"{stopped}/cancellation")
    assert 'data-state="cancelled"' in text_of(client.get(stopped))
