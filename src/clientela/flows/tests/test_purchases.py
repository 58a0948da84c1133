"""What happens when customers buy and bring back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from clientela.customers.queries import Reference
from clientela.flows.record_purchases import Bought, Outcome, record_purchases
from clientela.flows.return_purchase import return_purchase
from clientela.flows.tests.conftest import NOW
from clientela.flows.verify import verify
from clientela.loyalty.queries import ledger as loyalty
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.purchases.actions import MoreThanWasBought, NewLine, NewReturn, ReturnedLine
from clientela.staff import company

CRM_4711 = Reference("external", "4711", "crm")


def bought(reference: str = "R-1", minor: int = 1999, **more: Any) -> Bought:
    sale = Bought("till", reference, CRM_4711, NOW, minor, "EUR")
    return sale._replace(**more)


def record(*batch: Bought) -> list[Outcome]:
    return record_purchases(list(batch), actor=SYSTEM, now=NOW)


def balance(customer: UUID) -> int:
    return sum(account.posted for account in loyalty.accounts_of([customer]))


def test_a_purchase_earns_a_point_for_each_whole_euro(anna: UUID) -> None:
    [outcome] = record(bought(minor=1999))
    assert (outcome.state, [gain.points for gain in outcome.earned]) == ("new", [19])
    assert balance(anna) == 19


def test_the_same_purchase_again_changes_nothing_and_gets_the_same_answer(anna: UUID) -> None:
    [first] = record(bought())
    [second] = record(bought())
    assert second.state == "repeated"
    assert (second.id, second.earned) == (first.id, first.earned)
    assert balance(anna) == 19


def test_a_purchase_stands_twice_in_one_batch_and_counts_once(anna: UUID) -> None:
    outcomes = record(bought(), bought())
    assert sorted(outcome.state for outcome in outcomes) == ["new", "repeated"]
    assert balance(anna) == 19


def test_a_reference_with_other_content_is_refused(anna: UUID) -> None:
    record(bought(minor=1999))
    [outcome] = record(bought(minor=2999))
    assert outcome.error is not None
    assert outcome.error.code == "reference-taken"
    assert balance(anna) == 19


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"customer": Reference("external", "0000", "crm")}, "no-such-customer"),
        ({"currency": "XXX"}, "invalid-input"),
        ({"total_minor": -1}, "invalid-input"),
        ({"total_minor": 10**13}, "invalid-input"),
        ({"purchased_at": NOW + timedelta(days=2)}, "invalid-input"),
        ({"lines": (NewLine(1000, 500),)}, "invalid-input"),
    ],
)
def test_a_bad_purchase_is_refused_alone(anna: UUID, wrong: dict[str, Any], code: str) -> None:
    good, bad = record(bought("good"), bought("bad", **wrong))
    assert good.state == "new"
    assert bad.error is not None
    assert bad.error.code == code


def test_parts_of_a_purchase_given_back_take_back_exactly_what_it_earned(anna: UUID) -> None:
    [outcome] = record(bought(minor=1999))
    assert outcome.id is not None
    taken = []
    for number, minor in enumerate((333, 333, 333, 1000), start=1):
        new = NewReturn("till", f"RET-{number}", NOW, amount_minor=minor)
        returned = return_purchase(new, purchase_id=outcome.id, actor=SYSTEM, now=NOW)
        taken.append(sum(points.points for points in returned.taken_back))
    assert sum(taken) == 19
    assert balance(anna) == 0


def test_a_return_sent_twice_is_booked_once(anna: UUID) -> None:
    [outcome] = record(bought())
    assert outcome.id is not None
    new = NewReturn("till", "RET-1", NOW, amount_minor=1000)
    first = return_purchase(new, purchase_id=outcome.id, actor=SYSTEM, now=NOW)
    second = return_purchase(new, purchase_id=outcome.id, actor=SYSTEM, now=NOW)
    assert first.given_back.id == second.given_back.id
    assert not second.given_back.fresh
    assert balance(anna) == 9


def test_no_more_comes_back_than_was_bought(anna: UUID) -> None:
    [outcome] = record(bought(minor=1999))
    assert outcome.id is not None
    with pytest.raises(MoreThanWasBought):
        return_purchase(
            NewReturn("till", "RET-1", NOW, amount_minor=2000),
            purchase_id=outcome.id, actor=SYSTEM, now=NOW,
        )  # fmt: skip


def test_a_line_given_back_is_worth_its_share(anna: UUID) -> None:
    lines = (NewLine(3000, 1000, "SKU-1"), NewLine(1000, 999, "SKU-2"))
    [outcome] = record(bought(minor=1999, lines=lines))
    assert outcome.id is not None
    amounts = []
    for number in range(1, 4):
        new = NewReturn("till", f"RET-{number}", NOW, lines=(ReturnedLine(1, 1000),))
        returned = return_purchase(new, purchase_id=outcome.id, actor=SYSTEM, now=NOW)
        amounts.append(returned.given_back.amount_minor)
    assert amounts == [333, 333, 334]


def test_purchases_are_recorded_without_points_while_loyalty_is_off(anna: UUID) -> None:
    with transactions.open():
        company.change({"off": ["loyalty"]}, actor=SYSTEM, now=NOW)
    company.forget()
    [outcome] = record(bought())
    assert (outcome.state, outcome.earned) == ("new", ())
    assert balance(anna) == 0


def test_everything_derived_agrees_afterwards(anna: UUID) -> None:
    outcomes = record(*(bought(f"R-{number}", minor=number * 37) for number in range(60)))
    assert outcomes[7].id is not None
    return_purchase(
        NewReturn("till", "RET", NOW, amount_minor=100),
        purchase_id=outcomes[7].id, actor=SYSTEM, now=NOW,
    )  # fmt: skip
    assert [check for check in verify() if check.wrong] == []
