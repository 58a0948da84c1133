"""The company's main job through the doors, whole, and with each programme switched off."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from clientela.flows.verify import verify
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.staff import actions as staff
from clientela.staff import company as companies
from clientela.staff import keys
from clientela.ui.keys import TABLE, Key

BLOCKS = {
    "loyalty": {"points"}, "warranty": {"covers"}, "issues": {"issues"},
    "retention": {"flags", "needs", "offers"},
}  # fmt: skip
ALWAYS = {"customer", "identities", "holdings", "purchases", "habits", "timeline"}
PAGES = {
    "loyalty": "/loyalty/desk", "warranty": "/warranty/desk", "issues": "/issues",
    "retention": "/retention/desk",
}  # fmt: skip
PROGRAMMES = tuple(BLOCKS)
MAKER = {
    "code": "maker-2",
    "layer": "maker",
    "payer": "maker",
    "assignments": [{"product": "RB-33", "given": True}],
    "terms": {"names": {"en": "Maker, 2 years"}, "clauses": [{"months": 24}]},
}


class Shop:
    """The API with a key that may do all, and the console as its administrator sees it."""

    def __init__(self, secret: str) -> None:
        self.bearer = {"Authorization": f"Bearer {secret}"}
        self.api, self.console = Client(), Client()

    def get(self, path: str) -> tuple[int, Any]:
        answer = self.api.get(f"/api/v1{path}", headers=self.bearer)
        return answer.status_code, answer.json()

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        sent = json.dumps(body)
        answer = self.api.post(f"/api/v1{path}", sent, "application/json", headers=self.bearer)
        return answer.status_code, answer.json()


@pytest.fixture
def open_shop(db: None) -> Callable[[str], Shop]:
    """A company in Rīga with one programme switched off, or none."""

    def make(off: str) -> Shop:
        now = datetime.now(UTC)
        values = {"name": "Mežrozes", "country": "LV", "time_zone": "Europe/Riga", "off": [off]}
        with transactions.open():
            companies.change({**values, "off": [off] if off else []}, actor=SYSTEM, now=now)
            made = keys.make(name="all", wanted=["all"], rate=0, actor=SYSTEM, now=now)
            person = staff.create_person(
                email="admin@mezrozes.example", name="Ilze", roles=["administrator"], now=now
            )
        companies.forget()
        shop = Shop(made.secret)
        shop.console.force_login(person)
        return shop

    return make


@promise("CON-02")
@pytest.mark.parametrize("off", ["", *PROGRAMMES])
def test_the_main_job_is_done_with_any_programme_off(
    open_shop: Callable[[str], Shop], off: str
) -> None:
    shop, now = open_shop(off), datetime.now(UTC)
    on = {programme for programme in PROGRAMMES if programme != off}
    _, made = shop.post("/customers", {"name": "Anna Kalniņa", "phones": ["2612 4408"]})
    anna = made["customer"]["id"]
    shop.post("/products", {"code": "RB-33", "name": "Fridge RB-33", "kind": "Fridge"})
    if "warranty" in on:
        shop.post("/warranty/plans", MAKER)
    [bought] = _buy(shop, anna, now)
    assert bool(bought["points"]) is ("loyalty" in on)
    assert bool(bought["covers"]) is ("warranty" in on)
    _look_the_cover_up(shop, on)
    _promise(shop, anna, on, now)
    _caller(shop, on)
    _console(shop, anna, on)
    assert [check for check in verify() if check.wrong] == []


def _buy(shop: Shop, anna: str, now: datetime) -> list[dict[str, Any]]:
    line = {"product": "RB-33", "quantity": "1", "total_minor": 64_900, "serial": "RB33-0000117"}
    purchase = {
        "source": "till", "reference": "R-1", "customer": anna, "lines": [line],
        "purchased_at": (now - timedelta(days=3)).isoformat(),
        "total": {"minor": 64_900, "currency": "EUR"}, "channel": "shop",
    }  # fmt: skip
    status, answer = shop.post("/purchases", {"purchases": [purchase]})
    assert (status, answer["new"]) == (200, 1), answer
    results: list[dict[str, Any]] = answer["results"]
    return results


def _look_the_cover_up(shop: Shop, on: set[str]) -> None:
    asked = {"serial": "RB33-0000117", "fault_on": datetime.now(UTC).date().isoformat()}
    status, answer = shop.post("/warranty/coverage-checks", asked)
    if "warranty" in on:
        assert (status, answer["answer"]) == (200, "covered"), answer
    else:
        assert status == 404


def _promise(shop: Shop, anna: str, on: set[str], now: datetime) -> None:
    due = (now + timedelta(days=1)).isoformat()
    issue = {
        "customer": anna, "subject": "The door does not seal", "text": "It opens by itself.",
        "channel": "phone", "promise": {"words": "A technician calls", "due_at": due},
    }  # fmt: skip
    status, _answer = shop.post("/issues", issue)
    assert status == (200 if "issues" in on else 404), _answer


def _caller(shop: Shop, on: set[str]) -> None:
    _, caller = shop.get(f"/callers/{quote('+371 2612-4408')}")
    profile = caller["profile"]
    blocks = set().union(*(BLOCKS[programme] for programme in on))
    assert ALWAYS | blocks <= set(profile)
    assert not {block for off in set(BLOCKS) - on for block in BLOCKS[off]} & set(profile)
    failed = [key for key, block in profile.items() if isinstance(block, dict) and "error" in block]
    assert failed == []
    told = {row["name"]: row["text"] for row in profile["timeline"]}
    assert ("649 points" in told["purchase.recorded"]) is ("loyalty" in on)
    assert ("unit.registered" in told) is ("warranty" in on)
    assert ("issue.opened" in told) is ("issues" in on)


def keys_of(programme: str) -> list[Key]:
    return [key for key in TABLE if key.switch == programme and key.keys != "1-9"]


def _console(shop: Shop, anna: str, on: set[str]) -> None:
    home = shop.console.get("/").content.decode()
    record = shop.console.get(f"/customers/{anna}").content.decode()
    keys = {row[2] for row in json.loads(html.unescape(home.split('data-keys="')[1].split('"')[0]))}
    for programme, path in PAGES.items():
        assert all((key.target in keys) is (programme in on) for key in keys_of(programme))
        assert shop.console.get(path).status_code == (200 if programme in on else 404), path
        assert (f'data-ui="nav-{programme}"' in home) is (programme in on)
        for block in BLOCKS[programme] - {"offers"}:  # those are for who talks with her
            assert (f'data-ui="{block}"' in record) is (programme in on), block
