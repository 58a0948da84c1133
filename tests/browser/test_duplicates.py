"""Somebody written down twice is found, compared, merged and parted again, by keyboard alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from clientela.customers import queries as customers
from clientela.customers.models import Customer
from clientela.matching.actions import pairs
from clientela.matching.models import Merge, Pair
from clientela.platform import transactions
from clientela.platform.promises import promise
from tests.browser.conftest import register

pytestmark = pytest.mark.long


@promise("CUS-32")
@promise("CON-14")
def test_a_pair_is_reviewed_by_keyboard_from_the_search_to_the_undo(
    page: Any, console: Any
) -> None:
    anna = register("Anna Kalniņa", phones=["2612 3456"], language="lv")
    again = register("Anna Kalnina", phones=["2999 8888"], country="LV")
    parts = [{"field": "surname", "likeness": "same", "weight": 9.1},
             {"field": "phones", "likeness": "different", "weight": -1.2}]  # fmt: skip
    with transactions.open():
        pairs.list_pairs(
            [{"customer_id": anna, "other_id": again, "probability": 0.97, "weakest": "phones",
              "parts": parts, "grade": "accept"}],
            origin=Pair.Origin.SEARCH, now=datetime.now(UTC),
        )  # fmt: skip
    console.sign_in(page, "administrator")
    press, keys = page.keyboard.press, page.keyboard.type

    press("/")
    keys("kalnina")
    press("Enter")
    page.wait_for_url("**/customers**")
    press("g")
    press("d")
    page.wait_for_url(console.at("/duplicates"))
    press("j")
    press("Enter")
    page.wait_for_url("**/duplicates/dup_*")
    press("j")
    press("2")
    press("s")
    page.wait_for_url(console.at("/duplicates"))
    assert customers.family_of(again)[0] == anna
    assert Customer.objects.get(id=anna).display_name == "Anna Kalnina"

    press("u")
    page.wait_for_url(console.at("/merges"))
    press("j")
    press("Enter")
    page.wait_for_url(f"**/merges/{Merge.objects.get().public_id}")
    press("Control+Enter")
    page.wait_for_url("**/customers/cus_*")
    assert customers.family_of(again) == [again]
    assert Customer.objects.get(id=anna).display_name == "Anna Kalniņa"
