"""The number by which people call a customer: counted up, with a check digit behind."""

from __future__ import annotations

from clientela.platform import ids


def customer_number(counted: int) -> int:
    """`1234` is customer 12340: one wrong digit or a swapped pair makes it nobody's number."""
    return ids.with_check_digit(counted)


def is_customer_number(number: int) -> bool:
    """Whether the check digit fits; it says nothing about whether the customer exists."""
    return ids.has_check_digit(number)
