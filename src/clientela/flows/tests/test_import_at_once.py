"""Two imports with the same customers at once, each in a connection of its own."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from clientela.customers.kin.actions import define_kinds
from clientela.customers.kin.models import Relation
from clientela.customers.kin.rules import SHIPPED
from clientela.customers.models import Customer, ExternalId, Identity, IdentityKey
from clientela.customers.places.models import Address
from clientela.flows import import_file
from clientela.flows.tests.conftest import NOW
from clientela.flows.tests.test_concurrency import at_once, wrong
from clientela.loyalty.models import Account
from clientela.platform import transactions
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.purchases.models import Purchase

PEOPLE = 60
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def small_batches(
    tmp_path: Path, settings: Any, latvian_company: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HOME = Home(tmp_path / "home").prepare()
    monkeypatch.setattr(import_file, "ROWS_AT_ONCE", 20)
    with transactions.open():
        define_kinds(SHIPPED)


def run(folder: Path, name: str, kind: str, header: str, rows: list[str]) -> dict[str, Any]:
    """One import, its rows in an order of their own."""
    shuffled = random.Random(name).sample(rows, len(rows))
    path = folder / f"{name}.csv"
    path.write_text(header + "\n" + "".join(f"{row}\n" for row in shuffled), encoding="utf-8")
    batch = import_file.receive(
        path, kind=kind, mapping_text="", source=None, actor=SYSTEM, now=NOW, file_name=name
    )
    return dict(import_file.run(batch.id, actor=SYSTEM, now=NOW).result)


def both(folder: Path, kind: str, header: str, first: list[str], second: list[str]) -> list[Any]:
    return at_once([
        partial(run, folder, f"{kind}-{number}", kind, header, rows)
        for number, rows in enumerate((first, second))
    ])  # fmt: skip


@pytest.mark.long
@promise("CUS-27")
def test_two_imports_with_the_same_customers_lose_and_double_nothing(tmp_path: Path) -> None:
    people = [f"{number},Person {number},+371261{number:05}" for number in range(PEOPLE)]
    overlap = PEOPLE // 3
    results = both(tmp_path, "customers", "customer,name,phone", people[:-overlap],
                   people[overlap:])  # fmt: skip
    assert sum(one["new"] for one in results) == PEOPLE
    assert sum(one["new"] + one["unchanged"] for one in results) == 2 * (PEOPLE - overlap)
    assert Customer.objects.count() == ExternalId.objects.count() == PEOPLE
    assert Identity.objects.count() == PEOPLE
    assert IdentityKey.objects.filter(kind="phone").count() == PEOPLE

    places = [f"{number},Brīvības iela {number},LV-1010,Rīga" for number in range(PEOPLE)]
    results = both(tmp_path, "addresses", "customer,street,postcode,city", places, places)
    assert sum(one["new"] for one in results) == Address.objects.count() == PEOPLE

    kin = [f"{number},spouse,{number + 1}" for number in range(0, PEOPLE, 2)]
    turned = [f"{number + 1},spouse,{number}" for number in range(0, PEOPLE, 2)]
    results = both(tmp_path, "relations", "customer,relation,other", kin, turned)
    assert sum(one["new"] for one in results) == Relation.objects.count() == PEOPLE // 2

    cards = [f"{number % 40},account,LV{number // 2:04}" for number in range(PEOPLE)]
    results = both(tmp_path, "identities", "customer,kind,value", cards, cards)
    held = IdentityKey.objects.filter(kind="account")
    assert held.count() == len(set(held.values_list("value_norm"))) == PEOPLE // 2
    assert sum(one["new"] for one in results) == PEOPLE // 2
    assert sum(one["rejected"] for one in results) == PEOPLE

    sales = [f"{number % PEOPLE},2026-11-10,{number % 7 + 1}.00,EUR,R-{number}"
             for number in range(2 * PEOPLE)]  # fmt: skip
    head = "customer,date,amount,currency,reference"
    results = both(tmp_path, "purchases", head, sales, sales[PEOPLE // 2 :])
    assert sum(one["new"] for one in results) == Purchase.objects.count() == 2 * PEOPLE
    total = sum(one.total_minor for one in Purchase.objects.all())
    assert sum(one.posted for one in Account.objects.all()) == total // 100
    assert wrong() == []
