"""How the text of one cell becomes a value, or a fault of the column that holds it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, MutableMapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from clientela.imports.rules.binding import BadCell, Bound
from clientela.imports.rules.dates import NotADate, date_reader
from clientela.imports.rules.faults import PAYMENT_CARD, Fault, of_value
from clientela.imports.rules.languages import LANGUAGES
from clientela.platform import cards, emails, money, periods, phones, text
from clientela.platform.countries import COUNTRIES

ID_CHARS_MAX = 200
TEXT_CHARS_MAX = 500
AMOUNT_MINOR_MAX = 10**12  # where the mapping does not say otherwise
YEAR_MIN = 1850
CACHED_MAX = 100_000
PLAIN_DIGITS_MAX = 11  # with the four decimals a currency may have they stay below money.MINOR_MAX
UTC_ZONE = ZoneInfo("UTC")

SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?[Ee][+-]\d+")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
DECIMAL = re.compile(r"[+-]?[0-9]{1,12}(?:[.,][0-9]{1,12})?")
EITHER_WAY = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")  # a thousand here, one there
MONEY_CODES = {
    "ambiguous": "ambiguous-amount",
    "too-precise": "amount-too-precise",
    "out-of-range": "amount-too-large",
}

Faults = list[Fault]
Key = TypeVar("Key")
Value = TypeVar("Value")


class Clear(Enum):
    """The cell says that the value is to be emptied."""

    CLEAR = "clear"


CLEAR = Clear.CLEAR
OfText = Callable[[str, list[str]], Any]  # of a text that is not empty, and its row; BadCell
Read = Callable[[list[str], Faults], Any]  # of a row, adding to the faults found so far


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a file leaves unsaid and the company knows. `now` is the time of the import; `statuses`:
    codes of sources that mean a status of a holding, for some kind of product.
    """

    now: datetime
    currency: str = "EUR"
    zone: ZoneInfo = UTC_ZONE
    country: str = ""
    statuses: frozenset[str] = frozenset()


class Readers:
    """Makes a reader for each target. Readers of targets that are not mapped answer None."""

    def __init__(self, bound: Bound, around: Surroundings) -> None:
        self.bound = bound
        self.around = around
        self.mapping = bound.mapping
        self.zone = ZoneInfo(self.mapping.zone) if self.mapping.zone else around.zone

    @property
    def usual_country(self) -> str | None:
        """Where phones are dialled of which the row says nothing."""
        return self.mapping.country or self.around.country or None

    def optional(self, target: str, of_text: OfText, *, cleared: Clear | None = CLEAR) -> Read:
        """A reader that leaves an empty cell alone, or takes it as cleared where so mapped."""
        if not self.bound.has(target):
            return nothing
        written_in = self.bound.text(target)
        empty = self.bound.cells[target].empty or self.mapping.empty
        blank, clear = cleared if empty == "clear" else None, self.mapping.clear

        def read(cells: list[str], faults: Faults) -> Any:
            try:
                written = written_in(cells)
                if not written:
                    return blank
                return cleared if written == clear else of_text(written, cells)
            except BadCell as bad:
                faults.append(bad.fault)
                return None

        return read

    def required(self, target: str, of_text: OfText) -> Read:
        """A reader to which an empty cell is a fault."""
        optional = self.optional(target, of_text, cleared=None)
        shown = self.bound.shown(target)

        def read(cells: list[str], faults: Faults) -> Any:
            before = len(faults)
            value = optional(cells, faults)
            if value is not None:
                return value
            if len(faults) == before:
                faults.append(Fault(shown, "missing-value"))
            return None

        return read

    def identifier(self, target: str) -> OfText:
        """A name another system gives: kept to the letter, leading zeros and all."""
        shown = self.bound.shown(target)

        def of_text(written: str, cells: list[str]) -> str:
            if written.isalnum() and written.isascii() and len(written) <= ID_CHARS_MAX:
                return written
            if SCIENTIFIC.fullmatch(written):
                raise BadCell(of_value(shown, "scientific-number", written))
            return cleaned(written, shown, ID_CHARS_MAX)

        return of_text

    def words(self, target: str, chars_max: int = TEXT_CHARS_MAX) -> OfText:
        shown = self.bound.shown(target)
        return lambda written, cells: cleaned(written, shown, chars_max)

    def cardless(self, target: str, chars_max: int = TEXT_CHARS_MAX) -> OfText:
        """Words in which no number of a payment card stands."""
        shown, words = self.bound.shown(target), self.words(target, chars_max)

        def of_text(written: str, cells: list[str]) -> Any:
            if cards.holds(written):
                raise BadCell(of_value(shown, PAYMENT_CARD, written))
            return words(written, cells)

        return of_text

    def one_of(self, target: str, known: Collection[str], code: str) -> OfText:
        shown = self.bound.shown(target)

        def of_text(written: str, cells: list[str]) -> str:
            if written not in known:
                raise BadCell(of_value(shown, code, written))
            return written

        return of_text

    def language(self, target: str) -> OfText:
        listed = self.one_of(target, LANGUAGES, "bad-language")
        return lambda written, cells: listed(written.lower(), cells)

    def country(self, target: str) -> OfText:
        listed = self.one_of(target, COUNTRIES, "bad-country")
        return lambda written, cells: listed(written.upper(), cells)

    def phone(self, target: str, country_target: str) -> OfText:
        """In the customer's country, else the mapping's, else the company's."""
        shown = self.bound.shown(target)
        usual = self.usual_country
        country_in = self.optional(country_target, self.country(country_target), cleared=None)

        def of_text(written: str, cells: list[str]) -> phones.Phone:
            country = country_in(cells, [])  # its faults are told by its own reader
            try:
                return phones.normal(written, country or usual)
            except phones.BadPhone as bad:
                fault = of_value(shown, "bad-phone", written, reason=bad.reason)
                raise BadCell(fault) from None

        return of_text

    def email(self, target: str) -> OfText:
        shown = self.bound.shown(target)

        def of_text(written: str, cells: list[str]) -> emails.Email:
            try:
                return emails.normal(written)
            except emails.BadEmail as bad:
                fault = of_value(shown, "bad-email", written, reason=bad.reason)
                raise BadCell(fault) from None

        return of_text

    def moment(self, target: str) -> OfText:
        """A day, or a day and a time: naive where the file names no zone."""
        shown = self.bound.shown(target)
        cell = self.bound.cells.get(target)
        form = (cell.dates if cell else None) or self.mapping.dates
        read = date_reader(form, typed=self.mapping.typed)
        known: dict[str, datetime] = {}

        def of_text(written: str, cells: list[str]) -> datetime:
            found = known.get(written)
            if found is not None:
                return found
            try:
                at = read(written)
            except NotADate as bad:
                raise BadCell(of_value(shown, bad.code, written)) from None
            if at.year < YEAR_MIN:
                raise BadCell(of_value(shown, "date-too-old", written, year=YEAR_MIN))
            return keep(known, written, at)

        return of_text

    def day(self, target: str, *, not_after: date | None = None) -> OfText:
        """A calendar day; of an instant with a zone, the day in the zone of the mapping."""
        shown = self.bound.shown(target)
        moment, later = self.moment(target), self._months_later(target)

        def of_text(written: str, cells: list[str]) -> date:
            at: datetime = moment(written, cells)
            day = later((at.astimezone(self.zone) if at.tzinfo else at).date(), cells)
            if not_after is not None and day > not_after:
                raise BadCell(of_value(shown, "date-in-future", written))
            return day

        return of_text

    def instant(self, at: datetime) -> datetime:
        """In UTC; a naive time is of the mapping's zone, else of the company's.

        A local time that does not exist moves forward, one that exists twice is the first.
        """
        return at.astimezone(UTC) if at.tzinfo else periods.instant_of(at, self.zone).instant

    def currency(self) -> Read:
        """The currency of a row's amounts; None where it is at fault."""
        usual = self.mapping.currency or self.around.currency
        if not self.bound.has("currency"):
            return lambda cells, faults: usual
        listed = self.one_of("currency", money.CURRENCIES, "unknown-currency")
        read = self.optional(
            "currency", lambda written, cells: listed(written.upper(), cells), cleared=None
        )

        def of_row(cells: list[str], faults: Faults) -> str | None:
            before = len(faults)
            value: str | None = read(cells, faults)
            return usual if value is None and len(faults) == before else value

        return of_row

    def amount(self, target: str) -> OfText:
        """Minor units of the row's currency; a fault of the currency is told by its reader."""
        currency_in, minor = self.currency(), self.minor(target)

        def of_text(written: str, cells: list[str]) -> int | None:
            currency = currency_in(cells, [])
            return None if currency is None else minor(written, currency)

        return of_text

    def minor(self, target: str) -> Callable[[str, str], int]:
        """Minor units of a written amount in a currency."""
        shown, mark = self.bound.shown(target), self.mapping.decimal_mark
        known: dict[str, dict[str, int]] = {}

        def of_text(written: str, currency: str) -> int:
            of_currency = known.get(currency)
            if of_currency is None:
                of_currency = known[currency] = {}
            minor = of_currency.get(written)
            if minor is not None:
                return minor
            minor = plain_minor(written, money.CURRENCIES[currency], mark)
            try:
                if minor is None:
                    minor = money.parse(written, currency, mark).minor
            except money.BadMoney as bad:
                code = MONEY_CODES.get(bad.reason, "amount-not-a-number")
                raise BadCell(of_value(shown, code, written, currency=currency)) from None
            if abs(minor) > self._minor_max(currency):
                raise BadCell(of_value(shown, "amount-too-large", written))
            return keep(of_currency, written, minor)

        return of_text

    def number(self, target: str, *, decimals: int) -> OfText:
        """A decimal number of at most this many decimals."""
        shown = self.bound.shown(target)
        mark = self.mapping.decimal_mark
        grouping = {".": ",", ",": "."}.get(mark or "", "")

        def of_text(written: str, cells: list[str]) -> Decimal:
            if not mark and EITHER_WAY.fullmatch(written):
                raise BadCell(of_value(shown, "ambiguous-amount", written))
            if not DECIMAL.fullmatch(written) or (grouping and grouping in written):
                raise BadCell(of_value(shown, "not-a-number", written))
            number = Decimal(written.replace(",", "."))
            if number != round(number, decimals):
                raise BadCell(of_value(shown, "not-a-number", written))
            return number

        return of_text

    def _minor_max(self, currency: str) -> int:
        said = self.mapping.amount_max
        return AMOUNT_MINOR_MAX if said is None else said * 10 ** money.exponent_of(currency)

    def _months_later(self, target: str) -> Callable[[date, list[str]], date]:
        cell = self.bound.cells.get(target)
        if cell is None or cell.plus_months is None:
            return lambda day, cells: day
        place = self.bound.place(cell.plus_months)
        shown = self.bound.header[place]

        def later(day: date, cells: list[str]) -> date:
            months = cells[place].strip()
            try:
                return periods.add_months(day, int(months))
            except (ValueError, OverflowError):
                raise BadCell(of_value(shown, "not-a-number", months)) from None

        return later


def plain_minor(written: str, exponent: int, mark: str | None) -> int | None:
    """What `money.parse` would say, several times as fast, of most amounts in files: digits, or
    digits with a point before as many as the currency has decimals. None for all others."""
    whole, point, decimals = written.partition(".")
    if len(written) > PLAIN_DIGITS_MAX or not whole.isdigit() or not written.isascii():
        return None
    if not point:
        return int(whole + "0" * exponent)
    can_group = mark == "," or exponent == 3
    if can_group or len(decimals) != exponent or not decimals.isdigit():
        return None
    return int(whole + decimals)


def nothing(cells: list[str], faults: Faults) -> None:
    """The reader of a target that is not mapped."""


def keep(cache: MutableMapping[Key, Value], written: Key, value: Value) -> Value:
    """Remember what a text means; forget all when there are too many."""
    if len(cache) >= CACHED_MAX:
        cache.clear()
    cache[written] = value
    return value


def cleaned(written: str, shown: str, chars_max: int) -> str:
    """Text fit to be kept. Raises BadCell."""
    try:
        found = text.clean(written)
    except ValueError:
        raise BadCell(Fault(shown, "bad-character")) from None
    if len(found) > chars_max:
        raise BadCell(Fault(shown, "too-long", {"chars": str(chars_max)}))
    if CONTROL.search(found):
        raise BadCell(Fault(shown, "bad-character"))
    return found
