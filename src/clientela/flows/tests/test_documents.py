"""Files whose rows are lines of documents, returns by type and prefix, and purchases said anew."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from clientela.events.models import Event
from clientela.flows import import_file
from clientela.flows.tests.conftest import NOW
from clientela.flows.verify import verify
from clientela.imports import queries
from clientela.loyalty.models import Account
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.purchases.models import Line, Purchase, Return

HEAD = "doc,who,day,sku,pieces,amount,kind\n"
MAPPING = """source = "crm"
rows = "lines"
currency = "EUR"
return_prefix = "C"
same_reference = "SAME"
[columns]
reference = "doc"
customer = "who"
date = "day"
product = "sku"
quantity = "pieces"
amount = "amount"
type = "kind"
[values.type]
S = "sale"
R = "return"
"""
D1 = "D-1,4711,2026-11-18,TEA,2,7.00,S\n"


@pytest.fixture(autouse=True)
def a_data_folder(tmp_path: Path, settings: Any, anna: object) -> None:
    settings.HOME = Home(tmp_path / "home").prepare()


def imported(folder: Path, rows: str, *, same: str = "refuse") -> dict[str, Any]:
    path = folder / "lines.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    batch = import_file.receive(
        path, kind="purchases", mapping_text=MAPPING.replace("SAME", same), source=None,
        actor=SYSTEM, now=NOW,
    )  # fmt: skip
    return queries.told(import_file.run(batch.id, actor=SYSTEM, now=NOW))


def test_rows_of_one_document_are_one_purchase_with_its_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_file, "ROWS_AT_ONCE", 2)
    rows = 3 * D1 + "D-2,4711,2026-11-19,MUG,1,9.00,S\n"
    result = imported(tmp_path, rows)
    assert (result["read"], result["new"]) == (4, 4)
    assert result["totals"]["EUR"] == {"read_minor": 3000, "taken_minor": 3000}
    first = Purchase.objects.get(external_ref="D-1")
    assert (first.total_minor, Line.objects.filter(purchase_id=first.id).count()) == (2100, 3)
    assert imported(tmp_path, rows)["repeated"] == 4
    assert not any(check.wrong for check in verify())


def test_a_document_is_taken_whole_or_not_at_all(tmp_path: Path) -> None:
    rows = (
        D1 + D1.replace("7.00", "x") + "D-2,4711,2026-11-19,MUG,1,9.00,S\n"
        "D-3,4711,2026-11-19,MUG,1,9.00,S\nD-3,4711,2026-11-20,MUG,1,9.00,S\n"
    )
    result = imported(tmp_path, rows)
    assert (result["new"], result["rejected"]) == (1, 4)
    text = Path(result["rejects_file"]).read_text(encoding="utf-8")
    assert "document-incomplete" in text
    assert text.count("document-disagrees") == 2
    mended = tmp_path / "mended.csv"
    mended.write_text(text.replace(",x,", ",7.00,"), encoding="utf-8")
    batch = import_file.receive(
        mended, kind="purchases", mapping_text=MAPPING.replace("SAME", "refuse"), source=None,
        actor=SYSTEM, now=NOW,
    )  # fmt: skip
    assert import_file.run(batch.id, actor=SYSTEM, now=NOW).result["new"] == 2
    assert Purchase.objects.get(external_ref="D-1").total_minor == 1400


def test_returns_are_known_by_their_type_and_by_their_number(tmp_path: Path) -> None:
    imported(tmp_path, D1 + "D-2,4711,2026-11-19,MUG,1,9.00,S\n")
    back = "CD-1,4711,2026-11-20,TEA,2,7.00,\nR-9,4711,2026-11-20,MUG,1,9.00,R\n"
    result = imported(tmp_path, back)
    assert (result["new"], result["totals"]["EUR"]["taken_minor"]) == (2, -1600)
    assert Return.objects.exclude(purchase_id=None).count() == 2
    assert Purchase.objects.get(external_ref="D-1").returned_minor == 700


def test_other_content_under_a_reference_amends_where_the_mapping_says_so(tmp_path: Path) -> None:
    imported(tmp_path, D1)
    other = D1.replace("7.00", "9.00")
    assert imported(tmp_path, other)["rejected"] == 1
    assert imported(tmp_path, other, same="amend")["changed"] == 1
    assert Account.objects.get().posted == 9
    assert Purchase.objects.get(external_ref="D-1").total_minor == 900
    assert imported(tmp_path, other, same="amend")["repeated"] == 1
    assert not any(check.wrong for check in verify())


def test_a_return_that_came_first_is_booked_when_its_purchase_arrives(tmp_path: Path) -> None:
    back = "CD-1,4711,2026-11-20,TEA,2,7.00,\n"
    assert imported(tmp_path, back)["new"] == 1
    waited = Return.objects.get()
    assert (waited.purchase_id, waited.original) == (None, "D-1")
    assert imported(tmp_path, D1)["new"] == 1
    waited.refresh_from_db()
    bought = Purchase.objects.get()
    assert (waited.purchase_id, waited.unmatched_reason) == (bought.id, "")
    assert bought.returned_minor == 700
    assert Account.objects.get().posted == 0
    assert imported(tmp_path, back + D1)["repeated"] == 2
    assert not any(check.wrong for check in verify())


def test_a_return_waits_seven_days(tmp_path: Path) -> None:
    imported(tmp_path, "CD-1,4711,2026-11-20,TEA,2,7.00,\n")
    Return.objects.update(recorded_at=NOW - timedelta(days=7, seconds=1))
    imported(tmp_path, D1)
    assert Return.objects.get().purchase_id is None
    assert Purchase.objects.get().returned_minor == 0


def test_a_return_without_a_receipt_waits_for_the_purchase_it_fits(tmp_path: Path) -> None:
    imported(tmp_path, "R-9,4711,2026-11-20,TEA,1,3.50,R\n")
    imported(tmp_path, D1.replace("D-1", "D-0").replace("7.00", "8.00"))
    assert Return.objects.get().purchase_id is None
    imported(tmp_path, D1)
    assert Return.objects.get().purchase_id == Purchase.objects.get(external_ref="D-1").id


@pytest.mark.parametrize("purchase_first", [True, False])
def test_a_return_of_more_than_was_bought_is_booked_as_far_as_it_goes(
    tmp_path: Path, purchase_first: bool
) -> None:
    back = "CD-1,4711,2026-11-20,TEA,3,10.50,\n"
    for rows in (D1, back) if purchase_first else (back, D1):
        assert imported(tmp_path, rows)["new"] == 1
    booked, rest = Return.objects.order_by("-amount_minor")
    assert (booked.amount_minor, booked.purchase_id) == (700, Purchase.objects.get().id)
    assert (rest.amount_minor, rest.unmatched_reason) == (350, "more-than-was-bought")
    assert imported(tmp_path, back)["repeated"] == 1
    assert Return.objects.count() == 2
    assert not any(check.wrong for check in verify())


def test_lines_that_give_back_of_one_purchase_are_one_return(tmp_path: Path) -> None:
    imported(tmp_path, D1 + "D-1,4711,2026-11-18,MUG,1,9.00,S\n")
    back = "CD-1,4711,2026-11-20,TEA,2,7.00,\nCD-1,4711,2026-11-20,MUG,1,9.00,\n"
    result = imported(tmp_path, back)
    assert (result["new"], result["totals"]["EUR"]["taken_minor"]) == (2, -1600)
    assert Return.objects.get().amount_minor == 1600
    loose = "R-9,4711,2026-11-20,PEN,1,1.00,R\nR-9,4711,2026-11-20,CUP,1,2.00,R\n"
    assert imported(tmp_path, loose)["new"] == 2
    assert imported(tmp_path, loose + back)["repeated"] == 4


def test_an_amendment_is_one_however_it_comes(tmp_path: Path) -> None:
    imported(tmp_path, D1)
    imported(tmp_path, D1.replace("7.00", "9.00"), same="amend")
    assert Return.objects.get().kind == Return.Kind.AMENDMENT
    assert Event.objects.filter(name="purchase.amended").count() == 1
