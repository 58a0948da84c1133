"""True repeats are kept, and importing twice books once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from clientela.imports.rules.keys import Occurrences
from clientela.imports.rules.rows import PurchaseRow
from clientela.imports.tests.reading_rows import read
from clientela.platform.promises import promise

HEADER = ["customer", "date", "amount", "reference", "quantity"]
ROW = ["1", "2026-01-31", "5.00", "", "1"]


def rows_of(cells: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> list[PurchaseRow]:
    found = read("purchases", header, *cells)
    assert all(isinstance(row, PurchaseRow) for row in found)
    return [row for row in found if isinstance(row, PurchaseRow)]


def keys(cells: Sequence[Sequence[str]], *, collapse: bool = False, file: str = "") -> list[str]:
    counted = Occurrences(collapse=collapse, file_digest=file)
    return [counted.key(row) for row in rows_of(cells)]


@promise("CUS-27")
def test_five_equal_rows_are_five_purchases_the_same_five_each_time_and_six_are_one_more() -> None:
    five, six = keys([ROW] * 5), keys([ROW] * 6)
    assert len(set(five)) == 5
    assert keys([ROW] * 5) == five
    assert set(six) - set(five) == {six[5]}


@promise("CUS-27")
def test_equal_rows_are_one_purchase_where_the_mapping_collapses_them() -> None:
    assert len(set(keys([ROW] * 5, collapse=True))) == 1


@promise("CUS-27")
def test_equal_rows_of_disjoint_files_are_purchases_of_their_own() -> None:
    first, second = keys([ROW] * 2, file="a"), keys([ROW] * 2, file="b")
    assert len({*first, *second}) == 4
    assert keys([ROW] * 2, file="a") == first


def test_a_reference_is_the_key_and_is_not_counted() -> None:
    assert keys([["1", "2026-01-31", "5.00", "R-1", "1"]] * 2) == ["R-1", "R-1"]


@promise("CUS-27")
def test_a_row_is_known_by_what_it_says_and_not_by_how_it_is_written() -> None:
    writings = [
        rows_of([["1", "2026-01-31", "5.00", "", "1"]]),
        rows_of([["1", "20260131", "5", "", "1.0"]]),
        rows_of([[" 1 ", "31.01.2026", "5,00 €", "", ""]]),
        rows_of([["5.00", "2026-01-31T00:00:00", "1"]], ["amount", "date", "customer"]),
    ]
    assert len({row.digest for (row,) in writings}) == 1


def test_rows_that_say_different_things_are_different() -> None:
    said = [
        ROW,
        ["2", *ROW[1:]],
        ["", *ROW[1:]],
        ["1", "2026-01-30", *ROW[2:]],
        ["1", "2026-01-31 10:00", *ROW[2:]],
        ["1", "2026-01-31", "5.01", "", "1"],
        ["1", "2026-01-31", "-5.00", "", "1"],
        ["1", "2026-01-31", "5.00", "", "2"],
    ]
    assert len({row.digest for row in rows_of(said)}) == len(said)


contents = st.lists(st.sampled_from("abc"), max_size=30)


def many(letters: Sequence[str]) -> list[list[str]]:
    return [[letter, *ROW[1:]] for letter in letters]


@promise("CUS-27")
@given(letters=contents, shuffled=st.randoms())
def test_the_keys_of_a_file_do_not_depend_on_the_order_of_its_rows(
    letters: list[str], shuffled: Random
) -> None:
    other = list(letters)
    shuffled.shuffle(other)
    assert sorted(keys(many(letters))) == sorted(keys(many(other)))


@promise("CUS-27")
@given(first=contents, second=contents)
def test_overlapping_files_together_are_as_many_purchases_as_the_fuller_one_has_of_each(
    first: list[str], second: list[str]
) -> None:
    together = {*keys(many(first)), *keys(many(second))}
    assert len(together) == (Counter(first) | Counter(second)).total()


@promise("CUS-27")
@given(parts=st.lists(contents, max_size=4), order=st.permutations(range(4)))
def test_disjoint_parts_in_any_order_and_any_number_of_times_are_the_whole(
    parts: list[list[str]], order: Sequence[int]
) -> None:
    sent = [number for number in [*order, *order] if number < len(parts)]
    booked = {key for number in sent for key in keys(many(parts[number]), file=str(number))}
    assert len(booked) == sum(map(len, parts))


@given(letters=st.lists(st.sampled_from("abcdefgh"), max_size=60))
def test_the_nth_occurrence_is_counted_right(letters: list[str]) -> None:
    seen: Counter[str] = Counter()
    for letter, key in zip(letters, keys(many(letters)), strict=True):
        seen[letter] += 1
        assert key.endswith(f":{seen[letter]}")
