"""Sales to unnamed buyers: reported, or kept so that the sums close and nobody counts them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clientela.flows import import_file, undo_import
from clientela.flows.tests.conftest import NOW
from clientela.flows.verify import verify
from clientela.imports.models import Batch
from clientela.loyalty.models import Account
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.purchases.models import Purchase
from clientela.purchases.unnamed import queries
from clientela.purchases.unnamed.models import UnnamedSale

HEAD = "customer,date,amount,currency,reference\n"
LOOSE = ",2026-11-18,1.50,EUR,\n"
ROWS = "4711,2026-11-18,10.00,EUR,R-1\n,2026-11-18,7.00,EUR,R-2\n,2026-11-18,-2.00,EUR,R-3\n"
KEEP = 'source = "crm"\nno_customer = "keep"\n'


@pytest.fixture(autouse=True)
def a_data_folder(tmp_path: Path, settings: Any, anna: object) -> None:
    settings.HOME = Home(tmp_path / "home").prepare()


def imported(folder: Path, rows: str, mapping: str = KEEP) -> Batch:
    path = folder / "sales.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    batch = import_file.receive(
        path, kind="purchases", mapping_text=mapping, source=None, actor=SYSTEM, now=NOW
    )
    trial = import_file.check(batch.id, actor=SYSTEM, now=NOW).trial
    done = import_file.run(batch.id, actor=SYSTEM, now=NOW)
    assert {**done.result, "rejects_file": None} == trial
    return done


def test_they_are_reported_where_nothing_is_said(tmp_path: Path) -> None:
    result = imported(tmp_path, ROWS, 'source = "crm"\n').result
    assert (result["new"], result["without_customer"]) == (1, 2)
    assert result["totals"]["EUR"]["without_customer_minor"] == 500
    assert not UnnamedSale.objects.exists()


def test_they_are_kept_once_and_no_programme_counts_them(tmp_path: Path) -> None:
    result = imported(tmp_path, ROWS + 2 * LOOSE).result
    assert (result["new"], result["without_customer"]) == (5, 0)
    assert result["totals"]["EUR"] == {"read_minor": 1800, "taken_minor": 1800}
    [total] = queries.totals()
    assert (total.source, total.sales, total.amount_minor) == ("crm", 4, 800)
    assert (Purchase.objects.count(), Account.objects.get().posted) == (1, 10)
    assert imported(tmp_path, ROWS + 2 * LOOSE).result["repeated"] == 5
    other = imported(tmp_path, ROWS.replace("7.00", "8.00")).result
    assert (other["repeated"], other["rejected"]) == (2, 1)
    assert not any(check.wrong for check in verify())


def test_a_later_file_that_names_the_buyer_takes_their_place(tmp_path: Path) -> None:
    imported(tmp_path, ROWS)
    named = imported(tmp_path, "4711,2026-11-18,7.00,EUR,R-2\n")
    assert named.result["new"] == 1
    assert [one.external_ref for one in queries.latest()] == ["R-3"]
    assert imported(tmp_path, ROWS).result["repeated"] == 3
    undo_import.undo(named.id, actor=SYSTEM, now=NOW)
    assert {one.external_ref for one in queries.latest()} == {"R-2", "R-3"}


def test_an_undo_takes_them_away(tmp_path: Path) -> None:
    batch = imported(tmp_path, ROWS)
    undone = undo_import.undo(batch.id, actor=SYSTEM, now=NOW).undo
    assert undone["removed"] + undone["reversed"] == 3
    assert not UnnamedSale.objects.exists()


def test_the_rows_of_one_document_are_one_sale(tmp_path: Path) -> None:
    rows = ",2026-11-18,7.00,EUR,D-1\n,2026-11-18,3.00,EUR,D-1\n"
    assert imported(tmp_path, rows, KEEP + 'rows = "lines"\n').result["new"] == 2
    assert UnnamedSale.objects.get().amount_minor == 1000
