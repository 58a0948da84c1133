"""The points page: lots, longer lives, debts, gifts, and what a household shares."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clientela.console.tests.conftest import SignIn, path_of, text_of
from clientela.flows import customer_kin
from clientela.loyalty.models import Account, Currency, Lot, Pool, PoolMember
from clientela.platform import ids
from clientela.platform.http.actors import SYSTEM

QUERIES_MAX = 12
HX = {"HX-Request": "true"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(sign_in: SignIn) -> Client:
    return sign_in("customers.view", "loyalty.view", "loyalty.redeem", "loyalty.adjust")


@pytest.fixture
def home(anna: UUID, register: Callable[..., UUID]) -> UUID:
    """Anna, the head, and her son, who bought nothing yet."""
    son = register("Toms Kalniņš")
    customer_kin.found_household(
        "Kalniņi", members=[(anna, "head"), (son, "child")], actor=SYSTEM, now=datetime.now(UTC)
    )
    return son


def test_every_lot_stands_with_its_last_day_and_can_be_let_live_longer(
    keeper: Client, anna: UUID
) -> None:
    Currency.objects.update(life={"days": 30})
    lots = list(Lot.objects.filter(customer_id=anna, remaining__gt=0))
    Lot.objects.update(expires_at=datetime(2098, 1, 1, tzinfo=UTC))
    page = text_of(keeper.get(path_of(anna, "/points")))
    assert page.count('data-ui="lot"') == len(lots)
    address = path_of(anna, f"/points/lots/{ids.public('lot', lots[0].id)}/extension")
    drawer = text_of(keeper.get(address, headers=HX))
    assert "<html" not in drawer
    assert keeper.post(address, {"last_on": "2099-12-31", "reason": ""}).status_code == 422
    answer = keeper.post(address, {"last_on": "2099-12-31", "reason": "Promised by phone"})
    assert answer.status_code == 303
    assert "31 Dec 2099" in text_of(keeper.get(path_of(anna, "/points")))
    refused = keeper.post(address, {"last_on": "2099-12-01", "reason": "Sooner"})
    assert refused.status_code == 422


def test_a_debt_stands_on_the_page_until_somebody_lets_go_of_it(keeper: Client, anna: UUID) -> None:
    Lot.objects.update(remaining=0)
    Account.objects.update(posted=-40, debt=40)
    page = text_of(keeper.get(path_of(anna, "/points")))
    assert "Owed to us" in page
    assert 'data-ui="debt-forgive"' in page
    address = path_of(anna, "/points/debts/points")
    assert keeper.post(address, {"points": "", "reason": "Our mistake"}).status_code == 303
    page = text_of(keeper.get(path_of(anna, "/points")))
    assert "Owed to us" not in page
    assert "Debt forgiven" in page


def test_points_are_given_to_somebody_who_is_named(keeper: Client, anna: UUID, home: UUID) -> None:
    address = path_of(anna, "/points/gifts/new")
    assert 'data-ui="points-give"' not in text_of(keeper.get(path_of(anna, "/points")))
    Currency.objects.update(transfers={"day_max": 50})
    assert 'data-ui="points-give"' in text_of(keeper.get(path_of(anna, "/points")))
    form = {"receiver": ids.public("cus", home), "points": "51", "currency": "points", "reason": ""}
    refused = keeper.post(address, form)
    assert refused.status_code == 422
    assert keeper.post(address, {**form, "points": "50"}).status_code == 303
    assert Account.objects.get(customer_id=home).posted == 50
    assert "Given to another member" in text_of(keeper.get(path_of(anna, "/points?kind=given")))


def test_a_household_shares_its_points_from_the_page(
    keeper: Client, anna: UUID, home: UUID
) -> None:
    page = text_of(keeper.get(path_of(anna, "/points")))
    assert 'data-ui="pool-open"' in page
    assert keeper.post(path_of(anna, "/points/pools/points")).status_code == 303
    keeper.get(path_of(anna, "/points"))
    with CaptureQueriesContext(connection) as queries:
        page = text_of(keeper.get(path_of(home, "/points")))
    assert len(queries) <= QUERIES_MAX, "\n".join(q["sql"][:150] for q in queries)
    assert page.count('data-ui="pool-member"') == 2
    assert "Toms Kalniņš" in page
    pool, member = Pool.objects.get(), PoolMember.objects.get(customer_id=home)
    place = f"/points/pools/{pool.public_id}/{ids.public('pom', member.id)}"
    form = {"may_spend": "on", "month_max": "20"}
    assert keeper.post(path_of(anna, place), form).status_code == 303
    assert "20 in a month" in text_of(keeper.get(path_of(home, "/points")))
    assert keeper.post(path_of(anna, f"{place}/ending")).status_code == 303
    page = text_of(keeper.get(path_of(anna, "/points")))
    assert page.count('data-ui="pool-member"') == 1
