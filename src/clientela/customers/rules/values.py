"""The 14 types of values and the one canonical form of each.

A form takes what JSON, a web form or a cell can hold and gives what is stored: no nulls, nothing
empty, texts in NFC, days and instants as ISO text of fixed width, numbers exact. The form of a
canonical value is that value. What has no form is Refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, time
from decimal import Context, Decimal
from enum import StrEnum
from ipaddress import ip_address
from math import isfinite
from typing import Any
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from clientela.customers.rules.faults import Refused
from clientela.platform import emails, ids, money, periods
from clientela.platform import text as texts
from clientela.platform.countries import COUNTRIES

TEXT_LENGTH_MAX = 500
NOTE_LENGTH_MAX = 10_000
LINK_LENGTH_MAX = 2_000
CHOICES_MAX = 200
SCALE_MAX = 6
INTEGER_MIN, INTEGER_MAX = -(2**63), 2**63 - 1
DECIMAL_DIGITS_MAX = 15
FLOAT_DIGITS_MAX = 15

_EXACT = Context(prec=40)
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:([.,])([0-9]{1,30}))?")
_YES = frozenset(["true", "yes", "si", "ja", "1"])
_NO = frozenset(["false", "no", "ne", "0"])
_NOT_IN_LINKS = re.compile(r'[\s\x00-\x1f\x7f-\x9f\\<>"]')


class FieldType(StrEnum):
    TEXT = "text"
    NOTE = "note"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    PERCENT = "percent"
    YES_NO = "yes_no"
    DATE = "date"
    INSTANT = "instant"
    CHOICE = "choice"
    CHOICES = "choices"
    COUNTRY = "country"
    LINK = "link"
    CUSTOMER = "customer"


def is_empty(value: Any) -> bool:
    """Whether it stands for "no value": nothing, an empty list, text without a visible sign."""
    if isinstance(value, str):
        return not value[:1].isalnum() and (not value.strip() or _is_invisible(value))
    return value is None or (isinstance(value, list | tuple | set | frozenset) and not value)


def _is_invisible(value: str) -> bool:
    try:
        return not texts.clean(value)
    except ValueError:
        return False


def text(value: Any) -> str:
    """One line: NFC, trimmed, white space runs to one space."""
    return _text(value, texts.clean, TEXT_LENGTH_MAX)


def note(value: Any) -> str:
    """Several lines, each like a text."""
    return _text(value, texts.clean_lines, NOTE_LENGTH_MAX)


def _text(value: Any, clean: Callable[[str], str], length_max: int) -> str:
    if not isinstance(value, str):
        raise Refused("not-text")
    try:
        cleaned = clean(value)
    except ValueError:
        raise Refused("unstorable-text") from None
    if not cleaned:
        raise Refused("empty")
    if len(cleaned) > length_max:
        raise Refused("too-long", length=len(cleaned), max=length_max)
    return cleaned


def whole_number(value: Any) -> int:
    """Within 64 bits."""
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value.strip()):
        number = int(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, float | Decimal) and _is_whole(value):
        number = int(value)
    else:
        raise Refused("not-a-whole-number")
    if not INTEGER_MIN <= number <= INTEGER_MAX:
        raise Refused("out-of-range", min=INTEGER_MIN, max=INTEGER_MAX)
    return number


def _is_whole(value: float | Decimal) -> bool:
    """A float above 2**53 may have lost digits on its way; it is not taken for a whole number."""
    is_finite = value.is_finite() if isinstance(value, Decimal) else isfinite(value)
    return is_finite and -(2**53) <= value <= 2**53 and value == int(value)


def decimal(value: Any, *, scale: int = SCALE_MAX) -> Decimal:
    """Exact, without trailing zeros; more decimals than the scale are refused, not rounded."""
    number = _exact(value)
    if not number:
        return Decimal(0)
    if number.adjusted() >= DECIMAL_DIGITS_MAX:
        raise Refused("out-of-range", min=-(10**DECIMAL_DIGITS_MAX), max=10**DECIMAL_DIGITS_MAX)
    if number.adjusted() < -scale:
        raise Refused("too-precise", scale=scale)
    rounded = _EXACT.quantize(number, Decimal(1).scaleb(-scale))
    if rounded != number:
        raise Refused("too-precise", scale=scale)
    plain = _EXACT.normalize(rounded)
    return _EXACT.quantize(plain, Decimal(1)) if int(plain.as_tuple().exponent) > 0 else plain


def percent(value: Any, *, scale: int = SCALE_MAX) -> Decimal:
    """In percent: 12.5 is an eighth."""
    return decimal(
        value.strip().removesuffix("%") if isinstance(value, str) else value, scale=scale
    )


def _exact(value: Any) -> Decimal:
    if isinstance(value, str):
        return _written(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Refused("not-a-number")
    if isinstance(value, int) and abs(value) > INTEGER_MAX:
        raise Refused("out-of-range", min=-(10**DECIMAL_DIGITS_MAX), max=10**DECIMAL_DIGITS_MAX)
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise Refused("not-a-number")
    if isinstance(value, float) and len(number.as_tuple().digits) > FLOAT_DIGITS_MAX:
        raise Refused("not-exact", digits=FLOAT_DIGITS_MAX)
    return number


def _written(value: str) -> Decimal:
    """A point is the decimal mark; a comma too, unless three digits could make it a thousand."""
    number = _NUMBER.fullmatch(value)
    if number is None:
        raise Refused("not-a-number")
    if number[1] == "," and len(number[2]) == 3:
        raise Refused("ambiguous")
    return Decimal(value.replace(",", "."))


def amount(value: Any) -> dict[str, Any]:
    """`{"minor", "currency"}`."""
    if isinstance(value, money.Money):
        value = {"minor": value.minor, "currency": value.currency}
    if not isinstance(value, Mapping) or set(value) != {"minor", "currency"}:
        raise Refused("not-money")
    minor, currency = value["minor"], value["currency"]
    if isinstance(minor, bool) or not isinstance(minor, int):
        raise Refused("not-money")
    if not isinstance(currency, str) or currency.strip().upper() not in money.CURRENCIES:
        raise Refused("not-a-currency")
    if abs(minor) > money.MINOR_MAX:
        raise Refused("out-of-range", min=-money.MINOR_MAX, max=money.MINOR_MAX)
    return {"minor": minor, "currency": currency.strip().upper()}


def yes_no(value: Any) -> bool:
    """True or false; the words of forms and files for them in three languages."""
    if isinstance(value, bool):
        return value
    word = texts.folded(value) if isinstance(value, str) else None
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Refused("not-yes-or-no")


def day(value: Any) -> str:
    """`YYYY-MM-DD`."""
    if isinstance(value, datetime):
        if value.time() != time() or value.tzinfo is not None:
            raise Refused("has-a-time")
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        raise Refused("not-a-date")
    try:
        return periods.parse_date(value).isoformat()
    except periods.BadDate as bad:
        raise Refused(bad.reason) from None


def instant(value: Any) -> str:
    """UTC to the microsecond with `Z`."""
    if not isinstance(value, str | datetime):
        raise Refused("not-an-instant")
    try:
        return periods.instant_text(
            periods.parse_instant(value) if isinstance(value, str) else value
        )
    except periods.BadDate as bad:
        raise Refused(bad.reason) from None


def choice(value: Any, codes: Collection[str]) -> str:
    """By code."""
    code = value.strip() if isinstance(value, str) else None
    if code is None or code not in codes:
        raise Refused("not-a-choice")
    return code


def choices(value: Any, codes: Collection[str]) -> list[str]:
    """Codes, sorted, each once."""
    if not isinstance(value, list | tuple | set | frozenset):
        raise Refused("not-a-list")
    if not value:
        raise Refused("empty")
    if len(value) > CHOICES_MAX:
        raise Refused("too-many", count=len(value), max=CHOICES_MAX)
    return sorted({_choice_at(place, one, codes) for place, one in enumerate(value)})


def _choice_at(place: int, value: Any, codes: Collection[str]) -> str:
    try:
        return choice(value, codes)
    except Refused as refused:
        raise Refused(refused.code, position=place) from None


def country(value: Any) -> str:
    """Two letters of ISO 3166-1."""
    code = value.strip().upper() if isinstance(value, str) else ""
    if code not in COUNTRIES:
        raise Refused("not-a-country")
    return code


def customer(value: Any) -> str:
    """The public id of a customer."""
    try:
        return ids.public("cus", value if isinstance(value, UUID) else _customer_id(value))
    except ValueError:
        raise Refused("not-a-customer") from None


def _customer_id(value: Any) -> UUID:
    if not isinstance(value, str):
        raise Refused("not-a-customer")
    return ids.parse("cus", value.strip())


def link(value: Any) -> str:
    """An http or https address without a user's name and password, host in ASCII."""
    written = _text(value, texts.clean, LINK_LENGTH_MAX)
    if _NOT_IN_LINKS.search(written):
        raise Refused("not-a-link")
    try:
        parts = urlsplit(written)
        if "@" in parts.netloc:
            raise Refused("has-credentials")
        address = parts._replace(netloc=_host(parts)).geturl()
    except Refused:
        raise
    except ValueError:
        raise Refused("not-a-link") from None
    if len(address) > LINK_LENGTH_MAX:
        raise Refused("too-long", length=len(address), max=LINK_LENGTH_MAX)
    return address


def _host(parts: SplitResult) -> str:
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not a web address")
    if parts.netloc.startswith("["):
        host = f"[{ip_address(parts.hostname).compressed}]"
    elif parts.hostname.replace(".", "").isdigit():
        host = str(ip_address(parts.hostname))
    else:
        host = emails.domain_name(parts.hostname)
    return host if parts.port is None else f"{host}:{parts.port}"
