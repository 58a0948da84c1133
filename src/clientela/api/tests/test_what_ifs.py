"""Draft rules over the API: answered at once, or followed where the history is long."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from clientela.api.tests.conftest import NOW, Caller, a_purchase
from clientela.flows import try_rules
from clientela.flows.define_programme import define_programme
from clientela.flows.tests.test_what_if import PROGRAMME
from clientela.platform import ids
from clientela.platform.http.actors import SYSTEM

WISH: dict[str, Any] = {
    "currency": "points", "months": 60,
    "rules": [{"key": "base", "labels": {"en": "Two"},
               "body": {"earn": "per_money", "points": 2, "per": "1.00"}}],
}  # fmt: skip


@pytest.fixture
def shop(api: Caller, anna: dict[str, Any]) -> None:
    define_programme(PROGRAMME, actor=SYSTEM, now=NOW)
    batch = [
        a_purchase(reference=f"R-{month}", purchased_at=f"2026-{month}-11T18:30:00+03:00",
                   total={"minor": 1_050, "currency": "EUR"})
        for month in ("07", "08", "09")
    ]  # fmt: skip
    assert api.post("/purchases", {"purchases": batch}).json()["new"] == 3


def test_a_long_history_is_answered_with_a_trial_that_is_followed(
    api: Caller, shop: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    direct = api.post("/what-ifs", WISH)
    assert (direct.status_code, direct.json()["whole"]["points_draft"]) == (200, 63)
    monkeypatch.setattr(try_rules, "AT_ONCE_MAX", 2)
    queued = api.post("/what-ifs", WISH)
    assert queued.status_code == 202
    assert queued.json()["state"] == "waiting"
    there = queued.headers["Location"].removeprefix("/api/v1")
    assert there == f"/what-ifs/{queued.json()['id']}"
    try_rules.run(ids.parse("tri", queued.json()["id"]), now=NOW)
    done = api.get(there).json()
    assert (done["state"], done["purchases_done"], done["purchases"]) == ("finished", 3, 3)
    assert done["found"] == direct.json()
    [listed] = api.get("/what-ifs").json()["items"]
    assert (listed["id"], listed["found"]) == (done["id"], None)


def test_a_trial_is_cancelled_once(
    api: Caller, shop: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(try_rules, "AT_ONCE_MAX", 0)
    there = f"/what-ifs/{api.post('/what-ifs', WISH).json()['id']}"
    assert api.post(f"{there}/cancellation", {}).json()["state"] == "cancelled"
    over = api.post(f"{there}/cancellation", {})
    assert (over.status_code, over.json()["code"]) == (409, "trial-is-over")
    missing = api.get(f"/what-ifs/{ids.public('tri', UUID(int=1))}")
    assert (missing.status_code, missing.json()["code"]) == (404, "no-such-trial")
