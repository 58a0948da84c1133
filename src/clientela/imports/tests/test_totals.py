"""Every row and every minor unit that is read goes somewhere."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from clientela.imports.rules.totals import OUTCOMES, Totals
from clientela.platform.promises import promise

counted = st.lists(
    st.tuples(
        st.sampled_from(OUTCOMES),
        st.none() | st.tuples(st.integers(-(10**9), 10**9), st.sampled_from(["EUR", "USD"])),
    )
)
Row = tuple[str, tuple[int, str] | None]


def totals_of(rows: list[Row]) -> Totals:
    totals = Totals()
    for outcome, money in rows:
        minor, currency = money or (None, None)
        totals.count_read(amount_minor=minor, currency=currency)
        totals.count(outcome, amount_minor=minor, currency=currency)
    return totals


def test_the_result_is_what_the_doors_promise() -> None:
    totals = totals_of([("new", (250_031_563, "USD"))])
    assert totals.result(batch="imp_1", kind="purchases") == {
        "batch": "imp_1",
        "kind": "purchases",
        "read": 1,
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "repeated": 0,
        "overridden": 0,
        "for_review": 0,
        "without_customer": 0,
        "rejected": 0,
        "rejects_file": None,
        "totals": {"USD": {"read_minor": 250_031_563, "taken_minor": 250_031_563}},
    }


def test_money_that_is_not_taken_is_told_apart() -> None:
    totals = totals_of(
        [("new", (500, "EUR")), ("repeated", (300, "EUR")), ("rejected", (-200, "EUR"))]
    )
    assert totals.result(batch="imp_1", kind="purchases")["totals"]["EUR"] == {
        "read_minor": 600,
        "taken_minor": 500,
        "repeated_minor": 300,
        "rejected_minor": -200,
    }


@promise("CUS-24")
@given(rows=counted)
def test_totals_close_and_the_parts_are_the_whole(rows: list[Row]) -> None:
    totals = totals_of(rows)
    assert totals.closes()
    result = totals.result(batch="imp_1", kind="purchases")
    assert result["read"] == sum(result[outcome] for outcome in OUTCOMES) == len(rows)
    for money in result["totals"].values():
        assert money.pop("read_minor") == sum(money.values())


@promise("CUS-24")
@given(rows=counted.filter(bool), place=st.integers(0))
def test_totals_do_not_close_when_a_row_is_lost(rows: list[Row], place: int) -> None:
    totals = totals_of(rows)
    _, money = rows[place % len(rows)]
    minor, currency = money or (None, None)
    totals.count_read(amount_minor=minor, currency=currency)
    assert not totals.closes()
    assert totals.open_rows() == 1
    assert totals.open_minor() == ({currency: minor} if minor else {})


@given(first=counted, second=counted)
def test_totals_of_parts_add_up_to_those_of_the_whole(first: list[Row], second: list[Row]) -> None:
    parts = totals_of(first)
    parts.add(totals_of(second))
    whole = totals_of([*first, *second]).result(batch="b", kind="k")
    assert parts.result(batch="b", kind="k") == whole


@given(rows=counted)
def test_totals_survive_a_restart(rows: list[Row]) -> None:
    totals = totals_of(rows)
    assert Totals.from_state(json.loads(json.dumps(totals.state()))) == totals
