"""Money as a whole number of minor units and a currency. Pure: no floats, no rounding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

MoneyReason = Literal[
    "empty", "not-an-amount", "ambiguous", "bad-grouping", "too-precise", "out-of-range",
    "unknown-currency", "other-currency",
]  # fmt: skip

MINOR_MAX = 10**15
TEXT_MAX = 60

_WITHOUT_MINOR = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_HUNDREDS = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD
    CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL
    GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR
    LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD
    PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC
    SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR
    ZMW ZWG
"""
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
_TEN_THOUSANDTHS = "CLF UYW"

# ISO 4217: how many decimals the minor unit of a currency has.
CURRENCIES: dict[str, int] = {
    code: exponent
    for codes, exponent in (
        (_WITHOUT_MINOR, 0), (_HUNDREDS, 2), (_THOUSANDTHS, 3), (_TEN_THOUSANDTHS, 4),
    )
    for code in codes.split()
}  # fmt: skip
DECIMAL_MARKS = {"en": ".", "es": ",", "lv": ","}

NBSP = "\u00a0"

_SIGN_OF = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"}
_DOLLARS = """
    ARS AUD BBD BMD BND BSD BZD CAD CLP COP CVE DOP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD
    SRD TTD TWD USD UYU XCD
"""
_WRITTEN_AS = {
    "€": "EUR", "£": "GBP EGP FKP GIP LBP SHP SYP", "$": _DOLLARS, "US$": "USD", "¥": "JPY CNY",
    "kr": "DKK ISK NOK SEK", "zł": "PLN", "Kč": "CZK", "Ft": "HUF", "₽": "RUB", "₴": "UAH",
    "₹": "INR", "₺": "TRY", "₪": "ILS", "₩": "KRW", "R$": "BRL", "S/": "PEN", "C$": "CAD NIO",
    "A$": "AUD", "lei": "RON MDL", "R": "ZAR",
}  # fmt: skip
_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007"), " ")
_ONE_KIND = str.maketrans(_SPACES | {ord("−"): "-", ord("’"): "'"})
_PLAIN = re.compile(r"(-?[0-9]{1,15})(?:([.,])([0-9]{1,2}))?")
_WITH_CURRENCY = re.compile(
    r"(?P<before>[^0-9 '.,()+-]*) ?(?P<number>[0-9'.,+-][0-9 '.,+-]*?)"
    r"(?: ?(?P<after>[^0-9 '.,()+-]+)\.?)?"
)
_NUMBER = re.compile(r"[0-9 '.,]*[0-9]")
_GROUPED = re.compile(
    r"[0-9]+|[0-9]{1,3}([ '.,])[0-9]{3}(?:\1[0-9]{3})*|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}"
)


class BadMoney(ValueError):
    """No amount of this currency; `reason` says why."""

    def __init__(self, reason: MoneyReason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Money:
    """An amount; adding and taking away keep to one currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent_of(self.currency)
        if not -MINOR_MAX <= self.minor <= MINOR_MAX:
            raise BadMoney("out-of-range")

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + _minor_in(self.currency, other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - _minor_in(self.currency, other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def to_decimal(self) -> Decimal:
        """In major units, with as many decimals as the currency has."""
        return Decimal(self.minor).scaleb(-CURRENCIES[self.currency])

    def shown(self, language: str) -> str:
        """For people: `€1,234.50` in English, `1 234,50 €` in Spanish and Latvian."""
        sign = "-" if self.minor < 0 else ""
        amount = f"{abs(self.to_decimal()):,f}"
        mark = _SIGN_OF.get(self.currency)
        if DECIMAL_MARKS.get(language, ".") == ",":
            amount = amount.replace(",", NBSP).replace(".", ",")
            return f"{sign}{amount}{NBSP}{mark or self.currency}"
        return f"{sign}{mark}{amount}" if mark else f"{sign}{self.currency}{NBSP}{amount}"


def exponent_of(currency: str) -> int:
    """Decimals of the currency's minor unit."""
    try:
        return CURRENCIES[currency]
    except KeyError:
        raise BadMoney("unknown-currency") from None


def from_decimal(amount: Decimal, currency: str) -> Money:
    """Exactly, from major units; more decimals than the currency has are refused, not rounded."""
    exponent = exponent_of(currency)
    if not amount.is_finite():
        raise BadMoney("not-an-amount")
    if not amount:
        return Money(0, currency)
    if amount.adjusted() + exponent > len(str(MINOR_MAX)):
        raise BadMoney("out-of-range")
    if amount.adjusted() + exponent < 0:
        raise BadMoney("too-precise")
    return Money(_whole(amount, exponent), currency)


def _whole(amount: Decimal, exponent: int) -> int:
    """Counted in integers, for a decimal context would round what is too long for it."""
    sign, digits, scale = amount.as_tuple()
    shift = int(scale) + exponent
    if len(digits) > TEXT_MAX:
        raise BadMoney("too-precise")
    number = int("".join(map(str, digits)) + "0" * shift)
    whole, rest = divmod(number, int("1" + "0" * -shift))
    if rest:
        raise BadMoney("too-precise")
    return -whole if sign else whole


def parse(text: str, currency: str, decimal_mark: str | None = None) -> Money:
    """An amount as people and files write it: `1 234,50`, `1,234.50`, `-12`, `(12.00)`, `€12.00`.

    With `decimal_mark` the other mark can only group. Without it
    * of two kinds of marks the last is the decimal one;
    * one that stands twice groups;
    * one alone before exactly three digits is `ambiguous` (1,234 is a thousand here and one and a
      bit there), unless a leading zero or other groups settle it;
    * one alone before any other number of digits is the decimal mark.
    Groups have three digits (in India two above the thousands); else it is `bad-grouping`.
    """
    plain = _PLAIN.fullmatch(text)
    if plain and (plain[2] is None or decimal_mark in (None, plain[2])):
        return Money(_plain_minor(plain[1], plain[3] or "", exponent_of(currency)), currency)
    if len(text) > TEXT_MAX:
        raise BadMoney("not-an-amount")
    number, is_negative = _bare_number(text, currency)
    amount = Decimal(_decimal_text(number, decimal_mark))
    return from_decimal(-amount if is_negative else amount, currency)


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Parts of `total` by weight, each within one of its exact share; they sum to `total`.

    What is left over goes to the largest remainders, of equal ones to the first.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight is never negative")
    if total < 0:
        return [-part for part in allocate(-total, weights)]
    whole = sum(weights)
    if not whole:
        if total:
            raise ValueError("nothing to allocate to: all weights are zero")
        return [0] * len(weights)
    parts, remainders = zip(*(divmod(total * weight, whole) for weight in weights), strict=True)
    left = total - sum(parts)
    largest = sorted(range(len(weights)), key=lambda index: -remainders[index])[:left]
    shares = list(parts)
    for index in largest:
        shares[index] += 1
    return shares


def _plain_minor(whole: str, fraction: str, exponent: int) -> int:
    if fraction[exponent:].strip("0"):
        raise BadMoney("too-precise")
    return int(whole + fraction[:exponent].ljust(exponent, "0"))


def _minor_in(currency: str, other: Money) -> int:
    if other.currency != currency:
        raise BadMoney("other-currency")
    return other.minor


def _bare_number(text: str, currency: str) -> tuple[str, bool]:
    """Without currency and signs; a minus before or behind, or brackets, make it negative."""
    outside, in_brackets = _without_minus(text.translate(_ONE_KIND).strip())
    if not outside:
        raise BadMoney("empty")
    found = _WITH_CURRENCY.fullmatch(outside)
    if found is None:
        raise BadMoney("not-an-amount")
    for written in (found["before"], found["after"]):
        _refuse_other_currency(written, currency)
    number, is_negative = _without_minus(found["number"])
    if not _NUMBER.fullmatch(number) or (in_brackets and is_negative):
        raise BadMoney("not-an-amount")
    return number, in_brackets or is_negative


def _without_minus(written: str) -> tuple[str, bool]:
    if written.startswith("(") and written.endswith(")"):
        return written[1:-1].strip(), True
    if written.startswith("-"):
        return written[1:].strip(), True
    if written.endswith("-"):
        return written[:-1].strip(), True
    return written.removeprefix("+").strip(), False


def _refuse_other_currency(written: str | None, currency: str) -> None:
    if not written or written.upper() == currency:
        return
    known = _WRITTEN_AS.get(written)
    if known is None and written.upper() not in CURRENCIES:
        raise BadMoney("not-an-amount")
    if known is None or currency not in known.split():
        raise BadMoney("other-currency")


def _decimal_text(number: str, decimal_mark: str | None) -> str:
    if decimal_mark is None:
        mark = _mark_of(number)
    else:
        mark = decimal_mark if decimal_mark in number else None
    whole, fraction = number.rsplit(mark, 1) if mark else (number, "0")
    if not fraction.isdigit() or not _GROUPED.fullmatch(whole or "0") or (mark and mark in whole):
        raise BadMoney("bad-grouping")
    return f"{''.join(filter(str.isdigit, whole)) or '0'}.{fraction}"


def _mark_of(number: str) -> str | None:
    """The decimal mark of a number that is read on its own; see `parse`."""
    marks = [sign for sign in number if sign in ".,"]
    if not marks:
        return None
    last = marks[-1]
    if len(marks) > 1:
        return None if set(marks) == {last} else last
    whole, fraction = number.split(last)
    if len(fraction) == 3 and re.fullmatch("[1-9][0-9]{0,2}", whole):
        raise BadMoney("ambiguous")
    return last
