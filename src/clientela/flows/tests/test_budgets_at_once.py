"""The last of a budget and of a cap goes to exactly one, whoever comes at the same time."""

from __future__ import annotations

from uuid import UUID

import pytest

from clientela.customers.queries import Reference
from clientela.flows.bound_earning import Wanted, set_cap
from clientela.flows.define_programme import define_programme
from clientela.flows.promotions import save_promotion, values_from
from clientela.flows.record_events import Heard, Outcome, record_events
from clientela.flows.tests.conftest import NOW
from clientela.flows.tests.test_concurrency import at_once
from clientela.flows.verify import verify
from clientela.loyalty.models import Budget, Limit
from clientela.platform.http.actors import SYSTEM

AT_ONCE = 8
pytestmark = pytest.mark.django_db(transaction=True)


def a_programme() -> None:
    rule = {"key": "visit", "labels": {"en": "A visit"},
            "body": {"earn": "event", "event": "visit", "points": 10}}  # fmt: skip
    define_programme({"programme": "club", "currency": "points", "labels": {"en": "Points"},
                      "rules": [rule]}, actor=SYSTEM, now=NOW)  # fmt: skip


def happens(customer: UUID, event: str, key: str) -> Outcome:
    heard = Heard(event, "door", key, Reference("id", str(customer)), NOW)
    (outcome,) = record_events([heard], actor=SYSTEM, now=NOW)
    return outcome


def all_agrees() -> bool:
    return not [check for check in verify() if check.wrong]


def test_the_last_of_a_budget_goes_to_exactly_one(anna: UUID) -> None:
    a_programme()
    save_promotion(values_from({
        "key": "opening", "labels": {"en": "Opening"},
        "rules": [{"body": {"earn": "event", "event": "opening", "points": 50}}],
        "budget": {"unit": "points", "most": 150},
    }), actor=SYSTEM, now=NOW)  # fmt: skip
    calls = [lambda n=n: happens(anna, "opening", f"o-{n}") for n in range(AT_ONCE)]
    outcomes = at_once(calls)
    assert sorted(len(one.earned) for one in outcomes) == [0] * (AT_ONCE - 3) + [1] * 3
    assert Budget.objects.get().used == 150
    assert all_agrees()


def test_the_last_of_a_cap_goes_to_exactly_one_and_the_same_key_books_once(anna: UUID) -> None:
    a_programme()
    set_cap(Wanted(rule="visit", period="day", unit="times", most=2, mode="reject"),
            actor=SYSTEM, now=NOW)  # fmt: skip
    calls = [lambda n=n: happens(anna, "visit", f"v-{n // 2}") for n in range(AT_ONCE)]
    outcomes = at_once(calls)
    states = [one.state for one in outcomes]
    assert (states.count("new"), states.count("known")) == (AT_ONCE // 2, AT_ONCE // 2)
    assert sum(len(one.earned) for one in outcomes if one.state == "new") == 2
    assert Limit.objects.get().used == 2
    assert all_agrees()
