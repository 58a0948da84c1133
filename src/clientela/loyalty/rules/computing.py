"""What a batch of baskets earns in one currency, in the fixed order: base rules, each rounded on
what it is for, then multipliers, then bonuses, rounded once more (rules 5 to 7).

A multiplier that is for some of the basket multiplies the share that the base rules give for those
lines. Shares and products are exact fractions until the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from fractions import Fraction
from functools import cache, cached_property

import numpy as np

from clientela.loyalty.rules import asking, baskets
from clientela.loyalty.rules.asking import Answers
from clientela.loyalty.rules.awards import BY_RATE, BY_TERMS, REASONS, Part, Refusal, Step, mark
from clientela.loyalty.rules.baskets import Basket, Column, Columns, Flags, Switches
from clientela.loyalty.rules.bodies import TIMES, Earn, Rule, Scope
from clientela.loyalty.rules.scopes import Scopes, both
from clientela.platform import periods

POINTS_MAX = 10**12
LARGE = 2**62
ONE = Fraction(1)
AS_USUAL = Switches()


class Rounding(StrEnum):
    FLOOR = "floor"
    HALF_UP = "half_up"
    CEIL = "ceil"


class Stack(StrEnum):
    SUM = "sum"
    BEST = "best"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Terms:
    """How one currency computes. `home`: the money it is earned in, "" where each counts as it is;
    `id`: the row of these terms, where they are not the first of their currency.
    """

    rounding: Rounding = Rounding.FLOOR
    stack: Stack = Stack.SUM
    switches: Switches = AS_USUAL
    zone: tzinfo = UTC
    home: str = ""
    id: int | None = None

    @property
    def marks(self) -> tuple[Step, ...]:
        """What a posting is told of them."""
        return (mark(BY_TERMS, self.id),) if self.id else ()


@dataclass(frozen=True, slots=True)
class Given:
    """What one basket earns: the road to it, what else was looked at, and its points by life."""

    points: int
    steps: tuple[Step, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    parts: tuple[Part, ...] = ()


def compute(
    batch: Sequence[Basket], rules: Sequence[Rule], *, terms: Terms, answers: Answers = asking.NONE,
    standing: Mapping[int, Sequence[int]] | None = None,
) -> list[Given]:  # fmt: skip
    """`standing`: for the rule of a tier, the places of the batch whose customers stand on it;
    without it, every one does.
    """
    columns = baskets.columns(batch, terms.switches, terms.home)
    run = _Run(columns, terms, answers, standing, sorted(rules, key=_order))
    return run.given()


def _order(rule: Rule) -> tuple[int, int, int]:
    """Higher priority first, then the older rule; versions of one rule in their order."""
    return -rule.priority, rule.rule_id, rule.version_id


class _Run:
    """One batch on its way; `why` and `steps` are filled while it goes."""

    def __init__(
        self, columns: Columns, terms: Terms, answers: Answers,
        standing: Mapping[int, Sequence[int]] | None, rules: Sequence[Rule],
    ) -> None:  # fmt: skip
        self.columns, self.terms, self.answers = columns, terms, answers
        self.standing = standing
        self.rules = rules
        self.scopes = Scopes(columns)
        self.why: list[dict[int, str]] = [{} for _ in range(len(columns))]
        self.steps: list[list[tuple[Rule, int, int]]] = [[] for _ in range(len(columns))]
        self.base_total = np.zeros(len(columns), dtype=np.int64)
        self.applying = {rule.version_id: self._applies(rule) for rule in rules}

    def given(self) -> list[Given]:
        for rule in self.rules:
            if rule.is_base:
                self._add(rule)
        on_top = [rule for rule in self.rules if not rule.is_base]
        total = self.base_total
        if on_top:
            total = self._on_top(on_top)
        return [self._one(place, int(total[place])) for place in range(len(self.columns))]

    # What applies

    def _applies(self, rule: Rule) -> Flags:
        """Where the rule counts; where it is there and does not, `why` says so."""
        in_force = _in_force(rule, self.columns.baskets)
        in_force &= np.asarray(
            [basket.event == rule.event for basket in self.columns.baskets], dtype=np.bool_
        )  # fmt: skip
        in_time = _in_time(rule, self.columns.baskets, self.terms.zone)
        stands = self._stands(rule)
        found = self.scopes.has(rule.scope)
        held = asking.truth(rule, self.columns, self.answers)
        for reason, flags in (
            ("not-in-time", ~in_time),
            ("paid-with-points", self.columns.paid_with_points),
            ("nothing-of-it", ~found),
            ("condition", ~stands),
            ("", ~held),
        ):
            for place in np.flatnonzero(in_force & flags):
                because = reason or asking.why_not(rule, self.answers, int(place))
                self.why[place].setdefault(rule.version_id, because)
        return np.asarray(in_force & in_time & found & stands & held, dtype=np.bool_)

    def _stands(self, rule: Rule) -> Flags:
        flags = np.ones(len(self.columns), dtype=np.bool_)
        if rule.earn is Earn.FACTOR and self.standing is not None:
            flags[:] = False
            flags[list(self.standing.get(rule.rule_id, ()))] = True
        return flags

    # Base rules

    def _add(self, rule: Rule) -> None:
        here = self.applying[rule.version_id]
        worth = self.worth(rule, rule.scope)
        before = self.base_total
        self.base_total = np.where(here, np.minimum(before + worth, POINTS_MAX), before)
        for place in np.flatnonzero(here & (self.base_total == before)):
            self.why[place][rule.version_id] = self._of_nothing(rule, int(place))
        for place in np.flatnonzero(self.base_total != before):
            self.steps[place].append((rule, int(before[place]), int(self.base_total[place])))

    def _of_nothing(self, rule: Rule, place: int) -> str:
        if self.columns.paid_with_points[place]:
            return "paid-with-points"
        is_lacking = rule.earn is Earn.PER_MONEY and self._lacks_rate(place)
        return "no-rate" if is_lacking else "rounds-to-nothing"

    def _lacks_rate(self, place: int) -> bool:
        basket, home = self.columns.baskets[place], self.columns.home
        return basket.is_foreign(home) and basket.rate_to(home) is None

    def worth(self, rule: Rule, scope: object) -> Column:
        """What a base rule gives for the lines of a scope, where it applies."""
        if rule.earn in (Earn.PER_PURCHASE, Earn.EVENT):
            return np.where(self.scopes.has(scope), rule.points, 0)
        if rule.earn is Earn.PER_UNIT:
            units = self.scopes.summed(scope, self.columns.units)
            return rounded(units, Fraction(rule.points, 1000), self.terms.rounding)
        counted = self.scopes.summed(scope, self.columns.counts)
        points = np.zeros_like(counted)
        for (exponent, times), here in self.moneys.items():
            rate = rule.rate(exponent) * times
            points[here] = rounded(counted[here], rate, self.terms.rounding)
        return points

    @cached_property
    def moneys(self) -> dict[tuple[int, Fraction], Column]:
        """The places of the batch by the digits of their money and what one of it is at home;
        those without a rate are not among them.
        """
        found: dict[tuple[int, Fraction], list[int]] = {}
        home = self.columns.home
        for place, basket in enumerate(self.columns.baskets):
            times = ONE
            if basket.is_foreign(home):
                rate = basket.rate_to(home)
                if rate is None:
                    continue
                times = rate.value
            found.setdefault((basket.exponent, times), []).append(place)
        return {of: np.asarray(places, dtype=np.int64) for of, places in found.items()}

    # Multipliers and bonuses

    def _on_top(self, rules: Sequence[Rule]) -> Column:
        counting = self._without_exclusive(rules)
        if self.terms.stack is not Stack.SUM:
            counting = self._the_one(rules, counting)
        num = self.base_total.astype(object)
        den = np.full(len(self.columns), 1, dtype=object)
        shown = self.base_total
        for rule in sorted(rules, key=lambda rule: rule.earn not in TIMES):
            here = counting[rule.version_id]
            if rule.earn in TIMES:
                times_num, times_den = self._times(rule, here)
                num, den = num * times_num, den * times_den
            else:
                num = num + np.where(here, rule.points, 0).astype(object) * den
            after = np.minimum(_divided(num, den, self.terms.rounding), POINTS_MAX)
            self._tell(rule, here, shown, after)
            shown = after
        return shown

    def _tell(self, rule: Rule, here: Flags, before: Column, after: Column) -> None:
        for place in np.flatnonzero(here & (before == after)):
            nothing = "no-points-before" if before[place] == 0 else "rounds-to-nothing"
            self.why[place][rule.version_id] = nothing
        for place in np.flatnonzero(before != after):
            self.steps[place].append((rule, int(before[place]), int(after[place])))

    def _times(self, rule: Rule, here: Flags) -> tuple[Column, Column]:
        """What each basket's points are multiplied by, where the multiplier counts."""
        num, den = rule.factor.numerator, rule.factor.denominator
        if rule.scope is None:
            return np.where(here, num, 1).astype(object), np.where(here, den, 1).astype(object)
        share = self._base_of(rule.scope).astype(object)
        whole = np.where(self.base_total == 0, 1, self.base_total).astype(object)
        return (
            np.where(here, den * whole + (num - den) * share, 1),
            np.where(here, den * whole, 1),
        )

    def _base_of(self, scope: Scope) -> Column:
        """What the base rules give for the lines of a scope; no more than they give for all."""
        found = np.zeros(len(self.columns), dtype=np.int64)
        for rule in self.rules:
            if rule.is_base:
                worth = self.worth(rule, both(rule.scope, scope, self.scopes))
                found = found + np.where(self.applying[rule.version_id], worth, 0)
        return np.minimum(found, self.base_total)

    def _without_exclusive(self, rules: Sequence[Rule]) -> dict[int, Flags]:
        counting = {rule.version_id: self.applying[rule.version_id] for rule in rules}
        taken = np.zeros(len(self.columns), dtype=np.bool_)
        alone: dict[int, Flags] = {}
        for rule in rules:
            if rule.exclusive:
                alone[rule.version_id] = counting[rule.version_id] & ~taken
                taken = taken | counting[rule.version_id]
        if not alone:
            return counting
        left = {id: alone.get(id, here & ~taken) for id, here in counting.items()}
        self._set_aside(counting, left, "exclusive")
        return left

    def _the_one(
        self, rules: Sequence[Rule], counting: Mapping[int, Flags]
    ) -> dict[int, Flags]:  # fmt: skip
        """Of several, the one that gives the most, or the one whose start is latest."""
        newest = self.terms.stack is Stack.NEWEST
        ranked = sorted(rules, key=_newest, reverse=True) if newest else list(rules)
        best = np.full(len(self.columns), -1, dtype=np.int64)
        chosen = np.full(len(self.columns), -1, dtype=np.int64)
        for number, rule in enumerate(ranked):
            here = counting[rule.version_id]
            gain = np.full(len(self.columns), 0) if newest else self._gain(rule)
            better = here & ((chosen == -1) if newest else (gain > best))
            chosen[better] = number
            best[better] = gain[better]
        left = {
            rule.version_id: counting[rule.version_id] & (chosen == number)
            for number, rule in enumerate(ranked)
        }
        self._set_aside(counting, left, "not-the-newest" if newest else "not-the-best")
        return left

    def _gain(self, rule: Rule) -> Column:
        if rule.earn not in TIMES:
            return np.full(len(self.columns), rule.points, dtype=np.int64)
        num, den = self._times(rule, np.ones(len(self.columns), dtype=np.bool_))
        alone = _divided(self.base_total.astype(object) * num, den, self.terms.rounding)
        return np.maximum(np.minimum(alone, POINTS_MAX) - self.base_total, 0)

    def _set_aside(
        self, before: Mapping[int, Flags], after: Mapping[int, Flags], reason: str
    ) -> None:  # fmt: skip
        for version, here in before.items():
            for place in np.flatnonzero(here & ~after[version]):
                self.why[place][version] = reason

    # One basket

    def _one(self, place: int, points: int) -> Given:
        road = self.steps[place]
        steps = (*self._marks(place), *(Step(rule.version_id, *points) for rule, *points in road))
        refusals = tuple(Refusal(id, reason) for id, reason in self.why[place].items())
        return Given(points, steps, refusals, parts_of(road) if points else ())

    def _marks(self, place: int) -> tuple[Step, ...]:
        """What it was computed by besides rules."""
        basket, home = self.columns.baskets[place], self.columns.home
        rate = basket.rate_to(home) if basket.is_foreign(home) else None
        return self.terms.marks if rate is None else (*self.terms.marks, mark(BY_RATE, rate.id))


def _in_force(rule: Rule, batch: Sequence[Basket]) -> Flags:
    """Whether this version was the rule's text at the time."""
    starts, ends = rule.starts_at, rule.ends_at
    return np.fromiter(
        (
            (starts is None or starts <= basket.occurred_at)
            and (ends is None or basket.occurred_at < ends)
            for basket in batch
        ),
        np.bool_, len(batch),
    )  # fmt: skip


def _in_time(rule: Rule, batch: Sequence[Basket], zone: tzinfo) -> Flags:
    """Between its first and its last local day, both included."""
    if rule.first_day is None and rule.last_day is None:
        return np.ones(len(batch), dtype=np.bool_)
    day_of = cache(lambda instant: periods.day_of(instant, zone))
    return np.fromiter(
        (
            (rule.first_day is None or rule.first_day <= day_of(basket.occurred_at))
            and (rule.last_day is None or day_of(basket.occurred_at) <= rule.last_day)
            for basket in batch
        ),
        np.bool_, len(batch),
    )  # fmt: skip


def _newest(rule: Rule) -> tuple[float, int, int]:
    """By when it starts: the later of its version's start and its first day."""
    starts = rule.starts_at.timestamp() if rule.starts_at else 0.0
    if rule.first_day is not None:
        starts = max(starts, _noon(rule).timestamp())
    return starts, rule.rule_id, rule.version_id


def _noon(rule: Rule) -> datetime:
    assert rule.first_day is not None
    return datetime.combine(rule.first_day, datetime.min.time(), tzinfo=UTC)


def rounded(basis: Column, rate: Fraction, rounding: Rounding) -> Column:
    """Whole points of a column of minor units (or anything else that is counted)."""
    num, den = rate.numerator, rate.denominator
    if len(basis) and int(basis.max()) * num * 2 + den >= LARGE:
        exact = basis.astype(object)
        return np.minimum(_divided(exact * num, den, rounding), POINTS_MAX).astype(np.int64)
    return _divided(basis * num, den, rounding)


def _divided(num: Column, den: Column | int, rounding: Rounding) -> Column:
    if rounding is Rounding.CEIL:
        found = -((-num) // den)
    elif rounding is Rounding.HALF_UP:
        found = (2 * num + den) // (2 * den)
    else:
        found = num // den
    if found.dtype == object:
        return np.asarray(np.minimum(found, LARGE), dtype=np.int64)
    return np.asarray(found, dtype=np.int64)


def parts_of(road: Sequence[tuple[Rule, int, int]]) -> tuple[Part, ...]:
    """The points of a road by the life they have. What a multiplier gives has the life of what it
    multiplies, unless its rule says another; points that were taken are taken of all in proportion.
    """
    shapes: dict[Part, int] = {}
    for rule, before, after in road:
        if rule.earn in TIMES and not rule.shapes_its_points and before:
            weights = list(shapes.values())
            parts = baskets.shared(abs(after - before), weights)
            sign = 1 if after > before else -1
            for shape, part in zip(shapes, parts, strict=True):
                shapes[shape] += sign * part
        elif after > before:
            shape = Part(0, rule.life, rule.waits, rule.cashable is not False)
            shapes[shape] = shapes.get(shape, 0) + after - before
    return tuple(replace(shape, points=points) for shape, points in shapes.items() if points)


def numbers(refusals: Sequence[Refusal]) -> list[tuple[int, int]]:
    return [(one.version_id, REASONS[one.reason]) for one in refusals]
