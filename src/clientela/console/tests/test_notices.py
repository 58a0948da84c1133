"""Notices in the console: made in a form, looked at, switched."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clientela.console.tests.conftest import SignIn, text_of
from clientela.console.tests.test_tiers import GOLD, LADDER
from clientela.loyalty.models import Notice
from clientela.platform.promises import promise

pytestmark = pytest.mark.django_db
QUERIES_MAX = 12
TIER = {"ladder": "our-club", "distance": "500", "moved_days": "", "every_days": "90",
        "purpose": "news", "words_en": "Come by.", "words_lv": "Ienāciet."}  # fmt: skip


@pytest.fixture
def manager(sign_in: SignIn, anna: UUID) -> Client:
    client = sign_in(role="manager")
    client.post("/loyalty/tiers/new", LADDER)
    client.post("/loyalty/tiers/our-club/steps/new", {**GOLD, "threshold": "400"})
    return client


@promise("LOY-79")
def test_a_notice_is_made_looked_at_and_switched_on(manager: Client) -> None:
    assert "Members are told nothing yet" in text_of(manager.get("/loyalty/notices"))
    for kind in ("expiring", "tier", "reward"):
        assert manager.get(f"/loyalty/notices/new?kind={kind}").status_code == 200
    made = manager.post("/loyalty/notices/new?kind=tier", TIER)
    assert made.status_code == 303, text_of(made)
    here = "/loyalty/notices/tier-our-club"
    assert made.headers["Location"] == here
    with CaptureQueriesContext(connection) as queries:
        page = text_of(manager.get(here))
    own = [one["sql"] for one in queries if "staff_setting" not in one["sql"]]  # kept for a second
    assert len(own) <= QUERIES_MAX, own
    assert "Today it is about 1 member." in page
    assert "Come by." in page
    assert "Not given" in page
    assert manager.post(f"{here}/switch", {"is_on": "1"}).status_code == 303
    notice = Notice.objects.get()
    assert (notice.is_on, notice.distance, notice.words["lv"]) == (True, 500, "Ienāciet.")
    changed = manager.post(f"{here}/change", {**TIER, "distance": "9"})
    assert changed.status_code == 303
    notice.refresh_from_db()
    assert (notice.is_on, notice.distance) == (True, 9)
    assert "Nobody today" in text_of(manager.get(here))
    with CaptureQueriesContext(connection) as queries:
        page = text_of(manager.get("/loyalty/notices"))
    assert len(queries) <= QUERIES_MAX
    assert page.count("<b>The next tier of Our club is no more than 9 points away</b>") == 1
    twice = manager.post("/loyalty/notices/new?kind=tier", TIER)
    assert (twice.status_code, "There is such a notice already." in text_of(twice)) == (422, True)


@pytest.mark.parametrize("language", ["es", "lv"])
def test_notices_speak(manager: Client, language: str) -> None:
    manager.post("/loyalty/notices/new?kind=tier", TIER)
    for path in ("/loyalty/notices", "/loyalty/notices/tier-our-club",
                 "/loyalty/notices/tier-our-club/change"):  # fmt: skip
        answer = manager.get(path, headers={"Accept-Language": language})
        assert answer.status_code == 200, path


def test_who_may_only_look_switches_nothing(sign_in: SignIn, manager: Client) -> None:
    manager.post("/loyalty/notices/new?kind=tier", TIER)
    agent = sign_in(role="agent")
    page = text_of(agent.get("/loyalty/notices"))
    assert "Switch on" not in page
    assert agent.post("/loyalty/notices/tier-our-club/switch", {"is_on": "1"}).status_code == 403
