"""Rows read column by column: what is plain is known by its form, all else is read as ever.

What a cell means is decided in one place, by the readers of rows (`readers.py`). Here a whole
column goes through at once: a text is taken by a quick rule, which says the same as the reader of
rows, or by what that reader said of this very text before; where neither knows it, that reader is
asked. A row in which anything is wrong or cleared is read again by itself, and so comes back with
all that is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from clientela.imports.rules.binding import Bound
from clientela.imports.rules.faults import Refused
from clientela.imports.rules.readers import CLEAR, ID_CHARS_MAX, Faults, Read, Readers, keep
from clientela.imports.rules.records import RawRow
from clientela.platform import emails, phones
from clientela.platform.countries import COUNTRIES
from clientela.platform.emails import Email
from clientela.platform.phones import Phone

Quick = Callable[[str], Any]  # the value of a text; None where it is not plain
OfRow = Callable[[RawRow], Any]
Rows = Sequence[list[str]]
Texts = Sequence[tuple[str, ...]]  # of the file's columns

# ASCII signs without blanks and backslashes, none of which a reader changes; no apostrophe first,
# which may guard a formula. The letters are whole ones, with their marks.
_SIGNS = r"!-\[\]-~"
_FIRST = r"!-&(-\[\]-~"
_LETTERS = "\u00c0-\u024f"
_IDENTIFIER = re.compile(rf"(?![+-]?[0-9]+(?:[.,][0-9]+)?[Ee][+-])[{_FIRST}][{_SIGNS}]*")
# Twelve digits may be the number of a payment card: not plain.
_WORDS = re.compile(
    rf"(?![^0-9]*+(?:[0-9][^0-9]*+){{12}})"
    rf"[{_FIRST}{_LETTERS}][{_SIGNS}{_LETTERS}]*(?: [{_SIGNS}{_LETTERS}]+)*"
)  # fmt: skip
_LOCAL_PART = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")
_DOMAIN = re.compile(r"[A-Za-z0-9.-]+")
_DIGITS = re.compile(r"\+?[0-9]{4,15}")


class Column:
    """One target of all rows at once."""

    def __init__(self, read: Read, *, place: int | None = None, quick: Quick | None = None) -> None:
        self._read = read
        self._place = place  # of the one cell that decides; None where several do
        self._quick = quick
        self._known: dict[str, Any] = {}

    def values(self, rows: Rows, texts: Texts, odd: set[int]) -> Sequence[Any]:
        """The value of each row; `odd` gets the places of rows to be read by themselves."""
        found = self._plain(rows, texts)
        for place in [place for place, value in enumerate(found) if value is None]:
            found[place] = self._slowly(rows[place], place, odd)
        return found

    def _plain(self, rows: Rows, texts: Texts) -> list[Any]:
        if self._place is None:
            return [None] * len(rows)
        return list(map(self._quick or self._known.get, texts[self._place]))

    def _slowly(self, cells: list[str], place: int, odd: set[int]) -> Any:
        value = self._asked(cells, place, odd)
        if self._place is not None and self._quick is None and value is not None:
            keep(self._known, cells[self._place], value)
        return value

    def _asked(self, cells: list[str], place: int, odd: set[int]) -> Any:
        faults: Faults = []
        value = self._read(cells, faults)
        if faults or value is CLEAR:
            odd.add(place)
            return None
        return value


class Unmapped(Column):
    """A target the file does not say."""

    def __init__(self) -> None:
        super().__init__(lambda cells, faults: None)

    def values(self, rows: Rows, texts: Texts, odd: set[int]) -> Sequence[Any]:
        return [None] * len(rows)


class PhoneColumn(Column):
    """Phones, each dialled in the country of its own row where the file says it."""

    def __init__(self, read: Read, *, place: int, country_place: int | None, usual: str | None):
        super().__init__(read, place=place)
        self._country_place = country_place
        self._usual = usual

    def _plain(self, rows: Rows, texts: Texts) -> list[Any]:
        written = texts[self._place or 0]
        if self._country_place is None:
            return [plain_phone(text, self._usual) for text in written]
        return list(map(self._in_country, written, texts[self._country_place]))

    def _in_country(self, text: str, country: str) -> Phone | None:
        """In a country that is not plainly written only a whole number is plain."""
        if not country or plain_country(country):
            return plain_phone(text, country or self._usual)
        return plain_phone(text, None) if text[:1] == "+" else None

    def _slowly(self, cells: list[str], place: int, odd: set[int]) -> Any:
        """Nothing is remembered: what a text means depends on the row's country, too."""
        return self._asked(cells, place, odd)


def column_of(bound: Bound, target: str, read: Read, quick: Quick | None = None) -> Column:
    """The column of a target whose reader looks at nothing but the cells of this target."""
    if not bound.has(target):
        return Unmapped()
    place = plain_place(bound, target)
    if place is None or bound.cells[target].plus_months is not None:
        return Column(read)
    is_meant = quick is not None and is_as_written(bound, target, quick)
    return Column(read, place=place, quick=quick if is_meant else None)


def phone_column(read: Readers, of_cell: Read) -> Column:
    """Phones, which are dialled in the country of their row."""
    bound = read.bound
    if not bound.has("phone"):
        return Unmapped()
    place = plain_place(bound, "phone")
    if place is None or not is_as_written(bound, "phone", plain_digits):
        return Column(of_cell)
    country_place = None
    if bound.has("country"):
        country_place = plain_place(bound, "country")
        if country_place is None or not is_as_written(bound, "country", plain_country):
            return Column(of_cell)
    return PhoneColumn(of_cell, place=place, country_place=country_place, usual=read.usual_country)


def plain_place(bound: Bound, target: str) -> int | None:
    """Where the one column stands that says this target; None where more than one cell does."""
    cell = bound.cells[target]
    if cell.column is None or cell.template is not None or cell.when is not None:
        return None
    return bound.place(cell.column)


def is_as_written(bound: Bound, target: str, quick: Quick) -> bool:
    """Whether a plain text means itself: nothing translates it, and it does not clear."""
    cell = bound.cells[target]
    return (
        cell.read is None and target not in bound.mapping.values
        and quick(bound.mapping.clear) is None
    )  # fmt: skip


def many_rows(
    of_row: OfRow, columns: Sequence[Column], make: Callable[[Any], Any]
) -> Callable[[Sequence[RawRow]], list[Any]]:
    """Many rows as `of_row` reads each. `make` is given the number of a row and its values."""

    def of_rows(raws: Sequence[RawRow]) -> list[Any]:
        whole = [raw for raw in raws if not raw.fault]
        made = of_whole(whole) if whole else []
        if len(whole) == len(raws):
            return made
        following = iter(made)
        return [of_row(raw) if raw.fault else next(following) for raw in raws]

    def of_whole(raws: Sequence[RawRow]) -> list[Any]:
        odd: set[int] = set()
        rows = [raw.cells for raw in raws]
        texts = list(zip(*rows, strict=True))
        values = [column.values(rows, texts, odd) for column in columns]
        made = list(map(make, zip([raw.number for raw in raws], *values, strict=True)))
        for place in odd:
            made[place] = of_row(raws[place])
        return made

    return of_rows


def read_all(read: OfRow, raws: Sequence[RawRow]) -> list[Any | Refused]:
    """All rows at once where the kind can do that, else one by one."""
    of_rows = getattr(read, "of_rows", None)
    return of_rows(raws) if of_rows else [read(raw) for raw in raws]


def plain_identifier(text: str) -> str | None:
    is_plain = _IDENTIFIER.fullmatch(text) is not None and len(text) <= ID_CHARS_MAX
    return text if is_plain else None


def plain_words(chars_max: int) -> Quick:
    def plain(text: str) -> str | None:
        is_plain = _WORDS.fullmatch(text) is not None and len(text) <= chars_max
        return text if is_plain else None

    return plain


def plain_phone(text: str, country: str | None) -> Phone | None:
    return phones.plain(text, country) if _DIGITS.fullmatch(text) else None


def plain_digits(text: str) -> str | None:
    return text if _DIGITS.fullmatch(text) else None


def plain_country(text: str) -> str | None:
    return text if text in COUNTRIES else None


def plain_email() -> Quick:
    domains: dict[str, str] = {}

    def plain(text: str) -> Email | None:
        local, _, domain = text.partition("@")
        norm = domains.get(domain)
        if norm is None:
            norm = _domain(domain)
            if norm is None:
                return None
            keep(domains, domain, norm)
        if len(text) > emails.ADDRESS_MAX or len(local) > emails.LOCAL_PART_MAX:
            return None
        return Email(f"{local.lower()}@{norm}", text) if _LOCAL_PART.fullmatch(local) else None

    return plain


def _domain(written: str) -> str | None:
    if not _DOMAIN.fullmatch(written):
        return None
    try:
        return emails.domain_name(written)
    except ValueError:
        return None
