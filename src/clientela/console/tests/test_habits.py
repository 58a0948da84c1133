"""The tab of habits at the desk."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clientela.console.tests.conftest import Register, SignIn, path_of, text_of
from clientela.customers.queries import Reference
from clientela.flows import coupon_pools, coupons, limit_use
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.loyalty.actions.coupon_codes import PoolValues
from clientela.platform import periods, transactions
from clientela.platform.http.actors import SYSTEM
from clientela.privacy.actions.limits import NewRestriction
from clientela.products import actions as products
from clientela.products.models import Category
from clientela.purchases.habits.models import HabitMonth, HabitProfile

QUERIES_MAX = 12
pytestmark = pytest.mark.django_db


@pytest.fixture
def bea(register: Register) -> UUID:
    return register("Bea Liepa")


@pytest.fixture
def fridays(bea: UUID) -> list[datetime]:
    """She came on six Fridays at noon, the last of them a month ago."""
    now = datetime.now(UTC)
    last = now.replace(hour=10, minute=0) - timedelta(days=30 + (now.weekday() - 34) % 7)
    days = [last - timedelta(weeks=week) for week in range(6)]
    record_purchases(
        [Bought("till", f"F-{n}", Reference("id", str(bea)), day, 2000, "EUR", channel="shop")
         for n, day in enumerate(days)],
        actor=SYSTEM, now=now,
    )  # fmt: skip
    return days


def test_each_figure_opens_its_purchases(agent: Client, bea: UUID, fridays: list[datetime]) -> None:
    page = text_of(agent.get(path_of(bea, "/habits")))
    assert "When in the week" in page
    assert "longer than is usual" in page
    [address] = set(re.findall(r'href="([^"]+weekday=5&amp;hour=[^"]+)"', page))
    opened = text_of(agent.get(address.replace("&amp;", "&")))
    assert opened.count('data-ui="purchase"') == 6
    assert "Friday" in opened
    month = f"{fridays[0]:%Y-%m}"
    opened = text_of(agent.get(path_of(bea, f"/purchases?month={month}&channel=shop")))
    assert opened.count('data-ui="purchase"') == sum(f"{day:%Y-%m}" == month for day in fridays)
    assert "No purchase of this kind" in text_of(
        agent.get(path_of(bea, "/purchases?channel=web&month=nonsense&weekday=9"))
    )


@pytest.mark.parametrize(("language", "words"), [("es", "Hábitos"), ("lv", "Paradumi")])
def test_the_page_speaks_three_languages(
    sign_in: SignIn, bea: UUID, fridays: list[datetime], language: str, words: str
) -> None:
    assert words in text_of(sign_in(role="agent", language=language).get(path_of(bea, "/habits")))


def test_the_page_asks_little(agent: Client, bea: UUID, fridays: list[datetime]) -> None:
    agent.get(path_of(bea, "/habits"))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        agent.get(path_of(bea, "/habits"))
    assert len(asked) <= QUERIES_MAX, [one["sql"] for one in asked]


def test_of_whoever_objected_the_page_says_so_and_shows_nothing(
    agent: Client, bea: UUID, fridays: list[datetime]
) -> None:
    limit_use.restrict(
        NewRestriction((bea,), "profiling", "asked", "phone"), actor=SYSTEM, now=datetime.now(UTC)
    )
    page = text_of(agent.get(path_of(bea, "/habits")))
    assert "No habits are kept of this customer" in page
    assert 'data-ui="heat"' not in page


def test_somebody_new_has_no_habits_yet(agent: Client, bea: UUID) -> None:
    assert "Nothing was bought in two years" in text_of(agent.get(path_of(bea, "/habits")))


def test_coupons_and_rewards_are_shown_with_what_is_usual(
    agent: Client, bea: UUID, fridays: list[datetime]
) -> None:
    now = datetime.now(UTC)
    coupon_pools.save_pool(
        PoolValues("leaflet", {"en": "Spring leaflet"}, percent=10), actor=SYSTEM, now=now
    )
    coupon_pools.import_codes("leaflet", ["SPRING-01"], actor=SYSTEM, now=now)
    coupons.use_coupon(
        "spring 01", source="till", reference="F-0", customer=Reference("id", str(bea)),
        minor=200, actor=SYSTEM, now=now,
    )  # fmt: skip
    page = text_of(agent.get(path_of(bea, "/habits")))
    assert 'data-ui="coupon-used"' in page
    assert "Spring leaflet" in page
    assert "€2.00" in page
    assert 'data-ui="rewards-got"' not in page


def test_the_record_says_what_is_usual(agent: Client, bea: UUID) -> None:
    assert "No habits are known." in text_of(agent.get(path_of(bea)))
    now = datetime.now(UTC)
    HabitProfile.objects.create(
        customer_id=bea, is_stale=False, last_at=now, purchases=6, gap_median_days=7,
        weekdays=[0, 1, 0, 0, 5, 0, 0], hours=[0] * 12 + [6] + [0] * 11, place="riga-1",
        lapses_on=now.date() - timedelta(days=3),
    )  # fmt: skip
    with transactions.open():
        products.define_categories([{"key": key, "labels": {"en": key.title()}}
                                    for key in ("food", "toys", "tea")])  # fmt: skip
    known = dict(Category.objects.values_list("key", "id"))
    this_month = now.date().replace(day=1)
    for key, back, minor in (("food", 2, 900), ("food", 5, 300), ("toys", 5, 800), ("tea", 1, 50)):
        HabitMonth.objects.create(
            customer_id=bea, month_on=periods.add_months(this_month, -back),
            category_id=known[key], channel="shop", currency="EUR", purchases=1, visit_day_mask=1,
            lines=1, units_milli=1000, spent_minor=minor, discount_minor=0, returned_minor=0,
            first_at=now, last_at=now,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        page = text_of(agent.get(path_of(bea)))
    assert len(asked) <= QUERIES_MAX, [one["sql"] for one in asked]
    [panel] = re.findall(r'data-ui="habits".*?</section>', page, re.DOTALL)
    told = re.findall(r"Food.*more lately.*Toys.*less lately.*Tea.*>new", panel, re.DOTALL)
    assert told, panel
    for words in ("riga-1", "Friday, from 12:00", "every 7 days", "silent for longer than usual"):
        assert words in panel, words
    limit_use.restrict(NewRestriction((bea,), "profiling", "asked", "phone"), actor=SYSTEM, now=now)
    assert "No habits are known." in text_of(agent.get(path_of(bea)))
