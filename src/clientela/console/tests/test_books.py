"""The page of the books: months closed one by one, or all that are over."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clientela.console.tests.conftest import SignIn, text_of
from clientela.customers.queries import Reference
from clientela.flows.define_programme import define_programme
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.tests.conftest import NOW
from clientela.flows.tests.test_books import PROGRAMME
from clientela.loyalty.models.books import ClosedMonth
from clientela.platform.http.actors import SYSTEM

QUERIES_MAX = 12


@pytest.mark.django_db
def test_all_months_that_are_over_are_closed_by_one_button(sign_in: SignIn, anna: UUID) -> None:
    define_programme(PROGRAMME, actor=SYSTEM, now=NOW)
    moment = datetime(2026, 8, 10, 12, 0, tzinfo=UTC)
    sale = Bought("till", "R-8", Reference("id", str(anna)), moment, 10_000, "EUR")
    record_purchases([sale], actor=SYSTEM, now=moment)
    boss = sign_in(role="manager")
    assert "Close all up to" in text_of(boss.get("/loyalty/books"))
    sent = {"idempotency_key": "b-1"}
    for _twice in range(2):
        done = boss.post("/loyalty/books/closings", sent)
        assert done.status_code == 303
    assert "closed; the ledger ties" in text_of(boss.get(done.headers["Location"]))
    with CaptureQueriesContext(connection) as asked:
        shown = boss.get("/loyalty/books")
    assert len(asked) <= QUERIES_MAX
    assert "close-all-months" not in shown.content.decode()
    assert ClosedMonth.objects.count() >= 3
