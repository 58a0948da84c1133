"""Every kind of identity has one form in which it is compared."""

from __future__ import annotations

import pytest

from clientela.customers.identities import rules
from clientela.customers.identities.rules import BadIdentity

KEY = "a key of this installation"


@pytest.mark.parametrize(
    ("kind", "one", "other", "norm"),
    [
        ("phone", "2612 3456", "+371 26123456", "+37126123456"),
        ("email", "Anna@EXAMPLE.com", "anna@example.com", "anna@example.com"),
        ("account", "lv80 bank 0000 4351", "LV80-BANK-00004351", "LV80BANK00004351"),
        ("card", "club 00-4711", "CLUB004711", "CLUB004711"),
        ("login", "Anna.K", "anna.k", "anna.k"),
        ("device", "AA:BB:0C", "aa:bb:0c", "aa:bb:0c"),
    ],
)  # fmt: skip
def test_usual_writings_of_one_value_are_compared_as_one(
    kind: str, one: str, other: str, norm: str
) -> None:
    found = [rules.normal(kind, value, country="LV", key=KEY).norm for value in (one, other, norm)]
    assert found == [norm, norm, norm]


def test_a_national_id_is_kept_as_nothing_that_can_be_read_back() -> None:
    found = rules.normal("national-id", "140572-11234", key=KEY)
    assert (found.shown, len(found.norm)) == ("•••••••1234", 64)
    assert "14057211234" not in found.norm
    assert rules.normal("national-id", "140572 11234", key=KEY).norm == found.norm
    assert rules.normal("national-id", "14057211234", key="another").norm != found.norm


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("fax", "26123456", "unknown-kind"),
        ("phone", "112", "not-a-phone"),
        ("email", "anna at example", "not-an-email"),
        ("account", "  ", "empty"),
        ("account", "12", "too-short"),
        ("login", "anna k", "has-white-space"),
        ("card", "4111 1111 1111 1111", "payment-card"),
        ("account", "4111111111111111", "payment-card"),
        ("device", "x" * 101, "too-long"),
    ],
)
def test_what_nobody_can_be_found_by_is_refused(kind: str, value: str, reason: str) -> None:
    with pytest.raises(BadIdentity) as refused:
        rules.normal(kind, value, country="LV", key=KEY)
    assert refused.value.reason == reason
