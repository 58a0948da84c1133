"""The drill "kill" in its short form, and that it would notice what it looks for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from clientela.platform import ids
from clientela.platform.promises import promise
from drills import day, kill, phases
from drills.clerks import Diary, Told
from drills.installation import JOB_WORKER, POSTGRES, WEB_MASTER, WEB_WORKER, Installation
from drills.receiver import Receiver
from drills.tills import Book

PARTS = {JOB_WORKER, POSTGRES, WEB_MASTER, WEB_WORKER}
SOLD, RETURNED = UUID(int=1), UUID(int=2)


@pytest.mark.long
@promise("REL-01", "REL-02", "REL-03")
def test_killed_under_load_it_loses_nothing_and_doubles_nothing() -> None:
    command = [sys.executable, "-m", "clientela.cli", "drill", "kill", "--minutes", "0.3", "--json"]
    elsewhere = {k: v for k, v in os.environ.items() if not k.startswith("CLIENTELA_")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=elsewhere)
    assert done.stdout, done.stderr
    result = json.loads(done.stdout)
    assert (done.returncode, result["ok"]) == (0, True), result
    assert (result["lost"], result["doubled"], result["faults"]) == (0, 0, 0)
    assert set(result["kills"]) == PARTS
    assert result["acknowledged"] > 0
    assert result["imports"]["queued"][0]["kill"] == JOB_WORKER


@pytest.mark.long
def test_an_import_killed_in_any_phase_goes_on_as_if_nothing_had_been() -> None:
    command = [sys.executable, "-m", "clientela.cli", "drill", "imports", "--minutes", "0.1",
               "--json"]  # fmt: skip
    elsewhere = {k: v for k, v in os.environ.items() if not k.startswith("CLIENTELA_")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=elsewhere)
    assert done.stdout, done.stderr
    result = json.loads(done.stdout)
    assert (done.returncode, result["ok"]) == (0, True), result
    assert all(times > 0 for times in result["kills"].values()), result
    assert set(result["kills"]) == set(phases.SHORT)


def test_a_seed_stands_for_one_plan_in_which_every_part_is_hit() -> None:
    blows = kill.plan(seed=7, kills=50)
    assert blows == kill.plan(seed=7, kills=50)
    assert blows != kill.plan(seed=8, kills=50)
    assert Counter(blow.victim for blow in blows) == {
        POSTGRES: 20, WEB_WORKER: 10, WEB_MASTER: 10, JOB_WORKER: 10
    }  # fmt: skip


class Kept(Installation):
    """What a database holds, as the drill asks for it."""

    def __init__(self, **tables: list[tuple[Any, ...]]) -> None:
        self.tables = tables

    def rows(self, query: str, *_: Any) -> list[tuple[Any, ...]]:
        for table in ("purchases_purchase", "loyalty_posting", "loyalty_account"):
            if f"FROM {table} " in query:
                return self.tables.get(table, [])
        return self.tables.get("purchases_return", [])


def a_book() -> Book:
    """One purchase was acknowledged, and a return of a part of it."""
    book = Book(seed=1, customers=5)
    sale = book.wanted("T1-1")
    book.told(book.sold, "T1-1", ids.public("pur", SOLD), is_new=True)
    book.returns["R1-2"] = ("T1-1", sale.minor // 2)
    book.told(book.returned, "R1-2", ids.public("ret", RETURNED), is_new=True)
    return book


def as_in(book: Book) -> dict[str, list[tuple[Any, ...]]]:
    sale = book.sales["T1-1"]
    return {
        "purchases_purchase": [("T1-1", SOLD, sale.customer, sale.minor, sale.currency)],
        "purchases_return": [("R1-2", RETURNED, "T1-1", sale.minor // 2)],
        "loyalty_account": list(book.points().items()),
    }


def found(book: Book, **other: list[tuple[Any, ...]]) -> tuple[int, int, int]:
    judged = kill.judge(Kept(**{**as_in(book), **other}), book)
    return len(judged.lost), len(judged.doubled), len(judged.faults)


def test_a_database_that_agrees_with_the_book_is_found_well() -> None:
    assert found(a_book()) == (0, 0, 0)


def test_what_is_missing_is_found_lost() -> None:
    assert found(a_book(), purchases_purchase=[]) == (1, 0, 0)
    assert found(a_book(), purchases_return=[]) == (1, 0, 0)


def test_what_stands_twice_is_found_doubled() -> None:
    book = a_book()
    assert found(book, purchases_purchase=as_in(book)["purchases_purchase"] * 2) == (0, 1, 0)
    assert found(book, loyalty_posting=[("earned twice",)]) == (0, 1, 0)


def test_a_second_acknowledgement_as_new_is_found_doubled() -> None:
    book = a_book()
    book.told(book.sold, "T1-1", ids.public("pur", SOLD), is_new=True)
    assert found(book) == (0, 1, 0)


def test_another_content_other_points_and_another_id_are_found() -> None:
    book = a_book()
    [(reference, id, customer, minor, currency)] = as_in(book)["purchases_purchase"]
    changed = [(reference, id, customer, minor + 1, currency)]
    assert found(book, purchases_purchase=changed) == (0, 0, 1)
    assert found(book, loyalty_account=[(customer, book.points()[customer] + 1)]) == (0, 0, 1)
    book.told(book.sold, "T1-1", ids.public("pur", RETURNED), is_new=False)
    assert found(book) == (0, 0, 1)


class Log(Installation):
    """What a database holds of events and promises, as the drill "day" asks for it."""

    def __init__(self, events: list[tuple[Any, ...]], promises: list[tuple[Any, ...]]) -> None:
        self.events, self.promises = events, promises

    def rows(self, query: str, *_: Any) -> list[tuple[Any, ...]]:
        if "FROM events_event" in query:
            return self.events
        return self.promises if "FROM issues_promise" in query else []


def found_in_a_day(
    book: Diary,
    events: list[tuple[Any, ...]] | None = None,
    promises: list[tuple[Any, ...]] | None = None,
) -> day.Judged:
    return day.judge(Log(events or [], promises or []), book, first_event=0)


def test_an_acknowledgement_without_its_event_and_one_told_twice_are_found() -> None:
    book = Diary(1, 5)
    book.write("issues", Told("issue.opened", "iss_1"))
    assert found_in_a_day(book).missing_events == ["issue.opened of iss_1"]
    assert found_in_a_day(book, [("issue.opened", "iss_1", 1)]).all == []
    assert len(found_in_a_day(book, [("issue.opened", "iss_1", 2)]).doubled) == 1


def test_a_promise_that_is_gone_moved_or_broken_in_silence_is_found() -> None:
    book, due_at = Diary(1, 5), datetime(2026, 11, 25, 12, tzinfo=UTC)
    book.promises[ids.public("prm", SOLD)] = due_at
    later = due_at + timedelta(minutes=10)
    assert found_in_a_day(book).lost == [f"promise {ids.public('prm', SOLD)}"]
    told = [(SOLD, due_at, None, None, due_at, later)]
    assert found_in_a_day(book, promises=told).all == []
    assert found_in_a_day(book, promises=told).standings == {"broken": 1}
    for row in (
        (SOLD, due_at, None, None, None, later),
        (SOLD, due_at, None, None, due_at - timedelta(minutes=1), later),
        (SOLD, later, None, None, later, later),
    ):
        assert len(found_in_a_day(book, promises=[row]).faults) == 1


def test_a_receiver_notices_order_repeats_and_a_second_id() -> None:
    receiver = Receiver(seed=1)
    for number, position in (("evt_1", [5, 1]), ("evt_2", [4, 2]), ("evt_2", [4, 2])):
        receiver._accept({"id": number, "customer": "cus_1", "position": position})
    assert (receiver.out_of_order(), receiver.repeats()) == (1, 1)
