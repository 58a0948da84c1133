"""Pools of codes in the console: made, filled, codes read, uses seen; rewards for a tier alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clientela.console.tests.conftest import SignIn, text_of
from clientela.console.tests.test_tiers import GOLD, LADDER
from clientela.customers.queries import Reference
from clientela.flows import coupons
from clientela.loyalty.models import CouponPool, PoolCode, Reward, Tier
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise

pytestmark = pytest.mark.django_db
QUERIES_MAX = 12
POOL = {"label_en": "Summer", "label_lv": "Vasara", "amount": "5", "scope": "order", "least": "20",
        "member_max": "2", "ends_on": "2090-08-31"}  # fmt: skip
HERE = "/loyalty/codes/summer"


def told(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


@promise("LOY-58")
def test_a_pool_is_made_filled_and_its_codes_are_read(sign_in: SignIn, anna: UUID) -> None:
    manager = sign_in(role="manager")
    assert "There are no pools of codes yet" in text_of(manager.get("/loyalty/codes"))
    made = manager.post("/loyalty/codes/new", POOL)
    assert (made.status_code, made.headers.get("Location")) == (303, HERE), text_of(made)
    pool = CouponPool.objects.get()
    assert (pool.minor, pool.least_minor, pool.member_max) == (500, 2_000, 2)
    assert manager.post(f"{HERE}/generating", {"count": "25"}).status_code == 303
    assert PoolCode.objects.count() == 25
    manager.post(f"{HERE}/generating", {"count": "0"})
    assert "Make 1 to 10,000 codes" in text_of(manager.get(HERE))
    lines = "SUMMER-2026\n\nx\nsummer 2026\nPARTNER77\n"
    page = text_of(manager.post(f"{HERE}/import", {"codes": lines}))
    assert "2 codes are new." in page
    for words in ("is no code: 4 to 24 letters and digits", "stands here twice"):
        assert words in page
    again = text_of(manager.post(f"{HERE}/import", {"codes": "partner77"}))
    assert "is there already" in again
    file = told(manager.get(f"{HERE}/content")).split()
    assert len(file) == 27
    assert "PART-NER7-7" in file
    now = datetime.now(UTC)
    coupons.use_coupon("PARTNER77", customer=Reference("id", str(anna)), actor=SYSTEM, now=now)
    with CaptureQueriesContext(connection) as queries:
        page = text_of(manager.get(HERE))
    assert len(queries) <= QUERIES_MAX
    assert ("PART-NER7-7" in page, "Anna Kalniņa" in page, "1 time" in page) == (True, True, True)
    assert len(told(manager.get(f"{HERE}/content")).split()) == 26


def test_a_pool_is_changed_and_keeps_what_the_form_does_not_show(sign_in: SignIn) -> None:
    manager = sign_in(role="manager")
    manager.post("/loyalty/codes/new", POOL)
    CouponPool.objects.update(terms={"en": "Once"}, priority=5)
    shown = text_of(manager.get(f"{HERE}/change"))
    assert 'value="5.00"' in shown
    changed = {**POOL, "amount": "", "percent": "10", "least": "", "most": "30"}
    assert manager.post(f"{HERE}/change", changed).status_code == 303
    pool = CouponPool.objects.get()
    assert (pool.percent, pool.minor, pool.most_minor, pool.least_minor) == (10, None, 3_000, None)
    assert (pool.terms, pool.priority) == ({"en": "Once"}, 5)
    of_last = {**changed, "is_of_last_purchase": "on", "rounds_to_units": "on"}
    assert manager.post(f"{HERE}/change", of_last).status_code == 303
    pool.refresh_from_db()
    assert (pool.is_of_last_purchase, pool.rounds_to_units) == (True, True)
    assert "10 % of the last purchase" in text_of(manager.get(HERE))
    wrong = manager.post(f"{HERE}/change", {**POOL, "percent": "10"})
    assert wrong.status_code == 422
    agent = sign_in(role="agent")
    assert agent.get(HERE).status_code == 200
    assert agent.get(f"{HERE}/content").status_code == 403


@promise("LOY-42")
def test_a_reward_is_reserved_for_a_tier_in_its_form(sign_in: SignIn, anna: UUID) -> None:
    manager = sign_in(role="manager")
    manager.post("/loyalty/tiers/new", LADDER)
    manager.post("/loyalty/tiers/our-club/steps/new", GOLD)
    gold = Tier.objects.get()
    form = {"label_en": "Gold lounge", "amount": "5", "valid_days": "30", "offered": "on"}
    none = manager.post("/loyalty/rewards/new?kind=coupon", form)
    assert (none.status_code, "Say a price" in text_of(none)) == (422, True)
    reserved = {**form, f"price_{gold.pk}": "80"}
    made = manager.post("/loyalty/rewards/new?kind=coupon", reserved)
    assert made.status_code == 303, text_of(made)
    reward = Reward.objects.get()
    assert [(one.tier_id, one.points) for one in reward.prices.all()] == [(gold.pk, 80)]
    page = text_of(manager.get("/loyalty/rewards"))
    assert ("only for tiers" in page, "Gold 80" in page) == (True, True)
    assert text_of(manager.get(f"/loyalty/rewards/{reward.public_id}")).count('value="80"') == 1


def test_codes_speak(sign_in: SignIn) -> None:
    manager = sign_in(role="manager")
    manager.post("/loyalty/codes/new", POOL)
    for language in ("es", "lv"):
        for path in ("/loyalty/codes", HERE, f"{HERE}/change"):
            answer = manager.get(path, headers={"Accept-Language": language})
            assert answer.status_code == 200, path
