"""What one row of a file of customers says, as the record needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clientela.customers.actions import CustomerChange, IdentityValue
from clientela.customers.faults import sentence
from clientela.customers.rules import FieldFault
from clientela.flows.importing import Taken, rejected
from clientela.imports.rules.faults import Reject
from clientela.imports.rules.kinds import ATTRIBUTE
from clientela.imports.rules.rows import CustomerRow
from clientela.platform import money

BESIDE = ("name", "phone", "email", "language", "country", "type")  # what is no attribute


def erased(row: CustomerRow) -> Taken:
    return rejected(row.number, "customer", "erased-before", row.customer)


def said_by(row: CustomerRow) -> dict[str, str]:
    """The attributes a row says, as texts by field."""
    said = dict(row.attributes)
    if row.birth_date is not None:
        said["birth_date"] = row.birth_date.isoformat()
    return said


def money_of(written: str) -> Any:
    """`12.50 EUR`; anything else is left to the check, which refuses it."""
    amount, _, currency = written.rpartition(" ")
    if currency.upper() not in money.CURRENCIES:
        return written
    try:
        return money.parse(amount, currency.upper())
    except money.BadMoney:
        return written


def cleared(row: CustomerRow) -> dict[str, None]:
    return {field_of(name): None for name in row.clears if name not in BESIDE}


def field_of(target: str) -> str:
    return target.removeprefix(ATTRIBUTE)


def without(row: CustomerRow, kept: frozenset[str]) -> CustomerRow:
    """The row, saying nothing of fields in which a person's word stands."""
    if not kept:
        return row
    return row._replace(
        name=None if "name" in kept else row.name,
        language=None if "language" in kept else row.language,
        country=None if "country" in kept else row.country,
        birth_date=None if "birth_date" in kept else row.birth_date,
        attributes=tuple(pair for pair in row.attributes if pair[0] not in kept),
        clears=frozenset(name for name in row.clears if field_of(name) not in kept),
    )


def changed_by(
    row: CustomerRow, present: CustomerChange, attributes: Mapping[str, Any]
) -> CustomerChange:
    """What the row says; what it does not say stays as it is."""
    language = "" if "language" in row.clears else row.language or present.language
    country = "" if "country" in row.clears else row.country or present.country
    return CustomerChange(
        present.id, present.version, row.name or present.name, language, country, attributes
    )


def identities_of(row: CustomerRow) -> tuple[IdentityValue, ...]:
    found = []
    if row.phone is not None:
        found.append(IdentityValue("phone", row.phone.e164, row.phone.shown))
    if row.email is not None:
        found.append(IdentityValue("email", row.email.norm, row.email.shown))
    return tuple(found)


def faulty(row: CustomerRow, faults: Sequence[FieldFault]) -> Taken:
    """Faults of attributes, each on the column named after its field."""
    told = tuple(
        Reject(row.number, fault.field, fault.code, {"sentence": sentence(fault)})
        for fault in faults
    )
    return Taken("rejected", told)
