"""What is usual, out of counted days and baskets."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.purchases.habits import rules

DAYS = st.sets(st.dates(date(2024, 1, 1), date(2026, 12, 31)), max_size=60)


def masks(days: set[date]) -> dict[date, int]:
    found: dict[date, int] = {}
    for day in days:
        month = day.replace(day=1)
        found[month] = found.get(month, 0) | 1 << (day.day - 1)
    return found


@given(DAYS)
def test_days_come_out_of_the_masks_of_their_months_as_they_went_in(days: set[date]) -> None:
    assert rules.visit_days(masks(days)) == sorted(days)


@given(DAYS, DAYS)
def test_masks_are_joined_bit_by_bit(some: set[date], others: set[date]) -> None:
    joined = masks(some)
    for month, mask in masks(others).items():
        joined[month] = joined.get(month, 0) | mask
    assert joined == masks(some | others)


@given(st.lists(st.integers(1, 400), min_size=4, max_size=40))
def test_at_least_so_many_per_cent_of_gaps_are_no_longer_than_the_percentile(
    gaps: list[int],
) -> None:
    ordered = sorted(gaps)
    for percent in (50, 80):
        found = rules.percentile(ordered, percent)
        assert found in gaps
        assert 100 * sum(gap <= found for gap in gaps) >= percent * len(gaps)
        assert 100 * sum(gap < found for gap in gaps) < percent * len(gaps)


def test_somebody_who_comes_each_week_is_silent_too_long_after_ten_days() -> None:
    days = [date(2026, 10, 5) + timedelta(weeks=week) for week in range(6)]
    gaps = rules.gaps_of(days)
    assert (gaps.visit_days, gaps.median_days, gaps.percentile_80_days) == (6, 7, 7)
    assert gaps.lapses_on == days[-1] + timedelta(days=11)  # 10 days are not more than 10.5
    assert gaps.buckets[6] == 5


def test_few_visits_say_nothing_of_what_is_usual() -> None:
    days = [date(2026, 10, day) for day in (1, 8, 15, 22)]
    assert rules.gaps_of(days).lapses_on is None
    assert rules.gaps_of([]).last_on is None


@given(st.lists(st.integers(1, 1000)))
def test_every_gap_falls_into_one_bucket(gaps: list[int]) -> None:
    assert sum(rules.buckets_of(gaps)) == len(gaps)
    assert len(rules.buckets_of(gaps)) == 16


@pytest.mark.parametrize(
    ("recent_minor", "told", "change"),
    [(5000, 0, 0), (6500, 0, 1), (3500, 0, -1), (5800, 1, 1), (5700, 1, 0), (6500, -1, 1)],
)
def test_a_change_of_baskets_is_told_once(recent_minor: int, told: int, change: int) -> None:
    found = rules.change_of(
        recent_minor=recent_minor, recent=5, before_minor=5000, before=5, told=told
    )
    assert found == change
