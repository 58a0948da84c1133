"""Arithmetic of sales."""

from __future__ import annotations

from datetime import timedelta

PURCHASE_MINOR_MAX = 10**12
QUANTITY_MILLI_MAX = 10**12
FUTURE_HOURS_MAX = 24
RETURN_WAITS = timedelta(days=7)  # how long a return that came first waits for its purchase


def worth_back(
    *, total_minor: int, quantity_milli: int, back_before_milli: int, back_before_minor: int,
    back_milli: int,
) -> int:  # fmt: skip
    """What part of a line's total goes back with `back_milli` of its quantity.

    Counted from the whole each time, so that any split into parts gives back exactly the whole
    with the last of them.
    """
    if quantity_milli == 0:
        return total_minor - back_before_minor
    back_after = back_before_milli + back_milli
    return total_minor * back_after // quantity_milli - back_before_minor


def lines_add_up(*, total_minor: int, line_minors: list[int], delivery_minor: int = 0) -> bool:
    """Whether the positions and delivery are worth the whole; a purchase without lines stands for
    itself.
    """
    if not line_minors:
        return delivery_minor <= total_minor
    return sum(line_minors) + delivery_minor == total_minor


def quantity(milli: int) -> str:
    """Thousandths as people write them: 1500 is `1.5`."""
    return f"{milli / 1000:.3f}".rstrip("0").rstrip(".")


def tax_after(tax_minor: int, total_minor: int, discount_minor: int) -> int:
    """The tax in a line's total once so much is taken off it, in proportion, half up."""
    if not total_minor:
        return 0
    left = total_minor - discount_minor
    return (2 * tax_minor * left + total_minor) // (2 * total_minor)
