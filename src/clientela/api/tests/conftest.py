"""A client of the API with a key, and a company to call it at."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.staff import company, keys

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Caller:
    """What another system does: JSON in, JSON out, with its key."""

    def __init__(self, secret: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.secret = secret

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self._headers(headers))

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self._send("post", path, body, headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self._send("patch", path, body, headers)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        text = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return getattr(self.client, method)(
            f"/api/v1{path}", text, "application/json", headers=self._headers(headers)
        )

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        own = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {self.secret}", **own}


MakeCaller = Callable[..., Caller]


@pytest.fixture
def caller_with(db: None) -> MakeCaller:
    """Make a caller whose key has just these rights."""

    def make(*rights: str, rate: int = 0) -> Caller:
        with transactions.open():
            made = keys.make(
                name="a till", wanted=rights, rate=rate, actor=SYSTEM, now=datetime.now(UTC)
            )
        return Caller(made.secret)

    return make


@pytest.fixture
def api(caller_with: MakeCaller) -> Caller:
    """A caller that may do everything, at a company in Rīga."""
    values = {"name": "Mežrozes", "country": "LV", "time_zone": "Europe/Riga"}
    with transactions.open():
        company.change(values, actor=SYSTEM, now=NOW)
    company.forget()
    return caller_with("all")


@pytest.fixture
def anna(api: Caller) -> dict[str, Any]:
    """Anna Kalniņa, known to the source `crm` as 4711."""
    body = {
        "name": "Anna Kalniņa", "phones": ["2612 3456"], "emails": ["Anna@Example.com"],
        "language": "lv", "external": {"source": "crm", "id": "4711"},
    }  # fmt: skip
    registered: dict[str, Any] = api.post("/customers", body).json()["customer"]
    return registered


def a_purchase(**more: Any) -> dict[str, Any]:
    return {
        "source": "till-3", "reference": "R-1001", "customer": {"source": "crm", "id": "4711"},
        "purchased_at": "2026-11-20T14:03:00+02:00", "total": {"minor": 1999, "currency": "EUR"},
        **more,
    }  # fmt: skip
