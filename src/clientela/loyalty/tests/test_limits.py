"""What an award may give: the arithmetic of caps, and days that come again each year."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from clientela.loyalty.rules import limits, occasions, waiting
from clientela.loyalty.rules.awards import Award, Part, Step, Waits
from clientela.loyalty.rules.limits import Cap, Period

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WHO = UUID(int=1)
figures = st.integers(min_value=1, max_value=1_000)


def an_award(*given_by: tuple[int, int], parts: int = 1) -> Award:
    steps, total = [], 0
    for version, points in given_by:
        steps.append(Step(version, total, total + points))
        total += points
    split = [total // parts] * (parts - 1)
    split.append(total - sum(split))
    return Award(0, WHO, NOW, tuple(Part(points) for points in split if points), tuple(steps))


@given(
    st.lists(st.tuples(st.integers(1, 3), figures), min_size=1, max_size=4), st.data(),
    st.integers(1, 3),
)  # fmt: skip
def test_steps_and_parts_add_up_to_what_is_left_after_a_cut(
    rules: list[tuple[int, int]], data: st.DataObject, parts: int
) -> None:
    award = an_award(*rules, parts=parts)
    less = data.draw(st.integers(0, award.points))
    left = limits.cut(award, limits.EVERYTHING, less, reason="cap")
    assert left.points == award.points - less == limits.share_of(left, limits.EVERYTHING)
    assert left.steps[-1].after == left.points
    of_each = [limits.share_of(left, a_cap(most=1, versions=frozenset({one}))) for one in (1, 2, 3)]
    assert sum(of_each) == left.points
    assert min(of_each) >= 0


def a_cap(
    *, most: int, versions: frozenset[int] | None = None, times: bool = False,
    rejects: bool = False, period: Period = Period.DAY,
) -> Cap:  # fmt: skip
    return Cap(1, versions, period, most, times, rejects)


@given(st.lists(figures, min_size=1, max_size=20), figures, st.booleans())
def test_a_cap_is_never_exceeded_and_trimming_uses_it_up(
    wished: list[int], most: int, rejects: bool
) -> None:
    cap, used = a_cap(most=most, rejects=rejects), 0
    for points in wished:
        award, uses = limits.capped(an_award((1, points)), [cap], {cap: used}.__getitem__)
        used += sum(use for _, use in uses)
        assert award.points == sum(use for _, use in uses)
        assert used <= most
    if not rejects:
        assert used == min(most, sum(wished))


def test_a_cap_of_one_rule_cuts_only_what_that_rule_gave() -> None:
    award = an_award((1, 100), (2, 50))
    left, uses = limits.capped(award, [a_cap(most=30, versions=frozenset({2}))], lambda _: 10)
    assert left.points == 120
    assert [(use) for _, use in uses] == [20]
    assert [one.reason for one in left.refusals] == ["cap"]
    assert left.steps[-1] == Step(2, 150, 120)


def test_times_are_counted_as_one_whatever_was_given() -> None:
    cap = a_cap(most=2, times=True)
    assert [limits.counted(cap, share) for share in (0, 1, 500)] == [0, 1, 1]
    assert [limits.allowed(cap, 500, used) for used in (0, 1, 2)] == [500, 500, 0]


def test_weeks_begin_on_monday_and_months_on_their_first() -> None:
    thursday = date(2026, 11, 26)
    starts = {period: limits.STARTS[period](thursday) for period in limits.STARTS}
    assert starts == {
        Period.DAY: thursday, Period.WEEK: date(2026, 11, 23), Period.MONTH: date(2026, 11, 1),
        Period.YEAR: date(2026, 1, 1), Period.EVER: limits.EVER,
    }  # fmt: skip


def test_whoever_was_born_on_29_february_has_their_day_on_the_28th_of_common_years() -> None:
    born = date(2000, 2, 29)
    assert occasions.celebrated(born, 2027) == date(2027, 2, 28)
    assert occasions.celebrated(born, 2028) == date(2028, 2, 29)


def test_a_withheld_part_still_knows_what_else_it_waits_for() -> None:
    pause = UUID(int=7)
    award = Award(0, WHO, NOW, (Part(5), Part(6, waits=Waits(event="delivered")),
                                Part(7, waits=Waits(days=3))), ())  # fmt: skip
    told = [waiting.awaited(part.waits) for part in
            waiting.withheld(award, pause, zone=UTC).parts if part.waits]  # fmt: skip
    assert told == [
        waiting.Awaited("", pause), waiting.Awaited("delivered", pause),
        waiting.Awaited("", pause, datetime(2026, 11, 23, tzinfo=UTC)),
    ]  # fmt: skip
