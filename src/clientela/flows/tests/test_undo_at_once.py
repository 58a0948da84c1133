"""Many purchases are taken back at once as they are one by one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from clientela.events.models import Event
from clientela.flows import import_file, undo_import
from clientela.flows.tests.conftest import NOW
from clientela.flows.undo import of_purchases
from clientela.flows.verify import verify
from clientela.loyalty.models import Account, Entry, Lot, Posting
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.purchases.models import Key, Purchase, Return

LATER = NOW + timedelta(hours=1)
CUSTOMERS = "customer,name\n1,Anna\n2,Jānis\n3,Zane\n"
SALES = """customer,date,amount,currency,reference
1,2026-11-01,10.00,EUR,A
1,2026-11-02,20.50,EUR,B
2,2026-11-03,7.00,EUR,C
2,2026-11-04,-2.00,EUR,C-back
1,2026-11-05,0.00,EUR,D
3,2026-11-05,99.99,EUR,
3,2026-11-05,99.99,EUR,
"""


@pytest.fixture(autouse=True)
def a_data_folder(tmp_path: Path, settings: Any, latvian_company: None) -> None:
    settings.HOME = Home(tmp_path / "home").prepare()


def brought(folder: Path, content: str, kind: str, at: Any = NOW) -> Any:
    path = folder / f"{kind}.csv"
    path.write_text(content, encoding="utf-8")
    batch = import_file.receive(
        path, kind=kind, mapping_text="", source="crm", actor=SYSTEM, now=at
    )
    return import_file.run(batch.id, actor=SYSTEM, now=at)


def taken_back(folder: Path) -> dict[str, Any]:
    """All that an undo leaves behind, without ids."""
    brought(folder, CUSTOMERS, "customers")
    batch = brought(folder, SALES, "purchases")
    done = undo_import.undo(batch.id, actor=SYSTEM, now=LATER)
    mark = f"({batch.public_id})"
    refs = Key.objects.values_list("kind", "external_ref")
    told = Event.objects.filter(occurred_at=LATER).values_list("name", "data__minor",
                                                               "data__points")  # fmt: skip
    return {
        "undo": done.undo,
        "accounts": sorted(Account.objects.values_list("posted", "debt", "pending", "version")),
        "lots": sorted(Lot.objects.values_list("remaining", flat=True)),
        "postings": sorted(Posting.objects.values_list(
            "kind", "source", "steps", "forgiven", "money_minor"), key=repr),
        "entries": sorted(Entry.objects.values_list("amount", flat=True)),
        "purchases": sorted(Purchase.objects.values_list("total_minor", "returned_minor")),
        "returns": sorted((ref.replace(mark, ""), minor, kind) for ref, minor, kind in
                          Return.objects.values_list("external_ref", "amount_minor", "kind")),
        "keys": sorted((kind, ref.replace(mark, "")) for kind, ref in refs),
        "events": sorted(told, key=repr),
        "wrong": [check.name for check in verify() if check.wrong],
    }  # fmt: skip


@pytest.mark.django_db
def test_purchases_are_taken_back_at_once_as_they_are_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        at_once = taken_back(tmp_path)
        transaction.set_rollback(True)
    monkeypatch.setattr(of_purchases, "give_back_plain", lambda several, undoing: set())
    assert taken_back(tmp_path) == at_once
    assert at_once["undo"]["reversed"] == 5
    assert {posted for posted, *_ in at_once["accounts"]} == {0}
    assert at_once["wrong"] == []


@pytest.mark.django_db
def test_they_can_come_again(tmp_path: Path) -> None:
    taken_back(tmp_path)
    again = brought(tmp_path, SALES, "purchases", at=LATER + timedelta(hours=1))
    assert (again.result["new"], again.result["repeated"]) == (7, 0)
