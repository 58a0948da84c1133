"""Days, months and instants behave at clock changes, month ends and in odd writings."""

from calendar import monthrange
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.platform import periods
from clientela.platform.periods import BadDate, Period

RIGA = ZoneInfo("Europe/Riga")
ZONES = [
    "Europe/Riga",
    "America/Santiago",
    "America/Havana",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Asia/Beirut",
    "Pacific/Apia",
    "Pacific/Kwajalein",
    "Australia/Lord_Howe",
    "Atlantic/Azores",
    "America/Toronto",
    "UTC",
]
zones = st.sampled_from(ZONES).map(ZoneInfo)
days = st.dates(date(1900, 1, 2), date(2100, 12, 30))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


# Periods


def test_a_period_holds_its_start_and_not_its_end() -> None:
    period = Period(utc(2027, 1, 1), utc(2027, 2, 1))
    assert utc(2027, 1, 1) in period
    assert utc(2027, 1, 31, 23, 59, 59, 999_999) in period
    assert utc(2027, 2, 1) not in period
    assert utc(2026, 12, 31) not in period


def test_a_period_without_an_end_is_open() -> None:
    assert utc(2999, 1, 1) in Period(utc(2027, 1, 1))


def test_a_period_ends_after_it_starts() -> None:
    for end in (utc(2027, 1, 1), utc(2026, 1, 1)):
        with pytest.raises(ValueError, match="ends after it starts"):
            Period(utc(2027, 1, 1), end)


def test_periods_that_touch_do_not_overlap() -> None:
    first, second = Period(utc(2027, 1, 1), utc(2027, 2, 1)), Period(utc(2027, 2, 1))
    assert not first.overlaps(second)
    assert not second.overlaps(first)
    assert Period(utc(2027, 1, 31)).overlaps(first)
    assert first.overlaps(Period(utc(2027, 1, 31)))


# Midnights


@pytest.mark.parametrize(
    ("day", "zone", "instant"),
    [
        (date(2027, 2, 1), "Europe/Riga", utc(2027, 1, 31, 22)),
        (date(2027, 7, 1), "Europe/Riga", utc(2027, 6, 30, 21)),
        (date(2024, 9, 8), "America/Santiago", utc(2024, 9, 8, 4)),  # 00:00 to 01:00 is skipped
        (date(2024, 4, 7), "America/Santiago", utc(2024, 4, 7, 4)),  # 23:00 to 24:00 came twice
        (date(2024, 11, 3), "America/Havana", utc(2024, 11, 3, 4)),  # 00:00 comes twice
        (date(1919, 3, 31), "America/Toronto", utc(1919, 3, 31, 4, 30)),  # 23:30 to 00:30 skipped
        (date(2011, 12, 30), "Pacific/Apia", utc(2011, 12, 30, 10)),  # the whole day is skipped
        (date(2011, 12, 31), "Pacific/Apia", utc(2011, 12, 30, 10)),
        (date(2027, 2, 1), "Asia/Kolkata", utc(2027, 1, 31, 18, 30)),
    ],
)
def test_a_day_begins_at_its_first_instant_there(day: date, zone: str, instant: datetime) -> None:
    assert periods.local_midnight(day, ZoneInfo(zone)) == instant


@given(days, zones)
def test_no_earlier_instant_belongs_to_the_day(day: date, zone: ZoneInfo) -> None:
    begun = periods.local_midnight(day, zone)
    assert periods.day_of(begun, zone) >= day
    assert periods.day_of(begun - timedelta(microseconds=1), zone) < day


@given(days, zones)
def test_days_follow_one_another_without_gap(day: date, zone: ZoneInfo) -> None:
    begun, over = (periods.local_midnight(day + timedelta(days=n), zone) for n in (0, 1))
    assert begun <= over
    if begun < over:
        last = over - timedelta(microseconds=1)
        assert periods.day_of(begun, zone) == periods.day_of(last, zone) == day


@given(st.datetimes(datetime(1900, 1, 2), datetime(2100, 12, 30)), zones)  # noqa: DTZ001
def test_every_instant_lies_within_the_day_it_belongs_to(naive: datetime, zone: ZoneInfo) -> None:
    instant = naive.replace(tzinfo=UTC)
    day = periods.day_of(instant, zone)
    assert periods.local_midnight(day, zone) <= instant
    assert instant < periods.local_midnight(day + timedelta(days=1), zone)


# Local times


def local(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("time", "instant", "notice"),
    [
        (local(2024, 3, 31, 2, 59), utc(2024, 3, 31, 0, 59), None),
        (local(2024, 3, 31, 3, 30), utc(2024, 3, 31, 1, 30), "time-skipped"),
        (local(2024, 3, 31, 4, 0), utc(2024, 3, 31, 1, 0), None),
        (local(2024, 10, 27, 3, 30), utc(2024, 10, 27, 0, 30), "time-repeated"),
        (local(2024, 10, 27, 3, 30).replace(fold=1), utc(2024, 10, 27, 0, 30), "time-repeated"),
        (local(2024, 10, 27, 4, 0), utc(2024, 10, 27, 2, 0), None),
    ],
)
def test_a_clock_reading_is_one_instant_and_says_what_was_decided(
    time: datetime, instant: datetime, notice: str | None
) -> None:
    assert periods.instant_of(time, RIGA) == (instant, notice)


@given(st.datetimes(datetime(1900, 1, 2), datetime(2100, 12, 30)), zones)  # noqa: DTZ001
def test_what_a_clock_shows_is_read_back(naive: datetime, zone: ZoneInfo) -> None:
    shown = naive.replace(tzinfo=UTC).astimezone(zone)
    found, notice = periods.instant_of(shown.replace(tzinfo=None, fold=0), zone)
    assert notice in (None, "time-repeated")
    assert found == naive.replace(tzinfo=UTC) or (notice == "time-repeated" and shown.fold == 1)


def test_an_instant_is_not_a_clock_reading() -> None:
    with pytest.raises(ValueError, match="has a zone"):
        periods.instant_of(utc(2027, 1, 1), RIGA)


# Months


@pytest.mark.parametrize(
    ("months", "day"),
    [
        (0, date(2026, 8, 31)),
        (1, date(2026, 9, 30)),
        (2, date(2026, 10, 31)),
        (6, date(2027, 2, 28)),
        (18, date(2028, 2, 29)),
        (-2, date(2026, 6, 30)),
        (24, date(2028, 8, 31)),
    ],
)
def test_months_clamp_to_the_last_day(months: int, day: date) -> None:
    assert periods.add_months(date(2026, 8, 31), months) == day


@given(st.dates(date(1600, 1, 1), date(2400, 12, 31)), st.integers(-2000, 2000))
def test_adding_months_agrees_with_counting_them_on_a_calendar(first: date, months: int) -> None:
    year, month = first.year, first.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month in (0, 13):
            year, month = (year - 1, 12) if month == 0 else (year + 1, 1)
    added = periods.add_months(first, months)
    assert (added.year, added.month) == (year, month)
    assert added.day == min(first.day, monthrange(year, month)[1])


def test_a_month_beyond_the_calendar_is_refused() -> None:
    for months in (100_000, -100_000):
        with pytest.raises(BadDate, match="out-of-range"):
            periods.add_months(date(2027, 1, 1), months)


@given(days)
def test_a_period_ends_with_the_day_before_the_next_one(day: date) -> None:
    ends = {
        1: periods.end_of_month(day),
        3: periods.end_of_quarter(day),
        6: periods.end_of_half_year(day),
        12: periods.end_of_year(day),
    }
    for months, end in ends.items():
        following = end + timedelta(days=1)
        assert day <= end
        assert following.day == 1
        assert (following.month - 1) % months == 0
        assert periods.add_months(following, -months) <= day


# Dates as people write them


@pytest.mark.parametrize(
    "text",
    [
        "2027-02-01",
        "2027-2-1",
        "2027/02/01",
        "2027.02.01",
        "2027.02.01.",
        "20270201",
        "1.2.2027",
        "01.02.2027",
        "1. 2. 2027",
        "01.02.2027.",
        " 2027-02-01 ",
        "2027-02-01T00:00",
        "2027-02-01 00:00:00",
        "2027-02-01T00:00:00.000",
    ],
)
def test_common_writings_of_a_date_need_no_order(text: str) -> None:
    assert periods.parse_date(text) == date(2027, 2, 1)


@pytest.mark.parametrize("text", ["01/02/2027", "1/2/2027", "01-02-2027"])
def test_strokes_and_hyphens_need_an_order(text: str) -> None:
    with pytest.raises(BadDate, match="order-needed"):
        periods.parse_date(text)
    assert periods.parse_date(text, "dmy") == date(2027, 2, 1)
    assert periods.parse_date(text, "mdy") == date(2027, 1, 2)


def test_a_date_with_one_reading_needs_no_order() -> None:
    assert periods.parse_date("25/12/2027") == date(2027, 12, 25)
    assert periods.parse_date("12/25/2027") == date(2027, 12, 25)
    assert periods.parse_date("05/05/2027") == date(2027, 5, 5)


def test_an_order_that_was_said_is_kept_to() -> None:
    assert periods.parse_date("1.2.2027", "mdy") == date(2027, 1, 2)
    assert periods.parse_date("2027-02-01", "dmy") == date(2027, 2, 1)
    with pytest.raises(BadDate, match="no-such-day"):
        periods.parse_date("25/12/2027", "mdy")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \u200b ", "empty"),
        ("yesterday", "not-a-date"),
        ("2027", "not-a-date"),
        ("45000", "not-a-date"),
        ("2027-02/01", "not-a-date"),
        ("2027-02-01-", "not-a-date"),
        ("٢٠٢٧-٠٢-٠١", "not-a-date"),
        ("2027-02-01\0", "not-a-date"),
        ("2027-02-01" + "0" * 40, "not-a-date"),
        ("2027-02-30", "no-such-day"),
        ("2027-13-01", "no-such-day"),
        ("20271301", "no-such-day"),
        ("0000-01-01", "no-such-day"),
        ("32.1.2027", "no-such-day"),
        ("1/2/27", "short-year"),
        ("1.2.27", "short-year"),
        ("970101", "short-year"),
        ("2027-02-01T10:00", "has-a-time"),
        ("2027-02-01 00:00:01", "has-a-time"),
        ("2027-02-01T00:00:00Z", "has-a-time"),
    ],
)
def test_what_is_no_date_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(BadDate) as refused:
        periods.parse_date(text)
    assert refused.value.reason == reason


@given(st.dates())
def test_dates_are_read_back_in_every_writing(day: date) -> None:
    assert periods.parse_date(day.isoformat()) == day
    assert periods.parse_date(day.isoformat().replace("-", "")) == day
    assert periods.parse_date(f"{day.day}.{day.month}.{day.year:04}") == day
    assert periods.parse_date(f"{day.day:02}/{day.month:02}/{day.year:04}", "dmy") == day
    assert periods.parse_date(f"{day.month:02}/{day.day:02}/{day.year:04}", "mdy") == day


@given(st.text(max_size=30) | st.text("0123456789-./ T:", max_size=20))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    with suppress(BadDate):
        assert isinstance(periods.parse_date(text), date)


# Instants as text


instants = st.datetimes(datetime(2, 1, 1), datetime(9999, 12, 29), timezones=zones)  # noqa: DTZ001


@given(instants)
def test_instants_are_read_back(instant: datetime) -> None:
    text = periods.instant_text(instant)
    assert len(text) == len("2027-02-01T00:00:00.000000Z")
    assert periods.parse_instant(text) == instant.astimezone(UTC)
    assert periods.instant_text(periods.parse_instant(text)) == text


@given(instants, instants)
def test_texts_of_instants_sort_as_they_do(one: datetime, other: datetime) -> None:
    texts = periods.instant_text(one), periods.instant_text(other)
    assert (texts[0] < texts[1]) == (one.astimezone(UTC) < other.astimezone(UTC))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2027-02-01T10:00:00", "zone-missing"),
        ("2027-02-01", "zone-missing"),
        ("soon", "not-an-instant"),
        ("", "not-an-instant"),
        ("2027-02-01T25:00:00Z", "not-an-instant"),
        ("0001-01-01T00:00:00+05:00", "out-of-range"),
    ],
)
def test_what_is_no_instant_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(BadDate) as refused:
        periods.parse_instant(text)
    assert refused.value.reason == reason


def test_an_instant_without_a_zone_has_no_text() -> None:
    with pytest.raises(BadDate, match="zone-missing"):
        periods.instant_text(local(2027, 1, 1))
