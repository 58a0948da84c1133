"""Whether a fault is covered, by whom and until when: every plan is tried, in the order of layers,
and each says why it pays or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from clientela.warranty.rules import spans

LAYERS = ("recall", "legal", "maker", "part", "extended", "home", "service", "goodwill")
COST_TYPES = ("parts", "labour", "travel", "expenses", "rental", "consequential")
ALL = "all"
COVERED, NOT_COVERED, PENDING, UNKNOWN = "covered", "not_covered", "pending", "unknown"

IN_COVER = "in_cover"
BURDEN = "burden_on_customer"
REASONS = (
    "in_cover", "before_start", "after_end", "waiting_period", "usage_exceeded",
    "pending_reading", "pending_evidence", "excluded_component", "component_not_covered",
    "cost_type_not_covered", "excluded_fault", "existing_fault", "limit_used_up",
    "visits_used_up", "late_notice", "void", "cancelled", "exhausted", "replaced", "transferred",
    "wrong_market", "not_in_service", "burden_on_customer",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cover:
    """One row of a plan: what it includes or excludes, in [starts_on, ends_on)."""

    id: Any
    starts_on: date
    ends_on: date
    component_path: str = ""
    cost_type: str = ALL
    included: bool = True
    percent_bp: int = 10_000


@dataclass(frozen=True, slots=True)
class Limit:
    """`kind` deductible or cap, `per` claim or lifetime, and what is used of it."""

    id: Any
    kind: str
    per: str
    amount_minor: int
    used_minor: int = 0

    @property
    def left_minor(self) -> int:
        return max(self.amount_minor - self.used_minor, 0)

    @property
    def is_used_up(self) -> bool:
        """A cap for the whole life with nothing left of it."""
        return self.kind == "cap" and self.per == "lifetime" and not self.left_minor


@dataclass(frozen=True, slots=True)
class Tried:
    """A policy, or the law, as it stands on a unit. `burden_on`, `claim_within`, `notice_months`
    are of the law; `cut` and `cut_on` say that and when it was ended early.
    """

    key: Any
    layer: str
    covers: tuple[Cover, ...]
    priority: int = 0
    waiting_days: int = 0
    limits: tuple[Limit, ...] = ()
    burden_on: date | None = None
    claim_within: bool = False
    notice_months: int | None = None
    cut: str = ""
    cut_on: date | None = None

    @property
    def starts_on(self) -> date:
        return min(cover.starts_on for cover in self.covers)

    @property
    def ends_on(self) -> date:
        included = [cover.ends_on for cover in self.covers if cover.included]
        return max(included or [cover.ends_on for cover in self.covers])


@dataclass(frozen=True, slots=True)
class Question:
    """A fault on a day; without a component the unit as a whole, without a cost type any cost.

    `found_on` is asked for by windows of notice: where nobody says it, none is judged.
    """

    fault_on: date
    reported_on: date
    component: str = ""
    cost_type: str = ""
    found_on: date | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What one plan answers. `pays`: (cost type, percent in hundredths, cover) where it does."""

    tried: Tried
    answer: str
    reasons: tuple[str, ...]
    until: date
    pays: tuple[tuple[str, int, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """`payer`: the first result that covers, or else the first that waits for something."""

    answer: str
    results: tuple[Result, ...]
    payer: Result | None = None


def check(tries: Iterable[Tried], question: Question, *, replaced_on: date | None = None,
          in_service: bool = True) -> Answer:  # fmt: skip
    """Try every plan. One that covers covers; one that waits keeps the answer from being no."""
    results = tuple(
        _result(tried, question, replaced_on=replaced_on, in_service=in_service)
        for tried in in_order(tries)
    )
    for answer in (COVERED, PENDING):
        for result in results:
            if result.answer == answer:
                return Answer(answer, results, result)
    return Answer(NOT_COVERED, results)


def in_order(tries: Iterable[Tried]) -> list[Tried]:
    return sorted(tries, key=lambda one: (LAYERS.index(one.layer), one.priority, one.starts_on))


def _result(tried: Tried, question: Question, *, replaced_on: date | None,
            in_service: bool) -> Result:  # fmt: skip
    stopped = _stopped(tried, question, replaced_on=replaced_on, in_service=in_service)
    if stopped:
        return Result(tried, NOT_COVERED, (stopped,), tried.ends_on)
    pays, refusals = _costs(tried, question)
    if not pays:
        return Result(
            tried, NOT_COVERED, tuple(dict.fromkeys(refusals)), _ended_on(tried, question)
        )
    until = max(cover.ends_on for _, cover in pays)
    paying = tuple((cost, cover.percent_bp, cover.id) for cost, cover in pays)
    if tried.burden_on is not None and question.fault_on >= tried.burden_on:
        return Result(tried, PENDING, (BURDEN,), until, paying)
    return Result(tried, COVERED, (IN_COVER,), until, paying)


def _stopped(
    tried: Tried, question: Question, *, replaced_on: date | None, in_service: bool
) -> str | None:
    """What keeps the whole plan from answering for that day, the first that does."""
    day = question.fault_on
    first = spans.first_covered_on(tried.starts_on, tried.waiting_days)
    hindrances = (
        ("not_in_service", not in_service),
        ("replaced", replaced_on is not None and day >= replaced_on),
        (
            tried.cut if tried.cut in REASONS else "cancelled",
            bool(tried.cut) and tried.cut_on is not None and day >= tried.cut_on,
        ),
        ("before_start", day < tried.starts_on),
        ("after_end", tried.claim_within and question.reported_on >= tried.ends_on),
        ("waiting_period", day < first),
        ("late_notice", _is_late(tried, question)),
        ("exhausted", any(limit.is_used_up for limit in tried.limits)),
    )
    return next((reason for reason, hinders in hindrances if hinders), None)


def _is_late(tried: Tried, question: Question) -> bool:
    return question.found_on is not None and spans.is_late(
        found_on=question.found_on, reported_on=question.reported_on, months=tried.notice_months
    )


def _costs(tried: Tried, question: Question) -> tuple[list[tuple[str, Cover]], list[str]]:
    pays: list[tuple[str, Cover]] = []
    refusals: list[str] = []
    for cost in [question.cost_type] if question.cost_type else _cost_types(tried.covers):
        cover = chosen(tried.covers, component=question.component, cost_type=cost)
        reason = _refusal(tried, cover, question, cost)
        if cover is None or reason:
            refusals.append(reason or "component_not_covered")
        else:
            pays.append((cost, cover))
    return pays, refusals


def chosen(covers: Sequence[Cover], *, component: str, cost_type: str) -> Cover | None:
    """The row that decides: longest path first, a cost type before `all`, exclusion on a tie, and
    of equals the one that lasts longest.
    """
    matching = [
        cover for cover in covers
        if is_part_of(component, cover.component_path) and cover.cost_type in (ALL, cost_type)
    ]  # fmt: skip
    return max(matching, key=_rank, default=None)


def is_part_of(component: str, path: str) -> bool:
    """`hvac.compressor` is part of `hvac`, and everything of the whole unit."""
    return not path or component == path or component.startswith(f"{path}.")


def _rank(cover: Cover) -> tuple[int, bool, bool, date, int]:
    depth = len(cover.component_path.split(".")) if cover.component_path else 0
    return depth, cover.cost_type != ALL, not cover.included, cover.ends_on, cover.percent_bp


def _refusal(tried: Tried, cover: Cover | None, question: Question, cost: str) -> str | None:
    if cover is None:
        named = any(is_part_of(question.component, one.component_path) for one in tried.covers)
        return "cost_type_not_covered" if named else "component_not_covered"
    if not cover.included or not cover.percent_bp:
        is_cost = cover.cost_type == cost and not cover.component_path
        return "cost_type_not_covered" if is_cost else "excluded_component"
    if question.fault_on < cover.starts_on:
        return "before_start"
    return "after_end" if question.fault_on >= cover.ends_on else None


def _ended_on(tried: Tried, question: Question) -> date:
    cover = chosen(tried.covers, component=question.component, cost_type=question.cost_type or ALL)
    return cover.ends_on if cover is not None and cover.included else tried.ends_on


def _cost_types(covers: Sequence[Cover]) -> list[str]:
    """The costs to be asked about when none is named."""
    named = {cover.cost_type for cover in covers}
    if ALL in named:
        return list(COST_TYPES)
    return [cost for cost in COST_TYPES if cost in named]
