"""Claims against one policy from many desks at once, each with a connection of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import pytest

from clientela.customers.queries import Reference
from clientela.flows.decide_claim import Verdict, decide_claim
from clientela.flows.define_warranty import define_plan
from clientela.flows.hold_products import save_product
from clientela.flows.open_claim import Report, open_claim
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.sell_policy import NewSale, sell_policy
from clientela.flows.tests.test_concurrency import at_once, wrong
from clientela.platform.errors import Problem
from clientela.platform.http.actors import SYSTEM, Actor
from clientela.purchases.actions import NewLine
from clientela.warranty.actions.claims import NewLine as ClaimLine
from clientela.warranty.models.covered import Policy, Unit
from clientela.warranty.queries import cases
from clientela.warranty.queries import claims as reads

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2030, 11, 20, 12, 0, tzinfo=UTC)
SOLD = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DESK = Actor("per_desk", "The desk", frozenset({"all"}))
CLAIMS, EACH, CAP = 8, 300_00, 1_000_00


@pytest.fixture
def washer(anna: UUID) -> UUID:
    """A washer of Anna whose law has ended, and a cover for sale with a cap for its whole life."""
    save_product(code="WM-9", name="Washer", kind="washer", price_minor=549_00, currency="EUR")
    save_product(code="CARE", name="Care", kind="cover", price_minor=89_00, currency="EUR")
    terms = {
        "names": {"en": "Care"}, "start_rule": "sale", "clauses": [{}],
        "limits": [{"kind": "cap", "per": "lifetime", "amount_minor": CAP}],
        "prices": [{"term_months": 36, "amount_minor": 89_00}],
    }  # fmt: skip
    plan = {"code": "care", "layer": "extended", "product": "CARE", "terms": terms,
            "assignments": [{"kind": "washer"}]}  # fmt: skip
    define_plan(plan, actor=SYSTEM, now=SOLD)
    line = NewLine(1000, 549_00, "WM-9", serial="W-1")
    sale = Bought("till", "R-1", Reference("external", "4711", "crm"), SOLD, 549_00, "EUR",
                  lines=(line,))  # fmt: skip
    record_purchases([sale], actor=SYSTEM, now=SOLD)
    return Unit.objects.get().holding_id


def test_two_sales_at_once_take_one_place(washer: UUID) -> None:
    def sell() -> str:
        try:
            return sell_policy(NewSale(washer, "care"), actor=SYSTEM, now=NOW).shown
        except Problem as refusal:
            return refusal.code

    answers = at_once([sell] * 4)
    assert answers.count("not-eligible") == 3
    assert Policy.objects.count() == 1
    assert wrong() == []


def test_claims_at_once_never_pass_a_cap(washer: UUID) -> None:
    policy = sell_policy(NewSale(washer, "care"), actor=SYSTEM, now=NOW)
    report = Report(fault_on=NOW, lines=(ClaimLine("parts", EACH),), holding_id=washer)
    numbers = [open_claim(report, actor=SYSTEM, now=NOW).public_id for _ in range(CLAIMS)]

    def approve(number: str) -> str:
        try:
            return decide_claim(number, Verdict("approve"), actor=DESK, now=NOW).state
        except Problem as refusal:
            return refusal.code

    answers = at_once([partial(approve, number) for number in numbers])
    assert sorted(answers) == [*["approved"] * 3, *["nothing-to-pay"] * 4, "partly_approved"]
    paid = [reads.whole(reads.get(number)).payable_minor for number in numbers]
    assert sum(paid) == CAP
    case = cases.of_holding(washer)
    assert case is not None
    found = case.policy(policy.id)
    assert found is not None
    assert found.used_minor == CAP
    assert wrong() == []
