"""From the cells of a row to a typed row, or to all that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from clientela.imports.rules import beside_customers
from clientela.imports.rules.binding import Bound
from clientela.imports.rules.columnwise import NO_CLEARS, Typed, by_columns
from clientela.imports.rules.faults import Fault
from clientela.imports.rules.kinds import ATTRIBUTE, ROLES, STATUSES
from clientela.imports.rules.mapping import ColumnMapping
from clientela.imports.rules.purchase_rows import purchases
from clientela.imports.rules.readers import Read, Readers, Surroundings
from clientela.imports.rules.records import RawRow
from clientela.imports.rules.rows import CustomerRow, HoldingRow, ProductRow
from clientela.imports.rules.whole_columns import (
    column_of,
    many_rows,
    phone_column,
    plain_email,
    plain_identifier,
    plain_words,
)

NAME_CHARS_MAX = 200
ATTRIBUTE_CHARS_MAX = 4000
RATE_DECIMALS = 6
ENDED = ("closed",)  # statuses that need the day on which they came


def typed(mapping: ColumnMapping, header: Iterable[str], *, around: Surroundings) -> Typed:
    """How rows under this header become typed rows. Raises `MissingColumns`, `WrongMapping`."""
    read = Readers(Bound(mapping, header), around)
    return MAKERS[mapping.kind.name](read)


def customers(read: Readers) -> Typed:
    attributes = [name for name in read.bound.cells if name.startswith(ATTRIBUTE)]
    columns: dict[str, Read] = {
        "customer": read.required("customer", read.identifier("customer")),
        "name": read.optional("name", read.cardless("name", NAME_CHARS_MAX)),
        "phone": read.optional("phone", read.phone("phone", "country")),
        "email": read.optional("email", read.email("email")),
        "language": read.optional("language", read.language("language")),
        "country": read.optional("country", read.country("country")),
        "birth_date": read.optional(
            "birth_date", read.day("birth_date", not_after=read.around.now.date())
        ),
        "type": read.optional("type", read.words("type")),
    }
    columns |= {
        name: read.optional(name, read.words(name, ATTRIBUTE_CHARS_MAX)) for name in attributes
    }

    def make(number: int, values: dict[str, Any], clears: frozenset[str]) -> CustomerRow:
        said = ((name.removeprefix(ATTRIBUTE), values.pop(name)) for name in attributes)
        known = tuple((name, value) for name, value in said if value is not None)
        return CustomerRow(number, **values, attributes=known, clears=clears)

    of_row = by_columns(read.bound, columns, make)
    of_row.of_rows = _many_customers(read, columns, of_row)  # type: ignore[attr-defined]
    return of_row


def _many_customers(
    read: Readers, reads: Mapping[str, Read], of_row: Typed
) -> Callable[[Sequence[RawRow]], list[Any]]:
    quick = {
        "customer": plain_identifier, "name": plain_words(NAME_CHARS_MAX), "email": plain_email(),
    }  # fmt: skip
    columns = {name: column_of(read.bound, name, of, quick.get(name)) for name, of in reads.items()}
    columns["phone"] = phone_column(read, reads["phone"])
    keys = tuple(name.removeprefix(ATTRIBUTE) for name in reads if name.startswith(ATTRIBUTE))
    beside = len(columns) - len(keys) + 1  # the number, and what is no attribute

    def make(row: tuple[Any, ...]) -> CustomerRow:
        said = zip(keys, row[beside:], strict=True)
        known = tuple(pair for pair in said if pair[1] is not None)
        return CustomerRow._make((*row[:beside], known, NO_CLEARS))

    return many_rows(of_row, list(columns.values()), make if keys else _without_attributes)


def _without_attributes(row: tuple[Any, ...]) -> CustomerRow:
    return CustomerRow._make((*row, (), NO_CLEARS))


def products(read: Readers) -> Typed:
    columns: dict[str, Read] = {
        "product": read.required("product", read.identifier("product")),
        "name": read.optional("name", read.words("name", NAME_CHARS_MAX)),
        "kind": read.optional("kind", read.words("kind")),
        "price_minor": read.optional("price", read.amount("price")),
        "currency": read.currency(),
    }

    def make(number: int, values: dict[str, Any], clears: frozenset[str]) -> ProductRow:
        if values["price_minor"] is None:
            values["currency"] = None
        return ProductRow(number, **values, clears=clears)

    return by_columns(read.bound, columns, make)


def holdings(read: Readers) -> Typed:
    identifiers = ("customer", "through", "alias", "product")
    days = ("opened_on", "closed_on", "matures_on", "fixed_until_on", "balance_on")
    columns: dict[str, Read] = {
        "holding": read.required("holding", read.identifier("holding")),
        **{name: read.optional(name, read.identifier(name)) for name in identifiers},
        **{
            name: read.optional(name, read.words(name, NAME_CHARS_MAX))
            for name in ("product_name", "product_kind")
        },
        "role": read.optional("role", read.one_of("role", ROLES, "unknown-role")),
        "status": read.optional(
            "status", read.one_of("status", {*STATUSES, *read.around.statuses}, "unknown-status")
        ),
        **{name: read.optional(name, read.day(name)) for name in days},
        "number_shown": read.optional("number", read.identifier("number")),
        "serial": read.optional("serial", read.identifier("serial")),
        "balance_minor": read.optional("balance", read.amount("balance")),
        "limit_minor": read.optional("limit", read.amount("limit")),
        "rate": read.optional("rate", read.number("rate", decimals=RATE_DECIMALS)),
        "currency": read.currency(),
    }

    def make(number: int, values: dict[str, Any], clears: frozenset[str]) -> HoldingRow:
        if values["balance_minor"] is None and values["limit_minor"] is None:
            values["currency"] = None
        return HoldingRow(number, **values, clears=clears)

    def check(values: Mapping[str, Any]) -> Iterable[Fault]:
        opened, closed = values["opened_on"], values["closed_on"]
        if opened and closed and closed < opened:
            yield Fault(read.bound.shown("closed_on"), "closed-before-opened")
        if values["status"] in ENDED and closed is None:
            yield Fault(read.bound.shown("closed_on"), "missing-value")

    return by_columns(read.bound, columns, make, check)


MAKERS: Mapping[str, Callable[[Readers], Typed]] = MappingProxyType(
    {
        "customers": customers,
        "products": products,
        "holdings": holdings,
        "purchases": purchases,
        **beside_customers.MAKERS,
    }
)
