"""A missed call becomes one promise to call back, and an answered call keeps it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from clientela.flows.promise_callback import keep_callbacks, promise_callback
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.verify import verify
from clientela.issues import queries as issue_reads
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.staff import company

FRIDAY = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_a_missed_call_is_one_promise_until_an_answered_one_keeps_it() -> None:
    customer, _ = register_customer(Details(name="Jānis", phones=["+371 26123456"]),
                                    actor=SYSTEM, now=FRIDAY)  # fmt: skip
    made = [
        promise_callback(customer, number_words="+371 26123456", call_id=None, actor=SYSTEM,
                         now=FRIDAY + timedelta(minutes=minutes))
        for minutes in (0, 5)
    ]  # fmt: skip
    assert made[0] is not None
    assert made[0] == made[1]
    assert made[0].due_at == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # three hours, then Monday
    (issue,) = issue_reads.open_of([customer])
    assert issue.subject == "Call back +371 26123456"
    (kept,) = keep_callbacks(customer, actor=SYSTEM, now=FRIDAY + timedelta(hours=1))
    assert kept.kept_at is not None
    assert keep_callbacks(customer, actor=SYSTEM, now=FRIDAY + timedelta(hours=2)) == []
    assert all(check.wrong == 0 for check in verify())


@pytest.mark.django_db
def test_with_issues_off_nothing_is_promised() -> None:
    customer, _ = register_customer(Details(name="Jānis"), actor=SYSTEM, now=FRIDAY)
    with transactions.open():
        company.change({"name": "Mežrozes", "off": ["issues"]}, actor=SYSTEM, now=FRIDAY)
    company.forget()
    assert promise_callback(customer, number_words="1", call_id=None, actor=SYSTEM,
                            now=FRIDAY) is None  # fmt: skip
    assert keep_callbacks(customer, actor=SYSTEM, now=FRIDAY) == []
