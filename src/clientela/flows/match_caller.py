"""Who is on the other side of a call, as far as the number says. Nobody is ever picked of several,
nor by a number that others use too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from clientela.calls import queries as calls
from clientela.calls import rules
from clientela.calls.models import Call, Line
from clientela.customers import queries as customers
from clientela.platform import phones
from clientela.platform.phones import BadPhone
from clientela.staff import company as companies

TAIL_LENGTH = 8
INTERNAL_DIGITS_MAX = 6
EXTENSION_REASONS = ("short-number", "too-short", "area-code-missing", "emergency-number")
Match = Call.Match


@dataclass(frozen=True, slots=True)
class Number:
    """`e164` is empty for one that is hidden, internal or unreadable: `why` says which."""

    e164: str = ""
    extension: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """`customers`: the only one for `one`; those to choose from for `many`, `maybe`, `shared`."""

    kind: str
    customers: tuple[UUID, ...] = ()

    @property
    def one(self) -> UUID | None:
        return self.customers[0] if self.kind == Match.ONE else None


def understood(written: str, *, line: Line) -> Number:
    """A number as the telephone system gives it, read as one of the line's region."""
    if rules.is_hidden(written):
        return Number(why=Match.HIDDEN)
    region = line.region or companies.current().country
    try:
        phone = phones.normal(written, region or None)
    except BadPhone as bad:
        digits = "".join(filter(str.isdecimal, written))
        is_inside = bad.reason in EXTENSION_REASONS and len(digits) <= INTERNAL_DIGITS_MAX
        return Number(why=Match.INTERNAL if is_inside else Match.NONE)
    return Number(phone.e164, phone.extension or "")


def matched(number: Number) -> Matched:
    """Exactly first, then by the last eight digits, which is never more than a maybe."""
    if not number.e164:
        return Matched(number.why)
    if number.e164 in calls.our_numbers():
        return Matched(Match.INTERNAL)
    found = customers.survivors_by("phone", number.e164)
    if found and customers.is_shared("phone", number.e164):
        return Matched(Match.SHARED, _in_order(found))
    if found:
        return Matched(Match.ONE if len(found) == 1 else Match.MANY, _in_order(found))
    alike = customers.survivors_by_tail(number.e164[-TAIL_LENGTH:])
    return Matched(Match.MAYBE, _in_order(alike)) if alike else Matched(Match.NONE)


def _in_order(found: Iterable[UUID]) -> tuple[UUID, ...]:
    return tuple(sorted(found))
