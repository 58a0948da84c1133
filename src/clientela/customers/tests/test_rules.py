"""Values have one canonical form, records are checked as a whole, faults come all at once."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.customers import rules
from clientela.customers.rules import (
    BadDefinition,
    BadValue,
    FieldDefinition,
    FieldFault,
    FieldType,
)
from clientela.customers.rules import values as forms
from clientela.platform import ids, money
from clientela.platform.countries import COUNTRIES
from clientela.platform.money import Money

TODAY = date(2027, 2, 1)
CODES = ("gold", "silver", "bronze")


def field(kind: str, key: str = "it", **more: Any) -> FieldDefinition:
    choices = CODES if kind in ("choice", "choices") else ()
    return FieldDefinition(**{"key": key, "type": FieldType(kind), "choices": choices, **more})


def canonical(kind: str, value: Any, **limits: Any) -> Any:
    return rules.canonical(field(kind, rules=limits), value)


def codes_of(kind: str, value: Any, **limits: Any) -> list[str]:
    """What is wrong with the value."""
    with pytest.raises(BadValue) as bad:
        canonical(kind, value, **limits)
    assert all(fault.field == "it" for fault in bad.value.faults)
    return [fault.code for fault in bad.value.faults]


# One canonical form

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text()
    | st.dates()
    | st.datetimes(timezones=st.just(UTC))
    | st.uuids(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=4,
)
spaces = st.text(" \t\n\u00a0\u200b", max_size=3)
padded = st.builds("{}{}{}".format, spaces, st.text(max_size=20), spaces)
numbers = (
    st.integers(-(10**16), 10**16)
    | st.decimals(-(10**16), 10**16, places=3)
    | st.floats(allow_nan=False, width=32)
    | st.from_regex(r"\A[+-]?[0-9]{1,10}([.,][0-9]{1,6})?%?\Z")
)
instants = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": padded,
    "note": padded,
    "integer": st.integers(-(2**64), 2**64) | st.integers().map(str) | st.floats() | st.decimals(),
    "decimal": numbers,
    "percent": numbers,
    "money": st.fixed_dictionaries(
        {"minor": st.integers(), "currency": st.sampled_from([*money.CURRENCIES, "eur ", "XXX"])}
    )
    | st.builds(Money, st.integers(0, 10**15), st.sampled_from(["EUR", "JPY"])),
    "yes_no": st.booleans() | st.sampled_from(["Yes", "sí", "jā", "NĒ", "no", "1", "0", "false"]),
    "date": st.dates()
    | st.dates().map(str)
    | st.from_regex(r"\A[0-3]?[0-9]\.[01]?[0-9]\.20[0-9]{2}\Z"),
    "instant": instants | instants.map(lambda instant: instant.isoformat()),
    "choice": st.sampled_from([*CODES, " gold ", "Gold", ""]),
    "choices": st.lists(st.sampled_from([*CODES, " gold "]), max_size=6),
    "country": st.sampled_from(sorted(COUNTRIES)) | st.sampled_from(["lv", " es ", "UK", "XX"]),
    "link": st.from_regex(r"\A(https?|HTTP|ftp)://[a-zāü]{1,5}\.(lv|com)(:[0-9]{1,5})?/[a-z/?#]*\Z")
    | st.sampled_from(["http://[::1]/", "https://10.0.0.1:8080/a", "https://a:b@c.lv"]),
    "customer": st.uuids() | st.uuids().map(lambda uuid: ids.public("cus", uuid)),
}


@pytest.mark.parametrize("kind", list(FieldType))
@given(st.data())
def test_the_form_of_a_canonical_value_is_itself(kind: str, data: st.DataObject) -> None:
    it = field(kind)
    value = data.draw(VALUES[kind] | ANYTHING)
    try:
        form = rules.canonical(it, value)
    except BadValue:
        return
    again = rules.canonical(it, form)
    assert again == form
    assert repr(again) == repr(form)
    assert not forms.is_empty(form)
    stored = rules.from_json(rules.as_json({"it": form}))
    assert repr(rules.canonical(it, stored["it"])) == repr(form)


def test_there_are_fourteen_types_and_each_has_a_form() -> None:
    assert len(FieldType) == len(VALUES) == 14
    assert {kind.value for kind in FieldType} == set(VALUES)


@pytest.mark.parametrize(
    ("kind", "value", "form"),
    [
        ("text", "  Anna \u00a0 Ozolin\u0327a\n", "Anna Ozoliņa"),
        ("note", " one \r\n\r\n two  words ", "one\n\ntwo words"),
        ("integer", " 007 ", 7),
        ("integer", 7.0, 7),
        ("integer", Decimal("7.00"), 7),
        ("integer", str(2**63 - 1), 2**63 - 1),
        ("decimal", "12,50", Decimal("12.5")),
        ("decimal", 0.1, Decimal("0.1")),
        ("decimal", Decimal("1E+3"), Decimal(1000)),
        ("decimal", "-0.0", Decimal(0)),
        ("decimal", "1.234", Decimal("1.234")),
        ("percent", "12.5 %", Decimal("12.5")),
        ("percent", 100, Decimal(100)),
        ("money", Money(1999, "EUR"), {"minor": 1999, "currency": "EUR"}),
        ("money", {"currency": " eur", "minor": -5}, {"minor": -5, "currency": "EUR"}),
        ("yes_no", "Jā", True),
        ("yes_no", "NO", False),
        ("date", "1.2.2027", "2027-02-01"),
        ("date", date(2027, 2, 1), "2027-02-01"),
        ("date", datetime(2027, 2, 1), "2027-02-01"),  # noqa: DTZ001
        ("instant", "2027-02-01T12:00+02:00", "2027-02-01T10:00:00.000000Z"),
        ("choice", " gold ", "gold"),
        ("choices", ["silver", "gold", "silver"], ["gold", "silver"]),
        ("choices", {"gold"}, ["gold"]),
        ("country", "lv", "LV"),
        ("link", " HTTPS://Example.COM/Über?q=1#a ", "https://example.com/Über?q=1#a"),
        ("link", "http://bücher.example", "http://xn--bcher-kva.example"),
        ("link", "http://[2001:DB8::0:1]:8080/", "http://[2001:db8::1]:8080/"),
        ("customer", UUID(int=5), ids.public("cus", UUID(int=5))),
    ],
)
def test_values_take_their_canonical_form(kind: str, value: Any, form: Any) -> None:
    assert repr(canonical(kind, value)) == repr(form)


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("text", 5, "not-text"),
        ("text", " \u200b ", "empty"),
        ("text", "a\0b", "unstorable-text"),
        ("text", "a\ud800", "unstorable-text"),
        ("text", "a" * 501, "too-long"),
        ("note", "a" * 10_001, "too-long"),
        ("note", ["a"], "not-text"),
        ("integer", "1.5", "not-a-whole-number"),
        ("integer", "1e3", "not-a-whole-number"),
        ("integer", "٣", "not-a-whole-number"),
        ("integer", 1.5, "not-a-whole-number"),
        ("integer", 1e300, "not-a-whole-number"),
        ("integer", float("nan"), "not-a-whole-number"),
        ("integer", Decimal("sNaN"), "not-a-whole-number"),
        ("integer", True, "not-a-whole-number"),
        ("integer", 2**63, "out-of-range"),
        ("integer", str(-(2**63) - 1), "out-of-range"),
        ("decimal", "1,234", "ambiguous"),
        ("decimal", "1 234", "not-a-number"),
        ("decimal", "1e3", "not-a-number"),
        ("decimal", False, "not-a-number"),
        ("decimal", float("inf"), "not-a-number"),
        ("decimal", Decimal("NaN"), "not-a-number"),
        ("decimal", Decimal("1E-999999"), "too-precise"),
        ("decimal", Decimal("1E+999999"), "out-of-range"),
        ("decimal", 10**4000, "out-of-range"),
        ("decimal", "0.1234567", "too-precise"),
        ("decimal", 1 / 3, "not-exact"),
        ("decimal", 10**15, "out-of-range"),
        ("percent", "%", "not-a-number"),
        ("money", "12.00", "not-money"),
        ("money", {"minor": 1}, "not-money"),
        ("money", {"minor": 1, "currency": "EUR", "more": 1}, "not-money"),
        ("money", {"minor": 1.0, "currency": "EUR"}, "not-money"),
        ("money", {"minor": True, "currency": "EUR"}, "not-money"),
        ("money", {"minor": 1, "currency": "XXX"}, "not-a-currency"),
        ("money", {"minor": 1, "currency": None}, "not-a-currency"),
        ("money", {"minor": 10**15 + 1, "currency": "EUR"}, "out-of-range"),
        ("yes_no", 1, "not-yes-or-no"),
        ("yes_no", "maybe", "not-yes-or-no"),
        ("date", "01/02/2027", "order-needed"),
        ("date", "2027-02-30", "no-such-day"),
        ("date", "1.2.27", "short-year"),
        ("date", 20270201, "not-a-date"),
        ("date", datetime(2027, 2, 1, 1), "has-a-time"),  # noqa: DTZ001
        ("date", datetime(2027, 2, 1, tzinfo=UTC), "has-a-time"),
        ("instant", "2027-02-01T10:00", "zone-missing"),
        ("instant", datetime(2027, 2, 1), "zone-missing"),  # noqa: DTZ001
        ("instant", "soon", "not-an-instant"),
        ("instant", 0, "not-an-instant"),
        ("choice", "Gold", "not-a-choice"),
        ("choice", ["gold"], "not-a-choice"),
        ("choices", "gold", "not-a-list"),
        ("choices", [], "empty"),
        ("choices", ["gold"] * 201, "too-many"),
        ("country", "UK", "not-a-country"),
        ("country", "Latvia", "not-a-country"),
        ("link", "example.com", "not-a-link"),
        ("link", "javascript:alert(1)", "not-a-link"),
        ("link", "https://", "not-a-link"),
        ("link", "https://a b.lv", "not-a-link"),
        ("link", "https://localhost/", "not-a-link"),
        ("link", "https://1.2.3/", "not-a-link"),
        ("link", "https://c.lv:99999/", "not-a-link"),
        ("link", "https://[::1/", "not-a-link"),
        ("link", "https://c.lv\\@d.lv", "not-a-link"),
        ("link", "https://anna:secret@c.lv/", "has-credentials"),
        ("link", "https://c.lv/" + "a" * 2_000, "too-long"),
        ("customer", "cus_1", "not-a-customer"),
        ("customer", ids.public("pur", UUID(int=5)), "not-a-customer"),
        ("customer", 5, "not-a-customer"),
    ],
)
def test_what_is_not_of_the_type_is_refused_with_a_code(kind: str, value: Any, code: str) -> None:
    assert codes_of(kind, value) == [code]


def test_a_fault_in_a_list_says_where() -> None:
    with pytest.raises(BadValue) as bad:
        canonical("choices", ["gold", "silver", "lead"])
    assert bad.value.faults == (FieldFault("it", "not-a-choice", {"position": 2}),)


# The rules of a field


@pytest.mark.parametrize(
    ("kind", "limits", "value", "codes"),
    [
        ("text", {"min_length": 3}, "ab", ["too-short"]),
        ("text", {"max_length": 3}, "abcd", ["too-long"]),
        ("text", {"pattern": "digits"}, "12a", ["not-like-pattern"]),
        ("text", {"pattern": "digits", "min_length": 4}, "12a", ["not-like-pattern", "too-short"]),
        ("text", {"pattern": "letters"}, "O'Brien-Ņina de", []),
        ("text", {"pattern": "letters"}, "R2D2", ["not-like-pattern"]),
        ("text", {"pattern": "letters-and-digits"}, "Ņ5", []),
        ("text", {"pattern": "capitals-and-digits"}, "LV5a", ["not-like-pattern"]),
        ("integer", {"min": 18, "max": 120}, 17, ["too-small"]),
        ("integer", {"min": 18, "max": 120}, 121, ["too-big"]),
        ("integer", {"min": 18, "max": 120}, 18, []),
        ("decimal", {"max": "0.5"}, Decimal("0.51"), ["too-big"]),
        ("decimal", {"scale": 2}, "1.255", ["too-precise"]),
        ("decimal", {"scale": 2}, "1.250", []),
        ("decimal", {"scale": 0}, "1.0", []),
        ("percent", {"min": 0, "max": 100}, -1, ["too-small"]),
        ("money", {"min_minor": 0}, Money(-1, "EUR"), ["too-small"]),
        ("money", {"max_minor": 5}, Money(6, "EUR"), ["too-big"]),
        ("money", {"currencies": ["EUR", "USD"]}, Money(6, "JPY"), ["other-currency"]),
        ("date", {"min": "1900-01-01"}, "1899-12-31", ["too-early"]),
        ("date", {"max": date(2027, 1, 1)}, "2027-01-02", ["too-late"]),
        ("instant", {"min": "2027-01-01T00:00Z"}, "2026-12-31T23:59:59Z", ["too-early"]),
        ("choices", {"min_count": 2}, ["gold", "gold"], ["too-few"]),
        ("choices", {"max_count": 1}, ["gold", "silver"], ["too-many"]),
    ],
)
def test_rules_tighten_a_type(
    kind: str,
    limits: Mapping[str, Any],
    value: Any,
    codes: list[str],
) -> None:
    if codes:
        assert sorted(codes_of(kind, value, **limits)) == codes
    else:
        canonical(kind, value, **limits)


def test_a_fault_carries_the_limit_for_its_sentence() -> None:
    with pytest.raises(BadValue) as bad:
        canonical("integer", 5, min="18")
    assert bad.value.faults == (FieldFault("it", "too-small", {"min": 18}),)


@pytest.mark.parametrize(
    ("given_", "codes"),
    [
        ({"key": "Name"}, ["bad-key"]),
        ({"key": ""}, ["bad-key"]),
        ({"key": "a" * 41}, ["bad-key"]),
        ({"key": "a", "type": "regex"}, ["unknown-type"]),
        ({"type": "choice", "choices": ()}, ["bad-choices"]),
        ({"type": "choice", "choices": ("a", "a")}, ["bad-choices"]),
        ({"type": "choice", "choices": ("",)}, ["bad-choices"]),
        ({"choices": ("a",)}, ["bad-choices"]),
        ({"rules": {"colour": 1}}, ["unknown-rule"]),
        ({"rules": {"min": 1}}, ["unknown-rule"]),
        ({"rules": {"pattern": "[a-z]+"}}, ["bad-rule"]),
        ({"rules": {"max_length": -1}}, ["bad-rule"]),
        ({"rules": {"max_length": "many"}}, ["bad-rule"]),
        ({"rules": {"min_length": 5, "max_length": 4}}, ["bad-rule"]),
        ({"type": "decimal", "rules": {"scale": 7}}, ["bad-rule"]),
        ({"type": "date", "rules": {"min": "soon"}}, ["bad-rule"]),
        ({"type": "date", "rules": {"not_in_future": "maybe"}}, ["bad-rule"]),
        ({"type": "money", "rules": {"currencies": ["XXX"]}}, ["bad-rule"]),
        ({"type": "money", "rules": {"currencies": "EUR"}}, ["bad-rule"]),
        (
            {"key": "A", "rules": {"min": 1, "max_length": []}},
            ["bad-key", "bad-rule", "unknown-rule"],
        ),
    ],
)
def test_a_definition_that_cannot_be_is_refused_with_all_its_faults(
    given_: dict[str, Any], codes: list[str]
) -> None:
    with pytest.raises(BadDefinition) as bad:
        FieldDefinition(**{"key": "it", "type": FieldType.TEXT, **given_})
    assert sorted(fault.code for fault in bad.value.faults) == codes


def test_the_rules_of_a_definition_are_canonical_and_fixed() -> None:
    it = field("decimal", rules={"min": "1,50"})
    assert it.rules == {"min": Decimal("1.5")}
    assert it == field("decimal", rules={"min": 1.5})
    with pytest.raises(TypeError):
        it.rules["min"] = 0  # type: ignore[index]


# A whole record

FIELDS = {
    it.key: it
    for it in (
        field("text", "name", required=True, searchable=True),
        field("date", "birth_date", rules={"not_in_future": True}),
        field("instant", "seen_at", rules={"not_in_future": True}),
        field("choice", "tier"),
        field("choices", "tags"),
        field("text", "employment"),
        field("money", "income", required_when=lambda state, _: "employed" in state.values()),
        field("text", "old_name", retired=True),
        field("text", "nickname", filterable=True, rules={"max_length": 10}),
    )
}


def check(
    attributes: Mapping[str, Any], previous: Mapping[str, Any] | None = None, **more: Any
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    state, faults = rules.check(FIELDS, attributes, previous=previous, today=TODAY, **more)
    return state, [(fault.field, fault.code) for fault in faults]


def test_a_good_record_is_brought_to_canonical_form() -> None:
    state, faults = check({"name": " Anna  Ozola", "tags": ["silver", "gold"], "tier": None})
    assert state == {"name": "Anna Ozola", "tags": ["gold", "silver"]}
    assert faults == []


def test_all_faults_of_a_record_are_reported_at_once() -> None:
    _, faults = check(
        {"birth_date": "2027-02-02", "tier": "lead", "colour": "red", "nickname": "a" * 11}
    )
    assert faults == [
        ("birth_date", "in-the-future"),
        ("tier", "not-a-choice"),
        ("colour", "unknown-field"),
        ("nickname", "too-long"),
        ("name", "required"),
    ]


@pytest.mark.parametrize("empty", [None, "", "  \u00a0", "\u200b", [], (), set()])
def test_an_empty_value_takes_the_field_away(empty: Any) -> None:
    state, faults = check({"nickname": empty, "tier": empty}, {"name": "Anna", "nickname": "An"})
    assert state == {"name": "Anna"}
    assert faults == []


@given(st.dictionaries(st.sampled_from([*FIELDS, "unknown"]), ANYTHING | padded, max_size=5))
def test_nothing_empty_is_ever_stored(attributes: dict[str, Any]) -> None:
    state, _ = check(attributes)
    assert not any(forms.is_empty(value) for value in state.values())
    assert set(state) <= set(FIELDS)
    stored = rules.from_json(rules.as_json(state))
    again, same_faults = check(stored)
    assert again == state
    assert {code for _, code in same_faults} <= {"required"}


def test_a_required_field_cannot_be_left_out_or_emptied() -> None:
    assert check({"tier": "gold"})[1] == [("name", "required")]
    assert check({"name": ""}, {"name": "Anna"})[1] == [("name", "required")]
    assert check({"tier": "gold"}, {"name": "Anna"})[1] == []


def test_a_record_from_before_a_rule_is_incomplete_but_not_locked() -> None:
    assert check({"tier": "gold"}, {"nickname": "An"})[1] == [("name", "required")]
    assert check({"tier": "gold"}, {"nickname": "An"}, complete=False)[1] == []
    assert check({"name": ""}, {"name": "An"}, complete=False)[1] == [("name", "required")]


def test_what_is_required_when_is_asked_about_the_state_after_the_write() -> None:
    employed = {"name": "Anna", "employment": "employed"}
    assert check(employed)[1] == [("income", "required")]
    assert check({"employment": "retired"}, employed)[1] == []
    assert check({"employment": "employed"}, {"name": "Anna"})[1] == [("income", "required")]
    assert check({**employed, "income": Money(5, "EUR")})[1] == []


def test_a_wrong_value_is_not_also_called_missing() -> None:
    assert check({"name": 5})[1] == [("name", "not-text")]


def test_a_bad_old_value_passes_until_it_is_touched() -> None:
    old = {"name": "Anna", "nickname": "far too long a nickname", "gone": 1, "old_name": "Ozola"}
    state, faults = check({"tier": "gold"}, old)
    assert (state, faults) == ({**old, "tier": "gold"}, [])
    assert check({"nickname": old["nickname"]}, old)[1] == []
    assert check({"nickname": "another far too long one"}, old)[1] == [("nickname", "too-long")]
    assert check({"gone": 2}, old)[1] == [("gone", "unknown-field")]


def test_a_retired_field_keeps_or_loses_its_value_but_gets_no_new_one() -> None:
    old = {"name": "Anna", "old_name": "Ozola"}
    assert check({"old_name": "Ozola"}, old)[1] == []
    assert check({"old_name": ""}, old)[0] == {"name": "Anna"}
    assert check({"old_name": "Kalna"}, old)[1] == [("old_name", "retired-field")]


def test_true_is_not_the_same_value_as_one() -> None:
    it = field("yes_no", "member")
    state, faults = rules.check([it], {"member": True}, previous={"member": 1}, today=TODAY)
    assert state["member"] is True
    assert faults == []


def test_today_is_not_in_the_future() -> None:
    assert check({"name": "Anna", "birth_date": TODAY})[1] == []
    assert check({"name": "Anna", "birth_date": "2027-02-02"})[1] == [
        ("birth_date", "in-the-future")
    ]


def test_an_instant_is_in_the_future_by_the_clock_or_a_day_beyond_today() -> None:
    now = datetime(2027, 2, 1, 10, tzinfo=UTC)
    later = {"name": "Anna", "seen_at": "2027-02-01T10:00:01Z"}
    assert check(later)[1] == []
    assert check(later, now=now)[1] == [("seen_at", "in-the-future")]
    assert check({"name": "Anna", "seen_at": now}, now=now)[1] == []
    assert check({"name": "Anna", "seen_at": "2027-02-03T00:00:01Z"})[1] == [
        ("seen_at", "in-the-future")
    ]


def test_a_record_has_64_kilobytes_at_most() -> None:
    notes = [field("note", f"note_{place}") for place in range(8)]
    attributes = {it.key: "ā" * 4_900 for it in notes}
    _, faults = rules.check(notes, attributes, today=TODAY)
    assert [(fault.field, fault.code) for fault in faults] == [("", "too-large")]
    assert faults[0].params["bytes"] > faults[0].params["max"] == rules.ATTRIBUTES_BYTES_MAX
    del attributes["note_7"], attributes["note_6"]
    assert rules.check(notes, attributes, today=TODAY)[1] == []


def test_what_was_handed_in_is_not_changed() -> None:
    previous, attributes = {"name": "Anna"}, {"name": "Zane", "tags": ["silver", "gold"]}
    check(attributes, previous)
    assert previous == {"name": "Anna"}
    assert attributes == {"name": "Zane", "tags": ["silver", "gold"]}


# Folded copies, JSON, numbers


def test_searchable_and_filterable_texts_have_folded_copies() -> None:
    attributes = {"name": "Ņina Ozola", "nickname": "Ņiņa", "employment": "Bāka", "tier": "gold"}
    assert rules.folded_copies(attributes, FIELDS) == {"name": "nina ozola", "nickname": "nina"}
    assert rules.folded_copies({"tier": "gold"}, list(FIELDS.values())) == {}
    assert rules.folded_copies({"a": "Ņ", "b": 5}) == {"a": "n"}


def test_attributes_are_written_as_json_by_key_with_exact_decimals() -> None:
    attributes = {"b": Decimal("0.1"), "a": 'Ņ"', "c": Decimal(1000), "d": [True], "e": {"x": 1}}
    written = rules.as_json(attributes)
    assert written == '{"a":"Ņ\\"","b":0.1,"c":1000,"d":[true],"e":{"x":1}}'
    assert rules.from_json(written) == attributes
    assert json.loads(written)["b"] == 0.1
    assert isinstance(rules.from_json(written)["b"], Decimal)
    with pytest.raises(TypeError):
        rules.from_json("[]")


def test_a_customer_number_has_a_check_digit() -> None:
    assert rules.customer_number(572) == 5724
    assert rules.is_customer_number(5724)
    assert not rules.is_customer_number(5742)
    assert not rules.is_customer_number(7)


def test_every_fault_code_is_a_machine_word() -> None:
    words = get_args(rules.FaultCode)
    assert len(set(words)) == len(words)
    assert all(word == word.lower().strip("-") and " " not in word for word in words)


def test_statuses_and_roles_are_closed_lists() -> None:
    assert set(rules.HELD_STATUSES) < set(rules.HOLDING_STATUSES)
    assert set(rules.HELD_ROLES) < set(rules.HOLDING_ROLES)
    assert len(rules.HOLDING_STATUSES) == 8
    assert "tombstone" in rules.CUSTOMER_STATUSES
