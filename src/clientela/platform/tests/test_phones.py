"""Any usual writing of a number is the same number, and the fast rule never disagrees."""

import gzip
import random
import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.platform import phones
from clientela.platform.tests.samples import sample

METADATA = "phones/PhoneNumberMetadata.xml.gz"
RIGA = "+37126123456"


@pytest.mark.parametrize(
    "writing",
    [
        "26123456",
        "2612 3456",
        "26-123-456",
        "26.123.456",
        "(26) 123456",
        "26\u00a0123\u202f456",
        "26‑123–456",
        "37126123456",
        "+37126123456",
        "+371 2612 3456",
        " +371 (26) 123-456 ",
        "+371 (0) 26123456",
        "+371 (0)26123456",
        "0037126123456",
        "00 371 26 12 34 56",
        "++371 26123456",
        "+ 371 26123456",
        "tel:+371-2612-3456",
        "Tel. 26123456",
        "Tālr.: 26123456",
        "mob. 26123456",
        "M: +371 26123456",
        "＋３７１　２６１２３４５６",
        "٢٦١٢٣٤٥٦",
    ],
)
def test_any_usual_writing_gives_the_same_number(writing: str) -> None:
    phone = phones.normal(writing, "LV")
    assert (phone.e164, phone.country, phone.extension) == (RIGA, "LV", None)


def test_the_writing_is_kept_beside_the_number() -> None:
    assert phones.normal("  +371 (26)  123-456 ").shown == "+371 (26) 123-456"


@pytest.mark.parametrize(
    ("writing", "country", "e164", "of"),
    [
        ("612 34 56 78", "ES", "+34612345678", "ES"),
        ("06 12 34 56 78", "FR", "+33612345678", "FR"),
        ("030/1234567", "DE", "+49301234567", "DE"),
        ("8 612 34567", "LT", "+37061234567", "LT"),
        ("8 (912) 345-67-89", "RU", "+79123456789", "RU"),
        ("8 701 234 5678", "KZ", "+77012345678", "KZ"),
        ("020 7946 0958", "GB", "+442079460958", "GB"),
        ("07797 712345", "JE", "+447797712345", "JE"),
        ("+44 (0)20 7946 0958", "LV", "+442079460958", "GB"),
        ("06 6982 1234", "IT", "+390669821234", "VA"),
        ("+39 (0)2 1234567", None, "+39021234567", "IT"),
        ("(202) 555-0142", "US", "+12025550142", "US"),
        ("1 416 555 0123", "CA", "+14165550123", "CA"),
        ("011 371 26123456", "US", RIGA, "LV"),
        ("00 371 26123456", "US", RIGA, "LV"),
        ("0011 371 26123456", "AU", RIGA, "LV"),
        ("011 15 2345 6789", "AR", "+5491123456789", "AR"),
        ("+800 1234 5678", None, "+80012345678", None),
    ],
)
def test_a_number_is_dialled_from_its_country(
    writing: str, country: str | None, e164: str, of: str | None
) -> None:
    phone = phones.normal(writing, country)
    assert (phone.e164, phone.country) == (e164, of)


def test_a_number_of_a_range_the_plans_do_not_know_yet_is_taken() -> None:
    drama = phones.normal("07700 900123", "GB")
    assert (drama.e164, drama.country) == ("+447700900123", "GB")
    assert not phonenumbers.is_valid_number(phonenumbers.parse(drama.e164))


@pytest.mark.parametrize(
    "writing",
    [
        "2612 3456 ext. 12",
        "26123456 x12",
        "26123456#12",
        "tel:+371-2612-3456;ext=12",
        "26123456 iekš. 12",
        "26123456, int 12",
        "26123456 доб. 12",
        "26123456,,12",
    ],
)
def test_an_extension_is_kept_apart(writing: str) -> None:
    phone = phones.normal(writing, "LV")
    assert (phone.e164, phone.extension) == (RIGA, "12")


@pytest.mark.parametrize(
    ("writing", "country", "reason"),
    [
        ("", "LV", "empty"),
        (" \u200b ", "LV", "empty"),
        ("call Anna", "LV", "not-a-number"),
        ("26123456 Anna", "LV", "not-a-number"),
        ("030 1234567 Anna", "DE", "not-a-number"),
        ("anna@example.com", "LV", "not-a-number"),
        ("+", "LV", "not-a-number"),
        ("-", None, "not-a-number"),
        ("26123456\0", "LV", "not-a-number"),
        ("26123456, 26123457", "LV", "several-numbers"),
        ("26123456; 26123457", "LV", "several-numbers"),
        ("2612 3456 / 6712 3456", "LV", "several-numbers"),
        ("26123456", None, "country-needed"),
        ("26123456", "XX", "country-needed"),
        ("+999 12345678", "LV", "unknown-country-code"),
        ("00000000", "LV", "unknown-country-code"),
        ("234-5678", "US", "area-code-missing"),
        ("112", "LV", "emergency-number"),
        ("112", None, "emergency-number"),
        ("+371 112", None, "emergency-number"),
        ("911", "US", "emergency-number"),
        ("116 117", "DE", "short-number"),
        ("2612345", "LV", "too-short"),
        ("+371 2612345", None, "too-short"),
        ("261234567", "LV", "too-long"),
        ("+371 261234567890", None, "too-long"),
        ("1" * 101, "LV", "too-long"),
        ("11111111", "LV", "impossible"),
        ("+371 00000000", None, "impossible"),
    ],
)
def test_what_is_no_number_to_call_is_refused_with_a_reason(
    writing: str, country: str | None, reason: str
) -> None:
    with pytest.raises(phones.BadPhone) as refused:
        phones.normal(writing, country)
    assert refused.value.reason == reason


def test_letters_are_digits_where_people_dial_them() -> None:
    assert phones.normal("1-800-FLOWERS", "US").e164 == "+18003569377"
    with pytest.raises(phones.BadPhone):
        phones.normal("1-800-FLOWERS", "LV")


countries = st.sampled_from([None, "LV", "ES", "US", "DE", "IT", "GB", "AR", "XX", ""])


@given(st.text(max_size=30) | st.text("+0123456789 -./()x", max_size=20), countries)
def test_any_text_is_a_number_or_refused(text: str, country: str | None) -> None:
    try:
        phone = phones.normal(text, country)
    except phones.BadPhone:
        return
    assert re.fullmatch(r"\+[1-9][0-9]{3,16}", phone.e164)
    assert phones.normal(phone.e164, country).e164 == phone.e164


@given(st.integers(0, 9_999_999), st.sampled_from(["LV", None, "US"]))
def test_what_is_shown_is_read_back(number: int, reader: str | None) -> None:
    e164 = f"+3712{number:07}"
    shown = phones.display(e164, reader)
    assert phones.normal(shown, reader or "LV").e164 == e164


@pytest.mark.parametrize(
    ("e164", "country", "shown"),
    [
        (RIGA, None, "+371 2612 3456"),
        (RIGA, "ES", "+371 2612 3456"),
        (RIGA, "LV", "2612 3456"),
        ("+34612345678", None, "+34 612 34 56 78"),
        ("+12025550142", "us", "(202) 555-0142"),
        ("+80012345678", "LV", "+800 1234 5678"),
        ("withheld", "LV", "withheld"),
    ],
)
def test_a_number_is_shown_as_people_write_it(e164: str, country: str | None, shown: str) -> None:
    assert phones.display(e164, country) == shown


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        ("3456", "3456"),
        ("612 3456", "6123456"),
        ("12-34", "1234"),
        ("0045", "0045"),
        ("+371 2612 3456", "37126123456"),
        ("00371 26123456", "37126123456"),
        ("0612345678", "612345678"),
        ("00000000", None),
        ("345", None),
        ("", None),
        ("anna 3456", None),
        ("3456x", None),
        ("٣٤٥٦", None),
    ],
)
def test_a_search_by_the_end_of_a_number_needs_four_digits(text: str, tail: str | None) -> None:
    assert phones.digits_tail(text) == tail


@pytest.mark.parametrize("writing", ["26123456", "2612 3456", "+371 2612 3456", "0037126123456"])
def test_a_whole_number_in_any_writing_ends_its_normal_form(writing: str) -> None:
    tail = phones.digits_tail(writing)
    assert tail is not None
    assert RIGA.endswith(tail)


def agrees_with_the_library(digits: str, country: str | None) -> bool:
    """Whether the fast rule knew the number; if so, what it said must be what the library says."""
    by_rule = phones._by_rule(digits, country)
    if by_rule is None:
        return False
    written = "+" + digits[2:] if digits.startswith("00") else digits
    number = phonenumbers.parse(written, country)
    assert phonenumbers.is_valid_number(number), (digits, country)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert by_rule == (e164, phonenumbers.region_code_for_number(number)), (digits, country)
    return True


def writings(national: str, country: str, code: int, trunk: str) -> list[tuple[str, str | None]]:
    return [
        (f"+{code}{national}", None),
        (f"00{code}{national}", None),
        (f"+{code}{trunk}{national}", "LV"),
        (f"{code}{national}", country),
        (national, country),
        (trunk + national, country),
        ("0" + national, country),
        ("8" + national, country),
        (national[:-1], country),
        (national + "5", country),
    ]


def altered(national: str, chance: random.Random) -> Iterator[str]:
    """The number, and numbers like it with other digits, so that ranges are left and met."""
    yield national
    for _ in range(3):
        digits = list(national)
        for place in chance.sample(
            range(len(digits)), k=min(len(digits), chance.choice([1, 2, 6]))
        ):
            digits[place] = chance.choice("0123456789")
        yield "".join(digits)


def examples_of_the_library() -> Iterator[tuple[str, str]]:
    for country in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE):
            number = phonenumbers.example_number_for_type(country, kind)
            if number is not None:
                yield country, phonenumbers.national_significant_number(number)


def examples_of_the_file() -> Iterator[tuple[str, str]]:
    with gzip.open(sample(METADATA)) as packed:
        for territory in ET.parse(packed).iter("territory"):  # noqa: S314
            for example in territory.iter("exampleNumber"):
                if territory.get("id") in phonenumbers.SUPPORTED_REGIONS and example.text:
                    yield territory.get("id", ""), example.text


def share_known(examples: Iterator[tuple[str, str]]) -> float:
    """Compare all writings of all examples; the share of examples the fast rule knew itself."""
    chance = random.Random(7)
    known = []
    for country, example in examples:
        code = phonenumbers.country_code_for_region(country)
        trunk = phonenumbers.ndd_prefix_for_region(country, strip_non_digits=True) or ""
        for national in altered(example, chance):
            for digits, dialled_in in writings(national, country, code, trunk):
                agrees_with_the_library(digits, dialled_in)
        known.append(agrees_with_the_library(f"+{code}{example}", None))
    return sum(known) / len(known)


def test_the_fast_rule_agrees_with_the_library_on_its_examples() -> None:
    assert share_known(examples_of_the_library()) > 0.9


@pytest.mark.long
def test_the_fast_rule_agrees_with_the_library_on_every_example_of_the_sample_data() -> None:
    assert share_known(examples_of_the_file()) > 0.9


@pytest.mark.parametrize("country", ["LV", "LT", "EE", "ES", "DE", "GB", "FR", "PL", "IT", "US"])
@given(st.data())
def test_the_fast_rule_agrees_with_the_library_on_random_digits(
    country: str, data: st.DataObject
) -> None:
    digits = data.draw(st.text("0123456789", min_size=6, max_size=12))
    code = phonenumbers.country_code_for_region(country)
    for writing in (digits, f"+{code}{digits}", f"00{code}{digits}"):
        try:
            agrees_with_the_library(writing, country if writing == digits else None)
        except phonenumbers.NumberParseException:
            pytest.fail(f"the rule knew {writing}, the library does not")


@given(st.text("0123456789", min_size=6, max_size=11), st.sampled_from(["LV", "ES", "DE", "US"]))
def test_a_number_is_refused_exactly_when_the_library_calls_it_impossible(
    digits: str, country: str
) -> None:
    """But for short numbers and for fillers, which no plan knows: 0…, or one digit throughout."""
    code = phonenumbers.country_code_for_region(country)
    number = phonenumbers.parse(f"+{code}{digits}")
    national = phonenumbers.national_significant_number(number)
    is_filler = national.startswith("0") or len(set(national)) == 1
    try:
        e164: str | None = phones.normal(f"+{code}{digits}").e164
    except phones.BadPhone as refused:
        if refused.reason in ("emergency-number", "short-number"):
            return
        e164 = None
    is_good = phonenumbers.is_valid_number(number) or (
        phonenumbers.is_possible_number_with_reason(number) == 0 and not is_filler
    )
    assert (e164 is not None) == is_good
    assert e164 is None or e164 == f"+{code}{national}"
