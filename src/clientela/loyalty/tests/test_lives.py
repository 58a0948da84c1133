"""How long points live, codes, accounts, prices, ladders: arithmetic proved by properties."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.loyalty.rules import codes, earning, ibans, lives, rewards, tiers
from clientela.loyalty.rules.awards import Step
from clientela.loyalty.rules.earning import Factor, PerMoney
from clientela.loyalty.rules.lives import Life
from clientela.loyalty.rules.tiers import StepUp
from clientela.platform import periods

# Midnights that are skipped or come twice.
ZONES = [ZoneInfo(name) for name in ("Europe/Riga", "America/Santiago", "Asia/Beirut", "UTC",
                                     "Asia/Kolkata", "Africa/Cairo")]  # fmt: skip
INSTANTS = st.datetimes(
    datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)  # noqa: DTZ001
)  # fmt: skip
LIVES = st.one_of(
    st.builds(Life, days=st.integers(1, 900), until=st.sampled_from(["", *lives.ENDS])),
    st.builds(Life, months=st.integers(1, 60), until=st.sampled_from(["", *lives.ENDS])),
    st.builds(Life, until=st.sampled_from(list(lives.ENDS))),
)


@given(INSTANTS, LIVES, st.sampled_from(ZONES))
def test_points_are_usable_through_their_last_day_and_gone_at_the_midnight_after_it(
    active_at: datetime, life: Life, zone: ZoneInfo
) -> None:
    ends = life.expires_at(active_at, zone)
    assert ends is not None
    last = life.last_day(active_at.astimezone(zone).date())
    assert periods.day_of(ends - timedelta(microseconds=1), zone) == last
    assert periods.day_of(ends, zone) == last + timedelta(days=1)
    assert ends > active_at


@settings(max_examples=30)
@given(st.lists(INSTANTS, min_size=1, max_size=5), LIVES, st.sampled_from(ZONES))
def test_the_table_of_days_says_what_each_instant_says(
    instants: list[datetime], life: Life, zone: ZoneInfo
) -> None:
    table = lives.ends_of(life, instants, zone)
    assert table.starts_at == sorted(table.starts_at)
    for instant in instants:
        place = sum(start <= instant for start in table.starts_at) - 1
        assert table.expires_at[place] == life.expires_at(instant, zone)


@pytest.mark.parametrize(
    ("body", "first", "last"),
    [
        ({"months": 24, "until": "month"}, date(2024, 11, 26), date(2026, 11, 30)),
        ({"months": 1}, date(2026, 8, 31), date(2026, 9, 30)),
        ({"months": 2}, date(2026, 8, 31), date(2026, 10, 31)),
        ({"years": 1}, date(2024, 2, 29), date(2025, 2, 28)),
        ({"days": 30}, date(2026, 1, 1), date(2026, 1, 31)),
        ({"until": "quarter"}, date(2026, 5, 2), date(2026, 6, 30)),
        ({"until": "half_year"}, date(2026, 7, 1), date(2026, 12, 31)),
        ({"days": 1, "until": "year"}, date(2026, 12, 31), date(2027, 12, 31)),
    ],
)
def test_a_life_that_a_person_can_count(body: dict[str, object], first: date, last: date) -> None:
    assert lives.read(body).last_day(first) == last


@pytest.mark.parametrize(
    ("body", "fault"),
    [({"weeks": 1}, "weeks"), ({"days": -1}, "days"), ({"days": True}, "days"),
     ({"until": "week"}, "until"), ({"days": 1, "months": 1}, "days")],
)  # fmt: skip
def test_a_life_that_cannot_be_is_refused_by_its_part(body: dict[str, object], fault: str) -> None:
    with pytest.raises(lives.BadLife, match=fault):
        lives.read(body)


def test_without_a_life_points_never_end() -> None:
    assert lives.ends_of(lives.read({}), [datetime.now(UTC)], ZONES[0]) == ([], [])


@given(st.integers(0, 10))
def test_a_wrong_sign_in_a_code_is_noticed_at_every_place(place: int) -> None:
    code = codes.drawn(secrets.token_bytes)
    for sign in codes.ALPHABET:
        other = code[:place] + sign + code[place + 1 :]
        assert (codes.normal(other) is not None) == (other == code)


@given(st.sampled_from(["-", " ", "", "  ", "‑", "—"]), st.booleans())
def test_a_code_is_read_however_it_is_typed(between: str, is_small: bool) -> None:
    code = codes.drawn(secrets.token_bytes)
    typed = between.join(codes.shown(code).split("-"))
    assert codes.normal(typed.lower() if is_small else typed) == code


def test_a_code_has_no_sign_that_looks_like_another() -> None:
    assert not set("01ILOU") & set(codes.ALPHABET)
    assert len({codes.drawn(secrets.token_bytes) for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    ("typed", "fault"),
    [("lv80 bank 0000 4351 9500 1", None), ("DE89 3704 0044 0532 0130 00", None),
     ("ES91 2100 0418 4502 0005 1332", None), ("LV80BANK0000435195002", "check"),
     ("LV80BANK000043519500", "length"), ("ZZ80BANK0000435195001", "country"),
     ("80LVBANK", "shape"), ("", "shape")],
)  # fmt: skip
def test_an_iban_has_the_length_of_its_country_and_its_check(typed: str, fault: str | None) -> None:
    if fault is None:
        assert ibans.normal(ibans.shown(ibans.normal(typed))) == ibans.normal(typed)
        return
    with pytest.raises(ibans.BadIban, match=fault):
        ibans.normal(typed)


@given(st.integers(1, 500), st.integers(0, 5_000), st.integers(0, 10_000), st.integers(1, 5_000))
def test_a_quote_takes_whole_blocks_that_can_be_paid(
    price: int, least: int, available: int, wanted: int
) -> None:
    offer = rewards.Offer("cash", {None: price}, points_min=least)
    quoted = rewards.quote(offer, rewards.Member(available), now=datetime.now(UTC), wanted=wanted)
    if not quoted.why:
        assert quoted.points == quoted.blocks * price == wanted
        assert least <= wanted <= available
    elif quoted.why == "not-enough-points":
        assert quoted.missing == wanted - available > 0


def test_the_lowest_price_open_to_somebody_is_theirs() -> None:
    offer = rewards.Offer("coupon", {None: 1000, 1: 900, 2: 800})
    assert rewards.price_for(offer, frozenset()) == 1000
    assert rewards.price_for(offer, frozenset({1})) == 900
    assert rewards.price_for(offer, frozenset({1, 2})) == 800
    assert rewards.price_for(rewards.Offer("coupon", {2: 800}), frozenset({1})) is None


def test_a_factor_comes_last_and_is_rounded_once_more() -> None:
    rules: list[earning.Published] = [
        Factor(9, 5, Fraction(3, 2)), PerMoney(1, 1, Decimal(1)),
    ]  # fmt: skip
    points, steps = earning.points_for(
        minors=[700, 700], exponents=[2, 2], occurred_at=[datetime.now(UTC)] * 2, rules=rules,
        standing={5: [1]},
    )  # fmt: skip
    assert list(points) == [7, 10]
    assert steps[1] == [Step(1, 0, 7), Step(9, 7, 10)]
    frozen, _ = earning.points_for(
        minors=[700], exponents=[2], occurred_at=[datetime.now(UTC)], rules=rules
    )
    assert list(frozen) == [10]


@pytest.mark.parametrize(("measured", "tier"), [(99, None), (100, 1), (199, 1), (200, 2)])
def test_a_threshold_is_met_at_equality(measured: int, tier: int | None) -> None:
    found = tiers.tier_for([StepUp(1, 100), StepUp(2, 200)], measured)
    assert (found.tier_id if found else None) == tier
