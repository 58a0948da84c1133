"""What can be wrong with a file, a mapping or a row, each with a code and a sentence.

The sentences are English sources for translation; a door words a fault of a row with
`gettext(sentence_of(reject)) % reject.params`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from clientela.platform import cards
from clientela.platform.errors import Problem

VALUE_CHARS_SHOWN = 60
PAYMENT_CARD = "payment-card"


def gettext_noop(text: str) -> str:
    """Mark a sentence for translation without needing Django here."""
    return text


FILE_SENTENCES = {
    "not-a-file": gettext_noop("This is not a file that can be read."),
    "empty-file": gettext_noop("The file is empty."),
    "too-large": gettext_noop(
        "The file is larger than the limit. Split it: its parts may come in any order."
    ),
    "unpacks-too-large": gettext_noop("The packed file unpacks to more than is allowed."),
    "truncated-gzip": gettext_noop(
        "The packed file ends too early; a part of it is missing. Send it again."
    ),
    "damaged-gzip": gettext_noop("The packed file is damaged. Pack it again."),
    "locked-workbook": gettext_noop(
        "The workbook is locked by a password, or written by a program before 2007. Save it "
        "without a password as XLSX."
    ),
    "damaged-workbook": gettext_noop(
        "The workbook is damaged. Open it, save it as XLSX, and send that."
    ),
    "not-a-workbook": gettext_noop(
        "This is an archive, but not a workbook. Unpack it and send the table in it."
    ),
    "no-such-sheet": gettext_noop(
        "There is no sheet of this name. Name one of those the file has."
    ),
    "merged-cells": gettext_noop(
        "Cells are merged here, and it is not clear which rows they speak of. Split them first."
    ),
    "damaged-parquet": gettext_noop("The Parquet file is damaged. Write it anew."),
    "broken-json": gettext_noop(
        "This is not JSON from beginning to end. Send one object a line, or a list of objects."
    ),
    "row-too-long": gettext_noop("A row is longer than a row may be."),
    "packed-twice": gettext_noop("This file is packed by itself; send it without gzip."),
    "not-a-table": gettext_noop(
        "This is not a table. Save it as CSV, XLSX, Parquet or JSON lines."
    ),
    "wrong-encoding": gettext_noop("The text is not written in the stated encoding."),
    "too-many-columns": gettext_noop(
        "The table has more columns than the limit. Leave out those that nobody needs."
    ),
    "too-many-rows": gettext_noop(
        "The table has more rows than the limit. Split it: its parts may come in any order."
    ),
    "unclosed-quotes": gettext_noop(
        "Too many quotes are opened and never closed. If cells have none, choose no quotes."
    ),
    PAYMENT_CARD: gettext_noop(
        "This is the number of a payment card. Such numbers are not kept here."
    ),
}

SENTENCES = {
    "ragged-row": gettext_noop(
        "The row has %(cells)s cells where the table has %(columns)s columns."
    ),
    "bad-encoding": gettext_noop(
        "The row holds bytes that are no text in the encoding of the file."
    ),
    "nul-character": gettext_noop("The row holds a NUL character."),
    "unclosed-quote": gettext_noop("A quote is opened and not closed where its cell ends."),
    "row-too-long": gettext_noop("The row is longer than a row may be."),
    "broken-json": gettext_noop("The line is not one JSON object."),
    "missing-value": gettext_noop("A value is needed here and the cell is empty."),
    "too-long": gettext_noop("The value is longer than %(chars)s characters."),
    "bad-character": gettext_noop("The value holds a control character."),
    "scientific-number": gettext_noop(
        "“%(value)s” is a number in scientific form: a spreadsheet has changed it."
    ),
    "unreadable-value": gettext_noop("“%(value)s” cannot be read as %(reading)s."),
    "unknown-value": gettext_noop("“%(value)s” is not in the mapping's list of values."),
    "unknown-status": gettext_noop("The status “%(value)s” has no meaning in the mapping."),
    "unknown-role": gettext_noop("The role “%(value)s” has no meaning in the mapping."),
    "unknown-type-of-row": gettext_noop(
        "“%(value)s” is not sale, return or cancellation; let the mapping say what it means."
    ),
    "document-incomplete": gettext_noop("Another row of this document is refused."),
    "unknown-kind": gettext_noop(
        "“%(value)s” is not phone, email, account, card, national-id, login or device."
    ),
    "bad-identity": gettext_noop("Nobody can be found by “%(value)s”."),
    "bad-identity:too-short": gettext_noop("“%(value)s” is too short to find anybody by."),
    "bad-identity:too-long": gettext_noop("“%(value)s” is too long to find anybody by."),
    "bad-identity:not-a-phone": gettext_noop("“%(value)s” is not a phone number to be called."),
    "bad-identity:not-an-email": gettext_noop("“%(value)s” is not an e-mail address."),
    "bad-identity:has-white-space": gettext_noop("“%(value)s” has white space in it."),
    "bad-identity:payment-card": gettext_noop(
        "This is the number of a payment card. Such numbers are not kept here."
    ),
    "unknown-purpose": gettext_noop("“%(value)s” is not a purpose known here."),
    "not-a-postcode": gettext_noop(
        "“%(value)s” is no postcode of that country. One is %(example)s."
    ),
    "ends-before-it-starts": gettext_noop("It ends before it starts."),
    "related-to-itself": gettext_noop("“%(value)s” stands on both sides."),
    "unknown-decision": gettext_noop("“%(value)s” is not given or withdrawn."),
    "unknown-channel": gettext_noop("“%(value)s” is not email, sms, phone, post or push."),
    "unknown-basis": gettext_noop(
        "“%(value)s” is not consent, legitimate_interest, contract or legal_duty."
    ),
    "not-yes-or-no": gettext_noop("“%(value)s” is neither yes nor no."),
    "unknown-currency": gettext_noop("“%(value)s” is not a currency."),
    "bad-language": gettext_noop("“%(value)s” is not the code of a language."),
    "bad-country": gettext_noop("“%(value)s” is not the two-letter code of a country."),
    "bad-phone": gettext_noop("“%(value)s” is not a phone number that can be called."),
    "bad-phone:country-needed": gettext_noop(
        "“%(value)s” is a number without its country, and the country is not known."
    ),
    "bad-phone:several-numbers": gettext_noop("“%(value)s” holds more than one phone number."),
    "bad-phone:emergency-number": gettext_noop("“%(value)s” is an emergency number."),
    "bad-phone:short-number": gettext_noop("“%(value)s” is a short number."),
    "bad-phone:too-short": gettext_noop("“%(value)s” is too short for a phone number."),
    "bad-phone:too-long": gettext_noop("“%(value)s” is too long for a phone number."),
    "bad-phone:area-code-missing": gettext_noop("“%(value)s” is a number without its area code."),
    "bad-phone:unknown-country-code": gettext_noop(
        "“%(value)s” begins with a country code that does not exist."
    ),
    "bad-email": gettext_noop("“%(value)s” is not an e-mail address."),
    "not-a-number": gettext_noop("“%(value)s” is not a number."),
    "not-a-date": gettext_noop("“%(value)s” is not a date in a form the mapping knows."),
    "ambiguous-date": gettext_noop(
        "“%(value)s” may be two days; let the mapping say whether the day or the month is first."
    ),
    "date-in-future": gettext_noop("%(value)s lies in the future."),
    "date-too-old": gettext_noop("%(value)s lies before the year %(year)s."),
    "closed-before-opened": gettext_noop("The holding is closed before it is opened."),
    "amount-not-a-number": gettext_noop("“%(value)s” is not an amount."),
    "ambiguous-amount": gettext_noop(
        "“%(value)s” may be two amounts; let the mapping say which mark is the decimal mark."
    ),
    "amount-too-precise": gettext_noop(
        "“%(value)s” has more decimals than %(currency)s; nothing is rounded."
    ),
    "amount-too-large": gettext_noop("“%(value)s” is larger than any amount allowed here."),
    "likely-duplicate": gettext_noop("This is likely %(value)s, who is known already."),
    "negative-amount": gettext_noop("“%(value)s” is negative and the mapping refuses returns."),
}


class UnreadableFile(Problem):
    """The file as a whole is refused, before anything of it is written."""

    code = "unreadable-file"
    status = 422
    title = "The file cannot be read"

    def __init__(
        self, reason: str, *, line: int | None = None, column: int | None = None, detail: str = ""
    ) -> None:
        where = {"line": line, "column": column}
        known: dict[str, Any] = {name: at for name, at in where.items() if at is not None}
        super().__init__(detail or FILE_SENTENCES[reason], reason=reason, **known)
        self.reason = reason
        self.line = line
        self.column = column

    def at(self, line: int) -> UnreadableFile:
        """The same refusal with the line at which reading ended."""
        return UnreadableFile(self.reason, line=line, detail=self.detail)


class WrongMapping(Problem):
    """The mapping says something that has no meaning; `field` is the key at fault."""

    code = "wrong-mapping"
    status = 422
    title = "The mapping cannot be used"


class MissingColumns(Problem):
    """The table lacks columns that the mapping, or the kind, needs."""

    code = "missing-column"
    status = 422
    title = "Columns are missing in the file"

    def __init__(self, missing: Iterable[str], header: Iterable[str]) -> None:
        self.missing = tuple(missing)
        self.header = tuple(header)
        super().__init__(
            f"Missing: {', '.join(self.missing)}. The file has: {', '.join(self.header)}.",
            columns=list(self.missing),
        )


@dataclass(frozen=True, slots=True)
class Reject:
    """One fault of one row. `column` is the name the file gives it, "" for the row as a whole."""

    row: int
    column: str
    code: str
    params: Mapping[str, str] = field(default_factory=dict)


def sentence_of(reject: Reject) -> str:
    """The English sentence, with its places still open, that says most about this fault."""
    closer = f"{reject.code}:{reject.params.get('reason', '')}"
    return SENTENCES.get(closer, SENTENCES[reject.code])


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is not taken, with all its faults (the first is the headline) and its money,
    where that could be read."""

    number: int
    faults: tuple[Reject, ...]
    amount_minor: int | None = None
    currency: str | None = None

    @property
    def headline(self) -> Reject:
        return self.faults[0]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a cell, before its row number is known."""

    column: str
    code: str
    params: Mapping[str, str] = field(default_factory=dict)


def of_value(column: str, code: str, value: str, **more: Any) -> Fault:
    """A fault that shows the value, cut to what fits in a sentence."""
    value = cards.masked(value)
    shown = value if len(value) <= VALUE_CHARS_SHOWN else value[:VALUE_CHARS_SHOWN] + "…"
    return Fault(column, code, {"value": shown, **{name: str(it) for name, it in more.items()}})


def refused(
    number: int,
    faults: Iterable[Fault],
    amount_minor: int | None = None,
    currency: str | None = None,
) -> Refused:
    rejects = tuple(Reject(number, it.column, it.code, it.params) for it in faults)
    return Refused(number, rejects, amount_minor, currency)


def broken_row(code: str, cells: int, columns: int) -> Fault:
    """The fault of a row that cannot be used as it stands; it belongs to no one column."""
    is_ragged = code == "ragged-row"
    return Fault("", code, {"cells": str(cells), "columns": str(columns)} if is_ragged else {})
