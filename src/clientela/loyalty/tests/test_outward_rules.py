"""Cash, files for the bank, journeys and settlements: their arithmetic, whatever comes."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.loyalty.rules import cash, payments, rewards, settlement, travel
from clientela.loyalty.rules.cash import Asked, Terms
from clientela.loyalty.rules.payments import Order, Payer, Transfer
from clientela.loyalty.rules.settlement import Rate
from clientela.loyalty.rules.travel import Step

MINOR = st.integers(1, 10**8)
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAYS = st.sets(st.integers(0, travel.DAYS_MAX), max_size=4)
PERCENTS = st.lists(st.integers(0, 100), min_size=4, max_size=4)


def fair(days: set[int], percents: list[int]) -> list[dict[str, int]]:
    """Shares that only fall as the day comes nearer."""
    steps = zip(sorted(days, reverse=True), sorted(percents, reverse=True), strict=False)
    return [{"days": day, "percent": percent} for day, percent in steps]


@given(DAYS, PERCENTS, st.integers(0, 10**9), st.none() | MINOR)
def test_who_gives_a_journey_up_later_never_gets_more(
    days: set[int], percents: list[int], points: int, minor: int | None
) -> None:
    terms = travel.read(fair(days, percents))
    assert travel.read(travel.written(terms)) == terms
    start, before = date(2027, 6, 1), 100
    for left in (800, 365, 90, 30, 14, 7, 2, 1, 0, -1):
        percent = travel.percent_back(terms, starts_on=start, today=start - timedelta(days=left))
        share = travel.share_back(percent, points=points, minor=minor)
        assert percent <= before
        assert share.points + share.kept == points
        assert 0 <= share.points <= points
        assert share.minor is None if minor is None else 0 <= (share.minor or 0) <= minor
        assert left > 0 or share.points == 0
        before = percent


@given(st.lists(st.builds(Step, st.integers(0, 700), st.integers(0, 100)), min_size=2, max_size=5))
def test_terms_where_waiting_pays_are_refused(steps: list[Step]) -> None:
    days = [one.days for one in steps]
    by_day = sorted(steps, key=lambda one: -one.days)
    falls = all(a.percent >= b.percent for a, b in itertools.pairwise(by_day))
    body = travel.written(steps)
    if len(set(days)) == len(days) and falls:
        assert travel.written(travel.read(body)) == travel.written(by_day)
    else:
        with pytest.raises(travel.BadTerms):
            travel.read(body)


@given(
    st.none() | MINOR, st.none() | MINOR, st.integers(0, 10**8), st.integers(0, cash.HOURS_MAX),
    MINOR, st.integers(0, 10**8), st.integers(0, 10**8), st.none() | st.integers(0, 10**6),
)  # fmt: skip
def test_money_goes_out_only_within_every_limit(  # noqa: PLR0917
    day: int | None, month: int | None, alone: int, hours: int, minor: int, of_day: int,
    of_month: int, ago: int | None,
) -> None:  # fmt: skip
    terms = Terms(day, None if month is None else max(month, day or 0), alone, hours)
    assert cash.read(cash.written(terms)) == terms
    changed = None if ago is None else NOW - timedelta(seconds=ago)
    asked = Asked(minor, of_day, of_month, True, changed)
    found = {one.code: one for one in cash.checks(terms, asked, now=NOW)}
    assert found["day"].passed == (terms.day_minor is None or of_day + minor <= terms.day_minor)
    assert found["month"].passed == (
        terms.month_minor is None or of_month + minor <= terms.month_minor
    )
    left = found["day"].minor
    if left:
        again = cash.checks(terms, Asked(left, of_day, 0, True, None), now=NOW)
        assert next(one for one in again if one.code == "day").passed
    waits = changed is not None and changed + timedelta(hours=hours) > NOW
    assert found["cooling"].passed != waits
    assert waits == (found["cooling"].until is not None)
    assert cash.needs_person(terms, minor) == (minor > alone)


@given(
    st.lists(st.tuples(MINOR, st.text(max_size=80), st.text(max_size=20)), min_size=1, max_size=4),
    st.sampled_from([0, 2, 3]), st.sampled_from(["EUR", "USD"]), st.text(max_size=80),
)  # fmt: skip
def test_a_file_for_the_bank_sums_up_and_keeps_to_the_letters_banks_take(
    lines: list[tuple[int, str, str]], decimals: int, currency: str, name: str
) -> None:
    transfers = [
        Transfer(f"CSH{place}", minor, who, "LV80BANK0000435195001", words)
        for place, (minor, who, words) in enumerate(lines)
    ]
    order = Order(
        "M-1", NOW, NOW.date(), currency, decimals, Payer(name, "LV80BANK0000435195001"), transfers
    )  # fmt: skip
    root = ET.fromstring(payments.document(order))  # noqa: S314 (our own)

    def texts(tag: str) -> list[str]:
        return [one.text or "" for one in root.iter(f"{{{payments.NAMESPACE}}}{tag}")]

    scale = 10**decimals
    total = sum(minor for minor, _, _ in lines)
    amounts = [round(float(one) * scale) for one in texts("InstdAmt")]
    assert amounts == [minor for minor, _, _ in lines]
    assert {round(float(one) * scale) for one in texts("CtrlSum")} == {total}
    assert texts("NbOfTxs") == [str(len(lines))] * 2
    assert texts("EndToEndId") == [one.end_to_end for one in transfers]
    for words, most in ((texts("Nm"), 70), (texts("Ustrd"), 140)):
        assert all(0 < len(one) <= most and one.isascii() for one in words)
        assert all(payments.plain(one, most) == one for one in words)


@given(
    st.lists(
        st.tuples(st.sampled_from(["earned", "taken_back", "used", "given_back"]), MINOR),
        max_size=8,
    ),
    st.none() | st.builds(Rate, st.integers(1, 10_000), st.integers(1, 10_000)),
    st.none() | st.builds(Rate, st.integers(1, 10_000), st.integers(1, 10_000)),
)
def test_a_settlement_prices_sums_once_and_ties_to_what_moved(
    lines: list[tuple[str, int]], earn: Rate | None, burn: Rate | None
) -> None:
    settled = settlement.settle(lines, earn=earn, burn=burn)
    moved = sum(points if what in ("used", "taken_back") else -points for what, points in lines)
    assert settled.moved == moved
    turned = settlement.settle(reversed(lines), earn=earn, burn=burn)
    assert turned == settled
    assert settled.balance_minor == settled.burned_minor - settled.earned_minor
    net = settled.earned - settled.taken_back
    if earn is not None:
        assert abs(2 * (settled.earned_minor * earn.points - net * earn.minor)) <= earn.points
    else:
        assert settled.earned_minor == 0


@given(st.integers(-(10**9), 10**9), st.builds(Rate, st.integers(1, 999), st.integers(1, 999)))
def test_what_came_back_costs_as_much_as_it_had_cost(points: int, rate: Rate) -> None:
    assert settlement.priced(-points, rate) == -settlement.priced(points, rate)


@given(st.dictionaries(st.none() | st.integers(1, 5), st.integers(1, 10**6), min_size=1),
       st.integers(1, 10**6), st.frozensets(st.integers(1, 5)))  # fmt: skip
def test_a_day_at_another_price_opens_a_journey_to_nobody_else(
    prices: dict[int | None, int], points: int, tiers: frozenset[int]
) -> None:
    offer = rewards.Offer("travel", prices)
    dear = rewards.on_day(offer, points=points)
    plain, there = rewards.price_for(offer, tiers), rewards.price_for(dear, tiers)
    assert there == (None if plain is None else points)
    assert rewards.on_day(offer, points=None) is offer
