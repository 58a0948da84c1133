"""People and customers that tests of flows start from."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from clientela.flows.register_customer import Details, register_customer
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.staff import company

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def latvian_company(db: None) -> None:
    """A company in Rīga: its numbers need no prefix."""
    values = {"name": "Mežrozes", "country": "LV", "time_zone": "Europe/Riga"}
    with transactions.open():
        company.change(values, actor=SYSTEM, now=NOW)
    company.forget()


@pytest.fixture
def anna(latvian_company: None) -> UUID:
    """Anna Kalniņa, known to the source `crm` as 4711."""
    details = Details(
        name="Anna Kalniņa", phones=["2612 3456"], emails=["anna@example.com"], language="lv",
        source="crm", external_id="4711",
    )  # fmt: skip
    id, _ = register_customer(details, actor=SYSTEM, now=NOW)
    return id
