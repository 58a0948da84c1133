"""The arithmetic of covers, refunds and claims: by hand, and by properties."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.warranty.rules import claims, coverage, law, opening, payment, refunds, spans
from clientela.warranty.rules.coverage import Cover, Limit, Question, Tried
from clientela.warranty.rules.law import Law
from clientela.warranty.rules.opening import ClauseRow, Followed, TermsRow
from clientela.warranty.rules.payment import Asked
from clientela.warranty.rules.refunds import Paid, RefundTerms
from clientela.warranty.rules.spans import Anchor, Term

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
MONTHS = st.integers(0, 240)
FAULT = date(2026, 11, 9)


def months(start: date, number: int, end_rule: str = spans.INCLUSIVE) -> spans.Span:
    return spans.span(Anchor(start), Term(months=number), end_rule=end_rule)


def test_every_term_is_counted_from_the_original_start() -> None:
    assert months(date(2026, 5, 31), 1).last_on == date(2026, 6, 30)
    assert months(date(2026, 5, 31), 2).last_on == date(2026, 7, 31)
    assert months(date(2027, 8, 31), 6).last_on == date(2028, 2, 29)
    assert months(date(2028, 2, 29), 12).last_on == date(2029, 2, 28)


def test_the_day_of_the_anniversary_is_covered_unless_the_terms_say_the_day_before() -> None:
    assert months(date(2023, 5, 14), 36).last_on == date(2026, 5, 14)
    assert months(date(2023, 5, 14), 36, end_rule=spans.DAY_BEFORE).last_on == date(2026, 5, 13)
    assert months(date(2023, 5, 14), 36).until == date(2026, 5, 14)


@pytest.mark.parametrize("end_rule", [spans.INCLUSIVE, spans.DAY_BEFORE])
def test_a_term_of_nothing_covers_the_first_day_alone(end_rule: str) -> None:
    for term in (Term(months=0), Term(days=0)):
        span = spans.span(Anchor(FAULT), term, end_rule=end_rule)
        assert (span.starts_on, span.last_on) == (FAULT, FAULT)


@given(DAYS, MONTHS)
def test_so_many_times_a_month_is_so_many_months_from_the_start(start: date, number: int) -> None:
    at_once = months(start, number)
    assert months(start, number).until == spans.anniversary(Anchor(start, number), Term(months=0))
    assert at_once.ends_on > start
    assert months(start, number + 1).ends_on > at_once.ends_on


@given(DAYS, st.integers(0, 4_000))
def test_days_are_added_as_days(start: date, number: int) -> None:
    assert spans.span(Anchor(start), Term(days=number)).last_on == start + timedelta(days=number)


def test_a_duration_is_not_negative_and_not_two_things() -> None:
    for wrong in ({"months": -1}, {"days": -1}, {}, {"months": 1, "days": 1}):
        with pytest.raises(spans.BadSpan):
            Term(**wrong)


def test_bought_on_3_april_with_14_days_to_wait_is_covered_from_17_april() -> None:
    assert spans.first_covered_on(date(2026, 4, 3), 14) == date(2026, 4, 17)


def test_an_instant_is_a_day_at_the_place_of_sale() -> None:
    late = datetime(2026, 5, 14, 22, 30, tzinfo=UTC)
    assert spans.day_of_fault(late, ZoneInfo("Europe/Riga")) == date(2026, 5, 15)
    assert spans.day_of_fault(late, ZoneInfo("America/New_York")) == date(2026, 5, 14)
    assert spans.day_of_fault(date(2026, 5, 14), ZoneInfo("Asia/Tokyo")) == date(2026, 5, 14)


# Covers

WHOLE = Cover("whole", date(2026, 1, 1), date(2028, 1, 2))


def tried(*covers: Cover, layer: str = "maker", **more: object) -> Tried:
    return Tried(key=layer, layer=layer, covers=covers or (WHOLE,), **more)  # type: ignore[arg-type]


def ask(*tries: Tried, **question: object) -> coverage.Answer:
    asked = {"fault_on": FAULT, "reported_on": FAULT, **question}
    return coverage.check(tries, Question(**asked))  # type: ignore[arg-type]


def reasons(answer: coverage.Answer) -> list[str]:
    return [reason for result in answer.results for reason in result.reasons]


def test_the_last_day_is_covered_and_the_next_is_not() -> None:
    assert ask(tried(), fault_on=date(2028, 1, 1)).answer == "covered"
    assert reasons(ask(tried(), fault_on=date(2028, 1, 2))) == ["after_end"]
    assert reasons(ask(tried(), fault_on=date(2025, 12, 31))) == ["before_start"]


def test_the_longest_path_decides_and_exclusion_on_a_tie() -> None:
    out = Cover("out", WHOLE.starts_on, WHOLE.ends_on, "hvac", included=False)
    again = Cover("in", WHOLE.starts_on, WHOLE.ends_on, "hvac.compressor")
    plan = tried(WHOLE, out, again)
    assert reasons(ask(plan, component="hvac.fan")) == ["excluded_component"]
    assert ask(plan, component="hvac.compressor.valve").answer == "covered"
    assert ask(plan, component="door").answer == "covered"
    tie = tried(
        again, Cover("no", WHOLE.starts_on, WHOLE.ends_on, "hvac.compressor", included=False)
    )
    assert reasons(ask(tie, component="hvac.compressor")) == ["excluded_component"]


def test_a_plan_for_one_part_says_so_for_another() -> None:
    motor = tried(Cover("motor", date(2023, 5, 14), date(2033, 5, 15), "motor"))
    assert reasons(ask(motor, component="drum.bearing")) == ["component_not_covered"]
    assert reasons(ask(motor)) == ["component_not_covered"]


def test_a_cost_that_no_row_names_is_not_covered() -> None:
    parts = tried(Cover("parts", WHOLE.starts_on, WHOLE.ends_on, cost_type="parts"))
    assert reasons(ask(parts, cost_type="labour")) == ["cost_type_not_covered"]
    assert ask(parts).payer.pays == (("parts", 10_000, "parts"),)  # type: ignore[union-attr]


def test_the_waiting_period_answers_before_the_end() -> None:
    waiting = tried(Cover("new", date(2026, 11, 1), date(2028, 1, 1)), waiting_days=14)
    assert reasons(ask(waiting)) == ["waiting_period"]
    assert ask(waiting, fault_on=date(2026, 11, 15)).answer == "covered"


def test_a_used_up_lifetime_exhausts_a_plan() -> None:
    spent = Limit("cap", "cap", "lifetime", 700_00, used_minor=700_00)
    assert reasons(ask(tried(limits=(spent,)))) == ["exhausted"]


def test_a_lapsed_plan_is_no_flat_no_while_the_law_speaks() -> None:
    legal = tried(
        Cover("law", date(2024, 12, 1), date(2026, 12, 2)), layer="legal",
        burden_on=date(2025, 12, 2),
    )  # fmt: skip
    lapsed = tried(Cover("old", date(2024, 12, 1), date(2025, 12, 2)))
    answer = ask(lapsed, legal)
    assert answer.answer == "pending"
    assert reasons(answer) == ["burden_on_customer", "after_end"]
    assert ask(lapsed, legal, fault_on=date(2025, 12, 1)).answer == "covered"


def test_layers_are_tried_in_their_order_and_the_first_pays() -> None:
    answer = ask(tried(layer="extended"), tried(layer="maker"), tried(layer="legal"))
    assert [result.tried.layer for result in answer.results] == ["legal", "maker", "extended"]
    assert answer.payer is answer.results[0]


def test_claims_by_law_of_latvia_are_made_within_the_term_and_told_in_two_months() -> None:
    legal = tried(layer="legal", claim_within=True, notice_months=2)
    assert ask(legal, found_on=FAULT, reported_on=date(2027, 1, 9)).answer == "covered"
    late = ask(legal, found_on=FAULT, reported_on=date(2027, 1, 10))
    assert reasons(late) == ["late_notice"]
    assert reasons(ask(legal, reported_on=date(2028, 1, 2))) == ["after_end"]


COVERS = st.builds(
    Cover, st.just("one"), st.just(WHOLE.starts_on),
    st.dates(date(2026, 6, 1), date(2028, 6, 1)), st.sampled_from(["", "a", "a.b", "c"]),
    st.sampled_from(["all", "parts"]), st.booleans(), st.sampled_from([5_000, 10_000]),
)  # fmt: skip


@given(st.lists(COVERS, min_size=1, max_size=6), st.sampled_from(["", "a", "a.b", "a.b.c", "d"]))
def test_an_exclusion_more_never_raises_an_answer(rows: list[Cover], component: str) -> None:
    ranks = {"not_covered": 0, "covered": 1}
    before = ask(tried(*rows), component=component, cost_type="parts").answer
    out = Cover("out", WHOLE.starts_on, WHOLE.ends_on, component, "parts", included=False)
    after = ask(tried(*rows, out), component=component, cost_type="parts").answer
    assert ranks[after] <= ranks[before]
    assert after == "not_covered"


@given(st.lists(COVERS, max_size=6), st.sampled_from(["", "a", "a.b", "d"]))
def test_no_commercial_plan_shortens_the_law(rows: list[Cover], component: str) -> None:
    legal = tried(layer="legal")
    more = [tried(*rows)] if rows else []
    assert ask(legal, *more, component=component).answer == "covered"
    assert ask(legal, *more, component=component).payer.tried is legal  # type: ignore[union-attr]


# The law

LAWS = [
    Law(1, "EU", "new", date(2022, 1, 1), None, 24, 12),
    Law(2, "ES", "new", date(2022, 1, 1), None, 36, 24),
    Law(3, "LV", "new", date(2002, 1, 1), date(2022, 3, 15), 24, 6),
    Law(4, "LV", "new", date(2022, 3, 15), None, 24, 12),
    Law(5, "US", "new", date(1975, 7, 4), None, None),
]


@pytest.mark.parametrize(
    ("country", "day", "last", "burden"),
    [
        ("ES", date(2023, 5, 14), date(2026, 5, 14), date(2025, 5, 15)),
        ("LV", date(2022, 3, 14), date(2024, 3, 14), date(2022, 9, 15)),
        ("LV", date(2022, 3, 15), date(2024, 3, 15), date(2023, 3, 16)),
        ("DE", date(2025, 2, 28), date(2027, 2, 28), date(2026, 3, 1)),
    ],
)
def test_the_law_of_the_country_and_day(country: str, day: date, last: date, burden: date) -> None:
    found = law.guarantee(LAWS, country=country, goods_type="new", delivered_on=day)
    assert found is not None
    assert (found.span.last_on, found.burden_on) == (last, burden)


@pytest.mark.parametrize("country", ["US", "CH", ""])
def test_where_the_law_dates_nothing_there_is_no_guarantee(country: str) -> None:
    assert law.guarantee(LAWS, country=country, goods_type="new", delivered_on=FAULT) is None


# Opening


def terms(*clauses: ClauseRow, **more: object) -> TermsRow:
    return TermsRow(1, 1, "plan", "extended", "care", 1, "EUR", clauses, **more)  # type: ignore[arg-type]


def test_an_extension_begins_where_its_base_ends_and_is_counted_from_its_start() -> None:
    law_of_spain = Followed(Anchor(date(2023, 5, 14), 36), date(2026, 5, 15))
    care = terms(ClauseRow(1), start_rule=opening.AFTER_BASE)
    opened = opening.opening(
        care, sold_on=date(2023, 5, 9), in_service_on=date(2023, 5, 14), bases=[law_of_spain],
        term_months=36,
    )  # fmt: skip
    assert opened is not None
    assert opened.starts_on == law_of_spain.ends_on
    assert opened.ends_on - spans.DAY == date(2029, 5, 14)
    assert (opened.money_from, opened.money_until) == (date(2026, 5, 14), date(2029, 5, 14))


def test_an_extension_of_what_has_ended_begins_with_its_sale() -> None:
    over = Followed(Anchor(date(2023, 5, 14), 24), date(2025, 5, 15))
    care = terms(ClauseRow(1), start_rule=opening.AFTER_BASE)
    opened = opening.opening(
        care, sold_on=FAULT, in_service_on=date(2023, 5, 14), bases=[over], term_months=12
    )
    assert opened is not None
    assert opened.starts_on == FAULT


# Money


def test_the_worked_claim_pays_700() -> None:
    lines = [Asked(900_00, 7_000), Asked(200_00, 10_000)]
    paid = payment.pay(lines, deductible_minor=80_00, caps_minor=[700_00])
    assert sum(line.covered_minor for line in paid) == 830_00
    assert sum(line.covered_minor - line.deductible_minor for line in paid) == 750_00
    assert sum(line.payable_minor for line in paid) == 700_00


ASKED = st.builds(Asked, st.integers(0, 10**9), st.integers(0, 10_000))
MINOR = st.integers(0, 10**9)


@given(st.lists(ASKED, max_size=8), MINOR, st.lists(MINOR, max_size=3))
def test_no_line_is_paid_more_than_claimed_and_all_adds_up(
    lines: list[Asked], deductible: int, caps: list[int]
) -> None:
    paid = payment.pay(lines, deductible_minor=deductible, caps_minor=caps)
    for asked, line in zip(lines, paid, strict=True):
        assert 0 <= line.payable_minor <= asked.claimed_minor
        assert line.deductible_minor >= 0
        assert line.capped_minor >= 0
        parts = line.payable_minor + line.deductible_minor + line.capped_minor
        assert parts == line.covered_minor
    total = sum(line.payable_minor for line in paid)
    covered = sum(line.covered_minor for line in paid)
    assert total == max(0, min([covered - min(deductible, covered), *caps]))


def test_the_refunds_that_are_worked_by_hand() -> None:
    by_days = Paid(187_00, date(2026, 5, 4), date(2028, 5, 4), 24, date(2026, 5, 4))
    back = refunds.refund(by_days, RefundTerms(), on=date(2026, 12, 15))
    assert (back.numerator, back.denominator, back.minor) == (506, 731, 129_44)
    by_78 = Paid(250_00, date(2026, 1, 10), date(2029, 1, 10), 36, date(2026, 1, 10))
    back = refunds.refund(by_78, RefundTerms("rule_of_78"), on=date(2026, 11, 5))
    assert back.minor == 131_76
    assert (back.numerator, back.denominator) == (26 * 27, 36 * 37)


def test_in_the_free_look_all_comes_back_but_what_claims_took() -> None:
    paid = Paid(100_00, date(2026, 5, 4), date(2028, 5, 4), 24, date(2026, 5, 4))
    terms_ = RefundTerms(fee_minor=35_00)
    last = refunds.refund(paid, terms_, on=date(2026, 6, 3), claims_minor=20_00)
    assert (last.minor, last.is_free_look) == (80_00, True)
    after = refunds.refund(paid, terms_, on=date(2026, 6, 4), claims_minor=20_00)
    assert after.minor == after.unearned_minor - 55_00


PAID = st.builds(
    lambda price, start, number: Paid(price, start, months(start, number).until, number, start),
    st.integers(0, 10**8), DAYS, st.integers(1, 120),
)  # fmt: skip


@given(PAID, st.sampled_from(refunds.METHODS), st.integers(0, 5_000), MINOR, MINOR)
def test_a_refund_is_within_the_price_and_falls_with_time(
    paid: Paid, method: str, days: int, claims_minor: int, fee: int
) -> None:
    rules_ = RefundTerms(method, fee, free_look_days=0)
    day = paid.begins_on + timedelta(days=days)
    now = refunds.refund(paid, rules_, on=day, claims_minor=claims_minor)
    later = refunds.refund(paid, rules_, on=day + timedelta(days=30), claims_minor=claims_minor)
    assert 0 <= later.minor <= now.minor <= paid.price_minor


@given(PAID)
def test_in_the_end_all_of_the_price_is_earned(paid: Paid) -> None:
    assert refunds.earned_minor(paid, paid.begins_on) == 0
    assert refunds.earned_minor(paid, paid.until) == paid.price_minor


def test_no_move_leads_out_of_an_end_and_every_state_is_reached() -> None:
    assert all(not claims.MOVES[state] for state in claims.OVER)
    reached = {to for moves in claims.MOVES.values() for to in moves}
    assert reached | {claims.SUBMITTED} == set(claims.STATES)
