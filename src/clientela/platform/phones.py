"""Phone numbers in any usual writing, brought to E.164.

The plans of the `phonenumbers` library decide. A plain number that matches its country's plan is
taken by a fast rule, worked out from these same plans; everything else the library reads itself.
A number is refused when it is impossible, not when the plans merely do not know its range yet:
ranges open every month, and a caller must be found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber, PhoneNumberFormat
from phonenumbers import ValidationResult as Length
from phonenumbers.phonemetadata import NumberFormat

from clientela.platform import text as texts

PhoneReason = Literal[
    "empty", "not-a-number", "several-numbers", "country-needed", "unknown-country-code",
    "area-code-missing", "emergency-number", "short-number", "too-short", "too-long",
    "impossible",
]  # fmt: skip

TEXT_MAX = 100
TAIL_MIN = 4
WHOLE_NUMBER_MIN = 8

_SEPARATORS = {ord(sign): None for sign in " -./()·‐‑‒–—―−\u2060"}
_DIGITS = re.compile(r"[0-9]+")
_LABEL = re.compile(
    r"(?:tel|t[aā]lr|phone|ph|mob|m[oó]vil|mobile|t|m)(?:\.:?|:| (?=[+0-9(]))\s*", re.IGNORECASE
)
_EXTENSION = re.compile(
    r"(?:\s*;ext=|\s*,{2,}|[\s,;.]*(?:extension|extn?|interno|int|anexo|iekš[a-zē]*|доб|x|#)[\s.:]*)"
    r"([0-9]{1,7})#?$",
    re.IGNORECASE,
)
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
_SEVERAL = re.compile(r"[,;|]|[0-9][0-9 .-]{6,}/[^/]*[0-9][0-9 .-]{6,}")
_VANITY = re.compile(r"\+?[0-9 .()-]{3,}[A-Za-z]{3,}[A-Za-z0-9 -]*")
_EMERGENCY_ANYWHERE = frozenset(["112", "911", "999"])
_KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip",
    "pager", "uan", "voicemail",
)  # fmt: skip
_CODES = {str(code): regions for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()}
_REASONS: dict[int, PhoneReason] = {
    Length.TOO_SHORT: "too-short",
    Length.TOO_LONG: "too-long",
    Length.INVALID_LENGTH: "impossible",
    Length.IS_POSSIBLE_LOCAL_ONLY: "area-code-missing",
    Length.INVALID_COUNTRY_CODE: "unknown-country-code",
}
_UNREADABLE: dict[int, PhoneReason] = {
    NumberParseException.INVALID_COUNTRY_CODE: "unknown-country-code",
    NumberParseException.NOT_A_NUMBER: "not-a-number",
    NumberParseException.TOO_SHORT_AFTER_IDD: "too-short",
    NumberParseException.TOO_SHORT_NSN: "too-short",
    NumberParseException.TOO_LONG: "too-long",
}
# Where people group otherwise than the library does.
_GROUPED = {"LV": [NumberFormat(pattern=r"(\d{4})(\d{4})", format=r"\1 \2")]}


class BadPhone(ValueError):
    """No number by which anyone can be called; `reason` says why."""

    def __init__(self, reason: PhoneReason) -> None:
        super().__init__(reason)
        self.reason = reason


class Phone(NamedTuple):
    """A number by which a customer can be called; `country` is missing for numbers of none."""

    e164: str
    shown: str
    extension: str | None = None
    country: str | None = None


def normal(text: str, country: str | None = None) -> Phone:
    """The number in E.164, as it was written, its extension and its country.

    `country` is where a number without `+` or `00` is dialled. BadPhone when it is none.
    """
    shown = _cleaned(text)
    digits = shown.translate(_SEPARATORS)
    found = None if "(0)" in shown else _by_rule(digits, country)
    if found is not None:
        return Phone(found[0], shown, None, found[1])
    written, extension = _without_label_and_extension(shown)
    number = _read(written, _known(country))
    return Phone(_e164(number), shown, extension, _country_of(number))


def plain(digits: str, country: str | None = None) -> Phone | None:
    """What `normal` says of digits, with a plus before them or without one; None where only the
    library knows, which `normal` asks.
    """
    found = _by_rule(digits, country)
    return None if found is None else Phone(found[0], digits, None, found[1])


def display(e164: str, country: str | None = None) -> str:
    """As people write it: `+371 2612 3456`, without `+371` for readers in that country."""
    try:
        number = phonenumbers.parse(e164)
    except NumberParseException:
        return e164
    region = _country_of(number)
    at_home = country is not None and region == country.upper()
    style = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    groups = _GROUPED.get(region or "")
    if groups:
        return phonenumbers.format_by_pattern(number, style, groups)
    return phonenumbers.format_number(number, style)


def digits_tail(text: str) -> str | None:
    """The digits of a search by the end of a number; None when it is no such search.

    A whole number loses the zeros it is dialled with, which its E.164 form does not have.
    """
    digits = text.strip().removeprefix("+").translate(_SEPARATORS)
    if not _DIGITS.fullmatch(digits) or len(digits) < TAIL_MIN:
        return None
    return digits.lstrip("0") or None if len(digits) >= WHOLE_NUMBER_MIN else digits


def _cleaned(text: str) -> str:
    try:
        shown = texts.clean(text)
    except ValueError:
        raise BadPhone("not-a-number") from None
    if not shown:
        raise BadPhone("empty")
    if len(shown) > TEXT_MAX:
        raise BadPhone("too-long")
    return shown


# The fast rule


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the library knows about the numbers of one country, ready to be matched."""

    country: str
    code: str
    general: re.Pattern[str]
    kinds: re.Pattern[str]
    leading: re.Pattern[str] | None
    trunk: re.Pattern[str] | None
    abroad: re.Pattern[str]
    lengths: frozenset[int]

    def has(self, national: str) -> bool:
        return self.may_be(national) and self.kinds.fullmatch(national) is not None

    def without_trunk_prefix(self, digits: str) -> str | None:
        """None where the plan does more than cut a prefix off."""
        prefix = self.trunk.match(digits) if self.trunk else None
        if prefix is None:
            return digits
        if any(group is not None for group in prefix.groups()):
            return None
        national = digits[prefix.end() :]
        return national if not prefix.end() or self.may_be(national) else None

    def may_be(self, national: str) -> bool:
        return len(national) in self.lengths and self.general.fullmatch(national) is not None


@cache
def _plan(country: str) -> _Plan | None:
    known = PhoneMetadata.metadata_for_region(country, None)
    general = known.general_desc if known else None
    if known is None or general is None or not general.national_number_pattern:
        return None
    kinds = [getattr(known, kind) for kind in _KINDS]
    patterns = [kind.national_number_pattern for kind in kinds if kind]
    return _Plan(
        country=country,
        code=str(known.country_code),
        general=re.compile(general.national_number_pattern),
        kinds=re.compile("|".join(f"(?:{pattern})" for pattern in patterns if pattern)),
        leading=re.compile(known.leading_digits) if known.leading_digits else None,
        trunk=re.compile(trunk) if (trunk := known.national_prefix_for_parsing) else None,
        abroad=re.compile(known.international_prefix or "(?!)"),
        lengths=frozenset(general.possible_length),
    )


def _by_rule(digits: str, country: str | None) -> tuple[str, str] | None:
    """E.164 and country of a plainly written number that its plan knows; else None."""
    plan = _plan(country.upper()) if country else None
    if digits.startswith("+"):
        digits = digits[1:]
    elif digits.startswith("00") and (plan is None or plan.abroad.pattern == "00"):
        digits = digits[2:]
    elif plan is None or not _is_dialled_at_home(digits, plan):
        return None
    else:
        return _in_plan(digits, plan)
    if not _DIGITS.fullmatch(digits):
        return None
    code = next((digits[:length] for length in (1, 2, 3) if digits[:length] in _CODES), None)
    plan = _plan(_CODES[code][0]) if code else None
    return _in_plan(digits[len(plan.code) :], plan) if plan else None


def _is_dialled_at_home(digits: str, plan: _Plan) -> bool:
    return (
        _DIGITS.fullmatch(digits) is not None
        and plan.abroad.match(digits) is None
        and (not digits.startswith(plan.code) or plan.may_be(digits))
    )


def _in_plan(digits: str, plan: _Plan) -> tuple[str, str] | None:
    national = plan.without_trunk_prefix(digits)
    country = _country_in(plan.code, national) if national else None
    return (f"+{plan.code}{national}", country) if country else None


def _country_in(code: str, national: str) -> str | None:
    """Of the countries that share a calling code, in the library's order."""
    for country in _CODES[code]:
        plan = _plan(country)
        if plan is None:
            return None
        if plan.leading is not None:
            if plan.leading.match(national):
                return country if plan.has(national) else None
        elif plan.has(national):
            return country
    return None


# The library


def _without_label_and_extension(shown: str) -> tuple[str, str | None]:
    label = _LABEL.match(shown)
    written = shown[label.end() :] if label else shown
    extension = _EXTENSION.search(written)
    if extension is None or not any(sign.isdigit() for sign in written[: extension.start()]):
        return written.strip(), None
    return written[: extension.start()].strip(), extension.group(1)


def _read(written: str, country: str | None) -> PhoneNumber:
    """The likeliest reading that is a possible number; else BadPhone of the first reading."""
    if any(sign.isalpha() for sign in written) and not _has_dialled_letters(written, country):
        raise BadPhone("not-a-number")
    if _SEVERAL.search(written):
        raise BadPhone("several-numbers")
    is_abroad = written.lstrip("( ").startswith(("+", "＋", "00"))
    if country is None and not is_abroad:
        raise BadPhone(_reason_without_country(written))
    refusals: list[BadPhone] = []
    possible: list[PhoneNumber] = []
    for reading in _readings(written, country, is_abroad=is_abroad):
        try:
            number = _parsed(reading, country)
            if _is_in_a_plan(number):
                return number
            _refuse_impossible(number)
            possible.append(number)
        except BadPhone as refusal:
            refusals.append(refusal)
    if possible:
        return possible[0]
    raise refusals[0]


def _has_dialled_letters(written: str, country: str | None) -> bool:
    """`1-800-FLOWERS` is a number in North America; elsewhere letters are a remark."""
    is_american = written.startswith(("+1", "001")) or (
        country is not None and phonenumbers.country_code_for_region(country) == 1
    )
    return is_american and _VANITY.fullmatch(written) is not None


def _readings(written: str, country: str | None, *, is_abroad: bool) -> list[str]:
    """With `(0)` left out abroad, unless only with it the number is one, as in Italy."""
    readings = [written]
    if is_abroad and _TRUNK_ZERO.search(written):
        readings.insert(0, _TRUNK_ZERO.sub(" ", written))
    if not written.startswith("00"):
        return readings
    with_plus = ["+" + reading[2:] for reading in readings]
    plan = _plan(country) if country else None
    return with_plus if plan is None or plan.abroad.pattern == "00" else [*readings, *with_plus]


def _parsed(written: str, country: str | None) -> PhoneNumber:
    try:
        return phonenumbers.parse(written, country)
    except NumberParseException as error:
        raise BadPhone(_UNREADABLE.get(error.error_type, "not-a-number")) from None


def _refuse_impossible(number: PhoneNumber) -> None:
    """Short numbers, wrong lengths, and what fills a field without being a number."""
    national = phonenumbers.national_significant_number(number)
    for country in phonenumbers.region_codes_for_country_code(number.country_code or 0):
        if phonenumbers.is_emergency_number(national, country):
            raise BadPhone("emergency-number")
        if phonenumbers.is_valid_short_number_for_region(number, country):
            raise BadPhone("short-number")
    length = phonenumbers.is_possible_number_with_reason(number)
    if length != Length.IS_POSSIBLE:
        raise BadPhone(_REASONS[length])
    if national.startswith("0") or len(set(national)) == 1:
        raise BadPhone("impossible")


def _reason_without_country(written: str) -> PhoneReason:
    digits = written.translate(_SEPARATORS)
    if digits in _EMERGENCY_ANYWHERE:
        return "emergency-number"
    return "country-needed" if any(sign.isdigit() for sign in digits) else "not-a-number"


def _known(country: str | None) -> str | None:
    upper = country.upper() if country else None
    return upper if upper in phonenumbers.SUPPORTED_REGIONS else None


def _is_in_a_plan(number: PhoneNumber) -> bool:
    if number.country_code in phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS:
        return phonenumbers.is_valid_number(number)
    return _planned_country(number) is not None


def _planned_country(number: PhoneNumber) -> str | None:
    national = phonenumbers.national_significant_number(number)
    return _country_in(str(number.country_code), national)


def _country_of(number: PhoneNumber) -> str | None:
    """The likeliest, or the main country of the calling code, where no plan knows the number."""
    found = (
        _planned_country(number)
        or phonenumbers.region_code_for_number(number)
        or _CODES[str(number.country_code)][0]
    )
    return found if found in phonenumbers.SUPPORTED_REGIONS else None


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
