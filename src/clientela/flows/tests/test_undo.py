"""A whole import is undone: all that it wrote goes, what was touched since stays and is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from clientela.customers.models import Customer, ExternalId, Identity, IdentityKey
from clientela.events.models import Event
from clientela.flows import import_file, undo_import
from clientela.flows.register_customer import Details, change_customer, register_customer
from clientela.flows.tests.conftest import NOW
from clientela.flows.undo_import import NothingToUndo, TooLateToUndo
from clientela.flows.verify import verify
from clientela.imports import actions as imports
from clientela.imports import queries
from clientela.imports.models import Batch, Kept, Written
from clientela.loyalty.models import Account
from clientela.platform import transactions
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.products.models import Holder, Holding, HoldingKey, Kind, Product
from clientela.purchases.models import Key, Line, Purchase, Return
from clientela.staff import company

LATER = NOW + timedelta(hours=1)
CUSTOMERS = """customer,name,phone,email,birth_date
4711,Anna Kalniņa,26123456,anna@example.com,1972-05-14
4712,Jānis Bērziņš,26123457,,
4713,Pēteris Ozols,,,
"""
SALES = """customer,date,amount,currency,reference,product,quantity
4711,2026-11-20,19.99,EUR,R-1,,1
4711,2026-11-20,-5.00,EUR,R-2,,1
4711,2026-11-19,3.00,EUR,,TEA,2
"""
HOLDINGS = """holding,customer,product,status,opened_on,number,balance,currency
H-1,4711,ACC,active,2024-01-01,LV01,10.00,EUR
H-2,4712,ACC,active,2024-01-01,LV02,20.00,EUR
"""


@pytest.fixture(autouse=True)
def a_data_folder(tmp_path: Path, settings: Any, latvian_company: None) -> None:
    settings.HOME = Home(tmp_path / "home").prepare()


Import = Callable[..., Batch]


@pytest.fixture
def imported(tmp_path: Path) -> Import:
    def run(content: str, kind: str, mapping: str = "", at: Any = NOW) -> Batch:
        path = tmp_path / f"{kind}.csv"
        path.write_text(content, encoding="utf-8")
        batch = import_file.receive(
            path, kind=kind, mapping_text=mapping, source=None, actor=SYSTEM, now=at
        )
        return import_file.run(batch.id, actor=SYSTEM, now=at)

    return run


def undone(batch: Batch) -> dict[str, int]:
    return dict(undo_import.undo(batch.id, actor=SYSTEM, now=LATER).undo)


def everything() -> dict[str, list[Any]]:
    """The record, without the log."""
    models = (Customer, Identity, IdentityKey, ExternalId, Product, Holding, Holder, HoldingKey,
              Purchase, Line, Return, Key)  # fmt: skip
    skipped = ("last_activity_at", "version", "tx")
    return {
        model.__name__: sorted(
            (
                {name: it for name, it in row.items() if name not in skipped}
                for row in model._default_manager.values()
            ),
            key=repr,
        )
        for model in models
    }


@promise("CUS-28")
def test_import_and_undo_is_as_before(imported: Import) -> None:
    imported("product,name,kind\nACC,Account,account\n", "products")
    imported(CUSTOMERS, "customers")
    before = everything()
    more = imported(CUSTOMERS.replace("Pēteris", "Pēteris Ā.") + "4714,New One,26000000,,\n",
                    "customers")  # fmt: skip
    held = imported(HOLDINGS, "holdings")
    changed = imported(HOLDINGS.replace("10.00", "12.50").replace("LV02", "LV03"), "holdings")
    assert everything() != before
    assert undone(changed) == {"removed": 0, "restored": 2, "reversed": 0, "kept": 0}
    assert undone(held)["removed"] == 2, list(Kept.objects.values())
    assert undone(more) == {"removed": 1, "restored": 1, "reversed": 0, "kept": 0}
    assert everything() == before
    assert Event.objects.filter(name="import.undone").count() == 3
    assert not any(check.wrong for check in verify())


@promise("CUS-28")
def test_what_was_touched_since_stays_and_is_named(imported: Import) -> None:
    batch = imported(CUSTOMERS, "customers")
    anna, janis = (Customer.objects.get(display_name=name) for name in
                   ("Anna Kalniņa", "Jānis Bērziņš"))  # fmt: skip
    imported(SALES, "purchases")
    change_customer(janis.id, Details(language="lv"), version=None, actor=SYSTEM, now=LATER)
    assert undone(batch) == {"removed": 1, "restored": 0, "reversed": 0, "kept": 2}
    assert set(Kept.objects.values_list("record", "code")) == {
        (anna.public_id, "used-since"), (janis.public_id, "edited-since"),
    }  # fmt: skip
    file = undo_import.kept_file(queries.get(batch.id))
    assert file is not None
    assert anna.public_id in file.read_text(encoding="utf-8")


def test_a_field_somebody_edited_later_keeps_its_value(imported: Import) -> None:
    imported(CUSTOMERS, "customers")
    batch = imported(CUSTOMERS.replace("Anna", "Annija").replace("1972", "1973"), "customers")
    anna = Customer.objects.get(display_name="Annija Kalniņa")
    change_customer(anna.id, Details(name="Anna Liepa"), version=None, actor=SYSTEM, now=LATER)
    assert undone(batch)["kept"] == 1
    anna.refresh_from_db()
    assert (anna.display_name, anna.attributes) == ("Anna Liepa", {"birth_date": "1972-05-14"})
    assert Kept.objects.get().field == "name"


@promise("CUS-28")
def test_purchases_a_programme_booked_on_are_reversed_and_can_come_again(imported: Import) -> None:
    imported(CUSTOMERS, "customers")
    batch = imported(SALES, "purchases")
    assert Account.objects.get().posted > 0
    assert undone(batch)["reversed"] == 2
    assert Account.objects.get().posted == 0
    assert all(one.returned_minor == one.total_minor for one in Purchase.objects.all())
    again = imported(SALES, "purchases", at=LATER)
    assert again.result["new"] == 3
    assert not any(check.wrong for check in verify())


def test_purchases_nobody_booked_on_are_taken_away(imported: Import) -> None:
    with transactions.open():
        company.change({"off": ["loyalty", "warranty"]}, actor=SYSTEM, now=NOW)
    company.forget()
    imported(CUSTOMERS, "customers")
    before = everything()
    batch = imported(SALES, "purchases")
    assert undone(batch)["reversed"] == 0
    assert everything() == before


def test_undone_twice_is_undone_once_and_not_after_its_time(imported: Import) -> None:
    batch = imported(CUSTOMERS, "customers")
    undone(batch)
    events = Event.objects.count()
    assert undone(batch)["removed"] == 3
    assert Event.objects.count() == events
    with pytest.raises(NothingToUndo):
        undo_import.undo(
            import_file.receive(
                batch.file, kind="customers", mapping_text="", source=None, actor=SYSTEM, now=NOW
            ).id, actor=SYSTEM, now=NOW,
        )  # fmt: skip
    late = imported(CUSTOMERS, "customers")
    with pytest.raises(TooLateToUndo):
        undo_import.undo(late.id, actor=SYSTEM, now=NOW + timedelta(days=30))


class Killed(BaseException):
    pass


def test_an_undo_that_was_killed_goes_on(imported: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_file, "ROWS_AT_ONCE", 1)
    before = everything()
    batch = imported(CUSTOMERS, "customers")
    left = [2]

    def stopping(*args: Any, **kwargs: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        real(*args, **kwargs)

    real = imports.undone
    with monkeypatch.context() as patched:
        patched.setattr(imports, "undone", stopping)
        with pytest.raises(Killed):
            undone(batch)
    assert Written.objects.filter(undone_at=None).exists()
    assert undone(batch)["removed"] == 3
    assert everything() == before


@promise("CUS-26")
def test_a_run_stops_behind_its_batch_says_what_was_written_and_goes_on(
    imported: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_file, "ROWS_AT_ONCE", 1)
    path = tmp_path / "customers.csv"
    path.write_text(CUSTOMERS, encoding="utf-8")
    batch = import_file.receive(
        path, kind="customers", mapping_text="", source=None, actor=SYSTEM, now=NOW
    )

    def stop(done: int, lines: int) -> None:
        import_file.stop(batch.id, now=NOW)

    stopped = import_file.run(batch.id, actor=SYSTEM, now=NOW, progress=stop)
    assert (stopped.state, stopped.rows_done) == (Batch.State.STOPPED, 1)
    assert stopped.result["rows"] == {"new": 1}
    assert import_file.run(batch.id, actor=SYSTEM, now=NOW).result["new"] == 3
    assert Customer.objects.count() == 3


def test_a_person_s_later_word_stands_where_the_mapping_says_so(imported: Import) -> None:
    person = SYSTEM.__class__("per_" + 32 * "0", "Ilze", frozenset({"all"}))
    id, _ = register_customer(
        Details(name="Anna", source="import", external_id="4711"), actor=SYSTEM, now=NOW
    )
    change_customer(id, Details(name="Anna L."), version=None, actor=person, now=NOW)
    mapping = 'manual_wins = ["name"]\n'
    batch = imported(CUSTOMERS, "customers", mapping)
    anna = Customer.objects.get(id=id)
    assert (anna.display_name, anna.attributes["birth_date"]) == ("Anna L.", "1972-05-14")
    assert batch.result["changed"] == 1


def test_products_and_kinds_that_came_with_a_file_go_with_it(imported: Import) -> None:
    imported(CUSTOMERS, "customers")
    before = list(Kind.objects.values())
    rows = "holding,customer,product,product_name,product_kind\nH-9,4711,TV-1,A set,television\n"
    held = imported(rows, "holdings", 'unknown_product = "create"\n')
    more = imported("product,name,kind\nTV-1,A set,\nPH-1,A phone,telephone\n", "products")
    assert {"television", "telephone"} <= set(Kind.objects.values_list("key", flat=True))
    for batch in (more, held):
        assert undone(batch)["kept"] == 0
    assert list(Kind.objects.values()) == before
    assert not Product.objects.exists()
