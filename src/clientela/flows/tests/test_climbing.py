"""Who climbs is found of many at once as it is found one by one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from clientela.customers.queries import Reference
from clientela.flows.define_programme import define_programme
from clientela.flows.lay_out import POINTS
from clientela.flows.merge_customers import Wish, merge_customers
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.return_purchase import return_purchase
from clientela.flows.tests.conftest import NOW
from clientela.loyalty.models import Currency, Standing
from clientela.platform import sql
from clientela.platform.http.actors import SYSTEM
from clientela.purchases.actions import NewReturn

pytestmark = pytest.mark.django_db
TIERS = [
    {"key": "bronze", "threshold": 10, "labels": {"en": "Bronze"}},
    {"key": "silver", "threshold": 300, "labels": {"en": "Silver"}},
    {"key": "gold", "threshold": 600, "labels": {"en": "Gold"}},
]


def bought(number: int, reference: str, minor: int, days: int = 1) -> Bought:
    named = Reference("external", str(number), "crm")
    return Bought("crm", reference, named, NOW - timedelta(days=days), minor, "EUR")


@pytest.fixture
def buyers(latvian_company: None) -> list[UUID]:
    """Some bought long ago, some brought things back, two are one."""
    found = [
        register_customer(
            Details(name=f"Buyer {number}", source="crm", external_id=str(number)),
            actor=SYSTEM, now=NOW,
        )[0]
        for number in range(8)
    ]  # fmt: skip
    sales = [
        bought(n, f"{n}-{m}", 9_000 * n, days=1 if m else 900) for n in range(8) for m in (0, 1)
    ]
    done = record_purchases(sales, actor=SYSTEM, now=NOW)
    for place, minor in ((9, 4_000), (15, 63_000)):
        purchase = done[place].id
        assert purchase is not None
        new = NewReturn("crm", f"back {place}", NOW, amount_minor=minor)
        return_purchase(new, purchase_id=purchase, actor=SYSTEM, now=NOW)
    merge_customers(Wish(found[5], (found[6],)), actor=SYSTEM, now=NOW)
    return found


@pytest.mark.parametrize("measure", ["spend", "points", "purchases"])
def test_many_climb_as_each_does(buyers: list[UUID], measure: str) -> None:
    worth = {"spend": 100, "points": 1, "purchases": 0}[measure]
    steps = [
        {**one, "threshold": int(str(one["threshold"])) * worth or place}
        for place, one in enumerate(TIERS, start=1)
    ]
    ladder: dict[str, Any] = {
        "key": "club", "labels": {"en": "Club"}, "measure": measure, "window": "rolling",
        "tiers": steps, **({"currency": "EUR"} if measure == "spend" else {}),
    }  # fmt: skip
    define_programme({**POINTS, "time_zone": "Europe/Riga", "ladder": ladder}, actor=SYSTEM,
                     now=NOW)  # fmt: skip
    Standing.objects.update(ends_at=NOW)  # whom the new ladder raised already
    since, until = NOW - timedelta(days=365), NOW + timedelta(days=1)
    all_of: dict[str, Any] = {"since": [since] * len(buyers), "until": [until] * len(buyers)}
    for _ in range(2):
        each = sql.statement("loyalty", "climbing").rows(
            ladder="club", customer_id=buyers, **all_of
        )
        few = [row[:3] for row in each]
        many = sql.statement("loyalty", "climbing_at_once").rows(
            size=99, customer_id=buyers, since=since, until=until, ladder="club",
            measure=measure, money_code="EUR", counted=Currency.objects.get().id, version=None,
            is_first=True,
        )  # fmt: skip
        assert many == few
        assert len(few) > 2
        customer, _measured, tier = few[1]
        Standing.objects.create(
            customer_id=customer, tier_set_id="club", starts_at=NOW, kept_until=NOW.date(),
            measured=1, decided_by="system", tier_id=tier,
        )  # fmt: skip
