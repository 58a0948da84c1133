"""A discount off the whole of a purchase is borne by its lines, each in proportion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from clientela.platform import money
from clientela.platform.errors import InvalidInput
from clientela.purchases import rules
from clientela.purchases.actions import NewLine


def faults(
    lines: Sequence[NewLine], discount_minor: int, delivery_minor: int
) -> Iterator[InvalidInput]:  # fmt: skip
    """What is wrong with what is taken off the whole, and what its delivery costs."""
    if discount_minor < 0:
        yield InvalidInput("A discount is not negative.", field="discount_minor")
    if delivery_minor < 0:
        yield InvalidInput("Delivery is not negative.", field="delivery_minor")
    if discount_minor > sum(line.total_minor for line in lines):
        yield InvalidInput(
            "A discount off the whole is no more than its lines are worth, and needs lines.",
            field="discount_minor",
        )


def applied(lines: tuple[NewLine, ...], discount_minor: int) -> tuple[NewLine, ...]:
    """The lines after it; their tax goes with them."""
    if not discount_minor:
        return lines
    parts = money.allocate(discount_minor, [line.total_minor for line in lines])
    return tuple(
        replace(line, total_minor=line.total_minor - part,
                discount_minor=line.discount_minor + part,
                tax_minor=rules.tax_after(line.tax_minor, line.total_minor, part))
        for line, part in zip(lines, parts, strict=True)
    )  # fmt: skip
