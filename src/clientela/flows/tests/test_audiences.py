"""Whom a reward is meant for: asked of many together, as one by one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clientela.customers import queries as customers
from clientela.flows import audiences
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.tests.conftest import NOW
from clientela.loyalty.models import Reward
from clientela.platform.http.actors import SYSTEM
from clientela.staff import company as companies
from clientela.ui.models import View

QUERIES_MAX = 6
LATVIAN: dict[str, Any] = {"fact": "customer.language", "op": "eq", "value": "lv"}


@pytest.fixture
def people(anna: UUID) -> list[UUID]:
    made = [
        register_customer(Details(name=f"P{number}", language=language), actor=SYSTEM, now=NOW)[0]
        for number, language in enumerate(["en", "lv", "es", "lv"])
    ]
    return [anna, *made]


def one_by_one(reward: Reward, people: list[UUID]) -> set[UUID]:
    company = companies.current()
    return {
        one for one in people
        if not audiences.barred([reward], customers.family_of(one), company=company, now=NOW)
    }  # fmt: skip


@pytest.mark.parametrize("audience", [
    LATVIAN, {"any": [LATVIAN, {"fact": "purchases.count", "op": "ge", "value": 1}]},
    {"fact": "needs.kinds", "op": "has_any", "value": ["x"]},
    {"fact": "nobody.knows", "op": "eq", "value": 1}, {},
])  # fmt: skip
def test_many_are_asked_together_and_it_is_as_one_by_one(
    people: list[UUID], audience: dict[str, Any]
) -> None:
    reward = Reward(audience=audience)
    with CaptureQueriesContext(connection) as asked:
        found = audiences.meant_of(reward, people, company=companies.current(), now=NOW)
    assert found == one_by_one(reward, people)
    if audience == LATVIAN:
        assert found == {people[0], people[2], people[4]}
        assert len(asked) <= QUERIES_MAX


def test_those_of_a_saved_list_are_asked_together_and_nobody_of_one_that_is_gone(
    people: list[UUID],
) -> None:
    view = View.objects.create(
        list="customers",
        name="Latvians",
        sharing=View.Sharing.EVERYONE,
        saved_at=NOW,
        state={"filter": LATVIAN},
    )
    reward = Reward(audience={}, audience_view=view.id)
    company = companies.current()
    found = audiences.meant_of(reward, people, company=company, now=NOW)
    assert found == one_by_one(reward, people) == {people[0], people[2], people[4]}
    View.objects.update(removed_at=NOW)
    assert not audiences.meant_of(reward, people, company=company, now=NOW)
