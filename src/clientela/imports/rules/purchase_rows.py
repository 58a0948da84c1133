"""Purchases and returns: the one kind of which there are millions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from clientela.imports.rules.binding import BadCell
from clientela.imports.rules.faults import Refused, broken_row, of_value, refused
from clientela.imports.rules.keys import UNIT, digest_of
from clientela.imports.rules.readers import Faults, OfText, Readers, keep
from clientela.imports.rules.records import RawRow
from clientela.imports.rules.rows import PurchaseRow

FUTURE_MAX = timedelta(hours=24)
QUANTITY_DECIMALS = 3
ONE_MILLI = 1000
TYPES = ("sale", "return", "cancellation")
BACK = ("return", "cancellation")
NOTHING_MORE = (None, None, None, None)
IDENTIFIERS = ("customer", "reference", "original", "product", "channel", "place")
When = tuple[datetime, str]  # the instant, and the time as written, in one form


def purchases(read: Readers) -> Callable[[RawRow], PurchaseRow | Refused]:
    """How the rows of a purchases file are read."""
    header = read.bound.header
    customer_in, reference_in, original_in, product_in, channel_in, place_in = (
        read.optional(name, read.identifier(name), cleared=None) for name in IDENTIFIERS
    )
    when_in = read.required("date", _when(read))
    currency_in, signed_in, count_in = read.currency(), _signed(read), _count(read)
    more_in, prefix = _more(read), read.mapping.return_prefix

    def broken_purchase(raw: RawRow) -> Refused:
        """Its money is counted where the cells still stand in their columns."""
        fault = broken_row(raw.fault, len(raw.cells), len(header))
        if raw.fault == "unclosed-quote" or len(raw.cells) != len(header):
            return refused(raw.number, [fault])
        currency, count = currency_in(raw.cells, []), count_in(raw.cells, [])
        return refused(raw.number, [fault], signed_in(raw.cells, [], currency, count), currency)

    def of_row(raw: RawRow) -> PurchaseRow | Refused:
        number, cells, broken = raw
        if broken:
            return broken_purchase(raw)
        faults: Faults = []
        customer, when = customer_in(cells, faults), when_in(cells, faults)
        currency, count = currency_in(cells, faults), count_in(cells, faults)
        amount = signed_in(cells, faults, currency, count)
        reference, original = reference_in(cells, faults), original_in(cells, faults)
        product, channel = product_in(cells, faults), channel_in(cells, faults)
        place = place_in(cells, faults)
        type_, tax, discount, serial = more_in(cells, faults)
        is_back = type_ in BACK or _has_prefix(reference, prefix)
        original = original or _original(type_, reference, prefix)
        amount = _back(amount) if is_back else amount
        if faults:
            return refused(number, faults, amount, currency)
        assert amount is not None
        assert currency is not None
        instant, written = when
        facts = f"c={customer or ''}{UNIT}d={written}{UNIT}a={amount}{UNIT}m={currency}"
        if count != ONE_MILLI or product or channel or place or original:
            facts += _more_facts(count, product, channel, place, original)
        if tax or discount or serial:
            facts += f"{UNIT}t={tax}{UNIT}r={discount}{UNIT}s={serial or ''}"
        return PurchaseRow(
            number,
            customer,
            instant,
            amount,
            currency,
            reference,
            original,
            abs(count),
            product,
            channel,
            place,
            is_back or amount < 0 or count < 0,
            digest_of(facts),
            tax or 0,
            discount or 0,
            serial,
        )

    if read.mapping.rows == "lines" and read.bound.has("reference"):
        of_row.document_of = _document(read)  # type: ignore[attr-defined]
    return of_row


def _document(read: Readers) -> Callable[[RawRow], str]:
    """The document a row stands in; "" where that cannot be read."""
    text = read.bound.text("reference")

    def document_of(raw: RawRow) -> str:
        if len(raw.cells) != len(read.bound.header):
            return ""
        try:
            return text(raw.cells)
        except BadCell:
            return ""

    return document_of


def _more(read: Readers) -> Callable[[list[str], Faults], tuple[Any, Any, Any, Any]]:
    """Type, tax, discount and serial of a row, for the few files that say them."""
    names = [name for name in ("type", "tax", "discount", "serial") if read.bound.has(name)]
    if not names:
        return lambda cells, faults: NOTHING_MORE
    type_in = read.optional("type", read.one_of("type", TYPES, "unknown-type-of-row"), cleared=None)
    tax_in, discount_in = (
        read.optional(name, read.amount(name), cleared=None) for name in ("tax", "discount")
    )
    serial_in = read.optional("serial", read.identifier("serial"), cleared=None)
    return lambda cells, faults: (
        type_in(cells, faults), tax_in(cells, faults), discount_in(cells, faults),
        serial_in(cells, faults),
    )  # fmt: skip


def _has_prefix(reference: str | None, prefix: str) -> bool:
    return bool(prefix) and reference is not None and reference.startswith(prefix)


def _original(type_: str | None, reference: str | None, prefix: str) -> str | None:
    """The document a return names by its own number: a cancellation, or one with the prefix."""
    if reference is None or not (type_ == "cancellation" or _has_prefix(reference, prefix)):
        return None
    return reference.removeprefix(prefix)


def _back(amount: int | None) -> int | None:
    return None if amount is None else -abs(amount)


def _more_facts(count: int, *others: str | None) -> str:
    """What many files do not say; the usual count of one is as good as unsaid."""
    facts = [] if count == ONE_MILLI else [f"n={count}"]
    facts += [f"{name}={it}" for name, it in zip("phlo", others, strict=True) if it]
    return UNIT + UNIT.join(facts)


def _when(read: Readers) -> OfText:
    """The instant of a purchase, worked out once for each way it is written."""
    shown, moment = read.bound.shown("date"), read.moment("date")
    latest = read.around.now + FUTURE_MAX
    known: dict[str, When] = {}

    def of_text(written: str, cells: list[str]) -> When:
        found = known.get(written)
        if found is not None:
            return found
        at: datetime = moment(written, cells)
        instant = read.instant(at)
        if instant > latest:
            raise BadCell(of_value(shown, "date-in-future", written))
        form = at.isoformat() if at.tzinfo is None else instant.isoformat()
        return keep(known, written, (instant, form))

    return of_text


def _count(read: Readers) -> Callable[[list[str], Faults], int]:
    """Thousandths of a piece; one piece where the file does not say."""
    if not read.bound.has("quantity"):
        return lambda cells, faults: ONE_MILLI
    number = read.number("quantity", decimals=QUANTITY_DECIMALS)
    known: dict[str, int] = {}

    def of_text(written: str, cells: list[str]) -> int:
        found = known.get(written)
        if found is not None:
            return found
        return keep(known, written, int(number(written, cells) * 1000))

    optional = read.optional("quantity", of_text, cleared=None)

    def of_row(cells: list[str], faults: Faults) -> int:
        """A purchase has no earlier value to clear: an empty cell is one piece."""
        count: int | None = optional(cells, faults)
        return ONE_MILLI if count is None else count

    return of_row


def _signed(read: Readers) -> Callable[[list[str], Faults, str | None, int], int | None]:
    """Minor units, below zero for what is given back: by its amount or by its count."""
    minor, shown = read.minor("amount"), read.bound.shown("amount")
    refuses_negative = read.mapping.negative == "refuse"
    text_in = read.required("amount", lambda written, cells: written)

    def of_row(cells: list[str], faults: Faults, currency: str | None, count: int) -> int | None:
        written = text_in(cells, faults)
        if written is None or currency is None:
            return None
        try:
            amount = minor(written, currency)
        except BadCell as bad:
            faults.append(bad.fault)
            return None
        if amount >= 0 and count >= 0:
            return amount
        if refuses_negative:
            faults.append(of_value(shown, "negative-amount", written))
        return -abs(amount)

    return of_row
