"""An address is what Django's `reverse` answers."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.urls import NoReverseMatch, reverse

from clientela.ui.addresses import address

CUSTOMER = UUID("01930001-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    ("page", "args"),
    [
        ("console:home", []),
        ("console:customer", [CUSTOMER]),
        ("console:customer", [f"cus_{CUSTOMER.hex}"]),
        ("console:customer-panel", [CUSTOMER, "points"]),
        ("console:customer-why", [CUSTOMER, 4711]),
        ("console:join", ["a b/c"]),
        ("account_login", []),
    ],
)
def test_an_address_is_that_of_reverse(page: str, args: list[object]) -> None:
    try:
        expected = reverse(page, args=args)
    except NoReverseMatch:
        with pytest.raises(NoReverseMatch):
            address(page, *args)
    else:
        assert address(page, *args) == expected


@pytest.mark.parametrize(("page", "args"), [("console:nowhere", []), ("console:customer", ["x"])])
def test_what_has_no_address_is_refused(page: str, args: list[object]) -> None:
    with pytest.raises(NoReverseMatch):
        address(page, *args)
