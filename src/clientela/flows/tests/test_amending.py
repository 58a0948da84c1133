"""A changed purchase: one posting of the difference, up or down, and no drift afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clientela.customers.queries import Reference
from clientela.events.models import Event
from clientela.flows import bound_earning, points
from clientela.flows.amend_purchase import amend_purchase
from clientela.flows.correct_purchase import correct_purchase
from clientela.flows.define_programme import define_programme
from clientela.flows.lay_out import POINTS
from clientela.flows.record_purchases import Bought, Outcome, record_purchases
from clientela.flows.return_purchase import return_purchase
from clientela.flows.tests.conftest import NOW
from clientela.flows.tests.test_tiers import PROGRAMME
from clientela.flows.verify import verify
from clientela.loyalty.models import Account, Budget, Currency, Lot, Posting, Standing
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.purchases.actions import NewLine, NewReturn
from clientela.purchases.models import Purchase

pytestmark = pytest.mark.django_db
LONG_AGO = NOW - timedelta(days=30)


@pytest.fixture(autouse=True)
def _programme(anna: UUID) -> None:
    define_programme(PROGRAMME, actor=SYSTEM, now=NOW - timedelta(days=400))


def sale(minor: int, reference: str = "S-1", **more: Any) -> Bought:
    return Bought("till", reference, Reference("external", "4711", "crm"), LONG_AGO, minor, "EUR",
                  **more)  # fmt: skip


def buys(minor: int, reference: str = "S-1", **more: Any) -> UUID:
    [done] = record_purchases([sale(minor, reference, **more)], actor=SYSTEM, now=NOW)
    assert done.id is not None
    return done.id


def amends(minor: int, reference: str = "S-1", **more: Any) -> Outcome:
    """The sale is said anew."""
    return amend_purchase(sale(minor, reference, **more), actor=SYSTEM, now=NOW)


def gives_back(purchase: UUID, minor: int, reference: str) -> None:
    return_purchase(NewReturn("till", reference, NOW, amount_minor=minor), purchase_id=purchase,
                    actor=SYSTEM, now=NOW)  # fmt: skip


def ledger() -> list[tuple[str, int]]:
    return [
        (one.kind, points.why(one.id).points) for one in Posting.objects.order_by("id")
    ]  # fmt: skip


def why_of(done: Outcome) -> list[points.Explained]:
    assert done.id is not None
    return points.why_purchase(Purchase.objects.get(id=done.id), now=NOW)


def agrees() -> bool:
    return not any(check.wrong for check in verify())


def test_more_is_one_posting_of_the_difference_with_the_life_the_purchase_gives() -> None:
    Currency.objects.update(life={"months": 1})
    buys(2_000)
    done = amends(5_090)
    assert ledger() == [("earn", 20), ("earn", 30)]
    assert (done.earned[0].points, Account.objects.get().posted) == (30, 50)
    assert len(set(Lot.objects.values_list("active_at", "expires_at"))) == 1
    newest = Posting.objects.latest("id")
    assert (newest.purchase_id, newest.money_minor) == (done.id, 3_090)
    base, before = points.why(newest.id).steps
    assert (base.rule, base.before, base.after) == ("base", 0, 50)
    assert (before.rule, before.before, before.after) == ("amended", 50, 30)
    names = list(Event.objects.order_by("id").values_list("name", flat=True))
    assert "points.reversed" not in names
    assert agrees()


def test_less_is_one_posting_that_takes_the_own_points_first_and_says_what_was_computed() -> None:
    buys(1_000, "S-0")
    first = buys(5_000)
    done = amends(2_000)
    assert ledger() == [("earn", 10), ("earn", 50), ("reverse", -30)]
    own = Lot.objects.get(posting_id=Posting.objects.get(purchase_id=first, kind="earn").id)
    assert own.remaining == 20
    taken = Posting.objects.get(kind="reverse")
    assert [(one.rule, one.before, one.after) for one in points.why(taken.id).steps] == [
        ("base", 0, 20), ("amended", 20, -30),
    ]  # fmt: skip
    [told] = why_of(done)
    assert (told.points, told.posting_id) == (-30, taken.id)
    assert agrees()


def test_less_than_is_left_becomes_a_debt() -> None:
    buys(5_000)
    Lot.objects.update(remaining=0)
    Account.objects.update(posted=0)
    amends(2_000)
    account = Account.objects.get()
    assert (ledger()[-1], account.posted, account.debt) == (("reverse", -30), -30, 30)


def test_the_same_points_book_nothing_and_the_explanation_says_so() -> None:
    buys(2_000)
    done = amends(2_099)
    assert (done.state, ledger()) == ("new", [("earn", 20)])
    [told] = why_of(done)
    assert (told.points, told.posting_id) == (0, None)
    assert [(one.rule, one.before, one.after) for one in told.steps] == [
        ("base", 0, 20), ("amended", 20, 0),
    ]  # fmt: skip
    assert done.id is not None
    gives_back(done.id, 2_099, "R-1")
    assert (ledger()[-1], Account.objects.get().posted) == (("reverse", -20), 0)
    assert agrees()


def test_less_of_one_line_and_another_line_more_is_one_difference() -> None:
    id = buys(2_000, lines=(NewLine(1000, 1_250), NewLine(1000, 750)))
    correct_purchase(id, reference="C-1", quantities=[(1, 0)], added=[NewLine(1000, 950)], at=NOW,
                     actor=SYSTEM, now=NOW)  # fmt: skip
    assert ledger() == [("earn", 20), ("reverse", -3)]  # 17.00, not 7 and 9
    correct_purchase(id, reference="C-2", added=[NewLine(1000, 1_330)], at=NOW, actor=SYSTEM,
                     now=NOW)  # fmt: skip
    assert ledger()[2:] == [("earn", 13)]  # 30.30
    assert agrees()


def test_what_is_said_anew_takes_the_place_of_what_put_it_right_too() -> None:
    correct_purchase(buys(2_000), reference="C-1", total_minor=5_000, at=NOW, actor=SYSTEM,
                     now=NOW)  # fmt: skip
    amends(6_000)
    assert ledger() == [("earn", 20), ("earn", 30), ("earn", 10)]
    left = Purchase.objects.values_list("total_minor", "returned_minor").order_by("id")
    assert [total - back for total, back in left] == [0, 0, 6_000]
    assert agrees()


def test_caps_and_budgets_count_an_amended_purchase_as_one() -> None:
    for period, most, unit in (("month", 60, "points"), ("day", 1, "times")):
        bound_earning.set_cap(
            bound_earning.Wanted(currency="points", period=period, most=most, unit=unit),
            actor=SYSTEM, now=NOW - timedelta(days=50),
        )  # fmt: skip
    buys(2_000)
    amends(5_000)
    assert ledger()[-1] == ("earn", 30)
    amends(9_000)
    assert ledger()[-1] == ("earn", 10)  # 60 a month
    amends(8_000)
    assert len(ledger()) == 3
    amends(1_000)
    assert Account.objects.get().posted == 10
    amends(7_000)
    assert Account.objects.get().posted == 60
    assert agrees()


def test_one_use_of_a_budget_stays_one() -> None:
    define_programme(
        {**POINTS, "promotions": [{
            "key": "more", "labels": {"en": "More"}, "budget": {"unit": "times", "most": 1},
            "rules": [{"body": {"earn": "multiply", "num": 2, "den": 1}}],
        }]},
        actor=SYSTEM, now=NOW - timedelta(days=60),
    )  # fmt: skip
    buys(1_000)
    done = amends(3_000)
    assert ledger() == [("earn", 20), ("earn", 40)]
    assert (Budget.objects.get().used, agrees()) == (1, True)
    assert done.id is not None
    gives_back(done.id, 3_000, "R-1")
    assert (Budget.objects.get().used, Account.objects.get().posted, agrees()) == (0, 0, True)


def test_a_tier_is_kept_by_what_is_still_enough_and_lost_by_what_is_not() -> None:
    buys(60_000)
    amends(55_000)
    assert list(Standing.objects.values_list("tier__key", "ends_at")) == [("silver", None)]
    amends(20_000)
    assert not Standing.objects.filter(ends_at=None).exists()
    amends(120_000)
    assert Standing.objects.get(ends_at=None).tier.key == "gold"
    told = Event.objects.filter(name__startswith="tier.").order_by("id")
    assert [one.name for one in told] == ["tier.reached", "tier.lost", "tier.reached"]
    assert agrees()


def test_what_cannot_be_recorded_anew_changes_nothing() -> None:
    buys(2_000)
    assert amends(3_000, lines=(NewLine(1000, 1),)).state == "refused"
    assert (ledger(), Purchase.objects.get().returned_minor) == ([("earn", 20)], 0)


MINOR = st.integers(0, 6_000)


@settings(max_examples=5, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(MINOR, st.lists(st.tuples(st.sampled_from(["anew", "total", "back"]), MINOR), max_size=4))
def test_amendments_and_returns_in_any_order_never_drift(
    minor: int, steps: list[tuple[str, int]]
) -> None:
    def walk() -> None:
        purchase, worth = buys(minor), minor
        for number, (way, figure) in enumerate(steps):
            root = Purchase.objects.get(id=purchase)
            more = worth - (root.total_minor - root.returned_minor)  # recorded besides
            if way == "anew":
                id = amends(figure).id
                assert id is not None
                purchase, worth = id, figure  # said anew, with what was recorded besides
            elif way == "total":
                correct_purchase(purchase, reference=f"C-{number}", total_minor=figure, at=NOW,
                                 actor=SYSTEM, now=NOW)  # fmt: skip
                worth = figure + more
            else:
                back = min(figure, root.total_minor - root.returned_minor)
                gives_back(purchase, back, f"B-{number}")
                worth -= back
            posted = Account.objects.values_list("posted", flat=True).first() or 0
            assert posted == worth // 100, (minor, steps, ledger())

    transactions.tried(walk)
