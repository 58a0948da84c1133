"""What is usual, out of what was counted: gaps between visits, shares, trends."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeVar

GAPS_MIN = 4  # fewer say nothing of what is usual
LAPSE_NUM, LAPSE_DEN = 3, 2  # silent longer than its own 80th percentile x 1.5
MONTHS = 24
RECENT_DAYS = 90
FULL_MONTHS_MIN = 3
# The last day of each bucket of gaps; the sixteenth has none.
GAP_ENDS = (1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 30, 45, 60, 90, 180)
BASKETS_MIN = 5  # in each of two quarters, before a change of baskets is told
CHANGE_PERCENT = 30
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Gaps:
    """Days between visits: how many visit days, the median and the 80th percentile, and when
    silence is longer than is usual. All but `last_on` are missing while there are too few.
    """

    visit_days: int
    last_on: date | None
    median_days: int | None = None
    percentile_80_days: int | None = None
    lapses_on: date | None = None
    buckets: tuple[int, ...] = ()


def visit_days(masks: Mapping[date, int]) -> list[date]:
    """The days behind the masks of months, in order; bit 0 is the first of the month."""
    return [
        month + timedelta(days=day)
        for month, mask in sorted(masks.items())
        for day in range(mask.bit_length())
        if mask >> day & 1
    ]


def gaps_of(days: Sequence[date]) -> Gaps:
    """Of visits on these days, which are in order and distinct."""
    last_on = days[-1] if days else None
    gaps = sorted((after - before).days for before, after in pairwise(days))
    if len(gaps) < GAPS_MIN or last_on is None:
        return Gaps(len(days), last_on, buckets=buckets_of(gaps))
    usual = percentile(gaps, 80)
    return Gaps(
        len(days), last_on, percentile(gaps, 50), usual, lapse_day(last_on, usual),
        buckets_of(gaps),
    )  # fmt: skip


def percentile(ordered: Sequence[int], percent: int) -> int:
    """The least of the values that at least so many per cent do not exceed."""
    return ordered[-(-len(ordered) * percent // 100) - 1]


def lapse_day(last_on: date, gap_80_days: int) -> date:
    """The first day on which silence lasts longer than the 80th percentile x 1.5."""
    return last_on + timedelta(days=gap_80_days * LAPSE_NUM // LAPSE_DEN + 1)


def buckets_of(gaps: Iterable[int]) -> tuple[int, ...]:
    """How many gaps fall into each of the sixteen buckets."""
    found = [0] * (len(GAP_ENDS) + 1)
    for gap, times in Counter(gaps).items():
        found[bisect_left(GAP_ENDS, gap)] += times
    return tuple(found)


def usual(counts: Mapping[Key, int]) -> Key | None:
    """What there is most of; of equals the one that is first in order."""
    return min(counts, key=lambda key: (-counts[key], str(key)), default=None)


def permille(part: int, whole: int) -> int | None:
    """Half up; nothing of nothing."""
    return (2000 * part + whole) // (2 * whole) if whole else None


def mean(total: int, count: int) -> int | None:
    """Half up, in the unit of the total."""
    return (2 * total + count) // (2 * count) if count else None


def change_of(
    *, recent_minor: int, recent: int, before_minor: int, before: int, told: int = 0
) -> int:
    """1 or -1 where baskets became larger or smaller by 30 per cent, 0 where they are as ever.

    What was told stands until the difference is less than half of that: one basket more or less
    must not have it told again.
    """
    if min(recent, before) < BASKETS_MIN or before_minor <= 0:
        return told
    percent = 100 * (recent_minor * before - before_minor * recent) // (before_minor * recent)
    if abs(percent) >= CHANGE_PERCENT:
        return 1 if percent > 0 else -1
    return told if told * percent >= CHANGE_PERCENT // 2 else 0


def summed(pairs: Iterable[tuple[Key, int]]) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for key, count in pairs:
        found[key] = found.get(key, 0) + count
    return found
