"""Windows of ladders, day by day against a naive calendar, and as the database has them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.loyalty.rules import tiers as rules
from clientela.loyalty.rules.tiers import StepUp, Terms, Window
from clientela.platform import periods, sql

DAY = timedelta(days=1)
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31)) | st.sampled_from(
    [date(2024, 2, 29), date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1), date(2027, 2, 28)]
)
WINDOWS: list[Window] = ["rolling", "calendar", "anniversary", "lifetime"]
TERMS = st.builds(
    Terms, window=st.sampled_from(WINDOWS), starts=st.sampled_from(["now", "next_period"]),
    keeps=st.just("end_of_next_period"), grace_days=st.integers(0, 60),
) | st.builds(
    Terms, window=st.sampled_from(WINDOWS), keeps=st.just("end_of_period"),
    keep_days=st.integers(0, 180),
)  # fmt: skip
STEPS = [StepUp(1, 100), StepUp(2, 200), StepUp(3, 400)]


@given(st.sampled_from(WINDOWS), DAYS, DAYS)
def test_a_day_lies_in_its_window_and_its_period_ends_after_it(
    window: Window, today: date, came_on: date
) -> None:
    first = rules.first_day(window, today, came_on)
    end = rules.period_end(window, today, came_on)
    if window == "lifetime":
        assert first is end is None
        return
    assert first is not None
    assert end is not None
    assert first <= today <= end
    assert 364 <= (today - first).days + 1 <= 366 or window != "rolling"
    after = rules.period_end(window, end + DAY, came_on)
    assert after is not None
    assert after > end
    if window != "rolling":  # a period is a window: every day of it begins with the same day
        assert rules.first_day(window, end, came_on) == first
        assert rules.first_day(window, end + DAY, came_on) == end + DAY
        assert (end - first).days in (364, 365)


@given(DAYS, DAYS)
def test_a_year_of_a_customer_begins_on_their_day_or_the_last_of_february(
    today: date, came_on: date
) -> None:
    first = rules.first_day("anniversary", today, came_on)
    assert first is not None
    usual = (first.month, first.day) == (came_on.month, came_on.day)
    leap = (came_on.month, came_on.day) == (2, 29) and (first.month, first.day) == (2, 28)
    assert usual or leap


@given(TERMS, DAYS, DAYS)
def test_a_tier_is_kept_at_least_to_the_end_of_its_period_and_each_review_moves_on(
    terms: Terms, today: date, came_on: date
) -> None:
    kept = rules.kept_until(terms, today, came_on)
    end = rules.period_end(terms.window, today, came_on)
    if kept is None:
        assert terms.window == "lifetime"
        return
    assert end is not None
    assert kept >= end
    begins = rules.begins_on(terms, today, came_on)
    assert begins is None or begins == end + DAY
    for _ in range(3):
        following = rules.kept_on(terms, kept, came_on)
        assert following is not None
        assert kept < following <= kept + timedelta(days=366 + 31)
        looks_from = rules.review_from(terms, kept, came_on)
        assert looks_from is not None
        assert looks_from <= kept + DAY
        kept = following


@given(TERMS, DAYS, st.integers(0, 800), DAYS)
def test_closed_periods_count_the_day_are_over_and_would_still_be_kept(
    terms: Terms, day: date, ago: int, came_on: date
) -> None:
    today = day + ago * DAY
    for end in rules.closed(terms, day, today, came_on):
        first = rules.first_day(terms.window, end, came_on)
        kept = rules.kept_until(terms, end, came_on)
        assert first is not None
        assert kept is not None
        assert first <= day <= end < today <= kept


@given(
    st.sampled_from([1, 2, 3]), st.integers(0, 500),
    st.sampled_from(["recompute", "one_step", "none"]),
)  # fmt: skip
def test_a_review_never_lowers_further_than_its_ladder_says(
    stands_on: int, measured: int, lowers: rules.Lowers
) -> None:
    found = rules.reviewed(STEPS, stands_on, measured, lowers)
    to = found.tier_id if found else 0
    reached = rules.tier_for(STEPS, measured)
    assert to >= (reached.tier_id if reached else 0)
    if lowers == "none":
        assert to >= stands_on
    elif lowers == "one_step":
        assert to >= stands_on - 1
    else:
        assert found == reached


@pytest.mark.django_db
def test_the_database_begins_windows_on_the_same_day() -> None:
    days = [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2025, 2, 27),
            date(2025, 2, 28), date(2025, 3, 1), date(2026, 12, 31), date(2028, 2, 29)]  # fmt: skip
    for window in WINDOWS[:3]:
        for today in days:
            for came_on in days:
                row = sql.execute(
                    "SELECT loyalty_window_start(%s, %s, %s)::date", [window, today, came_on]
                ).fetchone()
                assert row == (rules.first_day(window, today, came_on),), (window, today, came_on)


@pytest.mark.parametrize("zone", ["Europe/Riga", "America/Santiago", "Asia/Kolkata"])
def test_a_window_begins_with_the_day_of_the_zone(zone: str) -> None:
    there = ZoneInfo(zone)
    instant = datetime(2026, 12, 31, 23, 30, tzinfo=there)
    first = rules.first_day("calendar", periods.day_of(instant.astimezone(UTC), there))
    assert first == date(2026, 1, 1)
    begun = periods.local_midnight(date(2027, 1, 1), there)
    assert begun - instant.astimezone(UTC) == timedelta(minutes=30)


def test_a_rolling_window_is_twelve_months_and_kept_to_the_end_of_one() -> None:
    assert rules.first_day("rolling", date(2028, 2, 29)) == date(2027, 3, 1)
    assert rules.kept_until(Terms(), date(2026, 11, 20)) == date(2027, 11, 30)
    calendar = Terms(window="calendar")
    assert rules.kept_until(calendar, date(2026, 11, 20)) == date(2027, 12, 31)
