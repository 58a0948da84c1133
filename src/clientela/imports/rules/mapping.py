"""What the columns of a file mean: the description itself, checked, without a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from clientela.imports.rules.kinds import KINDS, Kind
from clientela.imports.rules.layout import UNSAID, Layout
from clientela.imports.rules.templates import columns_in

SOURCE = "import"
CLEAR_WORD = r"\N"
ANY_OTHER = "*"  # in a list of values: what every value not listed means

Column = str | int  # by name, or by position counted from 1


@dataclass(frozen=True, slots=True)
class When:
    """Only rows whose `column` holds one of `among` have the value."""

    column: Column
    among: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """Where the value of one target comes from: a column, a template or a constant.

    Worked out in this order: `when`, the cell, `read`, the list of values, then for a date
    `dates` and `plus_months`.
    """

    column: Column | None = None
    template: str | None = None
    value: str | None = None
    when: When | None = None
    read: str | None = None
    dates: str | None = None
    plus_months: Column | None = None
    empty: str | None = None

    def columns(self) -> Iterator[Column]:
        if self.column is not None:
            yield self.column
        if self.template is not None:
            yield from columns_in(self.template)
        if self.when is not None:
            yield self.when.column
        if self.plus_months is not None:
            yield self.plus_months


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """A saved mapping. With no `columns` the names of the kind are looked for in the header."""

    kind: Kind
    source: str = SOURCE
    columns: Mapping[str, Cell] = field(default_factory=lambda: MappingProxyType({}))
    values: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    layout: Layout = UNSAID
    dates: str | None = None
    zone: str | None = None
    decimal_mark: str | None = None
    currency: str | None = None
    country: str | None = None
    empty: str = "keep"
    clear: str = CLEAR_WORD
    unknown_customer: str = "report"
    no_customer: str = "report"  # rows of unnamed buyers are reported, or kept without a customer
    unknown_product: str = "report"
    through_roles: tuple[str, ...] = ()
    negative: str = "return"
    repeats: str = "keep"
    files: str = "overlap"
    rows: str = "purchases"
    same_reference: str = "refuse"
    return_prefix: str = ""
    amount_max: int | None = None
    manual_wins: tuple[str, ...] = ()
    duplicates: str = "new"  # who is likely known already is taken as new, kept for review, refused
    same_purpose: str = "add"  # an address stands beside those of its purpose, or ends them
    guarded: bool = True  # texts that could be formulas have an apostrophe before them
    typed: bool = False  # the table's cells have types, so dates may stand in their usual form

    @property
    def names(self) -> frozenset[str]:
        """Column names by which a header row is known."""
        used = {name for cell in self.columns.values() for name in cell.columns()}
        named = {name for name in used if isinstance(name, str)}
        return frozenset(named if self.columns else self.kind.targets)

    def reads_by_name(self) -> bool:
        """Whether the header decides which columns are read."""
        return all(cell.value is not None for cell in self.columns.values())


def plain(kind: str, *, source: str = SOURCE) -> ColumnMapping:
    """The mapping of a file whose columns have the names of the kind."""
    return ColumnMapping(KINDS[kind], source)
