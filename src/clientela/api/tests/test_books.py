"""The books of points at the API: all months of an old history closed at once."""

from __future__ import annotations

from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, a_purchase
from clientela.flows.define_programme import define_programme
from clientela.flows.tests.conftest import NOW
from clientela.flows.tests.test_books import PROGRAMME
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise


@promise("LOY-75")
@pytest.mark.django_db
def test_all_months_up_to_one_are_closed_by_one_request(api: Caller, anna: dict[str, Any]) -> None:
    define_programme(PROGRAMME, actor=SYSTEM, now=NOW)
    assert api.post("/liability-closings", {}).json()["following"] is None
    api.post("/purchases", {"purchases": [a_purchase(purchased_at="2025-08-10T12:00:00+00:00")]})
    for closed in (["2025-08", "2025-09", "2025-10"], []):
        told = api.post("/liability-closings", {"through": "2025-10"}).json()
        assert [one["month"] for one in told["closed"]] == closed
        assert (told["following"], told["stopped"]) == ("2025-11", None)
    listed = api.get("/liability-months").json()["items"]
    assert [one["month"] for one in listed] == ["2025-10", "2025-09", "2025-08"]
    early = api.post("/liability-closings", {"through": "2999-01"})
    assert (early.json()["code"], early.json()["field"]) == ("month-is-open", "through")
