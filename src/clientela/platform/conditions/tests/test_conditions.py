"""The condition language: its laws as properties, and examples one can check by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.platform.conditions import grammar, judging, words
from clientela.platform.conditions.facts import Catalogue, Fact, Relation, Type
from clientela.platform.conditions.grammar import BadCondition
from clientela.platform.conditions.judging import Clock

RIGA = ZoneInfo("Europe/Riga")
CLOCK = Clock(datetime(2026, 11, 20, 12, 0, tzinfo=UTC), RIGA)
HOLDING = (
    Fact("holding.kind", Type.CHOICE, "Kind"), Fact("holding.ends_on", Type.DATE, "End"),
)  # fmt: skip
FACTS = Catalogue.of(
    (
        Fact("age", Type.NUMBER, "Age"), Fact("limit", Type.NUMBER, "Limit"),
        Fact("city", Type.TEXT, "City"), Fact("since", Type.DATE, "Customer since"),
        Fact("seen", Type.INSTANT, "Last contact"), Fact("flags", Type.LIST, "Flags"),
        Fact("complaint", Type.FLAG, "Open complaint"), Fact("owed", Type.MONEY, "Owed"),
    ),
    (Relation("holdings", "Holdings", HOLDING),),
)  # fmt: skip

ages = st.one_of(st.none(), st.integers(0, 120))
cities = st.one_of(st.none(), st.sampled_from(["", "Rīga", "riga", "Cēsis", "CESIS", "León"]))
rows = st.fixed_dictionaries({
    "age": ages, "limit": ages, "city": cities,
    "since": st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2027, 12, 31))),
    "flags": st.lists(st.sampled_from(["arrears", "fraud", "vulnerable"]), max_size=3),
    "complaint": st.one_of(st.none(), st.booleans()),
    "holdings": st.lists(
        st.fixed_dictionaries({"holding.kind": st.sampled_from(["mortgage", "card", None])}),
        max_size=3,
    ),
})  # fmt: skip
numbers = st.one_of(
    st.integers(0, 120), st.just({"fact": "limit"}),
    st.builds(lambda a, b, s: {s: [a, b]}, st.integers(0, 9), st.integers(0, 9),
              st.sampled_from(["+", "-", "*", "/"])),
)  # fmt: skip
kinds = st.sampled_from(["mortgage", "card"])
questions = st.one_of(
    st.builds(lambda op, value: {"fact": "age", "op": op, "value": value},
              st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]), numbers),
    st.builds(lambda op, value: {"fact": "city", "op": op, "value": value},
              st.sampled_from(["eq", "ne", "contains", "not_contains", "starts_with"]),
              st.sampled_from(["Rīga", "ces", "leon"])),
    st.builds(lambda op, value: {"fact": "city", "op": op, "value": [value]},
              st.sampled_from(["in", "not_in"]), st.sampled_from(["riga", "cesis"])),
    st.builds(lambda op, value: {"fact": "flags", "op": op, "value": value},
              st.sampled_from(["has_any", "has_all", "has_none"]),
              st.lists(st.sampled_from(["arrears", "fraud"]), min_size=1, max_size=2)),
    st.builds(lambda op, fact: {"fact": fact, "op": op},
              st.sampled_from(["is_set", "is_not_set"]),
              st.sampled_from(["age", "city", "since", "complaint"])),
    st.builds(lambda name, days: {"fact": "since", "op": "within",
                                  "value": {name: days, "unit": "day"}},
              st.sampled_from(["last", "next"]), st.integers(1, 900)),
    st.builds(lambda quantifier, kind: {
        "related": "holdings", "quantifier": quantifier,
        "where": {"fact": "holding.kind", "op": "eq", "value": kind}},
        st.sampled_from(["any", "none", "every"]), kinds),
)  # fmt: skip


def _joined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda parts: {"all": parts}, several),
        st.builds(lambda parts: {"any": parts}, several),
        st.builds(lambda part: {"not": part}, inner),
    )


trees = st.recursive(questions, _joined, max_leaves=8)


def true_of(tree: Any, row: dict[str, Any], clock: Clock = CLOCK) -> bool:
    return judging.holds(grammar.read(tree, FACTS), row, clock)


@given(tree=trees, row=rows)
@settings(max_examples=60, deadline=None)
def test_a_condition_and_its_denial_split_everybody(tree: Any, row: dict[str, Any]) -> None:
    assert true_of(tree, row) != true_of({"not": tree}, row)


@given(one=trees, other=trees, row=rows)
@settings(max_examples=40, deadline=None)
def test_not_both_is_one_of_them_not(one: Any, other: Any, row: dict[str, Any]) -> None:
    denied = true_of({"not": {"all": [one, other]}}, row)
    assert denied == true_of({"any": [{"not": one}, {"not": other}]}, row)


@given(parts=st.lists(trees, min_size=1, max_size=3), more=trees, row=rows)
@settings(max_examples=40, deadline=None)
def test_asking_for_more_never_finds_more(parts: Any, more: Any, row: dict[str, Any]) -> None:
    assert not true_of({"all": [*parts, more]}, row) or true_of({"all": parts}, row)


@given(tree=trees, row=rows)
@settings(max_examples=60, deadline=None)
def test_what_is_explained_agrees_with_the_answer(tree: Any, row: dict[str, Any]) -> None:
    node = grammar.read({"all": [tree]}, FACTS)
    told = judging.seen(node, row, CLOCK)
    assert [one.passed for one in told] == [judging.holds(one.question, row, CLOCK) for one in told]
    assert words.sentence(node)


def test_what_is_missing_fails_a_question_and_passes_its_denial() -> None:
    nothing: dict[str, Any] = {}
    assert not true_of({"fact": "age", "op": "lt", "value": 18}, nothing)
    assert true_of({"fact": "age", "op": "ne", "value": 18}, nothing)
    assert true_of({"fact": "flags", "op": "has_none", "value": ["fraud"]}, nothing)
    assert not true_of({"fact": "age", "op": "ge", "value": {"fact": "limit"}}, {"age": 3})
    assert not true_of({"fact": "age", "op": "ge", "value": {"/": [1, 0]}}, {"age": 3})


def test_a_definition_without_a_question_is_nobody() -> None:
    empty: list[Any] = [None, {}, {"all": []}, {"any": []}]
    for tree in empty:
        assert not true_of(tree, {"age": 40})


def test_text_is_compared_without_case_and_marks_unless_exactly() -> None:
    row = {"city": "RĪGA"}
    assert true_of({"fact": "city", "op": "eq", "value": "riga"}, row)
    assert not true_of({"fact": "city", "op": "eq", "value": "riga", "exactly": True}, row)


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        ({"last": 30, "unit": "day"}, date(2026, 10, 22), date(2026, 11, 20)),
        ({"last": 30, "unit": "day", "mode": "complete"}, date(2026, 10, 21), date(2026, 11, 19)),
        ({"next": 60, "unit": "day"}, date(2026, 11, 20), date(2027, 1, 18)),
        ({"last": 1, "unit": "week"}, date(2026, 11, 14), date(2026, 11, 20)),
    ],
)
def test_days_of_a_window_are_counted_from_today(
    window: dict[str, Any], first: date, last: date
) -> None:
    tree = {"fact": "since", "op": "within", "value": window}
    day = timedelta(days=1)
    inside = [true_of(tree, {"since": one}) for one in (first - day, first, last, last + day)]
    assert inside == [False, True, True, False]


def test_a_rolling_window_counts_hours_and_a_calendar_one_nights() -> None:
    seen = datetime(2026, 11, 19, 22, 30, tzinfo=UTC)  # 00:30 of the 20th in Rīga
    tree = {"fact": "seen", "op": "within", "value": {"last": 1, "unit": "day"}}
    assert true_of(tree, {"seen": seen})
    rolling = {**tree, "value": {"last": 1, "unit": "day", "mode": "rolling"}}
    assert true_of(rolling, {"seen": CLOCK.now - timedelta(hours=24)})
    assert not true_of(rolling, {"seen": CLOCK.now})
    assert not true_of(tree, {"seen": CLOCK.now + timedelta(minutes=1)})


@pytest.mark.parametrize("zone", ["Europe/Riga", "Europe/Madrid", "Atlantic/Canary"])
@pytest.mark.parametrize("night", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_day_of_the_clock_change_is_one_day(zone: str, night: date) -> None:
    there = ZoneInfo(zone)
    clock = Clock(datetime(night.year, night.month, night.day, 12, tzinfo=there), there)
    tree = {"fact": "seen", "op": "within", "value": {"last": 1, "unit": "day"}}
    begun = datetime(night.year, night.month, night.day, tzinfo=there)
    assert true_of(tree, {"seen": begun}, clock)
    assert not true_of(tree, {"seen": begun - timedelta(seconds=1)}, clock)


def test_amounts_compare_in_one_currency_only() -> None:
    tree = {"fact": "owed", "op": "ge", "value": {"minor": 100, "currency": "EUR"}}
    assert true_of(tree, {"owed": {"minor": 100, "currency": "EUR"}})
    assert not true_of(tree, {"owed": {"minor": 900, "currency": "USD"}})


def test_every_related_row_needs_one_and_none_is_the_denial_of_any() -> None:
    where = {"fact": "holding.kind", "op": "ne", "value": "card"}
    ask = {"related": "holdings", "where": where}
    assert not true_of({**ask, "quantifier": "any"}, {})
    assert true_of({**ask, "quantifier": "none"}, {})
    assert not true_of({**ask, "quantifier": "every"}, {})
    two = {"holdings": [{"holding.kind": "card"}, {"holding.kind": "car"}]}
    assert true_of({**ask, "quantifier": "count", "op": "eq", "value": 1}, two)


@pytest.mark.parametrize(
    ("tree", "path"),
    [
        ({"fact": "shoe", "op": "eq", "value": 1}, "fact"),
        ({"all": [{"fact": "age", "op": "contains", "value": 1}]}, "all.0.op"),
        ({"all": [{"fact": "age", "op": "eq", "value": "x"}]}, "all.0.value"),
        ({"any": [{"all": []}]}, "any.0.all"),
        ({"not": {"fact": "since", "op": "eq", "value": "2026-02-30"}}, "not.value"),
        ({"fact": "age", "op": "eq", "value": True}, "value"),
        ({"fact": "age", "op": "is_set", "value": 1}, "value"),
        ({"fact": "since", "op": "within", "value": {"last": 0}}, "value.last"),
        ({"related": "holdings", "quantifier": "some"}, "quantifier"),
        ({"fact": "age", "op": "eq", "value": 1, "sql": "1"}, "sql"),
        ([], ""),
    ],
)
def test_what_cannot_be_used_is_named_by_its_place(tree: Any, path: str) -> None:
    with pytest.raises(BadCondition) as refused:
        grammar.read(tree, FACTS)
    assert refused.value.field == path


def test_a_condition_has_bounds() -> None:
    leaf = {"fact": "age", "op": "eq", "value": 1}
    deep: Any = leaf
    for _ in range(12):
        deep = {"not": deep}
    for tree in (deep, {"all": [leaf] * 201}):
        with pytest.raises(grammar.ConditionTooLarge):
            grammar.read(tree, FACTS)


def test_a_condition_reads_as_a_sentence() -> None:
    tree: Any = {"all": [
        {"fact": "age", "op": "ge", "value": 18},
        {"related": "holdings", "quantifier": "any", "where": {"all": [
            {"fact": "holding.kind", "op": "eq", "value": "mortgage"},
            {"fact": "holding.ends_on", "op": "within", "value": {"next": 60, "unit": "day"}}]}},
    ]}  # fmt: skip
    assert words.sentence(grammar.read(tree, FACTS)) == (
        "Age is at least 18 and Holdings: one where Kind is mortgage and "
        "End is within the next 60 days"
    )


def test_within_a_sentence_our_names_are_small_and_the_companys_stay() -> None:
    facts = Catalogue.of((
        Fact("tiers", Type.LIST, gettext_lazy("Tiers")), Fact("vip", Type.CHOICE, "VIP card"),
        Fact("age", Type.NUMBER, gettext_lazy("Age")),
    ))  # fmt: skip
    tree: Any = {"all": [
        {"fact": "tiers", "op": "has_any", "value": ["gold", "silver"]},
        {"fact": "age", "op": "ge", "value": 18}, {"fact": "vip", "op": "eq", "value": "x"},
    ]}  # fmt: skip
    read = grammar.read(tree, facts)
    both = "age is at least 18 and VIP card is x"
    assert words.sentence(read) == f"Tiers: any of gold, silver, {both}"
    assert words.sentence(read, within=True) == f"tiers include any of gold, silver, {both}"
