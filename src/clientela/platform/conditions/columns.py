"""How facts are asked in SQL: an expression for each, over the row that is called `customer`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Column:
    """What a fact is of one row; NULL where it is missing. `%(today)s` and `%(now)s` stand for the
    company's day and the moment of asking.

    `folded`: a text without case and marks, as `text.folded` makes it; "" means `lower(sql)`.
    `currency`: of an amount, whose minor units are `sql`. `kept`: `text` for days and instants that
    are stored as text, `json` for lists that are; a list is else an array of lower-case codes.
    `reveals`: keys of profile fields that an answer would tell of.
    """

    sql: str
    folded: str = ""
    currency: str = ""
    kept: str = ""
    reveals: tuple[str, ...] = ()

    @property
    def plain(self) -> str:
        return self.folded or f"lower({self.sql})"


@dataclass(frozen=True, slots=True)
class Rows:
    """Related rows: `source` follows FROM, up to the end of its WHERE, tied to `customer`."""

    source: str
    columns: Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class Columns:
    """Of facts and relations by key."""

    facts: Mapping[str, Column] = field(default_factory=dict)
    rows: Mapping[str, Rows] = field(default_factory=dict)


def of_family(alias: str) -> str:
    """Whether the customer whose row is `alias` counts as `customer`: itself, or merged into it."""
    return f"coalesce({alias}.merged_into, {alias}.id) = customer.id"
