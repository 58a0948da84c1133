"""A field's value in SQL: one expression, the same bytes wherever it is indexed, asked or sorted.

An expression never fails whatever stands in a record: what is not of the type counts as missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clientela.customers.rules.fields import KEY
from clientela.customers.rules.values import FieldType

TABLE = "customers_customer"
# What has no length that a tree of an index could take, or no order anybody asks for.
NOT_FILTERABLE = frozenset([FieldType.NOTE, FieldType.LINK])
SEARCHABLE = frozenset([FieldType.TEXT, FieldType.NOTE])
UNIQUE = frozenset([FieldType.TEXT, FieldType.INTEGER, FieldType.LINK, FieldType.CUSTOMER])
_NUMBERS = (FieldType.INTEGER, FieldType.DECIMAL, FieldType.PERCENT)


@dataclass(frozen=True, slots=True)
class Expression:
    """`sql` is the value; `folded` a text or code without case and marks; `currency` that of an
    amount in minor units. `kept`: `text` for days and instants, `json` for lists of codes.
    """

    sql: str
    folded: str = ""
    currency: str = ""
    kept: str = ""

    @property
    def sorted_by(self) -> str:
        """By which customers are put in order; every comparison of texts is by bytes."""
        return self.folded or self.sql


def expression(kind: FieldType, key: str, *, row: str = "") -> Expression:
    """Of the field `key`; `row` is what the statement calls the customer."""
    if not KEY.fullmatch(key):
        raise ValueError(f"{key} is no key of a field")
    attributes = f"{row}.attributes" if row else "attributes"
    value = f"({attributes} -> '{key}')"
    written = f"(({attributes} ->> '{key}') COLLATE \"C\")"
    folded = f"((({attributes}_folded ->> '{key}')) COLLATE \"C\")"
    if kind in _NUMBERS:
        return Expression(
            f"(CASE WHEN jsonb_typeof({value}) = 'number' THEN ({attributes} ->> '{key}')::numeric"
            " END)"
        )
    if kind is FieldType.MONEY:
        minor = f"({value} -> 'minor')"
        return Expression(
            f"(CASE WHEN jsonb_typeof({minor}) = 'number' THEN ({value} ->> 'minor')::numeric END)",
            currency=f"(({value} ->> 'currency') COLLATE \"C\")",
        )
    if kind is FieldType.YES_NO:
        return Expression(
            f"(CASE WHEN jsonb_typeof({value}) = 'boolean' THEN ({attributes} ->> '{key}')::boolean"
            " END)"
        )
    if kind is FieldType.CHOICES:
        return Expression(value, kept="json")
    if kind in (FieldType.DATE, FieldType.INSTANT):
        return Expression(written, kept="text")
    return Expression(written, folded=folded)


def index_sql(name: str, *, kind: FieldType, key: str, type_id: int) -> str:
    """The statement that builds the index of a filterable field, of customers of its type only."""
    value = expression(kind, key)
    where = f"WHERE profile_type_id = {int(type_id)}"
    if kind is FieldType.CHOICES:
        return f"CREATE INDEX CONCURRENTLY {name} ON {TABLE} USING gin ({value.sql}) {where}"
    columns = [*([value.currency] if value.currency else []), value.sorted_by, "id"]
    return f"CREATE INDEX CONCURRENTLY {name} ON {TABLE} ({', '.join(columns)}) {where}"


def statistics_sql(name: str, *, kind: FieldType, key: str) -> str | None:
    """The statement that has the planner know how the values are spread; none for lists."""
    if kind is FieldType.CHOICES:
        return None
    return f"CREATE STATISTICS {name} ON ({expression(kind, key).sorted_by}) FROM {TABLE}"


def names_of(field_id: int) -> Mapping[str, str]:
    """What the database calls the index and the statistics of a field."""
    return {"index": f"customers_by_field_{field_id}", "statistics": f"spread_of_field_{field_id}"}
