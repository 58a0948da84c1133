"""Which legal guarantee holds for a good: by country and by the day it was delivered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clientela.warranty.rules import spans
from clientela.warranty.rules.spans import Anchor, Span, Term

EU = "EU"
MEMBERS = frozenset(
    (
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
        "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Law:
    """A row of law. `months` None: the country has no dated guarantee."""

    id: object
    country: str
    goods_type: str
    valid_from: date
    valid_until: date | None
    months: int | None
    burden_months: int = 0


@dataclass(frozen=True, slots=True)
class Guarantee:
    """`burden_on`: from that day on the customer must prove that the fault was there."""

    law: Law
    span: Span
    burden_on: date


def law_for(laws: Sequence[Law], *, country: str, goods_type: str, on: date) -> Law | None:
    """The row of the country, or of the Union for a member without one of its own."""
    for place in (country, EU if country in MEMBERS else None):
        for law in laws:
            if law.country == place and law.goods_type == goods_type and _holds(law, on):
                return law
    return None


def guarantee(laws: Sequence[Law], *, country: str, goods_type: str,
              delivered_on: date) -> Guarantee | None:  # fmt: skip
    """The guarantee by law; None where the law gives no dated one."""
    law = law_for(laws, country=country, goods_type=goods_type, on=delivered_on)
    if law is None or law.months is None:
        return None
    anchor = Anchor(delivered_on)
    burden = min(law.burden_months, law.months)
    return Guarantee(
        law=law,
        span=spans.span(anchor, Term(months=law.months)),
        burden_on=spans.span(anchor, Term(months=burden)).ends_on,
    )


def _holds(law: Law, on: date) -> bool:
    return law.valid_from <= on and (law.valid_until is None or on < law.valid_until)
