"""A file in parts, in any order, each part as often as it likes, says what the whole file says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clientela.customers.models import Customer, Identity
from clientela.customers.places.models import Address
from clientela.flows import import_file
from clientela.flows.tests.conftest import NOW
from clientela.flows.verify import verify
from clientela.loyalty.models import Account
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.purchases.models import Purchase, Return

CUSTOMERS = ("4711", "4712", "4713")
SALES_HEAD = "customer,date,amount,currency,reference,original\n"
LOOSE_HEAD = "customer,date,amount,currency\n"
SOURCES = count(1)
ANY_ORDER = settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(autouse=True)
def a_data_folder(
    tmp_path: Path, settings: Any, latvian_company: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HOME = Home(tmp_path / "home").prepare()
    monkeypatch.setattr(import_file, "ROWS_AT_ONCE", 3)


@st.composite
def sales(draw: st.DrawFn) -> list[str]:
    """Sales with references, and returns of some of them, never of more than was bought."""
    rows = []
    for number in range(draw(st.integers(1, 7))):
        customer, minor = draw(st.sampled_from(CUSTOMERS)), draw(st.integers(0, 5_000))
        day = f"2026-11-{draw(st.integers(1, 15)):02}"
        rows.append(f"{customer},{day},{minor / 100:.2f},EUR,R-{number},\n")
        if minor and draw(st.booleans()):
            back = draw(st.integers(1, minor))
            rows.append(f"{customer},2026-11-18,-{back / 100:.2f},EUR,B-{number},R-{number}\n")
    return draw(st.permutations(rows))


@st.composite
def parts_of(draw: st.DrawFn, rows: Sequence[str]) -> list[list[str]]:
    """Any split of the rows into files, each sent once or more, in any order."""
    parts: dict[int, list[str]] = {}
    for row in rows:
        parts.setdefault(draw(st.integers(0, 2)), []).append(row)
    sent = [part for part in parts.values() for _ in range(draw(st.integers(1, 2)))]
    return draw(st.permutations(sent))


def imported(folder: Path, kind: str, text: str, source: str, mapping: str = "") -> dict[str, Any]:
    path = folder / "part.csv"
    path.write_text(text, encoding="utf-8")
    batch = import_file.receive(
        path, kind=kind, mapping_text=mapping, source=source, actor=SYSTEM, now=NOW
    )
    return dict(import_file.run(batch.id, actor=SYSTEM, now=NOW).result)


def a_source(folder: Path) -> str:
    """A system of its own, with customers nobody else has."""
    source = f"till-{next(SOURCES)}"
    rows = "".join(f"{number},Buyer {number}\n" for number in CUSTOMERS)
    imported(folder, "customers", f"customer,name\n{rows}", source)
    return source


def record_of(source: str) -> dict[str, Any]:
    """What a source left in the record: sales, what came back of each, points of each customer."""
    purchases = list(Purchase.objects.filter(source=source))
    names = {one.id: one.external_ref for one in purchases}
    owners: dict[UUID, str] = dict(
        Customer.objects.filter(id__in={one.customer_id for one in purchases})
        .values_list("id", "display_name")
    )  # fmt: skip
    return {
        "sales": sorted((one.external_ref, owners[one.customer_id], one.total_minor,
                         one.returned_minor, one.purchased_at) for one in purchases),
        "returns": sorted(
            (one.external_ref, one.amount_minor, names[one.purchase_id] if one.purchase_id else "")
            for one in Return.objects.filter(source=source)
        ),
        "points": {owners[one.customer_id]: one.posted
                   for one in Account.objects.filter(customer_id__in=owners) if one.posted},
    }  # fmt: skip


@promise("CUS-27")
@ANY_ORDER
@given(data=st.data())
def test_parts_in_any_order_each_any_number_of_times_are_the_whole(
    tmp_path: Path, data: st.DataObject
) -> None:
    rows = data.draw(sales())
    whole, parted = a_source(tmp_path), a_source(tmp_path)
    imported(tmp_path, "purchases", SALES_HEAD + "".join(rows), whole)
    for part in data.draw(parts_of(rows)):
        imported(tmp_path, "purchases", SALES_HEAD + "".join(part), parted)
    assert record_of(parted) == record_of(whole)
    assert not any(check.wrong for check in verify())


@promise("CUS-27")
@ANY_ORDER
@given(data=st.data())
def test_equal_rows_of_disjoint_files_are_sales_of_their_own(
    tmp_path: Path, data: st.DataObject
) -> None:
    bread = st.sampled_from([f"{one},2026-11-10,{price},EUR\n"
                             for one in CUSTOMERS for price in ("1.50", "2.00")])  # fmt: skip
    rows = data.draw(st.lists(bread, min_size=1, max_size=8))
    source = a_source(tmp_path)
    parts = data.draw(parts_of(rows))
    mapping = 'files = "disjoint"\n'
    once = {LOOSE_HEAD + "".join(part): part for part in parts}
    for part in parts:
        imported(tmp_path, "purchases", LOOSE_HEAD + "".join(part), source, mapping)
    wanted = Counter(row.rsplit(",", 1)[0] for part in once.values() for row in part)
    assert Purchase.objects.filter(source=source).count() == sum(wanted.values())
    sums = sum(one.total_minor for one in Purchase.objects.filter(source=source))
    assert sums == sum(
        round(100 * float(row.split(",")[2])) * times for row, times in wanted.items()
    )


@pytest.mark.long
@promise("CUS-27")
@ANY_ORDER
@given(data=st.data())
def test_customers_and_their_addresses_come_in_any_order(
    tmp_path: Path, data: st.DataObject
) -> None:
    numbers = [f"9{number}" for number in range(6)]
    people = [f"{number},Person {number},+3712612{int(number):04}\n" for number in numbers]
    places = [f"{number},Brīvības iela {number},LV-1010,Rīga\n" for number in numbers]
    sources = [f"crm-{next(SOURCES)}" for _ in range(2)]
    for source, of_people, of_places in (
        (sources[0], [people], [places]),
        (sources[1], data.draw(parts_of(people)), data.draw(parts_of(places))),
    ):
        for part in of_people:
            imported(tmp_path, "customers", "customer,name,phone\n" + "".join(part), source)
        for part in of_places:
            text = "customer,street,postcode,city\n" + "".join(part)
            imported(tmp_path, "addresses", text, source)
    whole, parted = (list(everything(source)) for source in sources)
    assert parted == whole
    assert len(whole) == 3 * len(numbers)


def everything(source: str) -> Iterator[tuple[str, ...]]:
    """Everybody a source registered, with what they are found by and where they live."""
    for one in Customer.objects.filter(
        id__in=Address.objects.filter(source=source).values("customer_id")
    ).order_by("display_name"):
        yield ("customer", one.display_name)
        for identity in Identity.objects.filter(customer_id=one.id).order_by("value_norm"):
            yield (identity.kind, identity.value_norm)
        for address in Address.objects.filter(customer_id=one.id).order_by("norm"):
            yield (address.purpose, address.norm)
