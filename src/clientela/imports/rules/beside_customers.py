"""What stands beside a customer's record: identities, addresses, relations, consents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from clientela.customers.identities import rules as identities
from clientela.customers.identities.rules import BadIdentity
from clientela.customers.rules.faults import Refused
from clientela.customers.rules.values import yes_no
from clientela.imports.rules.binding import BadCell
from clientela.imports.rules.columnwise import NO_CLEARS, Typed, by_columns
from clientela.imports.rules.faults import PAYMENT_CARD, Fault, of_value
from clientela.imports.rules.readers import OfText, Read, Readers
from clientela.imports.rules.rows import AddressRow, ConsentRow, IdentityRow, RelationRow
from clientela.platform import postal
from clientela.platform.postal import BadPlace

PURPOSES = ("home", "postal", "billing", "delivery", "work", "seat")
DECISIONS = GIVEN, WITHDRAWN = ("given", "withdrawn")
CHANNELS = ("email", "sms", "phone", "post", "push")
BASES = ("consent", "legitimate_interest", "contract", "legal_duty")
EVIDENCE_CHARS_MAX = 1_000
PARTS = ("more", "postcode", "region", "care_of")
ABROAD = ("+", "00")


def identity_rows(read: Readers) -> Typed:
    columns: dict[str, Read] = {
        "customer": read.required("customer", read.identifier("customer")),
        "kind": read.required("kind", read.one_of("kind", identities.KINDS, "unknown-kind")),
        "value": read.required("value", read.words("value")),
        "country": read.optional("country", read.country("country"), cleared=None),
        **{name: _flag(read, name) for name in ("primary", "shared", "bouncing")},
    }
    usual = read.mapping.country

    def make(number: int, values: dict[str, Any], clears: frozenset[str]) -> IdentityRow:
        values["country"] = values["country"] or usual
        return IdentityRow(number, **values)

    def check(values: Mapping[str, Any]) -> Iterable[Fault]:
        country = values["country"] or usual or ""
        if values["kind"] == "phone" and not country and not values["value"].startswith(ABROAD):
            return  # its country is the customer's
        if bad := _bad_identity(values["kind"], values["value"], country):
            yield of_value(read.bound.shown("value"), "bad-identity", values["value"], reason=bad)

    return by_columns(read.bound, columns, make, check)


def address_rows(read: Readers) -> Typed:
    columns: dict[str, Read] = {
        "customer": read.required("customer", read.identifier("customer")),
        "purpose": read.optional(
            "purpose", read.one_of("purpose", PURPOSES, "unknown-purpose"), cleared=None
        ),
        **{name: read.required(name, read.words(name, postal.PART_LENGTH_MAX))
           for name in ("street", "city")},
        **{name: read.optional(name, read.words(name, postal.PART_LENGTH_MAX), cleared=None)
           for name in PARTS},
        "country": read.optional("country", read.country("country"), cleared=None),
        **{name: read.optional(name, read.day(name), cleared=None)
           for name in ("starts_on", "ends_on")},
    }  # fmt: skip
    usual = read.mapping.country

    def make(number: int, values: dict[str, Any], clears: frozenset[str]) -> AddressRow:
        values["country"] = values["country"] or usual
        return AddressRow(number, **values)

    def check(values: Mapping[str, Any]) -> Iterable[Fault]:
        yield from _bad_period(read, values)
        row = make(0, dict(values), NO_CLEARS)
        if row.country and (bad := bad_part(row.place)):
            part, code, params = bad
            yield Fault(read.bound.shown(part), code, params)

    return by_columns(read.bound, columns, make, check)


def relation_rows(read: Readers) -> Typed:
    columns: dict[str, Read] = {
        **{name: read.required(name, read.identifier(name))
           for name in ("customer", "relation", "other")},
        **{name: _flag(read, name) for name in ("may_act", "other_may_act")},
        **{name: read.optional(name, read.day(name), cleared=None)
           for name in ("starts_on", "ends_on")},
    }  # fmt: skip

    def make(number: int, values: dict[str, Any], clears: frozenset[str]) -> RelationRow:
        return RelationRow(number, **values)

    def check(values: Mapping[str, Any]) -> Iterable[Fault]:
        yield from _bad_period(read, values)
        if values["customer"] == values["other"]:
            yield of_value(read.bound.shown("other"), "related-to-itself", values["other"])

    return by_columns(read.bound, columns, make, check)


def consent_rows(read: Readers) -> Typed:
    def listed(name: str, known: Iterable[str], code: str) -> OfText:
        return read.one_of(name, tuple(known), code)

    columns: dict[str, Read] = {
        "customer": read.required("customer", read.identifier("customer")),
        "purpose": read.required("purpose", read.identifier("purpose")),
        "decision": read.required("decision", listed("decision", DECISIONS, "unknown-decision")),
        "decided_at": read.optional("date", _instant(read), cleared=None),
        "origin": read.optional("origin", read.words("origin"), cleared=None),
        "channel": read.optional(
            "channel", listed("channel", CHANNELS, "unknown-channel"), cleared=None
        ),
        "address": read.optional("address", _address(read), cleared=None),
        "basis": read.optional("basis", listed("basis", BASES, "unknown-basis"), cleared=None),
        "wording": read.optional("wording", _whole(read, "wording"), cleared=None),
        "evidence": read.optional(
            "evidence", read.words("evidence", EVIDENCE_CHARS_MAX), cleared=None
        ),
    }

    def make(number: int, values: dict[str, Any], clears: frozenset[str]) -> ConsentRow:
        return ConsentRow(number, **values)

    def check(values: Mapping[str, Any]) -> Iterable[Fault]:
        """Nobody is said to have agreed without a word of when and where."""
        needed = (("date", "decided_at"), ("origin", "origin"))
        for target, name in needed if values["decision"] == GIVEN else ():
            if values[name] is None:
                yield Fault(read.bound.shown(target), "missing-value")

    return by_columns(read.bound, columns, make, check)


def bad_part(place: postal.Place) -> tuple[str, str, dict[str, str]] | None:
    """What is wrong with an address in its country: the part, a code and what the words need."""
    try:
        postal.checked(place)
    except BadPlace as bad:
        if bad.reason == "missing":
            return bad.part, "missing-value", {}
        if bad.reason == PAYMENT_CARD:
            return bad.part, PAYMENT_CARD, {}
        return bad.part, "not-a-postcode", {"value": place.postcode, "example": bad.example}
    return None


def _bad_identity(kind: str, value: str, country: str) -> str:
    try:
        identities.normal(kind, value, country=country)
    except BadIdentity as bad:
        return bad.reason
    return ""


def _bad_period(read: Readers, values: Mapping[str, Any]) -> Iterable[Fault]:
    starts, ends = values["starts_on"], values["ends_on"]
    if starts and ends and ends < starts:
        yield Fault(read.bound.shown("ends_on"), "ends-before-it-starts")


def _flag(read: Readers, target: str) -> Read:
    shown = read.bound.shown(target)

    def of_text(written: str, cells: list[str]) -> bool:
        try:
            return yes_no(written)
        except Refused:
            raise BadCell(of_value(shown, "not-yes-or-no", written)) from None

    return read.optional(target, of_text, cleared=None)


def _whole(read: Readers, target: str) -> OfText:
    shown = read.bound.shown(target)

    def of_text(written: str, cells: list[str]) -> int:
        if not written.isdecimal() or len(written) > 6:
            raise BadCell(of_value(shown, "not-a-number", written))
        return int(written)

    return of_text


def _instant(read: Readers) -> OfText:
    """A decision is made in the past."""
    shown, moment = read.bound.shown("date"), read.moment("date")

    def of_text(written: str, cells: list[str]) -> Any:
        at = read.instant(moment(written, cells))
        if at > read.around.now:
            raise BadCell(of_value(shown, "date-in-future", written))
        return at

    return of_text


def _address(read: Readers) -> OfText:
    """One phone or e-mail of which a decision speaks."""
    shown = read.bound.shown("address")
    country = read.mapping.country or read.around.country

    def of_text(written: str, cells: list[str]) -> tuple[str, str]:
        kind = "email" if "@" in written else "phone"
        try:
            return kind, identities.normal(kind, written, country=country).norm
        except BadIdentity as bad:
            raise BadCell(of_value(shown, "bad-identity", written, reason=bad.reason)) from None

    return of_text


MAKERS: Mapping[str, Callable[[Readers], Typed]] = MappingProxyType(
    {
        "identities": identity_rows,
        "addresses": address_rows,
        "relations": relation_rows,
        "consents": consent_rows,
    }
)
